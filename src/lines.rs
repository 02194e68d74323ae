//! Several values of one type in memory: side by side, at equal distances, or each behind a reference.
#![allow(unsafe_code)]

mod write;

use core::marker::PhantomData;
use core::mem::offset_of;

use generic_array::GenericArray;
pub use write::LinesMut;

use crate::array::{Array, Slot, Vector};
use crate::kernel::{Reads, Rows};
use crate::plain::fits;
use crate::width::Width;

/// Values of one type at equal distances: a slice, or one field of each element of a slice.
///
/// # Example
///
/// ```
/// use nanoprop::layer::Lines;
///
/// let lines = Lines::from(&[[1.0, 2.0], [3.0, 4.0]][..]);
/// assert_eq!(lines.get(1), Some(&[3.0, 4.0]));
/// assert_eq!(lines.iter().map(|line| line[0]).sum::<f64>(), 4.0);
/// ```
#[derive(Debug)]
pub struct Lines<'a, X> {
    first: *const u8,
    /// Bytes from one value to the next.
    stride: usize,
    len: usize,
    values: PhantomData<&'a X>,
}

/// The inputs of several samples: [`Lines`], or a part of what each of a slice of references refers to.
#[derive(Debug)]
pub struct Inputs<'a, X> {
    /// The first value, or the first reference.
    first: *const u8,
    stride: usize,
    len: usize,
    /// Whether there are references, and then the bytes from what each refers to to its value.
    behind: Option<usize>,
    values: PhantomData<&'a X>,
}

// How many lines there are, and fewer of them.
macro_rules! count {
    ($($lines:ident)+) => {$(
        impl<'a, X> $lines<'a, X> {
            /// How many.
            #[inline(always)]
            pub const fn len(&self) -> usize {
                self.len
            }

            /// Whether there are none.
            #[inline(always)]
            pub const fn is_empty(&self) -> bool {
                self.len == 0
            }

            /// The first `n`, or all where there are fewer.
            #[inline(always)]
            pub fn take(mut self, n: usize) -> Self {
                self.len = self.len.min(n);
                self
            }
        }
    )+};
}
count!(Lines LinesMut Inputs);

// Lines to read are shared references to values.
macro_rules! shared {
    ($($lines:ident)+) => {$(
        // SAFETY: shared references to values.
        unsafe impl<X: Sync> Send for $lines<'_, X> {}
        // SAFETY: as above.
        unsafe impl<X: Sync> Sync for $lines<'_, X> {}

        impl<X> Clone for $lines<'_, X> {
            #[inline(always)]
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<X> Copy for $lines<'_, X> {}
    )+};
}
shared!(Lines Inputs);

impl<'a, X> From<&'a [X]> for Lines<'a, X> {
    #[inline(always)]
    fn from(all: &'a [X]) -> Self {
        Lines { first: all.as_ptr().cast(), stride: size_of::<X>(), len: all.len(), values: PhantomData }
    }
}

impl<'a, X> From<Lines<'a, X>> for Inputs<'a, X> {
    #[inline(always)]
    fn from(Lines { first, stride, len, .. }: Lines<'a, X>) -> Self {
        Inputs { first, stride, len, behind: None, values: PhantomData }
    }
}

impl<'a, X> From<&'a [X]> for Inputs<'a, X> {
    #[inline(always)]
    fn from(all: &'a [X]) -> Self {
        Lines::from(all).into()
    }
}

impl<'a, X> From<&'a [&'a X]> for Inputs<'a, X> {
    #[inline(always)]
    fn from(all: &'a [&'a X]) -> Self {
        let (first, stride) = (all.as_ptr().cast(), size_of::<&X>());
        Inputs { first, stride, len: all.len(), behind: Some(0), values: PhantomData }
    }
}

impl<'a, X> Lines<'a, X> {
    /// Value `b`, from 0.
    #[inline(always)]
    pub fn get(&self, b: usize) -> Option<&'a X> {
        // SAFETY: there are more than `b` values at this distance.
        (b < self.len).then(|| unsafe { &*self.first.add(b * self.stride).cast() })
    }

    /// Each value, in order.
    #[inline(always)]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &'a X> + ExactSizeIterator + use<'a, X> {
        let Lines { first, stride, len, .. } = *self;
        // SAFETY: as in `get`.
        (0..len).map(move |b| unsafe { &*first.add(b * stride).cast() })
    }

    /// All but the first `n`.
    #[inline(always)]
    pub fn skip(self, n: usize) -> Self {
        let n = self.len.min(n);
        // SAFETY: there are at least `n`.
        Lines { first: unsafe { self.first.add(n * self.stride) }, len: self.len - n, ..self }
    }

    /// What kernels take, only to read: the numbers of each value as `f32`.
    #[inline(always)]
    pub(crate) fn rows(self) -> Rows {
        Rows { first: self.first.cast::<f32>().cast_mut(), stride: self.stride / size_of::<f32>() }
    }

    /// A part of each value.
    ///
    /// # Safety
    ///
    /// `offset` bytes behind the beginning of each value begins a `Y` that is part of it.
    #[inline(always)]
    pub(crate) unsafe fn field<Y>(self, offset: usize) -> Lines<'a, Y> {
        Lines { first: self.first.wrapping_add(offset), stride: self.stride, len: self.len, values: PhantomData }
    }
}

