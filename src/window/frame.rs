//! Where windows lie along an axis, and in an array of two.

use crate::shape::Text;
use crate::width::Around;

/// Windows along one axis.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    /// The numbers of the axis.
    pub len: usize,
    /// The numbers of a window.
    pub window: usize,
    /// From one window to the next.
    pub stride: usize,
    /// From one number of a window to the next.
    pub dilation: usize,
    /// What stands around the axis.
    pub around: Around,
    /// The numbers in front of the axis.
    pub before: usize,
    /// The numbers of the axis and around it.
    pub total: usize,
    /// How many windows.
    pub count: usize,
}

impl Axis {
    /// The other axis of a sequence.
    pub const SINGLE: Axis = Axis::new(1, 1, 1, 1, Around::Valid, 1);

    pub const fn new(len: usize, window: usize, stride: usize, dilation: usize, around: Around, count: usize) -> Axis {
        let reach = dilation * (window - 1);
        let (before, after) = match around {
            Around::Valid => (0, 0),
            Around::Same | Around::Later => {
                let all = (len.div_ceil(stride) - 1) * stride + reach + 1;
                let missing = all.saturating_sub(len);
                let before = if let Around::Same = around { missing / 2 } else { 0 };
                (before, missing - before)
            }
            Around::Causal => (reach, 0),
            Around::Pad(before, after) => (before, after),
        };
        Axis { len, window, stride, dilation, around, before, total: before + len + after, count }
    }

    /// The numbers from the first to the last of a window.
    pub const fn span(self) -> usize {
        self.dilation * (self.window - 1) + 1
    }

    /// Whether a window is no larger than what it slides over.
    pub const fn fits(self) -> bool {
        self.span() <= self.total
    }

    /// The numbers behind the last window.
    pub const fn left_over(self) -> usize {
        self.total.saturating_sub((self.count - 1) * self.stride + self.span())
    }

    /// Where window `t` starts, and its first number that is there, and before which they end.
    #[inline(always)]
    pub const fn clip(self, t: usize) -> (isize, usize, usize) {
        let start = (t * self.stride) as isize - self.before as isize;
        let first = if start < 0 { (-start) as usize } else { 0 }.div_ceil(self.dilation);
        let room = self.len as isize - start;
        let end = if room <= 0 { 0 } else { (room as usize).div_ceil(self.dilation) };
        (
            start,
            if first < self.window { first } else { self.window },
            if end < self.window { end } else { self.window },
        )
    }

    /// Number `k` of window `t`, where it is there.
    #[inline(always)]
    pub(crate) const fn place(self, t: usize, k: usize) -> Option<usize> {
        // In front, a number that no axis has.
        let at = (t * self.stride + k * self.dilation).wrapping_sub(self.before);
        if at < self.len { Some(at) } else { None }
    }

    /// Appends `, 2 steps` where so many are behind the last window.
    const fn tell_left_over(self, text: Text, what: &str) -> Text {
        match self.left_over() {
            0 => text,
            1 => text.words(", 1 ").words(what),
            n => text.words(", ").number(n).words(" ").words(what).words("s"),
        }
    }

    /// Whether each window has a number of the axis, where one [`fits`](Axis::fits).
    const fn touches(self) -> bool {
        let mut t = 0;
        while self.fits() && t < self.count {
            let (_, first, end) = self.clip(t);
            if first >= end {
                return false;
            }
            t += 1;
        }
        true
    }

    /// The first window that lies within the axis, and before which they end.
    pub(crate) const fn inside(self) -> (usize, usize) {
        let from = self.before.div_ceil(self.stride);
        let room = self.before + self.len;
        let to = if room < self.span() { 0 } else { (room - self.span()) / self.stride + 1 };
        let to = if to < self.count { to } else { self.count };
        if from < to { (from, to) } else { (0, 0) }
    }

