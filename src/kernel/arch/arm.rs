//! The register of AArch64: NEON, part of every one but the soft-float targets.
//!
//! Every operation here is one that IEEE-754 defines, lane by lane; fused is that of [`Fuses`] only.

use core::arch::aarch64::*;
use core::ops::{Add, Div, Mul, Neg, Sub};

use super::fuse::Fuses;
use super::{Across, Level, Pair, Register};
use crate::scalar::{Float, Real, Sealed};

const SHIFT: i32 = f32::MANTISSA_DIGITS as i32 - 1;
const ONE: i32 = 1.0_f32.to_bits() as i32;
const HALF_ROOT: i32 = core::f32::consts::FRAC_1_SQRT_2.to_bits() as i32;

/// Four lanes.
#[derive(Clone, Copy)]
pub(crate) struct X4(float32x4_t);

impl Sealed for X4 {}

// NEON is among the target's instructions: the build script has looked.
//
// `max` and `min` are the provided ones: the instructions decide otherwise on NaN and on zeros.
impl Real for X4 {
    type Scalar = f32;
    type Mask = uint32x4_t;

    #[inline(always)]
    fn splat(x: f32) -> X4 {
        // SAFETY: NEON is there.
        X4(unsafe { vdupq_n_f32(x) })
    }
    #[inline(always)]
    fn lt(self, other: X4) -> uint32x4_t {
        // SAFETY: NEON is there.
        unsafe { vcltq_f32(self.0, other.0) }
    }
    #[inline(always)]
    fn le(self, other: X4) -> uint32x4_t {
        // SAFETY: NEON is there.
        unsafe { vcleq_f32(self.0, other.0) }
    }
    #[inline(always)]
    fn select(mask: uint32x4_t, yes: X4, no: X4) -> X4 {
        // SAFETY: NEON is there.
        X4(unsafe { vbslq_f32(mask, yes.0, no.0) })
    }
    #[inline(always)]
    fn sqrt(self) -> X4 {
        // SAFETY: NEON is there.
        X4(unsafe { vsqrtq_f32(self.0) })
    }
    #[inline(always)]
    fn abs(self) -> X4 {
        // SAFETY: NEON is there.
        X4(unsafe { vabsq_f32(self.0) })
    }
    #[inline(always)]
    fn copysign(self, sign: X4) -> X4 {
        // SAFETY: NEON is there.
        X4(unsafe { vbslq_f32(vdupq_n_u32(1 << 31), sign.0, self.0) })
    }
}

impl Float for X4 {
    #[inline(always)]
    fn raise(sum: X4) -> X4 {
        // SAFETY: NEON is there.
        let shifted = unsafe { vshlq_n_s32::<SHIFT>(vreinterpretq_s32_f32(sum.0)) };
        // SAFETY: NEON is there.
        X4(unsafe { vreinterpretq_f32_s32(vaddq_s32(shifted, vdupq_n_s32(ONE))) })
    }
    #[inline(always)]
    fn split(self) -> (X4, X4) {
        // SAFETY: NEON is there.
        unsafe {
            let bits = vreinterpretq_s32_f32(self.0);
            let e = vshrq_n_s32::<SHIFT>(vsubq_s32(bits, vdupq_n_s32(HALF_ROOT)));
            let m = vsubq_s32(bits, vshlq_n_s32::<SHIFT>(e));
            (X4(vreinterpretq_f32_s32(m)), X4(vcvtq_f32_s32(e)))
        }
    }
}

macro_rules! operator {
    ($Trait:ident $method:ident $intrinsic:ident) => {
        impl $Trait for X4 {
            type Output = X4;
            #[inline(always)]
            fn $method(self, other: X4) -> X4 {
                // SAFETY: NEON is there.
                X4(unsafe { $intrinsic(self.0, other.0) })
            }
        }
    };
}

operator!(Add add vaddq_f32);
operator!(Sub sub vsubq_f32);
operator!(Mul mul vmulq_f32);
operator!(Div div vdivq_f32);

impl Neg for X4 {
    type Output = X4;
    #[inline(always)]
    fn neg(self) -> X4 {
        // SAFETY: NEON is there.
        X4(unsafe { vnegq_f32(self.0) })
    }
}