impl<'a, A: Array> Lines<'a, A> {
    /// Arrays of one type as those of another of the same shape: [`fit`](crate::plain::fit) of each.
    #[inline(always)]
    pub(crate) fn fit<B: Array>(self) -> Lines<'a, B> {
        const { fits::<A, B>() }
        // SAFETY: arrays of one shape and one scalar have one layout; `fits` has compared them.
        unsafe { self.field(0) }
    }

    /// `N` numbers of each array, from number `at` on, of those that there are.
    #[inline(always)]
    pub(crate) fn part<N: Width>(self, at: usize) -> Lines<'a, Vector<N, A::Scalar>> {
        // SAFETY: an array is laid out as its numbers in a row, and has `N` of them from there on.
        unsafe { self.field(part::<A, N>(at)) }
    }
}

/// Bytes to number `at` of an array, or to the last from which on there are `N` numbers.
#[inline(always)]
fn part<A: Array, N: Width>(at: usize) -> usize {
    const { assert!(N::USIZE <= A::COUNT, "a part is not longer than the whole") }
    at.min(A::COUNT - N::USIZE) * size_of::<A::Scalar>()
}

impl<'a, X, N: Width> Lines<'a, GenericArray<X, N>> {
    /// Element `t` of each array, of which there are more.
    #[inline(always)]
    pub(crate) fn element(self, t: usize) -> Lines<'a, X> {
        let t = t.min(N::USIZE - 1);
        // SAFETY: an array has the layout of its elements in a row, and more than `t`.
        unsafe { self.field(t * size_of::<X>()) }
    }
}

impl<'a, A, B> Lines<'a, (A, B)> {
    /// The halves of pairs.
    #[inline(always)]
    pub(crate) fn halves(self) -> (Lines<'a, A>, Lines<'a, B>) {
        // SAFETY: both are fields.
        unsafe { (self.field(offset_of!((A, B), 0)), self.field(offset_of!((A, B), 1))) }
    }
}

impl<'a, Y, K> Lines<'a, Slot<Y, K>> {
    /// The outputs, and the derivatives by them.
    #[inline(always)]
    pub(crate) fn slots(self) -> (Lines<'a, Y>, Lines<'a, Y>) {
        // SAFETY: both are fields.
        unsafe { (self.field(offset_of!(Slot<Y, K>, y)), self.field(offset_of!(Slot<Y, K>, dy))) }
    }
}

impl<'a, X> Inputs<'a, X> {
    /// Input `b`, from 0.
    #[inline(always)]
    pub fn get(&self, b: usize) -> Option<&'a X> {
        // SAFETY: there are more than `b` values, or references, at this distance, and a value behind each reference.
        (b < self.len).then(|| unsafe { &*self.reads().line(b).cast() })
    }

    /// Each input, in order.
    #[inline(always)]
    pub fn iter(&self) -> impl Iterator<Item = &'a X> + use<'a, X> {
        let inputs = *self;
        (0..self.len).filter_map(move |b| inputs.get(b))
    }

    /// What kernels take.
    #[inline(always)]
    pub(crate) fn reads(self) -> Reads {
        Reads { first: self.first, stride: self.stride, behind: self.behind }
    }
}

impl<'a, X, N: Width> Inputs<'a, GenericArray<X, N>> {
    /// Element `t` of each array, of which there are more.
    #[inline(always)]
    pub(crate) fn element(self, t: usize) -> Inputs<'a, X> {
        // An array has the layout of its elements in a row, and more than `t`.
        let offset = t.min(N::USIZE - 1) * size_of::<X>();
        let Inputs { first, stride, len, behind, .. } = self;
        match behind {
            None => Inputs { first: first.wrapping_add(offset), stride, len, behind, values: PhantomData },
            Some(behind) => Inputs { first, stride, len, behind: Some(behind + offset), values: PhantomData },
        }
    }
}
