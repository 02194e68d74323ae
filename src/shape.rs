//! Shapes as values: what messages, checkpoints and the fit check speak of.

use core::fmt;

/// The widths of an array, outermost first: `[8, 12, 12]`, printed as `8×12×12`.
///
/// # Example
///
/// ```
/// use nanoprop::Shape;
/// use nanoprop::prelude::*;
///
/// network! { type Net = [10, 3] => Elman<16> => Dense<4>, loss = SoftmaxCrossEntropy; }
/// let (reads, writes): (Shape, Shape) = (Net::PLAN.reads(), Net::PLAN.writes());
/// assert_eq!((reads.widths(), reads.count(), writes.to_string()), (&[10, 3][..], 30, "4".into()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    rank: usize,
    widths: [usize; 4],
}

impl Shape {
    /// The shape of a single number.
    pub const SCALAR: Shape = Shape { rank: 0, widths: [1; 4] };

    /// `n` arrays of this shape.
    pub const fn of(self, n: usize) -> Shape {
        assert!(self.rank < 4, "an array has at most four widths");
        let w = self.widths;
        Shape { rank: self.rank + 1, widths: [n, w[0], w[1], w[2]] }
    }

    /// The widths, outermost first.
    pub const fn widths(&self) -> &[usize] {
        self.widths.split_at(self.rank).0
    }

    /// How many numbers an array of this shape holds.
    pub const fn count(&self) -> usize {
        self.widths[0] * self.widths[1] * self.widths[2] * self.widths[3]
    }

    /// Whether two shapes are the same, width by width.
    pub const fn same(&self, other: &Shape) -> bool {
        let (a, b) = (&self.widths, &other.widths);
        self.rank == other.rank && a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3]
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Text::new().shape(*self);
        f.pad(text.as_str())
    }
}

/// A sentence that constant evaluation can put together, for errors that the compiler prints.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Text {
    len: usize,
    bytes: [u8; 256],
}

impl Text {
    #[allow(clippy::new_without_default, reason = "for nanoprop-exchange only")]
    pub const fn new() -> Text {
        Text { len: 0, bytes: [0; 256] }
    }

    /// Appends words; what does not fit is left out.
    pub const fn words(mut self, words: &str) -> Text {
        let words = words.as_bytes();
        let mut i = 0;
        while i < words.len() && self.len < self.bytes.len() {
            self.bytes[self.len] = words[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    /// Appends a type's name, from its word in snake case: `SquaredError` of `squared_error`.
    pub(crate) const fn camel(mut self, word: &str) -> Text {
        let (word, mut i, mut start) = (word.as_bytes(), 0, true);
        while i < word.len() && self.len < self.bytes.len() {
            if word[i] != b'_' {
                self.bytes[self.len] = if start { word[i].to_ascii_uppercase() } else { word[i] };
                self.len += 1;
            }
            start = word[i] == b'_';
            i += 1;
        }
        self
    }

    /// Appends a number in decimal.
    pub(crate) const fn number(self, n: usize) -> Text {
        const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        let text = if n >= 10 { self.number(n / 10) } else { self };
        text.words(DIGITS[n % 10])
    }

    /// Appends a shape: `8×12×12`.
    pub(crate) const fn shape(self, shape: Shape) -> Text {
        let widths = shape.widths();
        if widths.is_empty() {
            return self.number(1);
        }
        let mut text = self.number(widths[0]);
        let mut i = 1;
        while i < widths.len() {
            text = text.words("×").number(widths[i]);
            i += 1;
        }
        text
    }

    /// Appends what to do where a vector is read and as many values in rows are written, or the other way round.
    pub(crate) const fn flatten(self, reads: Shape, writes: Shape) -> Text {
        if reads.count() != writes.count() {
            return self;
        }
        let widths = reads.widths();
        if widths.len() == 1 {
            return self.words("; put a Flatten between them");
        }
        if writes.widths().len() != 1 || widths.is_empty() {
            return self;
        }
        let mut text = self.words("; put an Unflatten<[").number(widths[0]);
        let mut i = 1;
        while i < widths.len() {
            text = text.words(", ").number(widths[i]);
            i += 1;
        }
        text.words("]> between them")
    }

    pub const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

/// Whether two texts are the same.
pub(crate) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_print_in_decimal() {
        let shape = Shape::SCALAR.of(12).of(120).of(8);
        assert_eq!(shape.to_string(), "8×120×12");
        assert_eq!((shape.widths(), shape.count()), (&[8, 120, 12][..], 11_520));
        assert_eq!(Shape::SCALAR.of(10).to_string(), "10");
        assert_eq!(Text::new().words("layer ").number(1_048_575).as_str(), "layer 1048575");
        assert_eq!(Text::new().flatten(Shape::SCALAR.of(8), shape.of(2)).as_str(), "");
        let rows = Shape::SCALAR.of(3).of(8);
        assert_eq!(Text::new().flatten(Shape::SCALAR.of(24), rows).as_str(), "; put a Flatten between them");
        assert_eq!(Text::new().flatten(rows, Shape::SCALAR.of(24)).as_str(), "; put an Unflatten<[8, 3]> between them");
        assert_eq!(Text::new().camel("leaky_relu").words(" ").camel("elu").as_str(), "LeakyRelu Elu");
    }
}
