//! The one place that picks what replaces the plain loops.
//!
//! A layer of up to [`SMALL`] weights is straight-line code over the target's own registers, inlined where
//! it is called. A larger one is a function for each level, and a look at the level chooses.
#![allow(unsafe_code)]

use super::Lanewise;
use super::level::Level;
use super::wide::{self, Change};
use crate::activation::Activation;
use crate::scalar::Scalar;
use crate::width::Width;

/// The most weights of a layer whose kernels are straight-line code.
const SMALL: usize = 64;

#[cfg(target_arch = "x86_64")]
use super::arch::x86::{Avx2, Avx512, Sse2};

// levels! { unsafe fn gemv<A: Activation>(w: *const f32) } makes a module `gemv` with a function for each
// level, which only differ in the instructions that they are compiled to.
macro_rules! levels {
    ($(fn $name:ident<$P:ident: $Bound:ident>($($arg:ident: $ty:ty),* $(,)?);)*) => {$(
        #[cfg(target_arch = "x86_64")]
        mod $name {
            use super::*;

            levels!(@level sse2 Sse2 "sse2" $name $P $Bound $($arg $ty,)*);
            levels!(@level avx2 Avx2 "avx2,fma" $name $P $Bound $($arg $ty,)*);
            levels!(@level avx512 Avx512 "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma" $name $P $Bound $($arg $ty,)*);
        }

        /// Does it and gives true, or gives false where only the plain loop does.
        ///
        /// # Safety
        ///
        /// As the kernel of this name, but for the level, which is checked here.
        #[cfg(target_arch = "x86_64")]
        #[inline(always)]
        #[allow(clippy::too_many_arguments)]
        pub(super) unsafe fn $name<In: Width, Out: Width, $P: $Bound>($($arg: $ty),*) -> bool {
            // SAFETY: the caller's; `Level::current` is a level that the processor has.
            unsafe {
                if In::USIZE * Out::USIZE <= SMALL {
                    wide::$name::<Sse2, $P>(In::USIZE, Out::USIZE, $($arg),*);
                    return true;
                }
                match Level::current() {
                    Level::Avx512 => $name::avx512::<In, Out, $P>($($arg),*),
                    Level::Avx2 => $name::avx2::<In, Out, $P>($($arg),*),
                    Level::Sse2 => $name::sse2::<In, Out, $P>($($arg),*),
                    _ => return false,
                }
            }
            true
        }

        #[cfg(not(target_arch = "x86_64"))]
        #[inline(always)]
        #[allow(clippy::too_many_arguments)]
        pub(super) unsafe fn $name<In: Width, Out: Width, $P: $Bound>($(_: $ty),*) -> bool {
            false
        }
    )*};
    (@level $level:ident $Level:ident $features:literal $name:ident $P:ident $Bound:ident $($arg:ident $ty:ty,)*) => {
        #[target_feature(enable = $features)]
        #[allow(clippy::too_many_arguments)]
        pub(super) unsafe fn $level<In: Width, Out: Width, $P: $Bound>($($arg: $ty),*) {
            // SAFETY: the caller's; the features are those of the level.
            unsafe { wide::$name::<$Level, $P>(In::USIZE, Out::USIZE, $($arg),*) }
        }
    };
}

levels! {
    fn gemv<A: Activation>(w: *const f32, x: *const f32, a: *mut f32);
    fn backward<C: Change>(w: *const f32, x: *const f32, delta: *const f32, change: C, to: *mut f32, dx: *mut f32);
}

/// Whether `T` is `f32`, and a `*const T` so a `*const f32`. `Scalar` is sealed.
pub(super) const fn single<T: Scalar>() -> bool {
    T::DIGITS == f32::MANTISSA_DIGITS
}

/// [`map`](super::map) by the target's own registers, inlined; false where there are none.
#[inline(always)]
pub(super) fn map<F: Lanewise, T: Scalar>(f: F, x: &[T], y: &mut [T]) -> bool {
    let n = if x.len() < y.len() { x.len() } else { y.len() };
    #[cfg(target_arch = "x86_64")]
    if single::<T>() {
        // SAFETY: `n` numbers may be read and written; a `T` of f32's digits is f32; SSE2 is part of x86-64.
        unsafe { wide::map::<Sse2, F>(f, n, x.as_ptr().cast(), y.as_mut_ptr().cast()) };
        return true;
    }
    false
}

/// [`map`] of a slice with itself.
#[inline(always)]
pub(super) fn map_self<F: Lanewise, T: Scalar>(f: F, y: &mut [T]) -> bool {
    #[cfg(target_arch = "x86_64")]
    if single::<T>() {
        let to = y.as_mut_ptr().cast();
        // SAFETY: as in `map`; of a vector, both are read before it is written.
        unsafe { wide::map::<Sse2, F>(f, y.len(), to, to) };
        return true;
    }
    false
}
