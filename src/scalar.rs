//! The numbers a network computes with.
//!
//! [`Scalar`] is one number, `f32`, `f64`, [`Fused`], [`Q16`] or [`Q32`]: what weights are stored as. [`Real`] is what formulas
//! are written over: one number, or a SIMD register of them. A formula over `Real` has no branch on
//! data (a comparison gives a mask, a mask selects), so it runs unchanged on one lane or on sixteen,
//! and gives each lane the bits that a single number would get.

use core::ops::{Add, Div, Mul, Neg, Sub};

use crate::math::Elementary;

#[cfg(all(target_arch = "x86", not(target_feature = "sse2")))]
compile_error!("nanoprop needs SSE2 on x86: the x87 unit rounds otherwise, and gives other bits");

mod accumulator;
mod fixed;
mod fused;
mod number;
mod sqrt;

pub(crate) use accumulator::{Accumulator, inverse, is_wide};
pub use fixed::{FixedSum, Q16, Q32};
pub use fused::Fused;
pub use number::{ClassNumber, Number};
#[cfg(simd)]
pub(crate) use sealed::Sealed;

mod sealed {
    pub trait Number {}
    impl<T: super::Scalar> Number for T {}
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// One number or a register of numbers, with operations that every target rounds alike: those of IEEE-754, or of integers.
///
/// Sealed: nanoprop implements it for `f32`, `f64`, [`Fused`], its SIMD registers, [`Q16`] and [`Q32`].
pub trait Real:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Elementary
    + sealed::Sealed
{
    /// The number in each lane.
    type Scalar: Scalar;
    /// One truth value for each lane.
    type Mask: Copy;

    /// `x` in every lane.
    fn splat(x: Self::Scalar) -> Self;

    /// The constant `x`, rounded to the scalar, in every lane.
    #[inline(always)]
    fn of(x: f64) -> Self {
        Self::splat(Self::Scalar::from_f64(x))
    }

    /// Where `self < other`; false where either is NaN.
    fn lt(self, other: Self) -> Self::Mask;
    /// Where `self ≤ other`; false where either is NaN.
    fn le(self, other: Self) -> Self::Mask;
    /// `yes` where the mask is set, `no` elsewhere.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;

    /// `self · b + c`: the product is rounded, then the sum; of a [fused](Scalar::FUSED) scalar, the sum only.
    ///
    /// Of a number whose type is known to be `f32`, the standard library's method of this name is the one that
    /// a call finds, and that one is fused.
    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        self * b + c
    }

    /// √x, correctly rounded.
    fn sqrt(self) -> Self;
    /// |x|: the sign bit cleared.
    fn abs(self) -> Self;
    /// The magnitude of `self` with the sign bit of `sign`.
    fn copysign(self, sign: Self) -> Self;

    /// The larger: `self` where `self > other`, `other` elsewhere (so also where either is NaN).
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self::select(other.lt(self), self, other)
    }
    /// The smaller: `self` where `self < other`, `other` elsewhere (so also where either is NaN).
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self::select(self.lt(other), self, other)
    }
}

/// A floating-point [`Real`]: what the formulas of [`math`](crate::math) need beside arithmetic, exact operations on exponents.
///
/// Sealed. Of fixed-point numbers, the elementary functions are computed with integers.
pub trait Float: Real {
    /// [`mul_add`](Real::mul_add) where the product is exact: one rounding with or without a fused instruction, and so
    /// by one where there is any.
    #[inline(always)]
    fn exact_mul_add(self, b: Self, c: Self) -> Self {
        self.mul_add(b, c)
    }

    /// `2ⁿ` for an integral `n` whose power is a normal number; any bits for another `n`.
    #[inline(always)]
    fn pow2(n: Self) -> Self {
        Self::raise(n + Self::of(magic(Self::Scalar::DIGITS)))
    }
    /// [`pow2`](Float::pow2) of the n in the lowest bits of `n + 1.5·2^(digits − 1)`: what is left of a number that was
    /// rounded to an integer by such a sum.
    fn raise(sum: Self) -> Self;
    /// [`raise`](Float::raise) for n in `[−150, 50]` (`[−1075, 500]` in f64): rounded once, also where 2ⁿ is no normal
    /// number.
    #[inline(always)]
    fn raise_once(sum: Self) -> Self {
        let (up, down) = beyond(Self::Scalar::DIGITS);
        Self::raise(sum + Self::of(up)) * Self::of(down)
    }
    /// `self · 2ⁿ` for an integral `n` in `[−150, 50]` (`[−1075, 500]` in f64) and `self` near 1: rounded once, also
    /// where 2ⁿ is no normal number.
    #[inline(always)]
    fn scale(self, n: Self) -> Self {
        let (up, down) = beyond(Self::Scalar::DIGITS);
        self * Self::pow2(n + Self::of(up)) * Self::of(down)
    }
    /// `(m, e)` with `x = m · 2ᵉ`, `m` in `[√½, √2)` and `e` integral, for a positive normal `x`; any
    /// bits for another `x`.
    fn split(self) -> (Self, Self);
}

/// The least magnitude that [`flush`] keeps: 2⁻⁹⁶ in f32, 2⁻⁹⁶⁰ in f64.
///
/// It is 2³⁰ (2⁶²) times the smallest normal number, so that the product of a kept number with a rate or with 1 − β is
/// normal too.
const fn tiny(digits: u32) -> f64 {
    power_of_two(if digits == 24 { -96 } else { -960 })
}

