use super::constant;
use super::exponential::{ln2_high, ln2_low, round, tail};
use crate::scalar::Real;

/// `1 / (1 + e⁻ˣ)`.
#[inline(always)]
pub fn sigmoid<V: Real>(x: V) -> V {
    let x = constant::<V>(18.0, 38.0).min(constant::<V>(-104.0, -745.2).max(x));
    // −x = r − n·ln 2, so σ(x) = 2ⁿ / (2ⁿ + eʳ): only the divisor holds a polynomial.
    let n = round(x * V::of(core::f64::consts::LOG2_E));
    let r = (n * ln2_high() - x) + n * ln2_low();
    // 2ⁿ may be subnormal.
    let s = V::pow2(n + constant(24.0, 53.0)) * constant(1.0 / 16_777_216.0, 1.0 / 9_007_199_254_740_992.0);
    // 1 + s is exact but for the least s, whose rest goes the way of r.
    let one = V::of(1.0);
    let above = one + s;
    let rest = s - (above - one);
    s / (above + ((r + rest) + tail(r)))
}
