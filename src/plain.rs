//! Values that are nothing but numbers, and the two casts that this makes safe.
//!
//! The kernels apart, all `unsafe` of the crate rests on the one contract here, that of [`Plain`].
#![allow(unsafe_code)]

use core::mem::MaybeUninit;

use generic_array::GenericArray;

use crate::array::Array;
use crate::lines::Lines;
use crate::scalar::{Fused, Scalar};
use crate::shape::Text;
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
    /// The scalar that the value is made of.
    type Scalar: Scalar;

    /// How many numbers.
    const COUNT: usize;

    /// All numbers +0.
    // SAFETY: by the trait's contract the value is floating-point numbers only, and zero bytes are +0.
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

/// Refuses, at compile time, a type whose size is not that of its numbers.
const fn layout<P: Plain>() {
    assert!(size_of::<P>() == P::COUNT * size_of::<P::Scalar>(), "a plain value holds numbers only");
    assert!(P::COUNT == 0 || align_of::<P>() == align_of::<P::Scalar>(), "a plain value is aligned as its scalar");
}

/// The value whose memory is `bytes`, on a little-endian target: a copy, aligned.
#[cfg(feature = "checkpoint")]
pub(crate) const fn of_bytes<P: Plain>(bytes: &[u8]) -> P {
    const { layout::<P>() }
    assert!(cfg!(target_endian = "little") && bytes.len() == size_of::<P>());
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

// For each scalar, and not for all: so the compiler, where a layer is not plain, goes on to the reason.
macro_rules! scalar {
    ($($t:ty)+) => {$(
        // SAFETY: one number; `Fused` is transparent over one.
        unsafe impl Plain for $t {
            type Scalar = $t;
            const COUNT: usize = 1;
        }
    )+};
}
scalar!(f32 f64 Fused);

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

/// A fixed number of values of one kind: an array. Sealed.
///
/// What an optimiser keeps of each parameter is so many numbers, and of a network so many networks.
pub trait Few<P>: AsRef<[P]> + AsMut<[P]> + sealed::Array {
    /// The array of what `value` gives for each index.
    fn make(value: impl FnMut(usize) -> P) -> Self;

    /// The array of one value.
    fn all(value: P) -> Self
    where
        P: Copy;
}

mod sealed {
    pub trait Array {
        const COUNT: usize;
    }
    impl<P, const M: usize> Array for [P; M] {
        const COUNT: usize = M;
    }
}

impl<P, const M: usize> Few<P> for [P; M] {
    #[inline(always)]
    fn make(value: impl FnMut(usize) -> P) -> Self {
        core::array::from_fn(value)
    }

    #[inline(always)]
    fn all(value: P) -> Self
    where
        P: Copy,
    {
        [value; M]
    }
}

/// So many values, all numbers +0.
pub(crate) const fn blank<P: Plain, F: Few<P>>() -> F {
    const { assert!(size_of::<F>() == <F as sealed::Array>::COUNT * size_of::<P>()) }
    // SAFETY: `Few` is sealed, so `F` is an array of `P`, which is plain: zero bytes are its numbers +0.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

/// A [`GenericArray`], a Rust array, or any nesting of the two that has the shape of `A`: what a
/// network takes as input and target.
///
/// `[f32; 64]` is like a `Vector<U64>`, `[[f32; 12]; 8]` like a `Matrix<U8, U12>`. An array of another
/// length is a compile error that says both lengths.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not what this network reads or writes in this place",
    label = "expected numbers of the network's scalar in an array of its shape",
    note = "for `f32`, 64 values are `[f32; 64]` or `Vector<U64>`, and 10 rows of 3 are `[[f32; 3]; 10]`",
    note = "the network has `{A}` in this place"
)]
pub trait ArrayLike<A> {
    /// The assertion that the shapes are the same. A method that takes an array evaluates it, so that the
    /// compiler names the call.
    #[doc(hidden)]
    const FITS: () = ();

    /// The same numbers as an `A`.
    fn view(&self) -> &A;

    /// [`view`](ArrayLike::view) of several, where each is an `A` as it is.
    #[doc(hidden)]
    #[inline(always)]
    fn lines(_: Lines<Self>) -> Option<Lines<A>>
    where
        Self: Sized,
    {
        None
    }
}

impl<T: Scalar> ArrayLike<T> for T {
    #[inline(always)]
    fn view(&self) -> &T {
        self
    }
}

