use super::constant;
use super::exponential::{ln2_high, ln2_low, round, tail};
use crate::scalar::Real;

/// `tanh x`.
#[inline(always)]
pub fn tanh<V: Real>(x: V) -> V {
    let twice = constant::<V>(20.0, 40.0).min((x + x).abs());
    // −2|x| = r − n·ln 2, so tanh|x| = (2ⁿ − eʳ) / (2ⁿ + eʳ).
    let n = round(twice * V::of(core::f64::consts::LOG2_E));
    let r = (n * ln2_high() - twice) + n * ln2_low();
    let t = r + tail(r);
    let s = V::pow2(n);
    (((s - V::of(1.0)) - t) / ((s + V::of(1.0)) + t)).copysign(x)
}
