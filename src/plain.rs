//! Values that are nothing but numbers, and the two casts that this makes safe.
//!
//! The kernels apart, all `unsafe` of the crate rests on the one contract here, that of [`Plain`].
#![allow(unsafe_code)]

mod few;
mod like;

use core::mem::MaybeUninit;

pub use few::Few;
pub(crate) use few::blank;
use generic_array::GenericArray;
pub use like::ArrayLike;

use crate::array::Array;
use crate::scalar::{Fused, Number, Q16, Q32};
use crate::shape::same;
use crate::width::Width;

/// A value that is [`COUNT`](Plain::COUNT) numbers of one scalar type and nothing else: arrays,
/// layers, networks, gradients.
///
/// All-zero bytes are such a value, so [`ZERO`](Plain::ZERO) can live in `.bss`, and the value can be
/// seen as one flat slice. Layers get it from [`parameters!`](crate::parameters).
///
/// # Safety
///
/// `Self` is laid out as `[Scalar; COUNT]`: no padding, no other bytes, alignment of the scalar
/// (any alignment when `COUNT` is 0).
pub unsafe trait Plain: Sized + Send + Sync + 'static {
    /// The number that the value is made of: of parameters and outputs, a scalar.
    type Scalar: Number;

    /// How many numbers.
    const COUNT: usize;

    /// All numbers +0.
    // SAFETY: by the trait's contract the value is numbers only, and zero bytes are +0.
    const ZERO: Self = unsafe { MaybeUninit::zeroed().assume_init() };

    /// The numbers, in memory order.
    #[inline(always)]
    fn flat(&self) -> &[Self::Scalar] {
        const { layout::<Self>() }
        if Self::COUNT == 0 {
            return &[];
        }
        // SAFETY: `layout` has checked size and alignment; the contract says that all of it is numbers.
        unsafe { core::slice::from_raw_parts((self as *const Self).cast(), Self::COUNT) }
    }

    /// The numbers, in memory order.
    #[inline(always)]
    fn flat_mut(&mut self) -> &mut [Self::Scalar] {
        const { layout::<Self>() }
        if Self::COUNT == 0 {
            return &mut [];
        }
        // SAFETY: as in `flat`, and any number may be written over any other.
        unsafe { core::slice::from_raw_parts_mut((self as *mut Self).cast(), Self::COUNT) }
    }
}

/// The numbers of several values that stand side by side, in memory order.
#[inline(always)]
pub(crate) fn flat_all<P: Plain>(all: &mut [P]) -> &mut [P::Scalar] {
    const { layout::<P>() }
    // SAFETY: `layout` has checked size and alignment; the contract says that all of each is numbers.
    unsafe { core::slice::from_raw_parts_mut(all.as_mut_ptr().cast(), all.len() * P::COUNT) }
}

/// [`flat_all`], to read.
#[inline(always)]
pub(crate) fn flat_of<P: Plain>(all: &[P]) -> &[P::Scalar] {
    const { layout::<P>() }
    // SAFETY: as in `flat_all`.
    unsafe { core::slice::from_raw_parts(all.as_ptr().cast(), all.len() * P::COUNT) }
}

/// Numbers as rows of `N`; what does not fill one is left out.
#[inline(always)]
pub(crate) fn rows<N: Width, T: Number>(numbers: &[T]) -> &[GenericArray<T, N>] {
    GenericArray::chunks_from_slice(numbers).0
}

/// [`rows`], to write.
#[inline(always)]
pub(crate) fn rows_mut<N: Width, T: Number>(numbers: &mut [T]) -> &mut [GenericArray<T, N>] {
    GenericArray::chunks_from_slice_mut(numbers).0
}

/// Refuses, at compile time, a type whose size is not that of its numbers.
const fn layout<P: Plain>() {
    assert!(size_of::<P>() == P::COUNT * size_of::<P::Scalar>(), "a plain value holds numbers only");
    assert!(P::COUNT == 0 || align_of::<P>() == align_of::<P::Scalar>(), "a plain value is aligned as its scalar");
}

/// The value whose memory is `bytes`, on a little-endian target or of single bytes: a copy, aligned.
#[cfg(feature = "checkpoint")]
pub(crate) const fn of_bytes<P: Plain>(bytes: &[u8]) -> P {
    const { layout::<P>() }
    const { assert!(cfg!(target_endian = "little") || size_of::<P::Scalar>() == 1) }
    assert!(bytes.len() == size_of::<P>());
    // SAFETY: there are as many bytes as the value has; it is numbers only, and any bits are a number.
    unsafe { bytes.as_ptr().cast::<P>().read_unaligned() }
}

