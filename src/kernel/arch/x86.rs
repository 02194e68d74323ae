//! The registers of x86-64: SSE2, AVX2 and AVX-512.
//!
//! Every operation here is one that IEEE-754 defines, lane by lane; none is fused.

use core::arch::x86_64::*;
use core::ops::{Add, Div, Mul, Neg, Sub};

use super::{Level, Pair, Register};
use crate::scalar::{Real, Sealed};

const SIGN: i32 = i32::MIN;
const SHIFT: u32 = f32::MANTISSA_DIGITS - 1;
const MAGIC: f32 = 12_582_912.0; // 1.5 · 2²³
const ONE: i32 = 1.0_f32.to_bits() as i32;
const HALF_ROOT: i32 = core::f32::consts::FRAC_1_SQRT_2.to_bits() as i32;

macro_rules! register {
    (
        $(#[$doc:meta])* $name:ident($raw:ty), $lanes:literal lanes, mask $mask:ty,
        set1: $set1:ident, set1_int: $set1_int:ident, add: $add:ident, sub: $sub:ident, mul: $mul:ident,
        div: $div:ident, sqrt: $sqrt:ident, max: $max:ident, min: $min:ident, int: $int:ident, float: $float:ident, and: $and:ident, or: $or:ident,
        xor: $xor:ident, add_int: $add_int:ident, sub_int: $sub_int:ident, shl: $shl:ident, sar: $sar:ident,
        convert: $convert:ident, lt: $lt:expr, le: $le:expr, select: $select:expr, load: $load:ident,
        store: $store:ident, load_part: $load_part:expr, reload_part: $reload_part:expr, store_part: $store_part:expr, $(splats: $splats:expr,)? keep: $keep:expr, transpose: $transpose:expr, sums: $sums:expr
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(crate) struct $name($raw);

        impl Sealed for $name {}

        // SAFETY, of every block in this impl: a value of this type is made only by kernels that run at a
        // level whose instructions the processor has, which `Level` checks.
        impl Real for $name {
            type Scalar = f32;
            type Mask = $mask;

            #[inline(always)]
            fn splat(x: f32) -> Self {
                $name(unsafe { $set1(x) })
            }
            #[inline(always)]
            fn lt(self, other: Self) -> $mask {
                unsafe { $lt(self.0, other.0) }
            }
            #[inline(always)]
            fn le(self, other: Self) -> $mask {
                unsafe { $le(self.0, other.0) }
            }
            #[inline(always)]
            fn select(mask: $mask, yes: Self, no: Self) -> Self {
                $name(unsafe { $select(mask, yes.0, no.0) })
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $name(unsafe { $sqrt(self.0) })
            }
            // The instructions give the second operand on NaN and on equal, as `Real` asks.
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                $name(unsafe { $max(self.0, other.0) })
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                $name(unsafe { $min(self.0, other.0) })
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $name(unsafe { $float($and($int(self.0), $set1_int(!SIGN))) })
            }
            #[inline(always)]
            fn copysign(self, sign: Self) -> Self {
                let bit = unsafe { $and($int(sign.0), $set1_int(SIGN)) };
                $name(unsafe { $float($or($int(self.abs().0), bit)) })
            }
            #[inline(always)]
            fn pow2(n: Self) -> Self {
                let shifted = unsafe { $shl::<{ SHIFT as _ }>($int((n + Self::splat(MAGIC)).0)) };
                $name(unsafe { $float($add_int(shifted, $set1_int(ONE))) })
            }
            #[inline(always)]
            fn split(self) -> (Self, Self) {
                let bits = unsafe { $int(self.0) };
                let e = unsafe { $sar::<{ SHIFT as _ }>($sub_int(bits, $set1_int(HALF_ROOT))) };
                let m = unsafe { $float($sub_int(bits, $shl::<{ SHIFT as _ }>(e))) };
                ($name(m), $name(unsafe { $convert(e) }))
            }
        }

        register!(@operator $name, Add, add, $add);
        register!(@operator $name, Sub, sub, $sub);
        register!(@operator $name, Mul, mul, $mul);
        register!(@operator $name, Div, div, $div);

        impl Neg for $name {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                // SAFETY: as above.
                $name(unsafe { $float($xor($int(self.0), $set1_int(SIGN))) })
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

register! {
    /// Four lanes.
    X4(__m128), 4 lanes, mask __m128,
    set1: _mm_set1_ps, set1_int: _mm_set1_epi32, add: _mm_add_ps, sub: _mm_sub_ps, mul: _mm_mul_ps,
    div: _mm_div_ps, sqrt: _mm_sqrt_ps, max: _mm_max_ps, min: _mm_min_ps, int: _mm_castps_si128, float: _mm_castsi128_ps, and: _mm_and_si128,
    or: _mm_or_si128, xor: _mm_xor_si128, add_int: _mm_add_epi32, sub_int: _mm_sub_epi32, shl: _mm_slli_epi32,
    sar: _mm_srai_epi32, convert: _mm_cvtepi32_ps, lt: _mm_cmplt_ps, le: _mm_cmple_ps, select: select4,
    load: _mm_loadu_ps, store: _mm_storeu_ps, load_part: load4, reload_part: load4, store_part: store4, splats: splats4, keep: keep4, transpose: transpose4, sums: sums4
}

register! {
    /// Eight lanes; AVX2.
    X8(__m256), 8 lanes, mask __m256,
    set1: _mm256_set1_ps, set1_int: _mm256_set1_epi32, add: _mm256_add_ps, sub: _mm256_sub_ps, mul: _mm256_mul_ps,
    div: _mm256_div_ps, sqrt: _mm256_sqrt_ps, max: _mm256_max_ps, min: _mm256_min_ps, int: _mm256_castps_si256, float: _mm256_castsi256_ps,
    and: _mm256_and_si256, or: _mm256_or_si256, xor: _mm256_xor_si256, add_int: _mm256_add_epi32,
    sub_int: _mm256_sub_epi32, shl: _mm256_slli_epi32, sar: _mm256_srai_epi32, convert: _mm256_cvtepi32_ps,
    lt: _mm256_cmp_ps::<_CMP_LT_OQ>, le: _mm256_cmp_ps::<_CMP_LE_OQ>, select: select8,
    load: _mm256_loadu_ps, store: _mm256_storeu_ps, load_part: load8, reload_part: reload8, store_part: store8, keep: keep8, transpose: transpose8, sums: sums8
}

register! {
    /// Sixteen lanes; AVX-512.
    X16(__m512), 16 lanes, mask __mmask16,
    set1: _mm512_set1_ps, set1_int: _mm512_set1_epi32, add: _mm512_add_ps, sub: _mm512_sub_ps, mul: _mm512_mul_ps,
    div: _mm512_div_ps, sqrt: _mm512_sqrt_ps, max: _mm512_max_ps, min: _mm512_min_ps, int: _mm512_castps_si512, float: _mm512_castsi512_ps,
    and: _mm512_and_si512, or: _mm512_or_si512, xor: _mm512_xor_si512, add_int: _mm512_add_epi32,
    sub_int: _mm512_sub_epi32, shl: _mm512_slli_epi32, sar: _mm512_srai_epi32, convert: _mm512_cvtepi32_ps,
    lt: _mm512_cmp_ps_mask::<_CMP_LT_OQ>, le: _mm512_cmp_ps_mask::<_CMP_LE_OQ>, select: select16,
    load: _mm512_loadu_ps, store: _mm512_storeu_ps, load_part: load16, reload_part: reload16, store_part: store16, keep: keep16, transpose: transpose16, sums: sums16
}

#[inline(always)]
unsafe fn select4(mask: __m128, yes: __m128, no: __m128) -> __m128 {
    // SAFETY: SSE2 is part of x86-64.
    unsafe { _mm_or_ps(_mm_and_ps(mask, yes), _mm_andnot_ps(mask, no)) }
}

#[inline(always)]
unsafe fn load4(from: *const f32, n: usize) -> __m128 {
    // SAFETY: the caller lets `n` numbers be read.
    unsafe {
        match n {
            0 => _mm_setzero_ps(),
            1 => _mm_load_ss(from),
            2 => _mm_castsi128_ps(_mm_loadl_epi64(from.cast())),
            3 => _mm_movelh_ps(_mm_castsi128_ps(_mm_loadl_epi64(from.cast())), _mm_load_ss(from.add(2))),
            _ => _mm_loadu_ps(from),
        }
    }
}

#[inline(always)]
unsafe fn store4(to: *mut f32, n: usize, x: __m128) {
    // SAFETY: the caller lets `n` numbers be written.
    unsafe {
        match n {
            0 => {}
            1 => _mm_store_ss(to, x),
            2 => _mm_storel_epi64(to.cast(), _mm_castps_si128(x)),
            3 => {
                _mm_storel_epi64(to.cast(), _mm_castps_si128(x));
                _mm_store_ss(to.add(2), _mm_movehl_ps(x, x));
            }
            _ => _mm_storeu_ps(to, x),
        }
    }
}

/// By the very loads that read what [`store4`] wrote: one that spans two stores, which the compiler makes of four
/// short ones, waits until both are in the cache.
#[inline(always)]
unsafe fn splats4(from: *const f32, n: usize) -> [__m128; 4] {
    // SAFETY: the caller lets `n` numbers be read.
    unsafe {
        let x = load4(from, n);
        [
            _mm_shuffle_ps::<0b00_00_00_00>(x, x),
            _mm_shuffle_ps::<0b01_01_01_01>(x, x),
            _mm_shuffle_ps::<0b10_10_10_10>(x, x),
            _mm_shuffle_ps::<0b11_11_11_11>(x, x),
        ]
    }
}

#[inline(always)]
unsafe fn keep4(x: __m128, n: usize) -> __m128 {
    // SAFETY: SSE2 is part of x86-64.
    unsafe { _mm_and_ps(x, _mm_castsi128_ps(_mm_cmpgt_epi32(_mm_set1_epi32(n as i32), _mm_setr_epi32(0, 1, 2, 3)))) }
}

#[inline(always)]
unsafe fn transpose4(r: &[X4; 16]) -> [X4; 16] {
    // SAFETY: SSE2 is part of x86-64.
    unsafe {
        let (a, b) = (_mm_unpacklo_ps(r[0].0, r[1].0), _mm_unpackhi_ps(r[0].0, r[1].0));
        let (c, d) = (_mm_unpacklo_ps(r[2].0, r[3].0), _mm_unpackhi_ps(r[2].0, r[3].0));
        let mut t = *r;
        t[0] = X4(_mm_movelh_ps(a, c));
        t[1] = X4(_mm_movehl_ps(c, a));
        t[2] = X4(_mm_movelh_ps(b, d));
        t[3] = X4(_mm_movehl_ps(d, b));
        t
    }
}

/// Lane k: (r0 + r2) + (r1 + r3) of row k.
#[inline(always)]
unsafe fn sums4(r: &[X4; 16]) -> __m128 {
    // SAFETY: SSE2 is part of x86-64.
    unsafe {
        let a = _mm_add_ps(_mm_movelh_ps(r[0].0, r[1].0), _mm_movehl_ps(r[1].0, r[0].0));
        let b = _mm_add_ps(_mm_movelh_ps(r[2].0, r[3].0), _mm_movehl_ps(r[3].0, r[2].0));
        _mm_add_ps(_mm_shuffle_ps::<0b10_00_10_00>(a, b), _mm_shuffle_ps::<0b11_01_11_01>(a, b))
    }
}

#[inline(always)]
unsafe fn select8(mask: __m256, yes: __m256, no: __m256) -> __m256 {
    // SAFETY: the caller runs at a level with AVX2.
    unsafe { _mm256_blendv_ps(no, yes, mask) }
}

/// All ones in the first n lanes.
#[inline(always)]
unsafe fn first8(n: usize) -> __m256i {
    // SAFETY: the caller runs at a level with AVX2.
    unsafe { _mm256_cmpgt_epi32(_mm256_set1_epi32(n as i32), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)) }
}

#[inline(always)]
unsafe fn load8(from: *const f32, n: usize) -> __m256 {
    // SAFETY: the caller lets `n` numbers be read, at a level with AVX2.
    unsafe {
        match n {
            0 => _mm256_setzero_ps(),
            1..4 => _mm256_zextps128_ps256(load4(from, n)),
            4 => _mm256_zextps128_ps256(_mm_loadu_ps(from)),
            _ => _mm256_maskload_ps(from, first8(n)),
        }
    }
}

#[inline(always)]
unsafe fn reload8(from: *const f32, n: usize) -> __m256 {
    // SAFETY: the caller lets `n` numbers be read, at a level with AVX2.
    unsafe {
        if n < 4 {
            _mm256_zextps128_ps256(load4(from, n))
        } else {
            _mm256_insertf128_ps::<1>(_mm256_zextps128_ps256(_mm_loadu_ps(from)), load4(from.add(4), n - 4))
        }
    }
}

#[inline(always)]
unsafe fn keep8(x: __m256, n: usize) -> __m256 {
    // SAFETY: the caller runs at a level with AVX2.
    unsafe { _mm256_and_ps(x, _mm256_castsi256_ps(first8(n))) }
}

#[inline(always)]
unsafe fn store8(to: *mut f32, n: usize, x: __m256) {
    // SAFETY: the caller lets `n` numbers be written, at a level with AVX2.
    unsafe {
        if n < 4 {
            store4(to, n, _mm256_castps256_ps128(x));
        } else {
            _mm_storeu_ps(to, _mm256_castps256_ps128(x));
            store4(to.add(4), n - 4, _mm256_extractf128_ps::<1>(x));
        }
    }
}

#[inline(always)]
unsafe fn transpose8(r: &[X8; 16]) -> [X8; 16] {
    // SAFETY: the caller runs at a level with AVX2.
    unsafe {
        // In each half, rows 4h … 4h + 3 by four columns; then the halves of rows k and k + 4.
        let mut t = *r;
        for h in [0, 4] {
            let (a, b) = (_mm256_unpacklo_ps(r[h].0, r[h + 1].0), _mm256_unpackhi_ps(r[h].0, r[h + 1].0));
            let (c, d) = (_mm256_unpacklo_ps(r[h + 2].0, r[h + 3].0), _mm256_unpackhi_ps(r[h + 2].0, r[h + 3].0));
            t[h] = X8(_mm256_shuffle_ps::<0b01_00_01_00>(a, c));
            t[h + 1] = X8(_mm256_shuffle_ps::<0b11_10_11_10>(a, c));
            t[h + 2] = X8(_mm256_shuffle_ps::<0b01_00_01_00>(b, d));
            t[h + 3] = X8(_mm256_shuffle_ps::<0b11_10_11_10>(b, d));
        }
        for k in 0..4 {
            let (low, high) = (t[k].0, t[k + 4].0);
            t[k] = X8(_mm256_permute2f128_ps::<0x20>(low, high));
            t[k + 4] = X8(_mm256_permute2f128_ps::<0x31>(low, high));
        }
        t
    }
}

/// Joins two registers into one, s + s' of each: which lanes meet is in the two masks.
// A macro, since a closure would lose the level's instructions where it is not inlined.
macro_rules! join {
    ($add:ident, $shuffle:ident, $a:expr, $b:expr, $low:literal, $high:literal) => {
        $add($shuffle::<$low>($a, $b), $shuffle::<$high>($a, $b))
    };
}

/// Lane k: the sum of row k, by halves.
#[inline(always)]
unsafe fn sums8(r: &[X8; 16]) -> __m256 {
    // SAFETY: the caller runs at a level with AVX2.
    unsafe {
        // s_l + s_{l+4}: row k in the low half, row k + 4 in the high one.
        let h0 = join!(_mm256_add_ps, _mm256_permute2f128_ps, r[0].0, r[4].0, 0x20, 0x31);
        let h1 = join!(_mm256_add_ps, _mm256_permute2f128_ps, r[1].0, r[5].0, 0x20, 0x31);
        let h2 = join!(_mm256_add_ps, _mm256_permute2f128_ps, r[2].0, r[6].0, 0x20, 0x31);
        let h3 = join!(_mm256_add_ps, _mm256_permute2f128_ps, r[3].0, r[7].0, 0x20, 0x31);
        // Then l + 2, then l + 1.
        let a = join!(_mm256_add_ps, _mm256_shuffle_ps, h0, h1, 0b01_00_01_00, 0b11_10_11_10);
        let b = join!(_mm256_add_ps, _mm256_shuffle_ps, h2, h3, 0b01_00_01_00, 0b11_10_11_10);
        join!(_mm256_add_ps, _mm256_shuffle_ps, a, b, 0b10_00_10_00, 0b11_01_11_01)
    }
}

#[inline(always)]
unsafe fn select16(mask: __mmask16, yes: __m512, no: __m512) -> __m512 {
    // SAFETY: the caller runs at a level with AVX-512.
    unsafe { _mm512_mask_blend_ps(mask, no, yes) }
}

#[inline(always)]
unsafe fn load16(from: *const f32, n: usize) -> __m512 {
    // SAFETY: the caller lets `n` numbers be read, at a level with AVX-512.
    unsafe { _mm512_maskz_loadu_ps(((1u32 << n) - 1) as __mmask16, from) }
}

#[inline(always)]
unsafe fn reload16(from: *const f32, n: usize) -> __m512 {
    // SAFETY: the caller lets `n` numbers be read, at a level with AVX-512.
    unsafe {
        if n < 8 {
            _mm512_zextps256_ps512(reload8(from, n))
        } else {
            let low = _mm512_zextps256_ps512(_mm256_loadu_ps(from));
            _mm512_insertf32x8::<1>(low, reload8(from.add(8), n - 8))
        }
    }
}

#[inline(always)]
unsafe fn keep16(x: __m512, n: usize) -> __m512 {
    // SAFETY: the caller runs at a level with AVX-512.
    unsafe { _mm512_maskz_mov_ps(((1u32 << n) - 1) as __mmask16, x) }
}

/// In pieces, since a load that touches the 64 bytes of a masked store waits until that is in the cache: the
/// row behind, in the middle of an update.
#[inline(always)]
unsafe fn store16(to: *mut f32, n: usize, x: __m512) {
    // SAFETY: the caller lets `n` numbers be written, at a level with AVX-512.
    unsafe {
        if n < 8 {
            store8(to, n, _mm512_castps512_ps256(x));
        } else {
            _mm256_storeu_ps(to, _mm512_castps512_ps256(x));
            store8(to.add(8), n - 8, _mm512_extractf32x8_ps::<1>(x));
        }
    }
}

#[inline(always)]
unsafe fn transpose16(r: &[X16; 16]) -> [X16; 16] {
    // SAFETY: the caller runs at a level with AVX-512.
    unsafe {
        // In each quarter q, rows 4h … 4h + 3 by the columns 4q … 4q + 3, as in `transpose8`.
        let mut t = *r;
        for h in [0, 4, 8, 12] {
            let (a, b) = (_mm512_unpacklo_ps(r[h].0, r[h + 1].0), _mm512_unpackhi_ps(r[h].0, r[h + 1].0));
            let (c, d) = (_mm512_unpacklo_ps(r[h + 2].0, r[h + 3].0), _mm512_unpackhi_ps(r[h + 2].0, r[h + 3].0));
            t[h] = X16(_mm512_shuffle_ps::<0b01_00_01_00>(a, c));
            t[h + 1] = X16(_mm512_shuffle_ps::<0b11_10_11_10>(a, c));
            t[h + 2] = X16(_mm512_shuffle_ps::<0b01_00_01_00>(b, d));
            t[h + 3] = X16(_mm512_shuffle_ps::<0b11_10_11_10>(b, d));
        }
        // Then the quarters: t[h + k] has column 4q + k of rows h … h + 3 in quarter q.
        for k in 0..4 {
            let (a, b) = (t[k].0, t[k + 4].0);
            let (c, d) = (t[k + 8].0, t[k + 12].0);
            let (ab, cd) = (_mm512_shuffle_f32x4::<0b10_00_10_00>(a, b), _mm512_shuffle_f32x4::<0b10_00_10_00>(c, d));
            let (ef, gh) = (_mm512_shuffle_f32x4::<0b11_01_11_01>(a, b), _mm512_shuffle_f32x4::<0b11_01_11_01>(c, d));
            t[k] = X16(_mm512_shuffle_f32x4::<0b10_00_10_00>(ab, cd));
            t[k + 8] = X16(_mm512_shuffle_f32x4::<0b11_01_11_01>(ab, cd));
            t[k + 4] = X16(_mm512_shuffle_f32x4::<0b10_00_10_00>(ef, gh));
            t[k + 12] = X16(_mm512_shuffle_f32x4::<0b11_01_11_01>(ef, gh));
        }
        t
    }
}

/// Four rows as one register of quarters: quarter q has the four sums of row k + 4q.
#[inline(always)]
unsafe fn quarters(r: &[X16; 16], k: usize) -> __m512 {
    // SAFETY: the caller runs at a level with AVX-512.
    unsafe {
        // s_l + s_{l+8}, then s_l + s_{l+4}.
        let a = join!(_mm512_add_ps, _mm512_shuffle_f32x4, r[k].0, r[k + 4].0, 0b01_00_01_00, 0b11_10_11_10);
        let b = join!(_mm512_add_ps, _mm512_shuffle_f32x4, r[k + 8].0, r[k + 12].0, 0b01_00_01_00, 0b11_10_11_10);
        join!(_mm512_add_ps, _mm512_shuffle_f32x4, a, b, 0b10_00_10_00, 0b11_01_11_01)
    }
}

/// Lane k: the sum of row k, by halves.
#[inline(always)]
unsafe fn sums16(r: &[X16; 16]) -> __m512 {
    // SAFETY: the caller runs at a level with AVX-512.
    unsafe {
        let (q0, q1, q2, q3) = (quarters(r, 0), quarters(r, 1), quarters(r, 2), quarters(r, 3));
        // s_l + s_{l+2}, then s_l + s_{l+1}.
        let a = join!(_mm512_add_ps, _mm512_shuffle_ps, q0, q1, 0b01_00_01_00, 0b11_10_11_10);
        let b = join!(_mm512_add_ps, _mm512_shuffle_ps, q2, q3, 0b01_00_01_00, 0b11_10_11_10);
        join!(_mm512_add_ps, _mm512_shuffle_ps, a, b, 0b10_00_10_00, 0b11_01_11_01)
    }
}

/// SSE2: every x86-64.
pub(crate) struct Sse2;

/// AVX2.
pub(crate) struct Avx2;

/// AVX-512 F, VL, DQ and BW.
pub(crate) struct Avx512;

impl Level for Sse2 {
    type X4 = X4;
    type X8 = Pair<X4>;
    type X16 = Pair<Pair<X4>>;
    const TILE: usize = 2;
}

impl Level for Avx2 {
    type X4 = X4;
    type X8 = X8;
    type X16 = Pair<X8>;
    const TILE: usize = 4;
}

impl Level for Avx512 {
    type X4 = X4;
    type X8 = X8;
    type X16 = X16;
    const TILE: usize = 8;
}
