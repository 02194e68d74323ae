#![allow(unsafe_code)]
#![cfg_attr(not(any(simd, narrow)), allow(dead_code, reason = "read by the kernels over registers only"))]

use crate::penalty::{Penalty, Step};
use crate::scalar::{Accumulator, Real, Scalar, is_wide};
use crate::width::Width;

/// What a backward pass does with a layer's weights, beside dx.
pub(crate) trait Change: Copy {
    /// Whether the weights themselves change, `to` being `w`, and by another factor than the input.
    #[cfg_attr(not(simd), allow(dead_code, reason = "read by the kernels over registers of lanes only"))]
    const IN_PLACE: bool;

    /// Rows' factors of δ, from their inputs.
    fn factor<V: Real<Scalar: From<f32>>>(self, x: V) -> V;
}

/// One online step: `w ← w + (−(α x)) δ`, in the weights themselves.
#[derive(Clone, Copy)]
pub(crate) struct Descend(pub(crate) f32);

/// The gradient: `dw ← dw + x δ`.
#[derive(Clone, Copy)]
pub(crate) struct Gradient;

impl Change for Descend {
    const IN_PLACE: bool = true;

    #[inline(always)]
    fn factor<V: Real<Scalar: From<f32>>>(self, x: V) -> V {
        -(V::splat(self.0.into()) * x)
    }
}

impl Change for Gradient {
    const IN_PLACE: bool = false;

    #[inline(always)]
    fn factor<V: Real<Scalar: From<f32>>>(self, x: V) -> V {
        x
    }
}

/// What a backward pass reads and writes; each may be null, but for `delta`.
#[derive(Clone, Copy)]
pub(crate) struct Pass<C> {
    /// The weights, `[rows × cols]`; with `dx` only.
    pub(crate) w: *const f32,
    /// The input, `[rows]`; with `to` only.
    pub(crate) x: *const f32,
    /// The output, `[cols]`; null where `delta` holds δ, and not dy, already.
    pub(crate) y: *const f32,
    /// dy, and δ after, `[cols]`.
    pub(crate) delta: *mut f32,
    /// The bias or its gradient, `[cols]`, which changes by `factor(1) δ`.
    pub(crate) bias: *mut f32,
    /// The weights or their gradient, `[rows × cols]`, whose rows change by `factor(x) δ`.
    pub(crate) to: *mut f32,
    /// ∂J/∂x, `[rows]`: `W δ` by the weights as they were.
    pub(crate) dx: *mut f32,
    /// The factor.
    pub(crate) change: C,
}

/// What a kernel reads as one vector: so many numbers, each so far behind the first.
///
/// A [`Width`] is a vector of numbers side by side; [`Through`](super::windows::Through) some windows, of which one may lie in
/// several pieces.
#[cfg_attr(not(simd), allow(dead_code, reason = "read by the kernels over registers only"))]
pub(crate) trait Line: 'static {
    /// How many numbers.
    const COUNT: usize;
    /// How many lie side by side; a line is one such piece, or several at a distance.
    const PIECE: usize;
    /// Whether it is one piece.
    const SOLID: bool = Self::PIECE == Self::COUNT;
    /// Whether each vector of a batch lies one number behind the one before, so that number i of several is one piece.
    const SLIDES: bool = false;

    /// From the first to number `i`.
    fn at(i: usize) -> usize;
}

impl<N: Width> Line for N {
    const COUNT: usize = N::USIZE;
    const PIECE: usize = N::USIZE;

    #[inline(always)]
    fn at(i: usize) -> usize {
        i
    }
}

/// Vectors to read, one for each sample of a batch: at equal distances, or each where a pointer says.
#[derive(Clone, Copy)]
pub(crate) struct Reads {
    /// The first vector, or the first pointer.
    pub(crate) first: *const u8,
    /// Bytes from one to the next.
    pub(crate) stride: usize,
    /// Whether there are pointers, and then the bytes from where each points to its vector.
    pub(crate) behind: Option<usize>,
}

impl Reads {
    /// Vector `b`.
    ///
    /// # Safety
    ///
    /// There are more than `b`.
    #[inline(always)]
    pub(crate) unsafe fn line(self, b: usize) -> *const f32 {
        // SAFETY: the caller's.
        unsafe {
            let at = self.first.add(b * self.stride);
            match self.behind {
                None => at.cast(),
                Some(behind) => (*at.cast::<*const u8>()).add(behind).cast(),
            }
        }
    }