/// 2ⁿ of a normal number.
pub(crate) const fn power_of_two(n: i64) -> f64 {
    f64::from_bits(((1023 + n) as u64) << 52)
}

/// `x`, or 0 where |x| is below 2⁻⁹⁶ (2⁻⁹⁶⁰ in f64); NaN stays.
///
/// States that decay pass through it, since arithmetic on subnormal numbers is up to 100 times slower. It is a select,
/// so that every target and every SIMD level gives the same bits.
#[inline(always)]
pub(crate) fn flush<V: Real>(x: V) -> V {
    V::select(x.abs().lt(V::of(tiny(V::Scalar::DIGITS))), V::of(0.0), x)
}

/// `x²`, or 0 where |x| is below 2⁻⁴⁸ (2⁻⁴⁸⁰ in f64): the square is 0 or at least what [`flush`] keeps.
#[inline(always)]
pub(crate) fn flushed_square<V: Real>(x: V) -> V {
    let root = power_of_two(if V::Scalar::DIGITS == 24 { -48 } else { -480 });
    let x = V::select(x.abs().lt(V::of(root)), V::of(0.0), x);
    x * x
}

/// 1.5·2^(digits − 1): next to it the spacing of numbers is 1, and the 1.5 keeps negative n in the same binade.
pub(crate) const fn magic(digits: u32) -> f64 {
    (3u64 << (digits - 2)) as f64
}

/// An exponent, and 2 to its opposite, that between them take a power to the normal numbers and back.
const fn beyond(digits: u32) -> (f64, f64) {
    (digits as f64, 1.0 / (1u64 << digits) as f64)
}

/// A single number, `f32`, `f64`, [`Fused`] or a fixed-point one: what a network's weights are.
///
/// Sealed.
pub trait Scalar: Number + Real<Scalar = Self, Mask = bool> {
    /// Bits of the significand, the hidden one included: 24 or 53; in fixed point, those of the magnitude.
    const DIGITS: u32;
    /// Whether [`Real::mul_add`] rounds once.
    const FUSED: bool = false;
    /// The distance between neighbours, in fixed point; 0 of floats, where it varies.
    const STEP: f64 = 0.0;
    /// 1.
    const ONE: Self;
    /// What kernels sum in: the number itself, but for fixed-point numbers.
    type Accumulator: Accumulator<Self>;
}

macro_rules! scalar {
    ($t:ident, $bits:ident, $int:ident, digits = $digits:literal) => {
        impl Real for $t {
            type Scalar = $t;
            type Mask = bool;

            #[inline(always)]
            fn splat(x: $t) -> $t {
                x
            }
            #[inline(always)]
            fn lt(self, other: $t) -> bool {
                self < other
            }
            #[inline(always)]
            fn le(self, other: $t) -> bool {
                self <= other
            }
            #[inline(always)]
            fn select(mask: bool, yes: $t, no: $t) -> $t {
                if mask { yes } else { no }
            }
            #[inline(always)]
            fn sqrt(self) -> $t {
                sqrt::$t(self)
            }
            #[inline(always)]
            fn abs(self) -> $t {
                $t::from_bits(self.to_bits() & !(1 << ($bits::BITS - 1)))
            }
            #[inline(always)]
            fn copysign(self, sign: $t) -> $t {
                let bit = 1 << ($bits::BITS - 1);
                $t::from_bits(self.to_bits() & !bit | sign.to_bits() & bit)
            }
        }

        impl Float for $t {
            #[inline(always)]
            fn raise(sum: $t) -> $t {
                // The lowest bits, moved up, are the exponent field.
                const ONE: $bits = (1.0 as $t).to_bits();
                $t::from_bits(sum.to_bits().wrapping_shl($digits - 1).wrapping_add(ONE))
            }
            #[inline(always)]
            fn split(self) -> ($t, $t) {
                // Counted from the bits of √½, the exponent steps at √½·2ᵉ instead of at 2ᵉ.
                const SHIFT: u32 = $digits - 1;
                const HALF_ROOT: $bits = (core::f64::consts::FRAC_1_SQRT_2 as $t).to_bits();
                let e = (self.to_bits().wrapping_sub(HALF_ROOT) as $int) >> SHIFT;
                ($t::from_bits(self.to_bits().wrapping_sub((e << SHIFT) as $bits)), e as $t)
            }
        }

        impl Scalar for $t {
            const DIGITS: u32 = $digits;
            const ONE: $t = 1.0;
            type Accumulator = $t;
        }

        impl Number for $t {
            const NAME: &'static str = stringify!($t);

            #[inline(always)]
            fn from_f64(x: f64) -> $t {
                x as $t
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
            fn to_bytes(self) -> [u8; 8] {
                (self.to_bits() as u64).to_le_bytes()
            }
            fn from_bytes(bytes: [u8; 8]) -> $t {
                $t::from_bits(u64::from_le_bytes(bytes) as $bits)
            }
            fn all_finite(numbers: &[$t]) -> bool {
                number::all_finite(numbers)
            }
        }
    };
}

scalar!(f32, u32, i32, digits = 24);
scalar!(f64, u64, i64, digits = 53);

#[cfg(test)]
mod tests;