    /// The same windows over the axis and what stands around it.
    const fn padded(self) -> Axis {
        Axis { len: self.total, before: 0, ..self }
    }

    /// Whether all windows lie within the axis, and the first where it starts.
    pub(crate) const fn all_inside(self) -> bool {
        let (from, to) = self.inside();
        self.before == 0 && from == 0 && to == self.count
    }
}

/// Windows over an array of rows, columns and channels; a sequence has one row.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// The numbers at each place.
    pub channels: usize,
    /// The outer axis.
    pub rows: Axis,
    /// The inner axis.
    pub columns: Axis,
}

impl Frame {
    /// From the first number of a window to its number `i`, in the array.
    #[inline(always)]
    pub(crate) const fn at(self, i: usize) -> usize {
        let line = self.columns.window * self.channels;
        let row = (i / line) * self.rows.dilation * self.columns.len * self.channels;
        let rest = i % line;
        if self.columns.dilation == 1 {
            return row + rest;
        }
        row + rest / self.channels * self.columns.dilation * self.channels + rest % self.channels
    }

    /// From one window to the next of a row.
    pub(crate) const fn apart(self) -> usize {
        self.columns.stride * self.channels
    }

    /// The first number of the window at this row and column, which has no padding in front.
    #[inline(always)]
    pub(crate) const fn first(self, row: usize, column: usize) -> usize {
        let (y, x) = (row * self.rows.stride - self.rows.before, column * self.columns.stride - self.columns.before);
        (y * self.columns.len + x) * self.channels
    }

    /// Whether all windows lie within the array, and the first where it starts.
    pub(crate) const fn all_inside(self) -> bool {
        self.rows.all_inside() && self.columns.all_inside()
    }

    /// The same windows over the array with its padding.
    pub(crate) const fn padded(self) -> Frame {
        Frame { channels: self.channels, rows: self.rows.padded(), columns: self.columns.padded() }
    }

    /// Appends what the widths do not tell: `window 3×5, stride 2, same padding, 1 left over`.
    pub const fn describe(self, text: Text) -> Text {
        let (rows, columns) = (self.rows, self.columns);
        let mut text = text.words("window ");
        if !(rows.window == 1 && rows.len == 1) {
            text = text.number(rows.window).words("×");
        }
        text = text.number(columns.window);
        if columns.stride > 1 {
            text = text.words(", stride ").number(columns.stride);
        }
        if columns.dilation > 1 {
            text = text.words(", dilation ").number(columns.dilation);
        }
        text = match columns.around {
            Around::Valid => text,
            Around::Same => text.words(", same padding"),
            Around::Causal | Around::Later => text.words(", causal"),
            Around::Pad(before, after) => text.words(", padding ").number(before).words(" and ").number(after),
        };
        let left = rows.left_over() + columns.left_over();
        if left > 0 && self.fault().as_str().is_empty() {
            text = rows.tell_left_over(text, "row");
            text = columns.tell_left_over(text, if rows.len > 1 { "column" } else { "step" });
            text = text.words(" left over");
        }
        text
    }

