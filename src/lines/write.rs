#![allow(unsafe_code)]

use core::marker::PhantomData;
use core::mem::offset_of;

use generic_array::GenericArray;

use super::{Lines, part};
use crate::array::{Array, Slot, Vector};
use crate::kernel::Rows;
use crate::plain::fits;
use crate::width::Width;

/// [`Lines`] to write.
#[derive(Debug)]
pub struct LinesMut<'a, X> {
    first: *mut u8,
    stride: usize,
    pub(super) len: usize,
    values: PhantomData<&'a mut X>,
}

impl<'a, X> From<&'a mut [X]> for LinesMut<'a, X> {
    #[inline(always)]
    fn from(all: &'a mut [X]) -> Self {
        LinesMut { first: all.as_mut_ptr().cast(), stride: size_of::<X>(), len: all.len(), values: PhantomData }
    }
}

impl<'a, X> LinesMut<'a, X> {
    /// The same lines, for a while.
    #[inline(always)]
    pub fn reborrow(&mut self) -> LinesMut<'_, X> {
        LinesMut { ..*self }
    }

    /// The same lines, to read for a while.
    #[inline(always)]
    pub fn lines(&self) -> Lines<'_, X> {
        Lines { first: self.first, stride: self.stride, len: self.len, values: PhantomData }
    }

    /// Value `b`, from 0.
    #[inline(always)]
    pub fn get_mut(&mut self, b: usize) -> Option<&mut X> {
        // SAFETY: there are more than `b` values at this distance, and the lines are borrowed.
        (b < self.len).then(|| unsafe { &mut *self.first.add(b * self.stride).cast() })
    }

    /// Each value, in order.
    #[inline(always)]
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut X> + ExactSizeIterator {
        let LinesMut { first, stride, len, .. } = *self;
        // SAFETY: as in `get_mut`; each value is given once.
        (0..len).map(move |b| unsafe { &mut *first.add(b * stride).cast::<X>() })
    }

    /// What kernels take: the numbers of each value as `f32`.
    #[inline(always)]
    pub(crate) fn rows(&mut self) -> Rows {
        Rows { first: self.first.cast(), stride: self.stride / size_of::<f32>() }
    }

    /// A part of each value.
    ///
    /// # Safety
    ///
    /// `offset` bytes behind the beginning of each value begins a `Y` that is part of it, and of no other lines.
    #[inline(always)]
    unsafe fn field<Y>(&mut self, offset: usize) -> LinesMut<'a, Y> {
        LinesMut { first: self.first.wrapping_add(offset), stride: self.stride, len: self.len, values: PhantomData }
    }
}

impl<'a, A: Array> LinesMut<'a, A> {
    /// Arrays of one type as those of another of the same shape: [`fit_mut`](crate::plain::fit_mut) of each.
    #[inline(always)]
    pub(crate) fn fit<B: Array>(mut self) -> LinesMut<'a, B> {
        const { fits::<A, B>() }
        // SAFETY: arrays of one shape and one scalar have one layout; `fits` has compared them.
        unsafe { self.field(0) }
    }

    /// `N` numbers of each array, from number `at` on, of those that there are.
    #[inline(always)]
    pub(crate) fn part<N: Width>(&mut self, at: usize) -> LinesMut<'_, Vector<N, A::Scalar>> {
        let offset = part::<A, N>(at);
        // SAFETY: an array is laid out as its numbers in a row, and has `N` of them from there on.
        unsafe { self.field(offset) }
    }

    /// The first `N` numbers of each array, and its last `M` to read.
    #[inline(always)]
    #[expect(clippy::type_complexity)]
    pub(crate) fn ends<N: Width, M: Width>(
        &mut self,
    ) -> (LinesMut<'_, Vector<N, A::Scalar>>, Lines<'_, Vector<M, A::Scalar>>) {
        const { assert!(N::USIZE + M::USIZE <= A::COUNT, "the two parts overlap") }
        // SAFETY: as in `part`; no number is in both.
        unsafe {
            let last = self.field::<Vector<M, A::Scalar>>(part::<A, M>(A::COUNT));
            let last = Lines { first: last.first, stride: last.stride, len: last.len, values: PhantomData };
            (self.field(0), last)
        }
    }
}

impl<X, N: Width> LinesMut<'_, GenericArray<X, N>> {
    /// Element `t` of each array, of which there are more, and the one before it, of which there is one but for 0.
    #[inline(always)]
    pub(crate) fn elements(&mut self, t: usize) -> (Option<LinesMut<'_, X>>, LinesMut<'_, X>) {
        let t = t.min(N::USIZE - 1);
        let before = t.checked_sub(1);
        // SAFETY: an array has the layout of its elements in a row, and more than `t`; the two are not the same.
        unsafe { (before.map(|t| self.field(t * size_of::<X>())), self.field(t * size_of::<X>())) }
    }
}

impl<'a, A, B> LinesMut<'a, (A, B)> {
    /// The halves of pairs.
    #[inline(always)]
    pub(crate) fn halves(mut self) -> (LinesMut<'a, A>, LinesMut<'a, B>) {
        // SAFETY: both are fields, and not the same one; `self` is gone.
        unsafe { (self.field(offset_of!((A, B), 0)), self.field(offset_of!((A, B), 1))) }
    }
}

impl<'a, Y, K> LinesMut<'a, Slot<Y, K>> {
    /// What is kept besides.
    #[inline(always)]
    pub(crate) fn kept(mut self) -> LinesMut<'a, K> {
        // SAFETY: a field; `self` is gone.
        unsafe { self.field(offset_of!(Slot<Y, K>, kept)) }
    }

    /// The outputs, the places of the derivatives by them, and what is kept besides.
    #[inline(always)]
    pub(crate) fn parts(mut self) -> (LinesMut<'a, Y>, LinesMut<'a, Y>, LinesMut<'a, K>) {
        // SAFETY: all are fields, and none is another; `self` is gone.
        unsafe {
            (
                self.field(offset_of!(Slot<Y, K>, y)),
                self.field(offset_of!(Slot<Y, K>, dy)),
                self.field(offset_of!(Slot<Y, K>, kept)),
            )
        }
    }

    /// The outputs, and the places of the derivatives by them.
    #[inline(always)]
    pub(crate) fn slots(mut self) -> (LinesMut<'a, Y>, LinesMut<'a, Y>) {
        // SAFETY: both are fields, and not the same one; `self` is gone.
        unsafe { (self.field(offset_of!(Slot<Y, K>, y)), self.field(offset_of!(Slot<Y, K>, dy))) }
    }
}
