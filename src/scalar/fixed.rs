//! Fixed-point numbers: integers of 16 and 32 bits, of which so many are behind the point.

use core::fmt;
use core::ops::{Add, Div, Mul, Neg, Sub};

use super::{Accumulator, Number, Real, Scalar, sealed};
use crate::math::{Elementary, integer};

mod sum;

pub use sum::FixedSum;

/// A number of 16 bits, `F` of them behind the point: for processors without an FPU.
///
/// `Q16<12>` has a step of 2⁻¹² and is below 8 in magnitude; `F` is 4 to 12. With a network declared by `scalar = Q16<12>`,
/// everything is in integers, and inputs, targets and the rate are numbers of this type.
///
/// # Equations
///
/// The number is n·2⁻ᶠ for an integer n. Sums and differences are exact. A product is rounded to nearest, ties up; so is
/// [`mul_add`](Real::mul_add), once. A quotient is rounded to nearest, ties away from 0. The sums of a layer are exact, in
/// [`FixedSum`], and rounded at the end. Nothing wraps.
///
/// # Overflow
///
/// What is beyond the range becomes the number at its end, ±(2¹⁵ − 1)·2⁻ᶠ, which stands for all that is beyond, as an infinite
/// `f32` does: [`is_finite`](Number::is_finite) is false, [`to_f64`](Number::to_f64) infinite, and sums and products with
/// it are at an end again, but that 0 times it is 0. So what detects infinite numbers detects overflow: a
/// [`Trainer`](crate::Trainer) refuses the step, a [`Guard`](crate::Guard) undoes it. [`overflows`](Q16::overflows) counts
/// them among weights or outputs. As of an infinite `f32`, the sigmoid of an end is 1.
///
/// A quotient by 0 and a NaN become an end; so do the logarithm and the root of a negative number, the lower one.
///
/// # Errors of functions
///
/// In steps of 2⁻ᶠ, the greatest of all inputs for `F = 12`:
/// TABLE16
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Q16;
///
/// network! { type Net = 2 => Dense<4, Tanh> => Dense<1>, loss = SigmoidCrossEntropy, scalar = Q16<12>; }
/// type Number = Q16<12>;
/// let samples = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])]
///     .map(|(x, y)| (x.map(Number::new), y.map(Number::new)));
///
/// let (mut net, mut tape) = (Net::ZERO, Net::TAPE); // 34 bytes of weights
/// net.initialize(&Xavier, &mut Pcg32::new(1));
/// for _ in 0..1000 {
///     samples.iter().for_each(|(x, y)| net.descend(x, y, Number::new(0.5), &mut tape));
/// }
/// assert!(net.predict(&samples[1].0)[0] > Number::new(0.9));
/// assert_eq!(Number::overflows(net.parameters()), 0);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Q16<const F: u32>(i16);

/// A number of 32 bits, `F` of them behind the point; `F` is 4 to 28.
///
/// `Q32<20>` has a step of 2⁻²⁰ and is below 2048 in magnitude. All else is as of [`Q16`], but that a sum of products is at an
/// end already where it passes 2^(62 − 2F), 4 million for `F = 20`, at some term.
///
/// # Errors of functions
///
/// In steps of 2⁻ᶠ, the greatest of 10⁶ inputs for `F = 20`:
/// TABLE32
///
/// # Example
///
/// ```
/// use nanoprop::Q32;
///
/// let x = Q32::<20>::new(1.5) * Q32::new(-2.0);
/// assert_eq!(f64::from(x), -3.0);
/// assert_eq!(x.to_bits(), -3 << 20);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Q32<const F: u32>(i32);

