use super::constant;
use super::logarithm::{ends, subnormal, sum};
use crate::scalar::Real;

/// The natural logarithm of `x`.
#[inline(always)]
pub fn ln<V: Real>(x: V) -> V {
    let small = subnormal(x);
    let scaled = V::select(small, x * constant(16_777_216.0, 9_007_199_254_740_992.0), x);
    let (m, e) = scaled.split();
    let e = V::select(small, e - constant(24.0, 53.0), e);
    ends(x, sum(m, e, V::of(0.0)))
}
