//! Registers of four lanes, by SSE2: part of every x86-64.

use super::*;

register! {
    /// Four lanes.
    X4(__m128), 4 lanes, mask __m128,
    set1: _mm_set1_ps, set1_int: _mm_set1_epi32, add: _mm_add_ps, sub: _mm_sub_ps, mul: _mm_mul_ps,
    div: _mm_div_ps, sqrt: _mm_sqrt_ps, max: _mm_max_ps, min: _mm_min_ps, int: _mm_castps_si128, float: _mm_castsi128_ps, and: _mm_and_si128,
    or: _mm_or_si128, xor: _mm_xor_si128, add_int: _mm_add_epi32, sub_int: _mm_sub_epi32, shl: _mm_slli_epi32,
    sar: _mm_srai_epi32, convert: _mm_cvtepi32_ps, lt: _mm_cmplt_ps, le: _mm_cmple_ps, select: select4,
    load: _mm_loadu_ps, store: _mm_storeu_ps, load_part: load4, reload_part: load4, store_part: store4, splats: splats4, keep: keep4, transpose: transpose4, sums: sums4
}

#[inline(always)]
unsafe fn select4(mask: __m128, yes: __m128, no: __m128) -> __m128 {
    // SAFETY: SSE2 is part of x86-64.
    unsafe { _mm_or_ps(_mm_and_ps(mask, yes), _mm_andnot_ps(mask, no)) }
}

#[inline(always)]
pub(super) unsafe fn load4(from: *const f32, n: usize) -> __m128 {
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
pub(super) unsafe fn store4(to: *mut f32, n: usize, x: __m128) {
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

impl Across for X4 {}

/// SSE2: every x86-64.
pub(crate) struct Sse2;

impl Level for Sse2 {
    type Own = X4;
    type X4 = X4;
    type X8 = Pair<X4>;
    type X16 = Pair<Pair<X4>>;
    const TILE: usize = 2;
}

impl Fuses<X4> for Sse2 {
    #[inline(always)]
    fn mul_add(a: X4, b: X4, c: X4) -> X4 {
        by_lanes(a, b, c)
    }
}
