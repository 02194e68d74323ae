//! The loops: what a layer does with its numbers, in an order of sums that the widths alone fix.
//!
//! Each operation states its order. It is the crate's promise that a result has these bits whatever
//! computes it: nothing here is reassociated, contracted or skipped, and `0 × x` is computed.

#[cfg(simd)]
mod arch;
mod backward;
mod batch;
mod cell;
mod dispatch;
#[cfg(all(test, simd))]
mod fence;
mod gemv;
mod level;
#[cfg(any(narrow, all(test, simd)))]
mod narrow;
mod pass;
mod products;
mod short;
mod softmax;
mod sum;
mod whole;
#[cfg(simd)]
mod wide;
pub(crate) mod windows;

pub(crate) use backward::{descend, gradient, transposed};
pub(crate) use batch::{errors, gemm, spread, sums};
pub(crate) use cell::{Cell, Weighted, advance};
use dispatch::single;
pub(crate) use gemv::{gemv, partials};
pub use level::Level;
pub(crate) use pass::{Gradient, Onto, Over, Place, Reads, Rows, Sink};
pub(crate) use products::Products;
pub(crate) use softmax::{softmax, softmax_across, softmax_link_across};
pub(crate) use sum::{dot, largest, mean, sum, total};
pub(crate) use whole::{SIDE, Walk, Whole, is_whole, learn, predict};

use core::marker::PhantomData;

use crate::activation::Activation;
use crate::plain::Few;
use crate::scalar::{Real, Scalar, flush, is_wide};

/// The most weights of a layer whose kernels are straight-line code.
#[cfg(simd)]
const SMALL: usize = 64;

/// y ← a x + y, elementwise.
#[inline(always)]
pub(crate) fn axpy<T: Scalar>(a: T, x: &[T], y: &mut [T]) {
    // In fixed point y stays what it is; many inputs are 0.
    if const { is_wide::<T>() } && a == T::ZERO {
        return;
    }
    y.iter_mut().zip(x).for_each(|(y, &x)| *y = a.mul_add(x, *y));
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
    // SAFETY: each slice has `n` numbers; a `T` of f32's digits is laid out as f32.
    let done = const { single::<T>() }
        && unsafe { dispatch::map::<T, F>(f, n, x.as_ptr().cast(), y.as_ptr().cast(), to.as_mut_ptr().cast()) };
    if !done {
        x.iter().zip(y).zip(to).for_each(|((&x, &y), to)| *to = f.of(x, y));
    }
}

/// to ← f(to, to), elementwise.
#[inline(always)]
#[allow(unsafe_code)]
pub(crate) fn map_in_place<F: Lanewise, T: Scalar>(f: F, to: &mut [T]) {
    let (n, all): (_, *mut f32) = (to.len(), to.as_mut_ptr().cast());
    // SAFETY: as in `map`; of a vector, all is read before it is written.
    if !(const { single::<T>() } && unsafe { dispatch::map::<T, F>(f, n, all, all, all) }) {
        to.iter_mut().for_each(|to| *to = f.of(*to, *to));
    }
}

/// to ← f(x, to), elementwise, over the shorter of the two.
#[inline(always)]
#[allow(unsafe_code)]
pub(crate) fn map_onto<F: Lanewise, T: Scalar>(f: F, x: &[T], to: &mut [T]) {
    let (n, all): (_, *mut f32) = (to.len().min(x.len()), to.as_mut_ptr().cast());
    // SAFETY: as in `map`; of a vector, all is read before it is written.
    if !(const { single::<T>() } && unsafe { dispatch::map::<T, F>(f, n, x.as_ptr().cast(), all, all) }) {
        across(f, x, to);
    }
}

/// to ← f(x, to), elementwise: a number of each sample in each.
#[inline(always)]
pub(crate) fn across<F: Lanewise, V: Real>(f: F, x: &[V], to: &mut [V]) {
    for (to, x) in to.iter_mut().zip(x) {
        *to = f.of(*x, *to);
    }
}

/// A change of numbers, lane by lane, by a slope of each, which keeps some numbers beside each.
pub(crate) trait Update: Copy {
    /// So many numbers, registers, slices.
    type Kept<P>: Few<P>;

    /// Whether it takes so long that also a few numbers are worth a look at the level.
    #[cfg_attr(not(simd), allow(dead_code, reason = "read where there are levels"))]
    const LONG: bool = false;

