use super::{largest, sum};
use crate::math::exp;
use crate::scalar::Scalar;

/// hₖ = e^(zₖ − m) / Σⱼ e^(zⱼ − m) with m the largest, in place; the sum in the order of [`sum`].
#[inline]
pub(crate) fn softmax<T: Scalar>(z: &mut [T]) {
    let m = largest(z);
    z.iter_mut().for_each(|z| *z = exp(*z - m));
    let total = sum(z.iter().copied());
    z.iter_mut().for_each(|z| *z = *z / total);
}
