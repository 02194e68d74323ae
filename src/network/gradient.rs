use core::fmt;
use core::ops::{Deref, DerefMut};

use crate::array::Plain;
use crate::kernel::{self, Update};
use crate::scalar::{Real, Scalar};

/// How many samples a block has.
pub(crate) const BLOCK: usize = 256;

/// A gradient of any number of samples: a value of the network's type, to which it dereferences, and the carry of the sum
/// over samples from block to block.
///
/// # Order
///
/// The samples are added in their order, in blocks of 256. A block starts from the carry c, which is +0 for the first
/// one. After each block, `s ← s + c` is rounded, and the carry becomes its exact rounding error: with `t = s + c` and
/// `z = t − s`, it is `(s − (t − z)) + (c − z)`. After the last block, `s + c` is the sum.
///
/// So the error is that of 256 additions for any number of samples: at most `256 u Σ |xᵢ|`, with u the unit roundoff. Up to
/// 256 samples are added one after the other.
///
/// # Memory
///
/// Twice the size of the network.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// type Line = Network<Dense<U1, U1>, SquaredError>;
/// let samples = vec![([1.0], [-2.0_f32.sqrt()]); 1_000_000];
/// let (net, mut grad) = (Line::ZERO, Line::GRADIENT);
/// net.gradient(&samples, NoPenalty, &mut grad, &mut { Line::TAPE });
/// assert!((grad.parameters()[0] - 2.0_f32.sqrt()).abs() < 1e-5); // added one by one: 1.41156
/// ```
///
/// # Source
///
/// D. Knuth, "The Art of Computer Programming", volume 2, 4.2.2, theorem B: the exact error of a sum.
#[derive(Clone)]
#[repr(C)]
pub struct Gradient<N> {
    sum: N,
    carry: N,
    samples: usize,
}

impl<N: Plain<Scalar: Scalar>> Gradient<N> {
    /// The gradient that is 0.
    pub const ZERO: Self = Gradient { sum: N::ZERO, carry: N::ZERO, samples: 0 };

    /// Before the first sample.
    pub(crate) fn begin(&mut self) {
        self.sum.flat_mut().fill(Plain::ZERO);
        self.samples = 0;
    }

    /// Where the next samples of a block are added.
    #[inline]
    pub(crate) fn block(&mut self) -> &mut N {
        if self.samples < BLOCK { &mut self.sum } else { &mut self.carry }
    }

    /// How many samples there are up to the end of the block.
    #[inline]
    pub(crate) const fn left(&self) -> usize {
        BLOCK - self.samples % BLOCK
    }

    /// Counts samples that were added, up to the end of a block.
    #[inline]
    pub(crate) fn count(&mut self, samples: usize) {
        self.samples += samples;
        carry(self.samples, self.sum.flat_mut(), self.carry.flat_mut());
    }

    /// After the last sample: the sum is whole. Gives how many there were.
    pub(crate) fn end(&mut self) -> usize {
        finish(self.samples, self.sum.flat_mut(), self.carry.flat_mut());
        self.samples
    }

    /// The sum and the carry, for whoever adds to parts of both; and no samples of it.
    #[cfg(feature = "rayon")]
    pub(crate) fn halves(&mut self) -> (&mut N, &mut N) {
        (&mut self.sum, &mut self.carry)
    }
}

/// After so many samples: at the end of a block, its sum is carried.
#[inline]
pub(crate) fn carry<T: crate::Scalar>(samples: usize, sum: &mut [T], carry: &mut [T]) {
    if samples == BLOCK {
        carry.fill(T::ZERO);
    } else if samples.is_multiple_of(BLOCK) {
        kernel::update_with(Carry, sum, carry);
    }
}

/// After the last of so many samples: the carry is added.
#[inline]
pub(crate) fn finish<T: crate::Scalar>(samples: usize, sum: &mut [T], carry: &mut [T]) {
    if samples > BLOCK {
        kernel::add(carry, sum);
    }
}

/// `(s, c) ← (t, (s − (t − z)) + (c − z))` with `t = s + c`, `z = t − s`.
#[derive(Clone, Copy)]
struct Carry;

impl Update for Carry {
    type Kept<P> = [P; 1];

    #[inline(always)]
    fn of<V: Real>(self, s: V, _: V, [c]: &mut [V; 1]) -> V {
        let t = s + *c;
        let z = t - s;
        *c = (s - (t - z)) + (*c - z);
        t
    }
}

impl<N> Deref for Gradient<N> {
    type Target = N;

    #[inline]
    fn deref(&self) -> &N {
        &self.sum
    }
}

impl<N> DerefMut for Gradient<N> {
    #[inline]
    fn deref_mut(&mut self) -> &mut N {
        &mut self.sum
    }
}

impl<N: fmt::Debug> fmt::Debug for Gradient<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sum.fmt(f)
    }
}
