//! Registers of eight lanes, by AVX2.

use super::sse2::{load4, store4};
use super::*;

register! {
    /// Eight lanes; AVX2.
    X8(__m256), 8 lanes, mask __m256,
    set1: _mm256_set1_ps, set1_int: _mm256_set1_epi32, add: _mm256_add_ps, sub: _mm256_sub_ps, mul: _mm256_mul_ps,
    div: _mm256_div_ps, sqrt: _mm256_sqrt_ps, max: _mm256_max_ps, min: _mm256_min_ps, int: _mm256_castps_si256, float: _mm256_castsi256_ps,
    and: _mm256_and_si256, or: _mm256_or_si256, xor: _mm256_xor_si256, add_int: _mm256_add_epi32,
    sub_int: _mm256_sub_epi32, shl: _mm256_slli_epi32, sar: _mm256_srai_epi32, convert: _mm256_cvtepi32_ps,
    lt: _mm256_cmp_ps::<_CMP_LT_OQ>, le: _mm256_cmp_ps::<_CMP_LE_OQ>, select: select8,
    load: _mm256_loadu_ps, store: _mm256_storeu_ps, load_part: load8, reload_part: reload8, store_part: store8, fma: _mm256_fmadd_ps, keep: keep8, transpose: transpose8, sums: sums8
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
pub(super) unsafe fn reload8(from: *const f32, n: usize) -> __m256 {
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
pub(super) unsafe fn store8(to: *mut f32, n: usize, x: __m256) {
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

/// In each half, rows and columns of four by four exchanged: an involution.
#[inline(always)]
unsafe fn exchange8(r: [__m256; 4]) -> [__m256; 4] {
    // SAFETY: the caller runs at a level with AVX2.
    unsafe {
        let (a, b) = (_mm256_unpacklo_ps(r[0], r[1]), _mm256_unpackhi_ps(r[0], r[1]));
        let (c, d) = (_mm256_unpacklo_ps(r[2], r[3]), _mm256_unpackhi_ps(r[2], r[3]));
        [
            _mm256_shuffle_ps::<0b01_00_01_00>(a, c),
            _mm256_shuffle_ps::<0b11_10_11_10>(a, c),
            _mm256_shuffle_ps::<0b01_00_01_00>(b, d),
            _mm256_shuffle_ps::<0b11_10_11_10>(b, d),
        ]
    }
}

/// Half h of register k is row 4h + k: put together by loads, so that only the halves are left to exchange.
impl Across for X8 {
    #[inline(always)]
    unsafe fn columns(rows: *const *const f32, at: usize, n: usize) -> [X8; 4] {
        // SAFETY: the caller's.
        unsafe {
            let mut r = [_mm256_setzero_ps(); 4];
            for k in 0..4 {
                let low = _mm256_castps128_ps256(load4((*rows.add(k)).add(at), n));
                r[k] = _mm256_insertf128_ps::<1>(low, load4((*rows.add(4 + k)).add(at), n));
            }
            let [a, b, c, d] = exchange8(r);
            [X8(a), X8(b), X8(c), X8(d)]
        }
    }
    #[inline(always)]
    unsafe fn write_columns(columns: &[X8; 4], rows: *const *mut f32, at: usize, n: usize) {
        // SAFETY: the caller's.
        unsafe {
            let [a, b, c, d] = *columns;
            let r = exchange8([a.0, b.0, c.0, d.0]);
            for k in 0..4 {
                store4((*rows.add(k)).add(at), n, _mm256_castps256_ps128(r[k]));
                store4((*rows.add(4 + k)).add(at), n, _mm256_extractf128_ps::<1>(r[k]));
            }
        }
    }
}

/// AVX2.
pub(crate) struct Avx2;

impl Level for Avx2 {
    type Own = X8;
    type X4 = X4;
    type X8 = X8;
    type X16 = Pair<X8>;
    const TILE: usize = 4;
}

fuses!(Avx2: X4 by _mm_fmadd_ps, X8 by _mm256_fmadd_ps);
