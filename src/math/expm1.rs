use super::constant;
use super::exponential::{reduce, tail};
use crate::scalar::{Float, Real};

/// The exponential function less 1, accurate also near 0.
///
/// Within 1.24 ulp in f32 and 1.26 in f64 for every `x`. −1 at −∞, ±0 at ±0, ∞ at ∞ (and above 88.72, 709.78 in f64);
/// NaN for NaN. No division.
///
/// # Equations
/// `eˣ − 1 = (2ⁿ − 1) + 2ⁿ·(r + r²·q(r))` with `x = n·ln 2 + r`; for `n = 0` nothing cancels.
///
/// # Example
/// ```
/// use nanoprop::math::expm1;
///
/// assert_eq!(expm1(1e-10_f32), 1e-10);
/// ```
///
/// # Source
/// The reduction and `q` of [`exp`](super::exp). The long part of `r` is added to `2ⁿ − 1` first, where the sum is
/// exact or nearly so, and the short part with the polynomial afterwards.
#[inline(always)]
pub fn expm1<V: Real>(x: V) -> V {
    V::expm1(x)
}

/// The formula of [`expm1`].
#[inline(always)]
pub(super) fn formula<V: Float>(x: V) -> V {
    // Here the result is x, and halving would lose digits of a subnormal one.
    let tiny = x.abs().lt(V::of(1e-20));
    let clamped = constant::<V>(89.0, 709.9).min(V::of(-40.0).max(x));
    let (n, high, low) = reduce(clamped);
    // Halved, so that 2ⁿ does not overflow before the result does.
    let half = V::pow2(n - V::of(1.0));
    let y = half.mul_add(tail(high - low) - low, half.mul_add(high, half - V::of(0.5)));
    V::select(tiny, x, y + y)
}
