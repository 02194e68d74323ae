//! The one place that picks what replaces the plain loops.
//!
//! A layer of up to [`SMALL`] weights is straight-line code over the target's own registers, inlined where
//! it is called. A larger one is a function for each level, and a look at the level chooses; so is each of a fused
//! scalar on x86-64, whose SSE2 has no fused instructions. NEON is the one level of AArch64.
#![allow(unsafe_code)]

#[cfg(all(simd, target_arch = "aarch64"))]
use super::arch::arm::{Neon, Neon as Base};
#[cfg(all(simd, target_arch = "x86_64"))]
use super::arch::x86::{Avx2, Avx512, Sse2, Sse2 as Base};
use super::cell::{Cell, Moment};
use super::pass::{Change, Line, Pass, Place, Reads, Rows, Sink, Span};
use super::whole::{Lesson, Whole};
use super::{Lanewise, Update};
#[cfg(simd)]
use super::{SMALL, arch::Fusing, level::Level, wide};
use crate::activation::Activation;
use crate::scalar::Scalar;
use crate::width::Width;

/// Whether the base level has an instruction for fused multiply-adds.
#[cfg(simd)]
const FUSES: bool = cfg!(target_arch = "aarch64");

/// The most numbers that [`map`] takes inline.
#[cfg(simd)]
const SHORT: usize = 8;

