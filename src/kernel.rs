//! The loops: what a layer does with its numbers, in an order of sums that the widths alone fix.
//!
//! Each operation states its order. It is the crate's promise that a result has these bits whatever
//! computes it: nothing here is reassociated, contracted or skipped, and `0 × x` is computed.

mod gemv;
mod outer;
mod softmax;
mod sum;
mod transposed;

pub(crate) use gemv::gemv;
pub(crate) use outer::outer;
pub(crate) use softmax::softmax;
pub(crate) use sum::{largest, sum};
pub(crate) use transposed::{descend, gemv_transposed};

use crate::activation::Activation;
use crate::scalar::Scalar;

/// y ← y + a x, elementwise.
#[inline(always)]
pub(crate) fn axpy<T: Scalar>(a: T, x: &[T], y: &mut [T]) {
    y.iter_mut().zip(x).for_each(|(y, &x)| *y = *y + a * x);
}

/// y ← y + x, elementwise.
#[inline(always)]
pub(crate) fn add<T: Scalar>(x: &[T], y: &mut [T]) {
    y.iter_mut().zip(x).for_each(|(y, &x)| *y = *y + x);
}

/// a ← g(z), in place.
#[inline(always)]
pub(crate) fn activate<A: Activation, T: Scalar>(z: &mut [T]) {
    z.iter_mut().for_each(|z| *z = A::value(*z));
}

/// δ ← dy ⊙ g′(z), in place, with g′ from the output: the elementwise half of (T 2.5.8).
#[inline(always)]
pub(crate) fn through<A: Activation, T: Scalar>(y: &[T], dy: &mut [T]) {
    y.iter().zip(dy).for_each(|(&y, dy)| *dy = *dy * A::slope(y));
}
