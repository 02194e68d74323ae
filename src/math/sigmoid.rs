use super::constant;
use super::exponential::{ln2_high, ln2_low, rounded, tail};
use crate::scalar::{Float, Real};

/// The logistic function, from 0 to 1.
///
/// Within 1.79 ulp in f32 and 1.58 in f64 for every `x`, also where the result is subnormal (below −87.3, −708.4 in
/// f64). 0 at −∞ (and below −104, −745.2), ½ at ±0, 1 at ∞ (and above 18, 38); NaN for NaN. One division.
///
/// # Equations
/// `σ(x) = 1 / (1 + e⁻ˣ)   (T 2.1.1)`, computed as `2ⁿ / (2ⁿ + eʳ)` with `−x = r − n·ln 2`.
///
/// # Example
/// ```
/// use nanoprop::math::sigmoid;
///
/// assert_eq!(sigmoid(0.0_f32), 0.5);
/// assert_eq!(sigmoid(1.0_f32), 0.7310586);
/// assert_eq!(sigmoid(-100.0_f32), 3.783506e-44);
/// ```
///
/// # Source
/// The argument is reduced as by Cody and Waite (1980), ch. 6; that 2ⁿ leaves only eʳ to be a polynomial follows from
/// the equation.
#[inline(always)]
pub fn sigmoid<V: Real>(x: V) -> V {
    V::sigmoid(x)
}

/// The formula of [`sigmoid`].
#[inline(always)]
pub(super) fn formula<V: Float>(x: V) -> V {
    let one = V::of(1.0);
    let (n, sum) = rounded(x, core::f64::consts::LOG2_E);
    let r = n.mul_add(ln2_low(), n.exact_mul_add(ln2_high(), -x));
    let s = V::raise_once(sum);
    // 1 + s is exact but for s too small for it, whose rest goes the way of r.
    let above = one + s;
    let rest = s - (above - one);
    let y = s / (above + ((r + rest) + tail(r)));
    // Chosen at the end, of what is known at the start, so that nothing waits for it. A NaN passes.
    let y = V::select(x.lt(constant(-104.0, -745.2)), V::of(0.0), y);
    V::select(constant::<V>(18.0, 38.0).lt(x), one, y)
}