impl Register for X4 {
    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn load(from: *const f32) -> X4 {
        // SAFETY: the caller's.
        X4(unsafe { vld1q_f32(from) })
    }
    #[inline(always)]
    unsafe fn load_part(from: *const f32, n: usize) -> X4 {
        // SAFETY: the caller's.
        X4(unsafe {
            match n {
                0 => vdupq_n_f32(0.0),
                1 => vld1q_lane_f32::<0>(from, vdupq_n_f32(0.0)),
                2 => vcombine_f32(vld1_f32(from), vdup_n_f32(0.0)),
                3 => vld1q_lane_f32::<2>(from.add(2), vcombine_f32(vld1_f32(from), vdup_n_f32(0.0))),
                _ => vld1q_f32(from),
            }
        })
    }
    #[inline(always)]
    unsafe fn reload_part(from: *const f32, n: usize) -> X4 {
        // SAFETY: the caller's. The pieces are those of `store_part`.
        unsafe { X4::load_part(from, n) }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller's.
        unsafe { vst1q_f32(to, self.0) }
    }
    #[inline(always)]
    unsafe fn store_part(self, to: *mut f32, n: usize) {
        // SAFETY: the caller's.
        unsafe {
            match n {
                0 => {}
                1 => vst1q_lane_f32::<0>(to, self.0),
                2 => vst1_f32(to, vget_low_f32(self.0)),
                3 => {
                    vst1_f32(to, vget_low_f32(self.0));
                    vst1q_lane_f32::<2>(to.add(2), self.0);
                }
                _ => vst1q_f32(to, self.0),
            }
        }
    }
    #[inline(always)]
    unsafe fn splats(from: *const f32, n: usize) -> [X4; 4] {
        // SAFETY: the caller's.
        unsafe {
            let X4(x) = X4::load_part(from, n);
            [
                X4(vdupq_laneq_f32::<0>(x)),
                X4(vdupq_laneq_f32::<1>(x)),
                X4(vdupq_laneq_f32::<2>(x)),
                X4(vdupq_laneq_f32::<3>(x)),
            ]
        }
    }
    #[inline(always)]
    fn keep(self, n: usize) -> X4 {
        const NUMBERS: [u32; 4] = [0, 1, 2, 3];
        // SAFETY: four numbers.
        let first = unsafe { vcltq_u32(vld1q_u32(NUMBERS.as_ptr()), vdupq_n_u32(n as u32)) };
        X4::select(first, self, X4::splat(0.0))
    }
    #[inline(always)]
    fn transpose(r: &[X4; 16]) -> [X4; 16] {
        // SAFETY: NEON is there.
        unsafe {
            // Even columns and odd ones, of two rows; then the halves.
            let (a, b) = (vtrn1q_f32(r[0].0, r[1].0), vtrn2q_f32(r[0].0, r[1].0));
            let (c, d) = (vtrn1q_f32(r[2].0, r[3].0), vtrn2q_f32(r[2].0, r[3].0));
            let mut t = *r;
            t[0] = X4(vcombine_f32(vget_low_f32(a), vget_low_f32(c)));
            t[1] = X4(vcombine_f32(vget_low_f32(b), vget_low_f32(d)));
            t[2] = X4(vcombine_f32(vget_high_f32(a), vget_high_f32(c)));
            t[3] = X4(vcombine_f32(vget_high_f32(b), vget_high_f32(d)));
            t
        }
    }
    /// Lane k: (r0 + r2) + (r1 + r3) of row k.
    #[inline(always)]
    fn sums(r: &[X4; 16]) -> X4 {
        // SAFETY: NEON is there.
        unsafe {
            let (h0, h1) = (halves(r[0]), halves(r[1]));
            let (h2, h3) = (halves(r[2]), halves(r[3]));
            X4(vpaddq_f32(vcombine_f32(h0, h1), vcombine_f32(h2, h3)))
        }
    }
}

/// l + (l + 2), for l = 0 and 1.
#[inline(always)]
unsafe fn halves(x: X4) -> float32x2_t {
    // SAFETY: NEON is there.
    unsafe { vadd_f32(vget_low_f32(x.0), vget_high_f32(x.0)) }
}

impl Across for X4 {}

/// NEON.
pub(crate) struct Neon;

impl Level for Neon {
    type Own = X4;
    type X4 = X4;
    type X8 = Pair<X4>;
    type X16 = Pair<Pair<X4>>;
    const TILE: usize = 4;
}

impl Fuses<X4> for Neon {
    #[inline(always)]
    fn mul_add(a: X4, b: X4, c: X4) -> X4 {
        // SAFETY: NEON is there.
        X4(unsafe { vfmaq_f32(c.0, a.0, b.0) })
    }
}
