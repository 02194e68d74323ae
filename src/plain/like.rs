//! Arrays of one shape and different types, and `f32` and [`Fused`]: the same numbers, looked at as another type.
#![allow(unsafe_code)]

use generic_array::GenericArray;

use crate::array::Array;
use crate::lines::Lines;
use crate::scalar::{Fused, Number, Scalar};
use crate::shape::Text;
use crate::width::Width;

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

impl<T: Number> ArrayLike<T> for T {
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
    ///
    /// ```
    /// use nanoprop::Fused;
    ///
    /// let mut numbers = [Fused(1.0), Fused(2.0)];
    /// Fused::numbers_mut(&mut numbers)[1] = 0.5;
    /// assert_eq!(Fused::numbers(&numbers), [1.0, 0.5]);
    /// ```
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
