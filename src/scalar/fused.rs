use core::fmt;
use core::ops::{Add, Div, Mul, Neg, Sub};

use super::{Float, Number, Real, Scalar, number, sealed};

/// An `f32` whose multiply-adds round once: the opt-in to fused arithmetic, chosen as a network's scalar.
///
/// Everything but [`mul_add`](Real::mul_add) is as in `f32`. The bits are other than those of `f32`, and as
/// well stated: the same on every target, at every [`Level`](crate::Level), in debug and in release.
///
/// # Equations
///
/// `mul_add(a, b, c) = round(a·b + c)`, the `fusedMultiplyAdd` of IEEE-754, where `f32` has
/// `round(round(a·b) + c)`. Products that are added to something go through it, in the order that `f32` has
/// too:
///
/// - the weighted sums of a layer, `s ← round(xᵢ wᵢⱼ + s)`; ∂J/∂x, `s ← round(wᵢⱼ δⱼ + s)`;
/// - gradients, `Δ ← round(xᵢ δⱼ + Δ)`, and steps, `w ← round((−α xᵢ) δⱼ + w)` or `round(−α g + w)`;
/// - the polynomials and reductions of [`math`](crate::math).
///
/// # When
///
/// Where speed on a processor that has the instruction matters more than sharing bits with an `f32` network: of
/// x86-64 every one with AVX2, and every AArch64. Two operations become one, so what is bound by arithmetic, as
/// batches are, gains most, and what is bound by memory nothing. Results are as accurate as those of `f32`, or
/// a little more. Without the instruction it is computed in `f64` and integers, with the same bits, in about
/// ten operations: five to ten times slower than `f32` on a host, and much more on a device without `f64`.
///
/// # Example
///
/// Inputs and targets are arrays of `f32` as ever; a prediction's numbers are read by `.0`.
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Fused;
///
/// network! {
///     type Strict = 2 => Dense<4, Tanh> => Dense<1>, loss = SigmoidCrossEntropy;
///     type Fast = 2 => Dense<4, Tanh> => Dense<1>, loss = SigmoidCrossEntropy, scalar = Fused;
/// }
/// let samples = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])];
///
/// let (mut net, mut tape) = (Fast::ZERO, Fast::TAPE);
/// net.initialize(&Xavier, &mut Pcg32::new(1));
/// for _ in 0..1000 {
///     samples.iter().for_each(|(x, y)| net.descend(x, y, Fused(0.5), &mut tape));
/// }
/// let h: f32 = net.predict(&[0.0, 1.0])[0].0;
/// assert!(h > 0.95);
///
/// // Weights as they are, from one scalar to the other, and back.
/// let mut strict = Strict::ZERO;
/// strict.parameters_mut().copy_from_slice(Fused::numbers(net.parameters()));
/// net.parameters_mut().copy_from_slice(Fused::slice(strict.parameters()));
/// assert!((strict.predict(&[0.0, 1.0])[0] - h).abs() < 1e-6);
/// ```
#[derive(Clone, Copy, Default, PartialEq, PartialOrd)]
#[repr(transparent)]
pub struct Fused(
    /// The number.
    pub f32,
);

impl sealed::Sealed for Fused {}

impl Real for Fused {
    type Scalar = Fused;
    type Mask = bool;

    #[inline(always)]
    fn splat(x: Fused) -> Fused {
        x
    }
    #[inline(always)]
    fn lt(self, other: Fused) -> bool {
        self.0 < other.0
    }
    #[inline(always)]
    fn le(self, other: Fused) -> bool {
        self.0 <= other.0
    }
    #[inline(always)]
    fn select(mask: bool, yes: Fused, no: Fused) -> Fused {
        if mask { yes } else { no }
    }
    #[inline(always)]
    fn mul_add(self, b: Fused, c: Fused) -> Fused {
        Fused(mul_add(self.0, b.0, c.0))
    }
    #[inline(always)]
    fn sqrt(self) -> Fused {
        Fused(Real::sqrt(self.0))
    }
    #[inline(always)]
    fn abs(self) -> Fused {
        Fused(Real::abs(self.0))
    }
    #[inline(always)]
    fn copysign(self, sign: Fused) -> Fused {
        Fused(Real::copysign(self.0, sign.0))
    }
}

impl Float for Fused {
    #[inline(always)]
    fn raise(sum: Fused) -> Fused {
        Fused(Float::raise(sum.0))
    }
    #[inline(always)]
    fn split(self) -> (Fused, Fused) {
        let (m, e) = self.0.split();
        (Fused(m), Fused(e))
    }
}

impl Scalar for Fused {
    const DIGITS: u32 = <f32 as Scalar>::DIGITS;
    const FUSED: bool = true;
    const ONE: Fused = Fused(1.0);
    type Accumulator = Fused;
}

impl Number for Fused {
    const NAME: &'static str = "fused";

    #[inline(always)]
    fn from_f64(x: f64) -> Fused {
        Fused(x as f32)
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self.0 as f64
    }
    fn to_bytes(self) -> [u8; 8] {
        self.0.to_bytes()
    }
    fn from_bytes(bytes: [u8; 8]) -> Fused {
        Fused(f32::from_bytes(bytes))
    }
    fn all_finite(numbers: &[Fused]) -> bool {
        number::all_finite(numbers)
    }
}

/// a·b + c, rounded once: the product of two `f32` is exact in `f64`, and their sum is rounded to odd.
///
/// A number of 53 digits whose last is 1 wherever digits were lost is never halfway between two of 24, so the
/// second rounding goes the way of the exact sum.
///
/// # Source
///
/// S. Boldo, G. Melquiond, "Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to
/// odd", IEEE Trans. Comput. 57, 2008; what a sum lost: Knuth, *The Art of Computer Programming* 2, § 4.2.2,
/// theorem B.
#[inline(always)]
fn mul_add(a: f32, b: f32, c: f32) -> f32 {
    let (product, c) = (a as f64 * b as f64, c as f64);
    let sum = product + c;
    let other = sum - product;
    let lost = (product - (sum - other)) + (c - other);
    // Not where the sum is infinite or NaN: `lost` is NaN there.
    let inexact = ((lost < 0.0) | (0.0 < lost)) as u64;
    let beyond = (sum.to_bits() ^ lost.to_bits()) >> 63;
    f64::from_bits(sum.to_bits().wrapping_sub(beyond & inexact) | inexact) as f32
}

macro_rules! operator {
    ($Trait:ident $method:ident) => {
        impl $Trait for Fused {
            type Output = Fused;
            #[inline(always)]
            fn $method(self, other: Fused) -> Fused {
                Fused(self.0.$method(other.0))
            }
        }
    };
}

operator!(Add add);
operator!(Sub sub);
operator!(Mul mul);
operator!(Div div);

impl Neg for Fused {
    type Output = Fused;
    #[inline(always)]
    fn neg(self) -> Fused {
        Fused(-self.0)
    }
}

impl From<f32> for Fused {
    #[inline(always)]
    fn from(x: f32) -> Fused {
        Fused(x)
    }
}

impl From<Fused> for f32 {
    #[inline(always)]
    fn from(x: Fused) -> f32 {
        x.0
    }
}

impl PartialEq<f32> for Fused {
    fn eq(&self, other: &f32) -> bool {
        self.0 == *other
    }
}

impl PartialOrd<f32> for Fused {
    fn partial_cmp(&self, other: &f32) -> Option<core::cmp::Ordering> {
        self.0.partial_cmp(other)
    }
}

/// As the `f32`.
impl fmt::Debug for Fused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// As the `f32`.
impl fmt::Display for Fused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests;