// fixed! { Q16: i16, i32, … } implements all of a number whose products fit the second integer.
macro_rules! fixed {
    ($Q:ident: $Bits:ident, $Unsigned:ident, $Wide:ident, digits = $digits:literal, most = $most:literal, $functions:ident, $name:literal) => {
        impl<const F: u32> $Q<F> {
            /// The upper end of the range: what is beyond.
            pub const MAX: Self = $Q($Bits::MAX);
            /// The lower end of the range.
            pub const MIN: Self = $Q(-$Bits::MAX);

            /// Refuses a place of the point that leaves no room for the constants of formulas.
            const PLACE: u32 = {
                assert!(4 <= F && F <= $most, "so many bits behind the point are too few or too many");
                F
            };

            const NAME_BYTES: [u8; 6] = {
                let [a, b, c] = *$name;
                [a, b, c, b'.', b'0' + (F / 10) as u8, b'0' + (F % 10) as u8]
            };

            /// The number nearest to `x`.
            #[inline(always)]
            pub const fn new(x: f64) -> Self {
                let n = x * (1_u64 << Self::PLACE) as f64;
                let most = $Bits::MAX as f64;
                match n {
                    _ if n <= -most => Self::MIN,
                    _ if n < 0.0 => $Q((n - 0.5) as $Bits),
                    _ if n < most => $Q((n + 0.5) as $Bits),
                    // So also NaN.
                    _ => Self::MAX,
                }
            }

            /// The number of an integer n: n·2⁻ᶠ.
            #[inline]
            pub const fn from_bits(n: $Bits) -> Self {
                $Q(n)
            }

            /// The integer n.
            #[inline]
            pub const fn to_bits(self) -> $Bits {
                self.0
            }

            /// How many of some numbers are at an end of the range.
            #[must_use]
            pub fn overflows(numbers: &[Self]) -> usize {
                numbers.iter().filter(|x| x.is_end()).count()
            }

            #[inline(always)]
            const fn is_end(self) -> bool {
                self.0.unsigned_abs() >= $Bits::MAX as $Unsigned
            }

            /// An end, on the side of `n`.
            #[inline(always)]
            const fn end(n: $Wide) -> Self {
                if n < 0 { Self::MIN } else { Self::MAX }
            }

            #[inline(always)]
            const fn fit(n: $Wide) -> Self {
                match n {
                    _ if n >= $Bits::MAX as $Wide => Self::MAX,
                    _ if n <= -($Bits::MAX as $Wide) => Self::MIN,
                    _ => $Q(n as $Bits),
                }
            }

            #[inline(always)]
            pub(super) const fn fit_long(n: i64) -> Self {
                match n {
                    _ if n >= $Bits::MAX as i64 => Self::MAX,
                    _ if n <= -($Bits::MAX as i64) => Self::MIN,
                    _ => $Q(n as $Bits),
                }
            }

            /// a·b with 2F bits behind the point, and whether it is at an end because a factor is.
            #[inline(always)]
            const fn product(self, b: Self) -> ($Wide, bool) {
                let p = self.0 as $Wide * b.0 as $Wide;
                (p, (self.is_end() || b.is_end()) && p != 0)
            }
        }

        impl<const F: u32> sealed::Sealed for $Q<F> {}

        impl<const F: u32> Real for $Q<F> {
            type Scalar = Self;
            type Mask = bool;

            #[inline(always)]
            fn splat(x: Self) -> Self {
                x
            }
            #[inline(always)]
            fn lt(self, other: Self) -> bool {
                self.0 < other.0
            }
            #[inline(always)]
            fn le(self, other: Self) -> bool {
                self.0 <= other.0
            }
            #[inline(always)]
            fn select(mask: bool, yes: Self, no: Self) -> Self {
                if mask { yes } else { no }
            }
            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                match self.product(b) {
                    _ if c.is_end() => c,
                    (p, true) => Self::end(p),
                    (p, false) => Self::fit((p + ((c.0 as $Wide) << F) + (1 << (F - 1))) >> F),
                }
            }
            fn sqrt(self) -> Self {
                match self.0 {
                    ..0 => Self::MIN,
                    n if self.is_end() => $Q(n),
                    n => {
                        let square = (n as u64) << F;
                        let root = square.isqrt();
                        // Up where (root + ½)² is below.
                        Self::fit_long((root + (square - root * root > root) as u64) as i64)
                    }
                }
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $Q(self.0.saturating_abs())
            }
            #[inline(always)]
            fn copysign(self, sign: Self) -> Self {
                if sign.0 < 0 { -self.abs() } else { self.abs() }
            }
        }

        impl<const F: u32> Scalar for $Q<F> {
            const DIGITS: u32 = $digits;
            const ONE: Self = $Q(1 << Self::PLACE);
            type Accumulator = FixedSum;
        }

        impl<const F: u32> Number for $Q<F> {
            const NAME: &'static str = match core::str::from_utf8(&Self::NAME_BYTES) {
                Ok(name) => name,
                Err(_) => "",
            };

            #[inline(always)]
            fn from_f64(x: f64) -> Self {
                Self::new(x)
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                match self.0 {
                    n if !self.is_end() => n as f64 * (1.0 / (1_u64 << F) as f64),
                    0.. => f64::INFINITY,
                    _ => f64::NEG_INFINITY,
                }
            }
            fn to_bytes(self) -> [u8; 8] {
                (self.0 as $Unsigned as u64).to_le_bytes()
            }
            fn from_bytes(bytes: [u8; 8]) -> Self {
                $Q(u64::from_le_bytes(bytes) as $Bits)
            }
            fn is_finite(self) -> bool {
                !self.is_end()
            }
            fn all_finite(numbers: &[Self]) -> bool {
                Self::overflows(numbers) == 0
            }
        }

        impl<const F: u32> Accumulator<$Q<F>> for FixedSum {
            const WIDE: bool = true;

            #[inline(always)]
            fn of(x: $Q<F>) -> FixedSum {
                if x.is_end() { FixedSum::end(x.0 as i64) } else { FixedSum((x.0 as i64) << F) }
            }
            #[inline(always)]
            fn plus(self, a: $Q<F>, b: $Q<F>) -> FixedSum {
                match a.product(b) {
                    // Of 16 bits, no number of products reaches the end.
                    _ if $digits > 15 && self.is_end() => self,
                    (p, true) => FixedSum::end(p as i64),
                    (p, false) => FixedSum(self.0 + p as i64),
                }
            }
            #[inline]
            fn quotient(self, by: FixedSum) -> $Q<F> {
                $Q::fit_long(self.over(by, F))
            }
            #[inline]
            fn share(self, n: usize) -> $Q<F> {
                $Q::fit_long(self.part(n, F))
            }
            #[inline(always)]
            fn round(self) -> $Q<F> {
                $Q::fit_long((self.0 + (1 << (F - 1))) >> F)
            }
            #[inline]
            fn root(self) -> FixedSum {
                FixedSum::root(self, F)
            }
        }

        impl<const F: u32> Elementary for $Q<F> {
            fn erf(x: Self) -> Self {
                Self::fit_long(integer::$functions::erf(x.0 as i64, F))
            }
            fn exp(x: Self) -> Self {
                Self::fit_long(integer::$functions::exp(x.0 as i64, F))
            }
            fn expm1(x: Self) -> Self {
                Self::fit_long(integer::$functions::exp(x.0 as i64, F) - (1 << F))
            }
            fn ln(x: Self) -> Self {
                if x >= Self::MAX { x } else { Self::fit_long(integer::$functions::ln(x.0 as i64, F)) }
            }
            fn ln_1p(x: Self) -> Self {
                if x >= Self::MAX { x } else { Self::fit_long(integer::$functions::ln(x.0 as i64 + (1 << F), F)) }
            }
            fn normal_cdf(x: Self) -> Self {
                Self::fit_long(integer::$functions::normal_cdf(x.0 as i64, F))
            }
            fn sigmoid(x: Self) -> Self {
                Self::fit_long(integer::$functions::sigmoid(x.0 as i64, F))
            }
            fn softplus(x: Self) -> Self {
                Self::fit_long(integer::$functions::softplus(x.0 as i64, F))
            }
            fn tanh(x: Self) -> Self {
                Self::fit_long(integer::$functions::tanh(x.0 as i64, F))
            }
        }

        impl<const F: u32> Add for $Q<F> {
            type Output = Self;
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                match self {
                    _ if self.is_end() => self,
                    _ if other.is_end() => other,
                    _ => Self::fit(self.0 as $Wide + other.0 as $Wide),
                }
            }
        }

        impl<const F: u32> Sub for $Q<F> {
            type Output = Self;
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                self + -other
            }
        }

        impl<const F: u32> Mul for $Q<F> {
            type Output = Self;
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                match self.product(other) {
                    (p, true) => Self::end(p),
                    (p, false) => Self::fit((p + (1 << (F - 1))) >> F),
                }
            }
        }

        impl<const F: u32> Div for $Q<F> {
            type Output = Self;
            fn div(self, other: Self) -> Self {
                let (a, b) = (self.0 as $Wide, other.0 as $Wide);
                if b == 0 || self.is_end() {
                    return Self::end(if b < 0 { -a } else { a });
                }
                // Half the divisor more, away from 0, and the division is towards 0.
                let half = b.abs() / 2;
                let n = a << F;
                Self::fit((if a < 0 { n - half } else { n + half }) / b)
            }
        }

        impl<const F: u32> Neg for $Q<F> {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                $Q(self.0.saturating_neg())
            }
        }

        impl<const F: u32> From<f32> for $Q<F> {
            #[inline]
            fn from(x: f32) -> Self {
                Self::new(x as f64)
            }
        }

        impl<const F: u32> From<$Q<F>> for f64 {
            #[inline]
            fn from(x: $Q<F>) -> f64 {
                x.to_f64()
            }
        }

        /// As the `f64`.
        impl<const F: u32> fmt::Debug for $Q<F> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.to_f64(), f)
            }
        }

        /// As the `f64`.
        impl<const F: u32> fmt::Display for $Q<F> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.to_f64(), f)
            }
        }
    };
}

fixed!(Q16: i16, u16, i32, digits = 15, most = 12, narrow, b"q16");
fixed!(Q32: i32, u32, i64, digits = 31, most = 28, wide, b"q32");
