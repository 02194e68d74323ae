//! The loops: what a layer does with its numbers, in an order of sums that the widths alone fix.
//!
//! Each operation states its order. It is the crate's promise that a result has these bits whatever
//! computes it: nothing here is reassociated, contracted or skipped, and `0 × x` is computed.

#[cfg(simd)]
mod arch;
mod backward;
mod batch;
mod dispatch;
#[cfg(all(test, simd))]
mod fence;
mod gemv;
mod level;
#[cfg(any(narrow, test))]
mod narrow;
mod pass;
mod softmax;
mod sum;
#[cfg(simd)]
mod wide;

pub(crate) use backward::{descend, gradient, transposed};
pub(crate) use batch::{errors, gemm, sums};
use dispatch::single;
pub(crate) use gemv::gemv;
pub use level::Level;
pub(crate) use pass::Gradient;
pub(crate) use softmax::softmax;
pub(crate) use sum::{largest, sum};

use core::marker::PhantomData;

use crate::activation::Activation;
use crate::scalar::{Real, Scalar};

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

/// to ← f(x, y), elementwise, over the shortest of the three.
#[inline(always)]
#[allow(unsafe_code)]
pub(crate) fn map<F: Lanewise, T: Scalar>(f: F, x: &[T], y: &[T], to: &mut [T]) {
    let n = to.len().min(x.len()).min(y.len());
    // SAFETY: each slice has `n` numbers; a `T` of f32's digits is f32.
    let done = const { single::<T>() }
        && unsafe { dispatch::map(f, n, x.as_ptr().cast(), y.as_ptr().cast(), to.as_mut_ptr().cast()) };
    if !done {
        x.iter().zip(y).zip(to).for_each(|((&x, &y), to)| *to = f.of(x, y));
    }
}

/// a ← g(z), elementwise.
#[inline(always)]
pub(crate) fn activate<A: Activation, T: Scalar>(z: &[T], a: &mut [T]) {
    map(Of::<Value<A>>(PhantomData), z, z, a);
}

/// δ ← dy ⊙ g′(z), in place, with g′ from the output: the elementwise half of (T 2.5.8).
#[inline(always)]
#[allow(unsafe_code)]
pub(crate) fn through<A: Activation, T: Scalar>(y: &[T], dy: &mut [T]) {
    let (n, to): (_, *mut f32) = (dy.len().min(y.len()), dy.as_mut_ptr().cast());
    // SAFETY: as in `map`; of a vector, all is read before it is written.
    if !(const { single::<T>() } && unsafe { dispatch::map(Of::<Slope<A>>(PhantomData), n, y.as_ptr().cast(), to, to) })
    {
        y.iter().zip(dy).for_each(|(&y, dy)| *dy = *dy * A::slope(y));
    }
}

/// What an activation does, as a function of two numbers.
struct Of<F>(PhantomData<F>);
struct Value<A>(A);
struct Slope<A>(A);

impl<F> Clone for Of<F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F> Copy for Of<F> {}

impl<A: Activation> Lanewise for Of<Value<A>> {
    #[inline(always)]
    fn of<V: Real>(self, _: V, z: V) -> V {
        A::value(z)
    }
}

impl<A: Activation> Lanewise for Of<Slope<A>> {
    #[inline(always)]
    fn of<V: Real>(self, y: V, dy: V) -> V {
        dy * A::slope(y)
    }
}
