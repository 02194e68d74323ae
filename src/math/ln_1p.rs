use super::logarithm::{ends, sum};
use crate::scalar::Real;

/// The natural logarithm of `1 + x`, accurate also near 0.
///
/// Within @32ln_1p@ ulp in f32 and @ln_1p@ in f64 for every `x`. −∞ at −1, ±0 at ±0, ∞ at ∞; NaN below −1 and for NaN. Two
/// divisions, neither waiting for the other.
///
/// # Equations
/// `ln(1 + x) = ln u + c/u`, where `u` is `1 + x` rounded and `c` what the rounding lost.
///
/// # Source
/// `c` is exact: Knuth, *The Art of Computer Programming* 2, § 4.2.2, theorem B. The rest as [`ln`](super::ln).
#[inline(always)]
pub fn ln_1p<V: Real>(x: V) -> V {
    let one = V::of(1.0);
    let u = one + x;
    let b = u - one;
    let c = (x - b) + (one - (u - b));
    let (m, e) = u.split();
    let y = sum(m, e, c / u);
    ends(u, y).copysign(x)
}
