use super::constant;
use super::exponential::{ln2_high, ln2_low, rounded, tail};
use crate::scalar::{Float, Real};

/// The hyperbolic tangent, from −1 to 1.
///
/// Within 1.99 ulp in f32 and 1.97 in f64 for every `x`, and exactly odd. ±0 at ±0, ±1 at ±∞; NaN for NaN. One division.
///
/// # Equations
/// `tanh|x| = (2ⁿ − eʳ) / (2ⁿ + eʳ)` with `−2|x| = r − n·ln 2`, computed as `((2ⁿ − 1) − t) / ((2ⁿ + 1) + t)` with
/// `t = eʳ − 1`: for `n = 0` the numerator is `−t`, and nothing cancels.
///
/// # Example
/// ```
/// use nanoprop::math::tanh;
///
/// assert_eq!(tanh(0.5_f32), 0.46211717);
/// assert_eq!(tanh(-1e-30_f32), -1e-30);
/// ```
///
/// # Source
/// The argument is reduced as by Cody and Waite (1980), ch. 6; the quotient follows from the equation.
#[inline(always)]
pub fn tanh<V: Real>(x: V) -> V {
    V::tanh(x)
}

/// The formula of [`tanh`].
#[inline(always)]
pub(super) fn formula<V: Float>(x: V) -> V {
    let twice = (x + x).abs();
    let (n, sum) = rounded(x.abs(), 2.0 * core::f64::consts::LOG2_E);
    let r = n.mul_add(ln2_low(), n.exact_mul_add(ln2_high(), -twice));
    let t = r + tail(r);
    let s = V::raise(sum);
    let y = ((s - V::of(1.0)) - t) / ((s + V::of(1.0)) + t);
    // Beyond these tanh rounds to 1: chosen at the end, so that nothing waits for it. A NaN passes.
    V::select(constant::<V>(20.0, 40.0).lt(twice), V::of(1.0), y).copysign(x)
}
