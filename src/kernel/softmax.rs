use super::{largest, sum};
use crate::math::exp;
use crate::scalar::Scalar;

/// hₖ = e^(zₖ − m) / Σⱼ e^(zⱼ − m) with m the largest; the sum in the order of [`sum`].
#[inline]
pub(crate) fn softmax<T: Scalar>(z: &[T], h: &mut [T]) {
    let m = largest(z);
    h.iter_mut().zip(z).for_each(|(h, &z)| *h = exp(z - m));
    let total = sum(h.iter().copied());
    h.iter_mut().for_each(|h| *h = *h / total);
}
