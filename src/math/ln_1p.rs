use super::logarithm::{ends, sum};
use crate::scalar::Real;

/// `ln(1 + x)`, accurate also near 0.
#[inline(always)]
pub fn ln_1p<V: Real>(x: V) -> V {
    let one = V::of(1.0);
    let u = one + x;
    // 1 + x = u + c exactly (Knuth), and ln(u + c) = ln u + c/u to well below an ulp.
    let b = u - one;
    let c = (x - b) + (one - (u - b));
    let (m, e) = u.split();
    let y = sum(m, e, c / u);
    ends(u, y).copysign(x)
}