    /// Why the windows of a sequence can't be read step by step; nothing where they can.
    pub(crate) const fn waits(self) -> &'static str {
        let axis = self.columns;
        if axis.total > axis.before + axis.len {
            "pads behind the last step (`padding = causal` pads in front)"
        } else if axis.before >= axis.span() {
            "has a window in front of the first step"
        } else {
            ""
        }
    }

    /// Why the windows of a sequence don't go on from those of the part before it; nothing where they do.
    pub(crate) const fn anew(self) -> &'static str {
        if self.rows.len == 1 && self.columns.before > 0 {
            "pads in front of each window: leave the padding out, and let the windows overlap"
        } else {
            ""
        }
    }

    /// [`fault`](Frame::fault), and of a pooling a window without numbers.
    pub const fn pooling_fault(self) -> Text {
        let fault = self.fault();
        let touches = self.rows.touches() && self.columns.touches();
        if touches {
            fault
        } else {
            fault.words("has a window that lies in the padding altogether, and so has no number")
        }
    }

    /// Why no window fits; nothing where one does.
    pub const fn fault(self) -> Text {
        let text = Text::new();
        if self.rows.fits() && self.columns.fits() {
            return text;
        }
        let axis = if self.rows.fits() { self.columns } else { self.rows };
        let text = text.words("has a window that spans ").number(axis.span()).words(" of the ");
        text.number(axis.total).words(if self.rows.len > 1 {
            " places that it reads along an axis"
        } else {
            " steps that it reads"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::width::*;
    use crate::window::{Windows, Windows1d, Windows2d};

    fn axis<G: Windows>() -> Axis {
        let axis = G::FRAME.columns;
        let reach = axis.total.saturating_sub(axis.span()) / axis.stride + 1;
        assert_eq!(reach, axis.count, "{axis:?}: the type's number, and PyTorch's formula");
        axis
    }

    #[test]
    fn counts_are_those_of_pytorch() {
        let counts = [
            axis::<Windows1d<U64, U3, U5>>(),
            axis::<Windows1d<U64, U3, U5, U2>>(),
            axis::<Windows1d<U64, U3, U5, U2, U3>>(),
            axis::<Windows1d<U7, U1, U7>>(),
            axis::<Windows1d<U1, U1, U3, U1, U1, Pad<U1>>>(),
            axis::<Windows1d<U9, U1, U3, U2, U2, Pad<U3, U0>>>(),
            axis::<Windows1d<U10, U1, U3, U2, U1, Same>>(),
            axis::<Windows1d<U10, U1, U4, U1, U1, Same>>(),
            axis::<Windows1d<U10, U1, U3, U3, U4, Causal>>(),
        ]
        .map(|axis| (axis.count, axis.before, axis.left_over()));
        assert_eq!(counts[0], (60, 0, 0));
        assert_eq!(counts[1], (30, 0, 1));
        assert_eq!(counts[2], (26, 0, 1));
        assert_eq!(counts[3], (1, 0, 0));
        assert_eq!(counts[4], (1, 1, 0));
        assert_eq!(counts[5], (4, 3, 1));
        assert_eq!(counts[6], (5, 0, 0));
        assert_eq!(counts[7], (10, 1, 0));
        assert_eq!(counts[8], (4, 8, 0));
    }

    #[test]
    fn windows_inside_touch_no_padding() {
        for axis in [
            axis::<Windows1d<U9, U1, U3, U2, U2, Pad<U3, U0>>>(),
            axis::<Windows1d<U10, U1, U4, U1, U1, Same>>(),
            axis::<Windows1d<U10, U1, U3, U3, U4, Causal>>(),
            axis::<Windows1d<U3, U1, U2, U1, U1, Pad<U5, U4>>>(),
        ] {
            let (from, to) = axis.inside();
            for t in 0..axis.count {
                let (start, first, end) = axis.clip(t);
                let there = |k: usize| (0..axis.len as isize).contains(&(start + (k * axis.dilation) as isize));
                for k in 0..axis.window {
                    assert_eq!(there(k), (first..end).contains(&k), "{axis:?} window {t} number {k}");
                }
                assert_eq!((from..to).contains(&t), (first, end) == (0, axis.window), "{axis:?} window {t}");
            }
        }
    }

    #[test]
    fn numbers_of_a_window_lie_where_the_array_has_them() {
        type G = Windows2d<U9, U8, U2, U3, U2, U1, U3>;
        let frame = G::FRAME;
        for (ky, kx, c) in (0..3).flat_map(|ky| (0..2).flat_map(move |kx| (0..2).map(move |c| (ky, kx, c)))) {
            assert_eq!(frame.at((ky * 2 + kx) * 2 + c), (ky * 3 * 8 + kx * 3) * 2 + c);
        }
    }
}