    /// Pointers to the first `n`: those that are there, or `room` with them, so that a loop over samples need not ask.
    ///
    /// # Safety
    ///
    /// There are so many, and room for as many pointers.
    #[inline(always)]
    #[cfg_attr(not(simd), allow(dead_code))]
    pub(crate) unsafe fn pointers(self, n: usize, room: *mut *const f32) -> *const *const f32 {
        if self.behind == Some(0) {
            return self.first.cast();
        }
        for b in 0..n {
            // SAFETY: the caller's.
            unsafe { room.add(b).write(self.line(b)) };
        }
        room
    }

    /// The vectors from vector `b` on.
    ///
    /// # Safety
    ///
    /// There are at least `b`.
    #[inline(always)]
    #[cfg_attr(not(simd), allow(dead_code))]
    pub(crate) unsafe fn from(self, b: usize) -> Reads {
        // SAFETY: the caller's.
        Reads { first: unsafe { self.first.add(b * self.stride) }, ..self }
    }
}

/// Rows of numbers at equal distances: a vector for each sample of a batch.
#[derive(Clone, Copy)]
pub(crate) struct Rows {
    /// The first row.
    pub(crate) first: *mut f32,
    /// From one row to the next.
    pub(crate) stride: usize,
}

impl Rows {
    /// The rows from row `b` on, from column `j` on.
    ///
    /// # Safety
    ///
    /// There are that many.
    #[inline(always)]
    pub(crate) unsafe fn from(self, b: usize, j: usize) -> Rows {
        // SAFETY: the caller's.
        Rows { first: unsafe { self.first.add(b * self.stride + j) }, ..self }
    }
}

/// The most samples whose sums a kernel takes at once.
pub(crate) const MOST: usize = 256;

/// Rows of the weights.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    /// The first.
    pub(crate) start: usize,
    /// Before which they end.
    pub(crate) end: usize,
}

/// What becomes of dx.
pub(crate) trait Place {
    /// Whether it is added to what is there.
    const ADDS: bool;
    /// How many of the vectors lie in a row, where there are rows.
    const COUNT: Option<usize> = None;

    /// From the first of the vectors to the one at this row and column, where one is so far from the next.
    #[inline(always)]
    #[cfg_attr(not(simd), allow(dead_code))]
    fn at(_row: usize, column: usize, stride: usize) -> usize {
        column * stride
    }
}

/// It is written.
pub(crate) struct Over;

/// It is added: another reader of x has written its own.
pub(crate) struct Onto;

impl Place for Over {
    const ADDS: bool = false;
}

impl Place for Onto {
    const ADDS: bool = true;
}

/// What becomes of the sums over a batch.
pub(crate) trait Sink: Copy {
    /// Whether the sums start from what is there, as those of a gradient do, and not from +0.
    const ADDS: bool;

    /// The new weight, from the old one and its sum.
    fn weight<V: Real>(self, old: V, sum: V) -> V;

    /// The new bias, from the old one and its sum.
    fn bias<V: Real>(self, old: V, sum: V) -> V;

    /// [`weight`](Sink::weight) of a sum that is not rounded yet.
    #[inline(always)]
    fn weight_of<T: Scalar>(self, old: T, sum: T::Accumulator) -> T {
        self.weight(old, sum.round())
    }

    /// [`bias`](Sink::bias) of a sum that is not rounded yet.
    #[inline(always)]
    fn bias_of<T: Scalar>(self, old: T, sum: T::Accumulator) -> T {
        self.bias(old, sum.round())
    }
}

impl Sink for Gradient {
    const ADDS: bool = true;

    #[inline(always)]
    fn weight<V: Real>(self, _: V, sum: V) -> V {
        sum
    }

    #[inline(always)]
    fn bias<V: Real>(self, _: V, sum: V) -> V {
        sum
    }
}

impl<P: Penalty> Sink for Step<P> {
    const ADDS: bool = false;

    #[inline(always)]
    fn weight<V: Real>(self, old: V, sum: V) -> V {
        Step::weight(self, old, sum)
    }

    #[inline(always)]
    fn bias<V: Real>(self, old: V, sum: V) -> V {
        Step::bias(self, old, sum)
    }

    #[inline(always)]
    fn weight_of<T: Scalar>(self, old: T, sum: T::Accumulator) -> T {
        if const { is_wide::<T>() } {
            return self.wide(true, old, sum);
        }
        Step::weight(self, old, sum.round())
    }

    #[inline(always)]
    fn bias_of<T: Scalar>(self, old: T, sum: T::Accumulator) -> T {
        if const { is_wide::<T>() } {
            return self.wide(false, old, sum);
        }
        Step::bias(self, old, sum.round())
    }
}

/// The most outputs of a layer whose dx is computed for a batch at once, with 8 KiB of stack.
pub(crate) const SPREAD: usize = 128;
