//! The loops: what a layer does with its numbers, in an order of sums that the widths alone fix.
//!
//! Each operation states its order. It is the crate's promise that a result has these bits whatever
//! computes it: nothing here is reassociated, contracted or skipped, and `0 × x` is computed.

mod arch;
mod dispatch;
mod gemv;
mod level;
mod outer;
mod softmax;
mod sum;
mod transposed;
mod wide;

pub(crate) use gemv::{gemv, partials};
pub use level::Level;
pub(crate) use outer::outer;
pub(crate) use softmax::softmax;
pub(crate) use sum::{largest, sum};
pub(crate) use transposed::{backward, descend, gemv_transposed};

use crate::activation::Activation;
use crate::scalar::{Real, Scalar};
use core::marker::PhantomData;

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

/// A function of two numbers, lane by lane.
pub(crate) trait Lanewise: Copy {
    /// f(x, y).
    fn of<V: Real>(self, x: V, y: V) -> V;
}

/// y ← f(x, y), elementwise, over the shorter of the two.
#[inline(always)]
pub(crate) fn map<F: Lanewise, T: Scalar>(f: F, x: &[T], y: &mut [T]) {
    if !dispatch::map(f, x, y) {
        x.iter().zip(y).for_each(|(&x, y)| *y = f.of(x, *y));
    }
}

/// a ← g(z), in place.
#[inline(always)]
pub(crate) fn activate<A: Activation, T: Scalar>(z: &mut [T]) {
    if !dispatch::map_self(Activate(PhantomData::<A>), z) {
        z.iter_mut().for_each(|z| *z = A::value(*z));
    }
}

/// δ ← dy ⊙ g′(z), in place, with g′ from the output: the elementwise half of (T 2.5.8).
#[inline(always)]
pub(crate) fn through<A: Activation, T: Scalar>(y: &[T], dy: &mut [T]) {
    map(Through(PhantomData::<A>), y, dy);
}

struct Activate<A>(PhantomData<A>);

struct Through<A>(PhantomData<A>);

impl<A> Clone for Through<A> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<A> Copy for Through<A> {}
impl<A: Activation> Lanewise for Through<A> {
    #[inline(always)]
    fn of<V: Real>(self, y: V, dy: V) -> V {
        dy * A::slope(y)
    }
}
impl<A> Clone for Activate<A> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<A> Copy for Activate<A> {}
impl<A: Activation> Lanewise for Activate<A> {
    #[inline(always)]
    fn of<V: Real>(self, _: V, z: V) -> V {
        A::value(z)
    }
}
