use core::mem::MaybeUninit;

use super::lanes::NARROW;
use super::outer::outer;
use super::{load, store};
use crate::kernel::arch::{Level, Register, prefetch};
use crate::kernel::pass::{Line, MOST, Reads, Rows, Sink, Span};
use crate::width::Width;

/// The sums over `n` samples, `Σ_b x_b δ_bᵀ` for the rows of the weights from `rows.start` to before `rows.end` and
/// `Σ_b δ_b` for the bias, in the order of b, and what becomes of them; `to` is the first of the rows.
///
/// # Safety
///
/// `n` vectors of `x`, [`MOST`] at most, and rows of `delta` may be read; `to: [rows × cols]` and `bias: [cols]`, which
/// may be null, read and written; the processor has the level.
#[inline(always)]
pub(crate) unsafe fn sums<L: Level, In: Line, Out: Width, S: Sink>(
    n: usize,
    x: Reads,
    delta: Rows,
    bias: *mut f32,
    to: *mut f32,
    rows: Span,
    sink: S,
) {
    let mut pointers = MaybeUninit::<[*const f32; MOST]>::uninit();
    // SAFETY: the caller's; as many pointers as samples are written before they are read; `outer` gives how many rows it
    // took.
    unsafe {
        let x = x.pointers(n, pointers.as_mut_ptr().cast());
        let mut from = rows.start;
        if const { Out::USIZE <= NARROW && Out::USIZE % 16 != 0 && L::Own::LANES >= 8 && In::COUNT >= 16 && In::SOLID }
        {
            from += outer::<L, Out, S>(n, x, delta, to, rows, sink);
        }
        let to = to.add((from - rows.start) * Out::USIZE);
        tiles::<L, In, Out, S>(n, x, delta, bias, to, sink, from, rows.end);
    }
}

/// The rows from `from` to before `end`; `to` is the first of them.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
unsafe fn tiles<L: Level, In: Line, Out: Width, S: Sink>(
    n: usize,
    x: *const *const f32,
    delta: Rows,
    bias: *mut f32,
    to: *mut f32,
    sink: S,
    from: usize,
    end: usize,
) {
    let last = const { Out::USIZE - (Out::USIZE - 1) / 16 * 16 };
    // SAFETY: the caller's; the column tiles cover the outputs once.
    unsafe {
        if const { Out::USIZE <= 4 } {
            columns::<L::X4, In, Out, S, 8, 1>(n, x, delta, bias, to, sink, 0, Out::USIZE, from, end);
        } else if const { Out::USIZE <= 8 && In::COUNT >= 16 && L::TILE == 8 } {
            columns::<L::X8, In, Out, S, 8, 1>(n, x, delta, bias, to, sink, 0, Out::USIZE, from, end);
        } else if const { Out::USIZE <= 8 } {
            columns::<L::X8, In, Out, S, 4, 1>(n, x, delta, bias, to, sink, 0, Out::USIZE, from, end);
        } else if const { L::TILE == 8 } {
            let pairs = const { Out::USIZE.div_ceil(16) / 2 };
            let odd = const { Out::USIZE.div_ceil(16) % 2 == 1 };
            for t in 0..pairs {
                let lanes = if !odd && t + 1 == pairs { last } else { 16 };
                columns::<L::X16, In, Out, S, 8, 2>(n, x, delta, bias, to, sink, 32 * t, lanes, from, end);
            }
            if odd {
                columns::<L::X16, In, Out, S, 16, 1>(n, x, delta, bias, to, sink, 32 * pairs, last, from, end);
            }
        } else {
            let vectors = const { Out::USIZE.div_ceil(16) };
            for t in 0..vectors {
                let lanes = if t + 1 == vectors { last } else { 16 };
                if const { L::TILE == 4 } {
                    columns::<L::X16, In, Out, S, 4, 1>(n, x, delta, bias, to, sink, 16 * t, lanes, from, end);
                } else {
                    columns::<L::X16, In, Out, S, 2, 1>(n, x, delta, bias, to, sink, 16 * t, lanes, from, end);
                }
            }
        }
    }
}

/// `N` vectors of columns from column `j`: the bias, then the rows from row `from` on, `M` at once and the rest one by
/// one.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
unsafe fn columns<V: Register, In: Line, Out: Width, S: Sink, const M: usize, const N: usize>(
    n: usize,
    x: *const *const f32,
    delta: Rows,
    bias: *mut f32,
    to: *mut f32,
    sink: S,
    j: usize,
    last: usize,
    from: usize,
    end: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let delta = delta.from(0, j);
        if !bias.is_null() {
            let bias = bias.add(j);
            for v in 0..N {
                let old = load::<V, N>(bias, v, last);
                let mut s = if const { S::ADDS } { old } else { V::of(0.0) };
                for b in 0..n {
                    s = s + load::<V, N>(delta.from(b, 0).first, v, last);
                }
                store::<V, N>(sink.bias(old, s), bias, v, last);
            }
        }
        let to = to.add(j);
        let mut i = from;
        while i + M <= end {
            patch::<V, In, Out, S, M, N>(n, x, i, delta, to.add((i - from) * Out::USIZE), sink, last);
            i += M;
        }
        while i < end {
            patch::<V, In, Out, S, 1, N>(n, x, i, delta, to.add((i - from) * Out::USIZE), sink, last);
            i += 1;
        }
    }
}

/// `M` rows from row `i` by `N` vectors.
#[inline(always)]
unsafe fn patch<V: Register, In: Line, Out: Width, S: Sink, const M: usize, const N: usize>(
    n: usize,
    x: *const *const f32,
    i: usize,
    delta: Rows,
    to: *mut f32,
    sink: S,
    last: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut at = [0; M];
        for r in 0..M {
            at[r] = In::at(i + r);
        }
        let mut s = [[V::of(0.0); N]; M];
        for r in 0..M {
            for v in 0..N {
                if const { S::ADDS } {
                    s[r][v] = load::<V, N>(to.add(r * Out::USIZE), v, last);
                }
            }
        }
        for b in 0..n {
            let x = *x.add(b);
            // Samples are far apart, and may be in another core's cache.
            prefetch(x.wrapping_add(at[0] + 2 * M));
            let mut d = [V::of(0.0); N];
            for v in 0..N {
                d[v] = load::<V, N>(delta.from(b, 0).first, v, last);
            }
            for r in 0..M {
                let x = V::splat((*x.add(at[r])).into());
                for v in 0..N {
                    s[r][v] = x.mul_add(d[v], s[r][v]);
                }
            }
        }
        for r in 0..M {
            for v in 0..N {
                let to = to.add(r * Out::USIZE);
                store::<V, N>(sink.weight(load::<V, N>(to, v, last), s[r][v]), to, v, last);
            }
        }
    }
}