/// The memory of a value.
#[cfg(feature = "checkpoint")]
pub(crate) const fn bytes<P: Plain>(value: &P) -> &[u8] {
    const { layout::<P>() }
    // SAFETY: by the contract all of the value is numbers: no byte is padding.
    unsafe { core::slice::from_raw_parts((value as *const P).cast(), size_of::<P>()) }
}

/// `P::COUNT`, where `P` is made of `T`: what [`parameters!`](crate::parameters) adds up.
#[doc(hidden)]
pub const fn count<T, P: Plain<Scalar = T>>() -> usize {
    P::COUNT
}

// For each number, and not for all: so the compiler, where a layer is not plain, goes on to the reason.
macro_rules! number {
    ($($t:ty)+) => {$(
        // SAFETY: one number; `Fused` is transparent over one.
        unsafe impl Plain for $t {
            type Scalar = $t;
            const COUNT: usize = 1;
        }
    )+};
}
number!(f32 f64 Fused u8 u16 i8);

macro_rules! fixed {
    ($($Q:ident)+) => {$(
        // SAFETY: transparent over one integer.
        unsafe impl<const F: u32> Plain for $Q<F> {
            type Scalar = $Q<F>;
            const COUNT: usize = 1;
        }
    )+};
}
fixed!(Q16 Q32);

// SAFETY: a `GenericArray<P, N>` has the layout of `[P; N]`, and each `P` that of its numbers.
unsafe impl<P: Plain, N: Width> Plain for GenericArray<P, N> {
    type Scalar = P::Scalar;
    const COUNT: usize = N::USIZE * P::COUNT;
}

// SAFETY: an array is laid out as its elements in a row.
unsafe impl<P: Plain, const M: usize> Plain for [P; M] {
    type Scalar = P::Scalar;
    const COUNT: usize = M * P::COUNT;
}

/// One array type as another of the same shape: how a chain hands layer 1's output to layer 2.
///
/// A chain's constants have compared the shapes, with a message; here a misfit only can't compile.
#[inline(always)]
pub(crate) fn fit<A: Array, B: Array>(a: &A) -> &B {
    const { fits::<A, B>() }
    // SAFETY: arrays of one shape and one kind of number have one layout; `fits` has compared them.
    unsafe { &*(a as *const A).cast() }
}

/// [`fit`] for writing.
#[inline(always)]
pub(crate) fn fit_mut<A: Array, B: Array>(a: &mut A) -> &mut B {
    const { fits::<A, B>() }
    // SAFETY: as in `fit`.
    unsafe { &mut *(a as *mut A).cast() }
}

pub(crate) const fn fits<A: Array, B: Array>() {
    assert!(same_layout::<A, B>());
}

const fn same_layout<A: Array, B: Array>() -> bool {
    let numbers = same(<A::Scalar as Number>::NAME, <B::Scalar as Number>::NAME);
    A::SHAPE.same(&B::SHAPE) && numbers && size_of::<A>() == size_of::<B>() && align_of::<A>() == align_of::<B>()
}

/// [`fit`] of what a step of a stream writes; `None` where it does not fit, which another constant refuses with a message,
/// and a second error would hide.
#[inline(always)]
pub(crate) fn fit_step<A: Array, B: Array>(a: &A) -> Option<&B> {
    // SAFETY: as in `fit`; `same_layout` has compared them.
    if const { same_layout::<A, B>() } { Some(unsafe { &*(a as *const A).cast() }) } else { None }
}

/// Counters that have counted nothing.
pub(crate) const fn zeroes<R: Width, C: Width>() -> GenericArray<GenericArray<u32, C>, R> {
    // SAFETY: integers in arrays, and zero bytes are 0.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

/// Room for `B` references.
pub(crate) struct Room<'a, X, const B: usize>([MaybeUninit<&'a X>; B]);

impl<'a, X, const B: usize> Room<'a, X, B> {
    /// With nothing in it.
    #[inline(always)]
    pub(crate) const fn new() -> Self {
        Room([const { MaybeUninit::uninit() }; B])
    }

    /// As many references as an iterator gives, at most `B`.
    #[inline(always)]
    pub(crate) fn fill(&mut self, all: impl Iterator<Item = &'a X>) -> &[&'a X] {
        let mut n = 0;
        for (place, x) in self.0.iter_mut().zip(all) {
            place.write(x);
            n += 1;
        }
        // SAFETY: the first `n ≤ B` have been written.
        unsafe { core::slice::from_raw_parts(self.0.as_ptr().cast(), n) }
    }
}
