use super::{SIDE, dispatch, dispatch::single, largest, total};
use crate::math::exp;
use crate::scalar::{Accumulator, Real, Scalar};

/// hₖ = e^(zₖ − m) / Σⱼ e^(zⱼ − m) with m the largest; the sum in the order of [`sum`](super::sum()), and in a wide
/// accumulator not rounded.
#[inline]
#[allow(unsafe_code)]
pub(crate) fn softmax<T: Scalar>(z: &[T], h: &mut [T]) {
    let n = z.len().min(h.len());
    // SAFETY: both slices have `n` numbers; a `T` of f32's digits is laid out as f32.
    if const { single::<T>() } && unsafe { dispatch::softmax::<T>(n, z.as_ptr().cast(), h.as_mut_ptr().cast()) } {
        return;
    }
    plain(z, h);
}

/// [`softmax`], which defines the bits.
pub(super) fn plain<T: Scalar>(z: &[T], h: &mut [T]) {
    let m = largest(z);
    h.iter_mut().zip(z).for_each(|(h, &z)| *h = exp(z - m));
    let total = total::<T>(h.iter().copied());
    h.iter_mut().for_each(|h| *h = T::Accumulator::of(*h).quotient(total));
}

/// δ of the cross-entropy behind a [`softmax`], `hₖ − yₖ` in place of y, of up to [`SIDE`] numbers of a sample in each lane;
/// in the same order.
#[inline(always)]
pub(crate) fn softmax_across<V: Real>(z: &[V], y: &mut [V]) {
    let (exps, total) = exps_across(z);
    for (y, e) in y.iter_mut().zip(exps) {
        *y = e / total - *y;
    }
}

/// [`softmax`] in place, of up to [`SIDE`] numbers of a sample in each lane; in the same order.
#[inline(always)]
pub(crate) fn softmax_link_across<V: Real>(z: &mut [V]) {
    let (exps, total) = exps_across(z);
    for (z, e) in z.iter_mut().zip(exps) {
        *z = e / total;
    }
}

/// e^(zₖ − m), and their sum.
#[inline(always)]
fn exps_across<V: Real>(z: &[V]) -> ([V; SIDE], V) {
    let mut m = V::of(f64::NEG_INFINITY);
    for z in z {
        m = m.max(*z);
    }
    let mut sums = [V::of(0.0); SIDE];
    for (sum, z) in sums.iter_mut().zip(z) {
        *sum = exp(*z - m);
    }
    let exps = sums;
    let mut half = z.len().next_power_of_two() / 2;
    while let Some((low, high)) = sums.split_at_mut_checked(half)
        && half > 0
    {
        for (low, high) in low.iter_mut().zip(high) {
            *low = *low + *high;
        }
        half /= 2;
    }
    let [total, ..] = sums;
    (exps, total)
}