    /// The new weight; what is kept changes in place.
    fn of<V: Real>(self, weight: V, slope: V, kept: &mut Self::Kept<V>) -> V;
}

/// w ← f(w, g, kept), and what is kept, elementwise, over the shortest slice.
#[inline(always)]
#[allow(unsafe_code)]
pub(crate) fn update<U: Update, T: Scalar>(f: U, w: &mut [T], g: &[T], mut kept: U::Kept<&mut [T]>) {
    let n = kept.as_ref().iter().fold(w.len().min(g.len()), |n, kept| n.min(kept.len()));
    let mut slices = kept.as_mut().iter_mut();
    let kept = U::Kept::<*mut T>::make(|_| slices.next().map_or(core::ptr::null_mut(), |slice| slice.as_mut_ptr()));
    // SAFETY: each slice has `n` numbers, `make` asks for as many as there are, and none overlaps another.
    unsafe { update_raw(f, n, w.as_mut_ptr(), g.as_ptr(), kept) }
}

/// [`update`] without a slope, of two slices.
#[inline(always)]
#[allow(unsafe_code)]
pub(crate) fn update_with<U: Update<Kept<*mut T> = [*mut T; 1]>, T: Scalar>(f: U, w: &mut [T], kept: &mut [T]) {
    let n = w.len().min(kept.len());
    let kept = kept.as_mut_ptr();
    // SAFETY: both slices have `n` numbers; what is read as a slope is read before it is written, and not used.
    unsafe { update_raw(f, n, w.as_mut_ptr(), w.as_ptr(), [kept]) }
}

/// [`update`] of `n` numbers.
///
/// # Safety
///
/// All pointers have `n` numbers, and none of those written is another's.
#[inline(always)]
#[allow(unsafe_code)]
unsafe fn update_raw<U: Update, T: Scalar>(f: U, n: usize, w: *mut T, g: *const T, mut kept: U::Kept<*mut T>) {
    let single = const { single::<T>() };
    let mut pointers = kept.as_mut().iter().map(|pointer| pointer.cast::<f32>());
    // SAFETY: the caller's; a `T` of f32's digits is laid out as f32.
    unsafe {
        if single {
            let kept = U::Kept::<*mut f32>::make(|_| pointers.next().unwrap_or(core::ptr::null_mut()));
            if dispatch::update::<T, U>(f, n, w.cast(), g.cast(), kept) {
                return;
            }
        }
        for k in 0..n {
            let kept = kept.as_ref();
            let mut now = U::Kept::<T>::make(|m| kept.get(m).map_or(T::of(0.0), |kept| kept.add(k).read()));
            w.add(k).write(f.of(w.add(k).read(), g.add(k).read(), &mut now));
            now.as_ref().iter().zip(kept).for_each(|(now, kept)| kept.add(k).write(*now));
        }
    }
}

/// a ← g(z), elementwise.
#[inline(always)]
pub(crate) fn activate<A: Activation, T: Scalar>(z: &[T], a: &mut [T]) {
    map(Of::<Value<A>>::NEW, z, z, a);
}

/// z ← g(z), elementwise.
#[inline(always)]
pub(crate) fn activate_in_place<A: Activation, T: Scalar>(z: &mut [T]) {
    map_in_place(Of::<Value<A>>::NEW, z);
}

/// δ ← dy ⊙ g′(z), in place, with g′ from the output: the elementwise half of (T 2.5.8).
#[inline(always)]
pub(crate) fn through<A: Activation, T: Scalar>(y: &[T], dy: &mut [T]) {
    map_onto(Of::<Slope<A>>::NEW, y, dy);
}

/// An activation whose values are 0 where they are [tiny](flush), for states that decay.
pub(crate) struct Flushed<A>(PhantomData<A>);

impl<A: Activation> Activation for Flushed<A> {
    const NAME: &'static str = A::NAME;

    #[inline(always)]
    fn value<V: Real>(z: V) -> V {
        flush(A::value(z))
    }

    #[inline(always)]
    fn slope<V: Real>(a: V) -> V {
        A::slope(a)
    }
}

/// What an activation does, as a function of two numbers.
pub(crate) struct Of<F>(PhantomData<F>);
struct Value<A>(A);
struct Slope<A>(A);

impl<F> Of<F> {
    pub(crate) const NEW: Self = Of(PhantomData);
}

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
