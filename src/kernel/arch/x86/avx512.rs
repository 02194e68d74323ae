//! Registers of sixteen lanes, by AVX-512.

use super::avx2::{reload8, store8};
use super::sse2::{load4, store4};
use super::*;

register! {
    /// Sixteen lanes; AVX-512.
    X16(__m512), 16 lanes, mask __mmask16,
    set1: _mm512_set1_ps, set1_int: _mm512_set1_epi32, add: _mm512_add_ps, sub: _mm512_sub_ps, mul: _mm512_mul_ps,
    div: _mm512_div_ps, sqrt: _mm512_sqrt_ps, max: _mm512_max_ps, min: _mm512_min_ps, int: _mm512_castps_si512, float: _mm512_castsi512_ps,
    and: _mm512_and_si512, or: _mm512_or_si512, xor: _mm512_xor_si512, add_int: _mm512_add_epi32,
    sub_int: _mm512_sub_epi32, shl: _mm512_slli_epi32, sar: _mm512_srai_epi32, convert: _mm512_cvtepi32_ps,
    lt: _mm512_cmp_ps_mask::<_CMP_LT_OQ>, le: _mm512_cmp_ps_mask::<_CMP_LE_OQ>, select: select16,
    load: _mm512_loadu_ps, store: _mm512_storeu_ps, load_part: load16, reload_part: reload16, store_part: store16, scale: _mm512_scalef_ps, fma: _mm512_fmadd_ps, keep: keep16, transpose: transpose16, sums: sums16
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

/// In each quarter, rows and columns of four by four exchanged: an involution.
#[inline(always)]
unsafe fn exchange16(r: [__m512; 4]) -> [__m512; 4] {
    // SAFETY: the caller runs at a level with AVX-512.
    unsafe {
        let (a, b) = (_mm512_unpacklo_ps(r[0], r[1]), _mm512_unpackhi_ps(r[0], r[1]));
        let (c, d) = (_mm512_unpacklo_ps(r[2], r[3]), _mm512_unpackhi_ps(r[2], r[3]));
        [
            _mm512_shuffle_ps::<0b01_00_01_00>(a, c),
            _mm512_shuffle_ps::<0b11_10_11_10>(a, c),
            _mm512_shuffle_ps::<0b01_00_01_00>(b, d),
            _mm512_shuffle_ps::<0b11_10_11_10>(b, d),
        ]
    }
}

/// What `_mm512_permutex2var_ps` takes for register v from the one so far and register k: where number `16 v + l` of rows of
/// `n` comes from, of `n` registers with a column each; or number l of column v, where `deals`, from registers of rows.
const fn places(deals: bool, n: usize) -> [[[i32; 16]; 4]; 4] {
    let mut places = [[[0; 16]; 4]; 4];
    let mut at = 0;
    while at < 16 * 4 * n {
        let (v, k, l) = (at / 64, at / 16 % 4, at % 16);
        let (number, place) = (l * n + v, 16 * v + l);
        let (register, lane) = if deals { (number / 16, number % 16) } else { (place % n, place / n) };
        // The first has its own lanes once, and then those that are in place.
        let from = if register == k {
            16 + lane
        } else if k == 1 {
            lane
        } else {
            l
        };
        places[v][k][l] = from as i32;
        at += 1;
    }
    places
}

/// `n` registers of rows from `n` of columns, or the other way round: a permutation for each pair of the two.
#[inline(always)]
unsafe fn permute<const DEALS: bool, const N: usize>(from: &[__m512; 4]) -> [__m512; 4] {
    let places = const { &places(DEALS, N) };
    let mut to = [from[0]; 4];
    for v in 0..N {
        for k in 1..N {
            // SAFETY: the caller runs at a level with AVX-512; an array is as long as a register.
            unsafe { to[v] = _mm512_permutex2var_ps(to[v], _mm512_loadu_si512(places[v][k].as_ptr().cast()), from[k]) };
        }
    }
    to
}

/// [`permute`] of `n` registers.
#[inline(always)]
unsafe fn permuted<const DEALS: bool>(n: usize, from: &[__m512; 4]) -> [__m512; 4] {
    // SAFETY: the caller's.
    unsafe {
        match n {
            2 => permute::<DEALS, 2>(from),
            3 => permute::<DEALS, 3>(from),
            4 => permute::<DEALS, 4>(from),
            _ => *from,
        }
    }
}

/// Quarter q of register k is row 4q + k: put together by loads, so that only the quarters are left to exchange.
impl Across for X16 {
    #[inline(always)]
    unsafe fn columns(rows: *const *const f32, at: usize, n: usize) -> [X16; 4] {
        // SAFETY: the caller's.
        unsafe {
            let mut r = [_mm512_setzero_ps(); 4];
            for k in 0..4 {
                let first = _mm512_castps128_ps512(load4((*rows.add(k)).add(at), n));
                let two = _mm512_insertf32x4::<1>(first, load4((*rows.add(4 + k)).add(at), n));
                let three = _mm512_insertf32x4::<2>(two, load4((*rows.add(8 + k)).add(at), n));
                r[k] = _mm512_insertf32x4::<3>(three, load4((*rows.add(12 + k)).add(at), n));
            }
            let [a, b, c, d] = exchange16(r);
            [X16(a), X16(b), X16(c), X16(d)]
        }
    }
    // All of a row's loads next to each other: there are more rows than registers for pointers.
    #[inline(always)]
    unsafe fn sixteen(rows: *const *const f32, at: usize) -> [[X16; 4]; 4] {
        // SAFETY: the caller's.
        unsafe {
            let mut r = [[_mm512_setzero_ps(); 4]; 4];
            for k in 0..4 {
                let (a, b) = ((*rows.add(k)).add(at), (*rows.add(4 + k)).add(at));
                let (c, d) = ((*rows.add(8 + k)).add(at), (*rows.add(12 + k)).add(at));
                for g in 0..4 {
                    let first = _mm512_castps128_ps512(_mm_loadu_ps(a.add(4 * g)));
                    let two = _mm512_insertf32x4::<1>(first, _mm_loadu_ps(b.add(4 * g)));
                    let three = _mm512_insertf32x4::<2>(two, _mm_loadu_ps(c.add(4 * g)));
                    r[g][k] = _mm512_insertf32x4::<3>(three, _mm_loadu_ps(d.add(4 * g)));
                }
            }
            let mut all = [[X16(r[0][0]); 4]; 4];
            for g in 0..4 {
                let [a, b, c, d] = exchange16(r[g]);
                all[g] = [X16(a), X16(b), X16(c), X16(d)];
            }
            all
        }
    }
    #[inline(always)]
    unsafe fn deal(rows: *const f32, n: usize) -> [X16; 4] {
        // SAFETY: the caller's.
        unsafe {
            let mut from = [_mm512_setzero_ps(); 4];
            for k in 0..4 {
                if k < n {
                    from[k] = _mm512_loadu_ps(rows.add(16 * k));
                }
            }
            let [a, b, c, d] = permuted::<true>(n, &from);
            [X16(a), X16(b), X16(c), X16(d)]
        }
    }
    #[inline(always)]
    unsafe fn collect([a, b, c, d]: &[X16; 4], rows: *mut f32, n: usize) {
        // SAFETY: the caller's.
        unsafe {
            let to = permuted::<false>(n, &[a.0, b.0, c.0, d.0]);
            for k in 0..4 {
                if k < n {
                    _mm512_storeu_ps(rows.add(16 * k), to[k]);
                }
            }
        }
    }
    #[inline(always)]
    unsafe fn write_columns(columns: &[X16; 4], rows: *const *mut f32, at: usize, n: usize) {
        // SAFETY: the caller's.
        unsafe {
            let [a, b, c, d] = *columns;
            let r = exchange16([a.0, b.0, c.0, d.0]);
            for k in 0..4 {
                store4((*rows.add(k)).add(at), n, _mm512_castps512_ps128(r[k]));
                store4((*rows.add(4 + k)).add(at), n, _mm512_extractf32x4_ps::<1>(r[k]));
                store4((*rows.add(8 + k)).add(at), n, _mm512_extractf32x4_ps::<2>(r[k]));
                store4((*rows.add(12 + k)).add(at), n, _mm512_extractf32x4_ps::<3>(r[k]));
            }
        }
    }
}

/// AVX-512 F, VL, DQ and BW.
pub(crate) struct Avx512;

impl Level for Avx512 {
    type Own = X16;
    type X4 = X4;
    type X8 = X8;
    type X16 = X16;
    const TILE: usize = 8;
}

fuses!(Avx512: X4 by _mm_fmadd_ps, X8 by _mm256_fmadd_ps, X16 by _mm512_fmadd_ps);