// levels! { fn f<A: Activation>(x: *const f32) = (x), inline if small; } makes a function `f<T, A>` that calls
// `wide::f::<level, A>(x)`, compiled for each level in a module `f`; for a fused scalar T, `Fusing<level>`.
macro_rules! levels {
    ($(
        $(#[$doc:meta])*
        fn $name:ident<$($P:ident: $Bound:ident),*>($($arg:ident: $ty:ty),*) = $values:tt,
            inline if $small:expr;
    )*) => {$(
        #[cfg(simd)]
        mod $name {
            use super::*;

            #[cfg(target_arch = "x86_64")]
            levels!(@level sse2 Sse2 "sse2" $name [$($P: $Bound),*] [$($P),*] [$($arg: $ty),*] $values);
            #[cfg(target_arch = "x86_64")]
            levels!(@level avx2 Avx2 "avx2,fma" $name [$($P: $Bound),*] [$($P),*] [$($arg: $ty),*] $values);
            #[cfg(target_arch = "x86_64")]
            levels!(@level avx512 Avx512 "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma" $name
                [$($P: $Bound),*] [$($P),*] [$($arg: $ty),*] $values);
            #[cfg(target_arch = "aarch64")]
            levels!(@level neon Neon "neon" $name [$($P: $Bound),*] [$($P),*] [$($arg: $ty),*] $values);
        }

        $(#[$doc])*
        ///
        /// False, with nothing done, where only the plain loop does it.
        ///
        /// # Safety
        ///
        /// As the kernel of this name, but for the level, which is looked up here.
        #[inline(always)]
        #[cfg_attr(not(simd), allow(unused_variables, clippy::extra_unused_type_parameters))]
        pub(super) unsafe fn $name<T: Scalar, $($P: $Bound),*>($($arg: $ty),*) -> bool {
            #[cfg(simd)]
            {
                // SAFETY: the caller's; the base level is part of the target, and the current level is one that the
                // processor has.
                unsafe {
                    if $small && const { FUSES || !T::FUSED } {
                        levels!(@call $name Base [$($P),*] $values);
                        return true;
                    }
                    match Level::current() {
                        #[cfg(target_arch = "x86_64")]
                        Level::Avx512 => $name::avx512::<T, $($P),*>($($arg),*),
                        #[cfg(target_arch = "x86_64")]
                        Level::Avx2 => $name::avx2::<T, $($P),*>($($arg),*),
                        #[cfg(target_arch = "x86_64")]
                        Level::Sse2 => $name::sse2::<T, $($P),*>($($arg),*),
                        #[cfg(target_arch = "aarch64")]
                        Level::Neon => $name::neon::<T, $($P),*>($($arg),*),
                        _ => return false,
                    }
                }
                true
            }
            #[cfg(not(simd))]
            levels!(@narrow $name [$($P),*] $values)
        }
    )*};
    (@level $level:ident $Level:ident $features:literal $name:ident [$($G:tt)*] [$($P:ident),*] [$($args:tt)*] $values:tt) => {
        #[target_feature(enable = $features)]
        pub(super) unsafe fn $level<T: Scalar, $($G)*>($($args)*) {
            // SAFETY: the caller's; the features are those of the level.
            unsafe { levels!(@call $name $Level [$($P),*] $values) }
        }
    };
    // Only these have a kernel for processors without vectors; what others do ends in them.
    (@narrow gemv $P:tt $values:tt) => { levels!(@single gemv $P $values) };
    (@narrow backward $P:tt $values:tt) => { levels!(@single backward $P $values) };
    (@narrow sums $P:tt $values:tt) => { levels!(@single sums $P $values) };
    (@narrow $name:ident $P:tt $values:tt) => { false };
    (@single $name:ident [$($P:ident),*] ($($value:expr),*)) => {{
        #[cfg(narrow)]
        if const { !T::FUSED } {
            // SAFETY: the caller's.
            unsafe { super::narrow::$name::<$($P),*>($($value),*) }
        }
        const { cfg!(narrow) && !T::FUSED }
    }};
    (@call $name:ident $Level:ident [$($P:ident),*] ($($value:expr),*)) => {
        if const { T::FUSED } {
            wide::$name::<Fusing<$Level>, $($P),*>($($value),*)
        } else {
            wide::$name::<$Level, $($P),*>($($value),*)
        }
    };
}

levels! {
    /// [`gemv`](super::gemv) of `In × Out` weights.
    fn gemv<In: Width, Out: Width, A: Activation>(w: *const f32, x: *const f32, z: *const f32, a: *mut f32)
        = (w, x, z, a), inline if const { In::USIZE * Out::USIZE <= SMALL };

    /// [`advance`](super::advance()).
    fn advance<Hidden: Width, X: Width, U: Width, C: Cell>(moment: Moment<C>)
        = (moment), inline if false;

    /// The backward pass of `In × Out` weights.
    fn backward<In: Width, Out: Width, A: Activation, C: Change>(pass: Pass<C>)
        = (pass), inline if const { In::USIZE * Out::USIZE <= SMALL };

    /// [`gemm`](super::gemm) of `n` samples.
    fn gemm<In: Line, Out: Width, A: Activation>(n: usize, w: *const f32, z: Rows, x: Reads, y: Rows)
        = (n, w, z, x, y), inline if false;

    /// The dx of [`errors`](super::errors) of `n` samples.
    fn spread<In: Width, Out: Width, D: Place>(n: usize, w: *const f32, delta: Rows, dx: Rows)
        = (n, w, delta, dx), inline if false;

    /// [`sums`](super::sums) of `n` samples.
    fn sums<In: Line, Out: Width, S: Sink>(
        n: usize, x: Reads, delta: Rows, bias: *mut f32, to: *mut f32, rows: Span, sink: S
    ) = (n, x, delta, bias, to, rows, sink), inline if false;

    /// [`Products`](super::Products) of `n` pairs.
    fn products<C: Width>(n: usize, pairs: *const [*const f32; 2], start: *const f32, to: *mut f32)
        = (n, pairs, start, to), inline if false;

    /// [`predict`](super::predict) of `n` samples.
    fn predict<N: Whole>(n: usize, w: *const f32, x: Reads, h: *mut f32)
        = (n, w, x, h), inline if false;

    /// [`learn`](super::learn).
    fn learn<N: Whole, S: Sink>(lesson: Lesson<S>)
        = (lesson), inline if false;

    /// [`map`](super::map) of `n` numbers.
    fn map<F: Lanewise>(f: F, n: usize, x: *const f32, y: *const f32, to: *mut f32)
        = (f, n, x, y, to), inline if n <= SHORT;

    /// [`softmax`](super::softmax()) of `n` numbers.
    fn softmax<>(n: usize, x: *const f32, to: *mut f32)
        = (n, x, to), inline if false;

    /// y_b ← f(x_b, y_b) of `n` rows, elementwise.
    fn map_rows<Out: Width, F: Lanewise>(f: F, n: usize, x: Rows, y: Rows)
        = (f, n, x, y), inline if false;

    /// [`update`](super::update) of `n` numbers.
    fn update<U: Update>(f: U, n: usize, w: *mut f32, g: *const f32, kept: U::Kept<*mut f32>)
        = (f, n, w, g, kept), inline if n <= SHORT && const { !U::LONG };
}

/// Whether `T` is `f32` or `Fused`, and so a `*const T` a `*const f32`: `Scalar` is sealed.
pub(super) const fn single<T: Scalar>() -> bool {
    T::DIGITS == f32::MANTISSA_DIGITS
}

#[cfg(all(test, simd))]
mod tests;