/// An `f32` as it is.
#[diagnostic::do_not_recommend]
impl<T: Single> ArrayLike<Fused> for T {
    #[inline(always)]
    fn view(&self) -> &Fused {
        // SAFETY: `Single` is an f32, and `Fused` is transparent over one.
        unsafe { &*(&raw const *self).cast() }
    }
}

/// A number of a fused network as it is: its outputs are inputs and targets of others.
#[diagnostic::do_not_recommend]
impl<T: Single> ArrayLike<T> for Fused {
    #[inline(always)]
    fn view(&self) -> &T {
        // SAFETY: as above.
        unsafe { &*(&raw const self.0).cast() }
    }
}

/// `f32`, for implementations that the compiler does not advise where a number is an `f64`. Sealed.
pub trait Single: Scalar {}

impl Single for f32 {}

impl Fused {
    /// Numbers of `f32` as they are.
    #[inline]
    pub const fn slice(numbers: &[f32]) -> &[Fused] {
        // SAFETY: each is transparent over an f32.
        unsafe { &*(&raw const *numbers as *const [Fused]) }
    }

    /// The numbers in `f32`.
    #[inline]
    pub const fn numbers(slice: &[Fused]) -> &[f32] {
        // SAFETY: as in `slice`.
        unsafe { &*(&raw const *slice as *const [f32]) }
    }

    /// The numbers in `f32`, to write.
    #[inline]
    pub const fn numbers_mut(slice: &mut [Fused]) -> &mut [f32] {
        // SAFETY: as in `slice`.
        unsafe { &mut *(&raw mut *slice as *mut [f32]) }
    }
}

// like!([generics] X as A) makes arrays of the type X, whose elements are like those of A, like A.
macro_rules! like {
    ([$($generics:tt)*] $x:ty as $a:ty) => {
        impl<P: Array, Q: ArrayLike<P> + Array, $($generics)*> ArrayLike<$a> for $x {
            const FITS: () = same::<$x, $a>();

            #[inline(always)]
            fn view(&self) -> &$a {
                let () = <Self as ArrayLike<$a>>::FITS;
                // SAFETY: arrays of one shape and of scalars of one size have one layout, and of a scalar any bits are
                // a number; `FITS` has compared them.
                unsafe { &*(self as *const Self).cast() }
            }

            #[inline(always)]
            fn lines(all: Lines<Self>) -> Option<Lines<$a>> {
                let () = <Self as ArrayLike<$a>>::FITS;
                // SAFETY: as in `view`.
                Some(unsafe { all.field(0) })
            }
        }
    };
}

like!([N: Width, const M: usize] [Q; M] as GenericArray<P, N>);
like!([N: Width] GenericArray<Q, N> as GenericArray<P, N>);
like!([const M: usize] [Q; M] as [P; M]);

/// Refuses an array of another shape.
#[track_caller]
const fn same<X: Array, A: Array>() {
    if !X::SHAPE.same(&A::SHAPE) {
        let text = Text::new().words("expected ").shape(A::SHAPE).words(" values, but this array has ");
        panic!("{}", text.shape(X::SHAPE).as_str());
    }
    assert!(size_of::<X>() == size_of::<A>() && align_of::<X>() == align_of::<A>());
}

/// One array type as another of the same shape: how a chain hands layer 1's output to layer 2.
///
/// A chain's constants have compared the shapes, with a message; here a misfit only can't compile.
#[inline(always)]
pub(crate) fn fit<A: Array, B: Array<Scalar = A::Scalar>>(a: &A) -> &B {
    const { fits::<A, B>() }
    // SAFETY: arrays of one shape and one scalar have one layout; `fits` has compared them.
    unsafe { &*(a as *const A).cast() }
}

/// [`fit`] for writing.
#[inline(always)]
pub(crate) fn fit_mut<A: Array, B: Array<Scalar = A::Scalar>>(a: &mut A) -> &mut B {
    const { fits::<A, B>() }
    // SAFETY: as in `fit`.
    unsafe { &mut *(a as *mut A).cast() }
}

pub(crate) const fn fits<A: Array, B: Array<Scalar = A::Scalar>>() {
    assert!(same_layout::<A, B>());
}

const fn same_layout<A: Array, B: Array<Scalar = A::Scalar>>() -> bool {
    A::SHAPE.same(&B::SHAPE) && size_of::<A>() == size_of::<B>() && align_of::<A>() == align_of::<B>()
}

/// [`fit`] of what a step of a stream writes; `None` where it does not fit, which another constant refuses with a message,
/// and a second error would hide.
#[inline(always)]
pub(crate) fn fit_step<A: Array, B: Array<Scalar = A::Scalar>>(a: &A) -> Option<&B> {
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
