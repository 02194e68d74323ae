//! The registers of x86-64: SSE2, AVX2 and AVX-512.
//!
//! Every operation here is one that IEEE-754 defines, lane by lane; fused are those of [`Fuses`] only.

use core::arch::x86_64::*;
use core::ops::{Add, Div, Mul, Neg, Sub};

use super::fuse::{Fuses, by_lanes};
use super::{Across, Level, Pair, Register};
use crate::scalar::{Float, Real, Sealed, magic};

const SIGN: i32 = i32::MIN;
const SHIFT: u32 = f32::MANTISSA_DIGITS - 1;
const ONE: i32 = 1.0_f32.to_bits() as i32;
const HALF_ROOT: i32 = core::f32::consts::FRAC_1_SQRT_2.to_bits() as i32;

macro_rules! register {
    (
        $(#[$doc:meta])* $name:ident($raw:ty), $lanes:literal lanes, mask $mask:ty,
        set1: $set1:ident, set1_int: $set1_int:ident, add: $add:ident, sub: $sub:ident, mul: $mul:ident,
        div: $div:ident, sqrt: $sqrt:ident, max: $max:ident, min: $min:ident, int: $int:ident, float: $float:ident, and: $and:ident, or: $or:ident,
        xor: $xor:ident, add_int: $add_int:ident, sub_int: $sub_int:ident, shl: $shl:ident, sar: $sar:ident,
        convert: $convert:ident, lt: $lt:expr, le: $le:expr, select: $select:expr, load: $load:ident,
        store: $store:ident, load_part: $load_part:expr, reload_part: $reload_part:expr, store_part: $store_part:expr, $(splats: $splats:expr,)? $(scale: $scale:ident,)? $(fma: $fma:ident,)? keep: $keep:expr, transpose: $transpose:expr, sums: $sums:expr
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(crate) struct $name(pub(super) $raw);

        impl Sealed for $name {}

        // "As above", in every block of this macro: a value of this type is made only by kernels that run at a level
        // whose instructions the processor has, which `Level` checks.
        impl Real for $name {
            type Scalar = f32;
            type Mask = $mask;

            #[inline(always)]
            fn splat(x: f32) -> Self {
                // SAFETY: as above.
                $name(unsafe { $set1(x) })
            }
            #[inline(always)]
            fn lt(self, other: Self) -> $mask {
                // SAFETY: as above.
                unsafe { $lt(self.0, other.0) }
            }
            #[inline(always)]
            fn le(self, other: Self) -> $mask {
                // SAFETY: as above.
                unsafe { $le(self.0, other.0) }
            }
            #[inline(always)]
            fn select(mask: $mask, yes: Self, no: Self) -> Self {
                // SAFETY: as above.
                $name(unsafe { $select(mask, yes.0, no.0) })
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                // SAFETY: as above.
                $name(unsafe { $sqrt(self.0) })
            }
            // The instructions give the second operand on NaN and on equal, as `Real` asks.
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                // SAFETY: as above.
                $name(unsafe { $max(self.0, other.0) })
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                // SAFETY: as above.
                $name(unsafe { $min(self.0, other.0) })
            }
            #[inline(always)]
            fn abs(self) -> Self {
                // SAFETY: as above.
                $name(unsafe { $float($and($int(self.0), $set1_int(!SIGN))) })
            }
            #[inline(always)]
            fn copysign(self, sign: Self) -> Self {
                // SAFETY: as above.
                let bit = unsafe { $and($int(sign.0), $set1_int(SIGN)) };
                // SAFETY: as above.
                $name(unsafe { $float($or($int(self.abs().0), bit)) })
            }
        }

        impl Float for $name {
            #[inline(always)]
            fn raise(sum: Self) -> Self {
                // SAFETY: as above.
                let shifted = unsafe { $shl::<{ SHIFT as _ }>($int(sum.0)) };
                // SAFETY: as above.
                $name(unsafe { $float($add_int(shifted, $set1_int(ONE))) })
            }
            $(
                #[inline(always)]
                fn exact_mul_add(self, b: Self, c: Self) -> Self {
                    // SAFETY: as above.
                    $name(unsafe { $fma(self.0, b.0, c.0) })
                }
            )?
            register!(@powers $name [$($scale)?]);
            #[inline(always)]
            fn split(self) -> (Self, Self) {
                // SAFETY: as above.
                let bits = unsafe { $int(self.0) };
                // SAFETY: as above.
                let e = unsafe { $sar::<{ SHIFT as _ }>($sub_int(bits, $set1_int(HALF_ROOT))) };
                // SAFETY: as above.
                let m = unsafe { $float($sub_int(bits, $shl::<{ SHIFT as _ }>(e))) };
                // SAFETY: as above.
                ($name(m), $name(unsafe { $convert(e) }))
            }
        }

        register!(@operator $name, Add, add, $add);
        register!(@operator $name, Sub, sub, $sub);
        register!(@operator $name, Mul, mul, $mul);
        register!(@operator $name, Div, div, $div);

        impl Neg for $name {
            type Output = Self;
            /// A difference that changes signs only, NaN's too: so the compiler makes it part of a sum.
            #[inline(always)]
            fn neg(self) -> Self {
                // SAFETY: as above.
                $name(unsafe { $sub($set1(-0.0), self.0) })
            }
        }

        impl Register for $name {
            const LANES: usize = $lanes;

            #[inline(always)]
            unsafe fn load(from: *const f32) -> Self {
                // SAFETY: the caller's.
                $name(unsafe { $load(from) })
            }
            #[inline(always)]
            unsafe fn load_part(from: *const f32, n: usize) -> Self {
                // SAFETY: the caller's.
                $name(unsafe { $load_part(from, n) })
            }
            #[inline(always)]
            unsafe fn reload_part(from: *const f32, n: usize) -> Self {
                // SAFETY: the caller's.
                $name(unsafe { $reload_part(from, n) })
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut f32) {
                // SAFETY: the caller's.
                unsafe { $store(to, self.0) }
            }
            #[inline(always)]
            unsafe fn store_part(self, to: *mut f32, n: usize) {
                // SAFETY: the caller's.
                unsafe { $store_part(to, n, self.0) }
            }
            $(
                #[inline(always)]
                unsafe fn splats(from: *const f32, n: usize) -> [Self; 4] {
                    // SAFETY: the caller's.
                    let [a, b, c, d] = unsafe { $splats(from, n) };
                    [$name(a), $name(b), $name(c), $name(d)]
                }
            )?
            #[inline(always)]
            fn keep(self, n: usize) -> Self {
                // SAFETY: as above.
                $name(unsafe { $keep(self.0, n) })
            }
            #[inline(always)]
            fn transpose(rows: &[Self; 16]) -> [Self; 16] {
                // SAFETY: as above.
                unsafe { $transpose(rows) }
            }
            #[inline(always)]
            fn sums(rows: &[Self; 16]) -> Self {
                // SAFETY: as above.
                $name(unsafe { $sums(rows) })
            }
        }
    };
    (@powers $name:ident []) => {};
    // One instruction, which also rounds once.
    (@powers $name:ident [$scale:ident]) => {
        #[inline(always)]
        fn pow2(n: Self) -> Self {
            Self::splat(1.0).scale(n)
        }
        #[inline(always)]
        fn raise_once(sum: Self) -> Self {
            Self::pow2(sum - Self::of(magic(f32::MANTISSA_DIGITS)))
        }
        #[inline(always)]
        fn scale(self, n: Self) -> Self {
            // SAFETY: as above.
            $name(unsafe { $scale(self.0, n.0) })
        }
    };
    (@operator $name:ident, $Trait:ident, $method:ident, $intrinsic:ident) => {
        impl $Trait for $name {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                // SAFETY: as above.
                $name(unsafe { $intrinsic(self.0, other.0) })
            }
        }
    };
}

/// Joins two registers into one, s + s' of each: which lanes meet is in the two masks.
// A macro, since a closure would lose the level's instructions where it is not inlined.
macro_rules! join {
    ($add:ident, $shuffle:ident, $a:expr, $b:expr, $low:literal, $high:literal) => {
        $add($shuffle::<$low>($a, $b), $shuffle::<$high>($a, $b))
    };
}

// fuses! { Avx2: X4 by _mm_fmadd_ps; } makes `Fuses<X4>` for the level.
macro_rules! fuses {
    ($Level:ident: $($Register:ident by $intrinsic:ident),+) => {$(
        impl Fuses<$Register> for $Level {
            #[inline(always)]
            fn mul_add(a: $Register, b: $Register, c: $Register) -> $Register {
                // SAFETY: a register is made only by kernels that run at a level that has it, as all that has AVX2
                // or AVX-512 here has FMA.
                $Register(unsafe { $intrinsic(a.0, b.0, c.0) })
            }
        }
    )+};
}

mod avx2;
mod avx512;
mod sse2;

pub(crate) use avx2::{Avx2, X8};
pub(crate) use avx512::Avx512;
pub(crate) use sse2::{Sse2, X4};
