use super::constant;
use super::exponential::{reduce, tail};
use crate::scalar::{Float, Real};

/// The exponential function.
///
/// Within 0.95 ulp in f32 and 0.78 in f64 for every `x`, subnormal results included. 0 at −∞ (and below −104,
/// −745.2 in f64), 1 at ±0, ∞ at ∞ (and above 88.72, 709.78); NaN for NaN. No division.
///
/// # Equations
/// `eˣ = 2ⁿ·(1 + (r + r²·q(r)))` with `x = n·ln 2 + r` and `q` a minimax polynomial.
///
/// # Example
/// ```
/// use nanoprop::math::exp;
///
/// assert_eq!(exp(1.0_f32), core::f32::consts::E);
/// assert_eq!(exp(-104.0_f32), 0.0);
/// ```
///
/// # Source
/// Cody and Waite, *Software Manual for the Elementary Functions* (1980), ch. 6.
#[inline(always)]
pub fn exp<V: Real>(x: V) -> V {
    V::exp(x)
}

/// The formula of [`exp`].
#[inline(always)]
pub(super) fn formula<V: Float>(x: V) -> V {
    // Beyond these the result is 0 or ∞ anyhow. In this order a NaN passes.
    let x = constant::<V>(89.0, 709.9).min(constant::<V>(-104.0, -745.2).max(x));
    let (n, high, low) = reduce(x);
    let p = V::of(1.0) + (high + (tail(high - low) - low));
    // 2ⁿ may be no normal number; 2^(n ∓ k) is, and the last product then rounds once.
    let negative = n.lt(V::of(0.0));
    let k = V::select(negative, constant(24.0, 53.0), constant(-24.0, -53.0));
    let back = V::select(
        negative,
        constant(1.0 / 16_777_216.0, 1.0 / 9_007_199_254_740_992.0),
        constant(16_777_216.0, 9_007_199_254_740_992.0),
    );
    p * V::pow2(n + k) * back
}
