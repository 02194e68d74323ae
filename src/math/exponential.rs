//! What the exponentials share: `eˣ = 2ⁿ·eʳ` with `x = n·ln 2 + r`, and `eʳ = 1 + (r + tail(r))`.
//!
//! `1 + …` comes last, or not at all, because `r + tail(r)` keeps the digits that the sum loses. The reduction is that of
//! Cody and Waite, *Software Manual for the Elementary Functions* (1980), ch. 6; `tests/golden/minimax.py` made the
//! coefficients.

use super::constant;
use super::polynomial::{cubic, linear, quadratic};
use crate::scalar::{Float, Scalar, magic};

/// `(n, high, low)` with `x = n·ln 2 + high − low`, n integral, `|high − low| ≤ ½ ln 2` and `high` exact.
///
/// ln 2 is a sum of two constants, the first so short that `n` times it is exact.
#[inline(always)]
pub(super) fn reduce<V: Float>(x: V) -> (V, V, V) {
    let n = round(x, core::f64::consts::LOG2_E);
    (n, n.exact_mul_add(-ln2_high::<V>(), x), n * ln2_low())
}

/// The integer nearest to `x·factor`, for `|x·factor| < 2^(digits − 2)`.
#[inline(always)]
pub(super) fn round<V: Float>(x: V, factor: f64) -> V {
    rounded(x, factor).0
}

/// The integer n nearest to `x·factor`, and the sum with n in its lowest bits: what [`Float::raise`] makes 2ⁿ of.
#[inline(always)]
pub(super) fn rounded<V: Float>(x: V, factor: f64) -> (V, V) {
    let magic = V::of(magic(V::Scalar::DIGITS));
    let sum = x.mul_add(V::of(factor), magic);
    (sum - magic, sum)
}

/// ln 2 to 16 bits (42 in f64).
#[inline(always)]
pub(super) fn ln2_high<V: Float>() -> V {
    constant(0.693_145_751_953_125, 0.693_147_180_559_890_3)
}

/// ln 2 less [`ln2_high`].
#[inline(always)]
pub(super) fn ln2_low<V: Float>() -> V {
    constant(1.428_606_820_309_417_3e-6, 5.497_923_018_708_371e-14)
}

/// `eʳ − 1 − r` for `|r| ≤ 0.3475`: `r²` times a minimax polynomial of degree 4 (10 in f64).
#[inline(always)]
pub(super) fn tail<V: Float>(r: V) -> V {
    let r2 = r * r;
    let r4 = r2 * r2;
    if V::Scalar::DIGITS == 24 {
        r4.mul_add(quadratic(r, r2, [0.041666236, 0.008368015, 0.0013948969]), r2 * linear(r, [0.5, 0.16666529]))
    } else {
        let low = cubic(r, r2, [0.5, 0.1666666666666668, 0.04166666666666671, 0.00833333333331891]);
        let high = cubic(
            r,
            r2,
            [0.0013888888888862114, 0.0001984126989246203, 2.4801587368301165e-05, 2.7557238230752824e-06],
        );
        r2 * low
            + (r2 * r4)
                * (high
                    + r4 * quadratic(r, r2, [2.7557237048651253e-07, 2.5111013773742376e-08, 2.092600551565233e-09]))
    }
}

/// `eˣ` where it is a normal number.
#[inline(always)]
pub(super) fn normal<V: Float>(x: V) -> V {
    let (n, high, low) = reduce(x);
    (V::of(1.0) + (high + (tail(high - low) - low))) * V::pow2(n)
}
