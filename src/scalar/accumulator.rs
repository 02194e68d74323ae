use core::ops::Add;

use super::{Fused, Number, Real, Scalar};

/// A sum of numbers and of their products, as a kernel holds it: rounded to a number once, at its end.
///
/// `f32`, `f64` and [`Fused`] are accumulators of their own, which round each addition. That of a fixed-point number is a
/// wider integer. Sealed, as [`Scalar`] is.
pub trait Accumulator<T>: Copy + Add<Output = Self> {
    /// Whether it is wider than the number, so that a sum can't be kept in the place of its result.
    const WIDE: bool = false;
    /// Whether numbers have 16 bits, so that products are exact in 32; then the next three are not as provided.
    const SHORT: bool = false;

    /// The number's integer.
    #[inline(always)]
    fn short(_: T) -> i32 {
        0
    }

    /// `self` and a sum of products of [`short`](Accumulator::short)s.
    #[inline(always)]
    fn plus_short(self, _: i32) -> Self {
        self
    }

    /// `c ← a·b + c` as [`Real::mul_add`], of `a` and `b` that are at no end.
    #[inline(always)]
    fn plus_inside(_a: T, _b: T, _c: &mut T) {}

    /// A number, exactly.
    fn of(x: T) -> Self;

    /// `self + a·b`, as [`Real::mul_add`] of a number that is its own accumulator, exactly of a wide one. That a fixed-point
    /// number is at an end is looked at in `a`; what a layer's parameters are is looked at elsewhere, and stands in `b`.
    fn plus(self, a: T, b: T) -> Self;

    /// `self / by`, rounded to a number.
    fn quotient(self, by: Self) -> T;

    /// `self / n`, rounded to a number.
    fn share(self, n: usize) -> T;

    /// The root, as a sum again.
    fn root(self) -> Self;

    /// The nearest number.
    fn round(self) -> T;

    /// `old + by · self / m`, of a fixed-point number rounded down after `bits` / 2³² of the distance to the next was added: to
    /// one of its neighbours, of which `bits` that are random take the nearer one more often, so that the mean is exact. The
    /// m-th part of the sum is rounded in its own bits.
    fn dithered(self, m: usize, by: T, old: T, bits: u32) -> T;
}

macro_rules! own_accumulator {
    ($($t:ty)+) => {$(
        impl Accumulator<$t> for $t {
            #[inline(always)]
            fn of(x: $t) -> $t {
                x
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
            fn share(self, n: usize) -> $t {
                self / <$t>::from_f64(n as f64)
            }
            #[inline(always)]
            fn root(self) -> $t {
                Real::sqrt(self)
            }
            #[inline(always)]
            fn round(self) -> $t {
                self
            }
            #[inline(always)]
            fn dithered(self, m: usize, by: $t, old: $t, _: u32) -> $t {
                Real::mul_add(by, self.share(m), old)
            }
        }
    )+};
}
own_accumulator!(f32 f64 Fused);

/// Whether the accumulator of `T` is wider than `T`.
pub(crate) const fn is_wide<T: Scalar>() -> bool {
    T::Accumulator::WIDE
}

/// 1/n as the kernels multiply by it: rounded to the scalar, but for a fixed-point one, whose sums are divided by n.
pub(crate) fn inverse<T: Scalar>(n: usize) -> f64 {
    if const { is_wide::<T>() } { 1.0 / n as f64 } else { (T::ONE / T::from_f64(n as f64)).to_f64() }
}
