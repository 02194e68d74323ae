use core::ops::Add;

use super::{Fused, Number, Real, Scalar};

/// A sum of numbers and of their products, as a kernel holds it: rounded to a number once, at its end.
///
/// `f32`, `f64` and [`Fused`] are accumulators of their own, which round each addition. That of a fixed-point number is a
/// wider integer. Sealed, as [`Scalar`] is.
pub trait Accumulator<T>: Copy + Add<Output = Self> {
    /// Whether it is wider than the number, so that a sum can't be kept in the place of its result.
    const WIDE: bool = false;

    /// A number, exactly.
    fn of(x: T) -> Self;

    /// A count, as what a sum is divided by.
    fn count(n: usize) -> Self;

    /// `self + a·b`, as [`Real::mul_add`] of a number that is its own accumulator, exactly of a wide one.
    fn plus(self, a: T, b: T) -> Self;

    /// `self / by`, rounded to a number.
    fn quotient(self, by: Self) -> T;

    /// The nearest number.
    fn round(self) -> T;
}

macro_rules! own_accumulator {
    ($($t:ty)+) => {$(
        impl Accumulator<$t> for $t {
            #[inline(always)]
            fn of(x: $t) -> $t {
                x
            }
            #[inline(always)]
            fn count(n: usize) -> $t {
                <$t>::from_f64(n as f64)
            }
            #[inline(always)]
            fn plus(self, a: $t, b: $t) -> $t {
                Real::mul_add(a, b, self)
            }
            #[inline(always)]
            fn quotient(self, by: $t) -> $t {
                self / by
            }
            #[inline(always)]
            fn round(self) -> $t {
                self
            }
        }
    )+};
}
own_accumulator!(f32 f64 Fused);

/// Whether the accumulator of `T` is wider than `T`.
pub(crate) const fn is_wide<T: Scalar>() -> bool {
    T::Accumulator::WIDE
}
