//! The kernels over registers for several samples at once: each weight is read once for a block of samples.
//!
//! A block holds the sums of several samples in registers, each in the order of one sample alone, so a batch
//! has the bits of its samples.

use core::mem::MaybeUninit;

use super::super::arch::{Level, Register};
use super::super::pass::{Rows, SPREAD, Sink};
use super::{load, read, store, tile, write};
use crate::activation::Activation;
use crate::width::Width;

/// [`gemv`](super::gemv) of `n` samples: `y_b ← g(z + Wᵀ x_b)`.
///
/// # Safety
///
/// `w: [rows × cols]`, `z: [cols]` and `n` rows of `x` may be read, `n` rows of `y` written; the processor has
/// the level.
#[inline(always)]
pub(crate) unsafe fn gemm<L: Level, In: Width, Out: Width, A: Activation>(
    n: usize,
    w: *const f32,
    z: *const f32,
    x: *const *const f32,
    y: Rows,
) {
    let last = const { Out::USIZE - (Out::USIZE - 1) / 16 * 16 };
    // SAFETY: the caller's; the column tiles cover the outputs once.
    unsafe {
        if const { Out::USIZE <= 4 } {
            blocks::<L::X4, In, Out, A, 4, 1, 4>(n, w, z, x, y, 0, Out::USIZE);
        } else if const { Out::USIZE <= 8 && L::TILE == 2 } {
            blocks::<L::X8, In, Out, A, 1, 1, 4>(n, w, z, x, y, 0, Out::USIZE);
        } else if const { Out::USIZE <= 8 } {
            blocks::<L::X8, In, Out, A, 4, 1, 4>(n, w, z, x, y, 0, Out::USIZE);
        } else if const { Out::USIZE <= 16 && L::TILE == 8 } {
            blocks::<L::X16, In, Out, A, 4, 1, 4>(n, w, z, x, y, 0, last);
        } else if const { Out::USIZE <= 16 } {
            blocks::<L::X16, In, Out, A, 1, 1, 4>(n, w, z, x, y, 0, last);
        } else if const { Out::USIZE <= 32 && L::TILE == 8 } {
            blocks::<L::X16, In, Out, A, 4, 2, 2>(n, w, z, x, y, 0, last);
        } else if const { Out::USIZE <= 32 } {
            blocks::<L::X16, In, Out, A, 2, 1, 2>(n, w, z, x, y, 0, 16);
            blocks::<L::X16, In, Out, A, 2, 1, 2>(n, w, z, x, y, 16, last);
        } else if const { L::TILE == 8 } {
            let pairs = const { Out::USIZE.div_ceil(16) / 2 };
            let odd = const { Out::USIZE.div_ceil(16) % 2 == 1 };
            for t in 0..pairs {
                let lanes = if !odd && t + 1 == pairs { last } else { 16 };
                blocks::<L::X16, In, Out, A, 8, 2, 1>(n, w, z, x, y, 32 * t, lanes);
            }
            if odd {
                blocks::<L::X16, In, Out, A, 16, 1, 1>(n, w, z, x, y, 32 * pairs, last);
            }
        } else {
            let vectors = const { Out::USIZE.div_ceil(16) };
            for t in 0..vectors {
                let lanes = if t + 1 == vectors { last } else { 16 };
                if const { L::TILE == 4 } {
                    blocks::<L::X16, In, Out, A, 4, 1, 1>(n, w, z, x, y, 16 * t, lanes);
                } else {
                    blocks::<L::X16, In, Out, A, 2, 1, 1>(n, w, z, x, y, 16 * t, lanes);
                }
            }
        }
    }
}

/// `N` vectors of outputs from column `j`, for all samples: `M` at once, then four, and the rest one by one.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
unsafe fn blocks<V: Register, In: Width, Out: Width, A: Activation, const M: usize, const N: usize, const P: usize>(
    n: usize,
    w: *const f32,
    z: *const f32,
    x: *const *const f32,
    y: Rows,
    j: usize,
    last: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let (w, z) = (w.add(j), z.add(j));
        let mut b = 0;
        while b + M <= n {
            block::<V, In, Out, A, M, N, P>(w, z, x.add(b), y.from(b, j), last);
            b += M;
        }
        while const { M > 4 } && b + 4 <= n {
            block::<V, In, Out, A, 4, N, P>(w, z, x.add(b), y.from(b, j), last);
            b += 4;
        }
        while b < n {
            tile::<V, A, N, P>(In::USIZE, Out::USIZE, w, *x.add(b), z, y.from(b, j).first, last);
            b += 1;
        }
    }
}

#[inline(always)]
unsafe fn block<V: Register, In: Width, Out: Width, A: Activation, const M: usize, const N: usize, const P: usize>(
    w: *const f32,
    z: *const f32,
    x: *const *const f32,
    y: Rows,
    last: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut from = [core::ptr::null(); M];
        for b in 0..M {
            from[b] = *x.add(b);
        }
        let mut s = [[[V::splat(0.0); N]; M]; P];
        for v in 0..N {
            let z = load::<V, N>(z, v, last);
            for b in 0..M {
                s[0][b][v] = z;
            }
        }
        let mut i = 0;
        while i + P <= In::USIZE {
            for p in 0..P {
                step::<V, M, N>(w.add((i + p) * Out::USIZE), &from, i + p, &mut s[p], last);
            }
            i += P;
        }
        for p in 0..P {
            if i + p < In::USIZE {
                step::<V, M, N>(w.add((i + p) * Out::USIZE), &from, i + p, &mut s[p], last);
            }
        }
        for b in 0..M {
            for v in 0..N {
                let mut half = P / 2;
                while half > 0 {
                    for p in 0..half {
                        s[p][b][v] = s[p][b][v] + s[p + half][b][v];
                    }
                    half /= 2;
                }
                store::<V, N>(A::value(s[0][b][v]), y.from(b, 0).first, v, last);
            }
        }
    }
}

/// s_b ← s_b + x_b[i] · row, for each sample.
#[inline(always)]
unsafe fn step<V: Register, const M: usize, const N: usize>(
    w: *const f32,
    x: &[*const f32; M],
    i: usize,
    s: &mut [[V; N]; M],
    last: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut row = [V::splat(0.0); N];
        for v in 0..N {
            row[v] = load::<V, N>(w, v, last);
        }
        for b in 0..M {
            let x = V::splat(*x[b].add(i));
            for v in 0..N {
                s[b][v] = s[b][v] + x * row[v];
            }
        }
    }
}

/// The sums over `n` samples, `Σ_b x_b δ_bᵀ` for the weights and `Σ_b δ_b` for the bias, in the order of b,
/// and what becomes of them.
///
/// # Safety
///
/// `n` rows of `x` and of `delta` may be read; `to: [rows × cols]` and `bias: [cols]`, which may be null, read
/// and written; the processor has the level.
#[inline(always)]
pub(crate) unsafe fn sums<L: Level, In: Width, Out: Width, S: Sink>(
    n: usize,
    x: *const *const f32,
    delta: Rows,
    bias: *mut f32,
    to: *mut f32,
    sink: S,
) {
    let last = const { Out::USIZE - (Out::USIZE - 1) / 16 * 16 };
    // SAFETY: the caller's; the column tiles cover the outputs once.
    unsafe {
        if const { Out::USIZE <= 4 } {
            columns::<L::X4, In, Out, S, 8, 1>(n, x, delta, bias, to, sink, 0, Out::USIZE);
        } else if const { Out::USIZE <= 8 } {
            columns::<L::X8, In, Out, S, 4, 1>(n, x, delta, bias, to, sink, 0, Out::USIZE);
        } else if const { L::TILE == 8 } {
            let pairs = const { Out::USIZE.div_ceil(16) / 2 };
            let odd = const { Out::USIZE.div_ceil(16) % 2 == 1 };
            for t in 0..pairs {
                let lanes = if !odd && t + 1 == pairs { last } else { 16 };
                columns::<L::X16, In, Out, S, 8, 2>(n, x, delta, bias, to, sink, 32 * t, lanes);
            }
            if odd {
                columns::<L::X16, In, Out, S, 16, 1>(n, x, delta, bias, to, sink, 32 * pairs, last);
            }
        } else {
            let vectors = const { Out::USIZE.div_ceil(16) };
            for t in 0..vectors {
                let lanes = if t + 1 == vectors { last } else { 16 };
                if const { L::TILE == 4 } {
                    columns::<L::X16, In, Out, S, 4, 1>(n, x, delta, bias, to, sink, 16 * t, lanes);
                } else {
                    columns::<L::X16, In, Out, S, 2, 1>(n, x, delta, bias, to, sink, 16 * t, lanes);
                }
            }
        }
    }
}

/// `N` vectors of columns from column `j`: the bias, then `M` rows at once, and the rest one by one.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
unsafe fn columns<V: Register, In: Width, Out: Width, S: Sink, const M: usize, const N: usize>(
    n: usize,
    x: *const *const f32,
    delta: Rows,
    bias: *mut f32,
    to: *mut f32,
    sink: S,
    j: usize,
    last: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let delta = delta.from(0, j);
        if !bias.is_null() {
            let bias = bias.add(j);
            for v in 0..N {
                let old = load::<V, N>(bias, v, last);
                let mut s = if const { S::ADDS } { old } else { V::splat(0.0) };
                for b in 0..n {
                    s = s + load::<V, N>(delta.from(b, 0).first, v, last);
                }
                store::<V, N>(if const { S::ADDS } { s } else { sink.bias(old, s) }, bias, v, last);
            }
        }
        let to = to.add(j);
        let mut i = 0;
        while i + M <= In::USIZE {
            patch::<V, Out, S, M, N>(n, x, i, delta, to.add(i * Out::USIZE), sink, last);
            i += M;
        }
        while i < In::USIZE {
            patch::<V, Out, S, 1, N>(n, x, i, delta, to.add(i * Out::USIZE), sink, last);
            i += 1;
        }
    }
}

/// `M` rows from row `i` by `N` vectors.
#[inline(always)]
unsafe fn patch<V: Register, Out: Width, S: Sink, const M: usize, const N: usize>(
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
        let mut s = [[V::splat(0.0); N]; M];
        for r in 0..M {
            for v in 0..N {
                if const { S::ADDS } {
                    s[r][v] = load::<V, N>(to.add(r * Out::USIZE), v, last);
                }
            }
        }
        for b in 0..n {
            let x = (*x.add(b)).add(i);
            let mut d = [V::splat(0.0); N];
            for v in 0..N {
                d[v] = load::<V, N>(delta.from(b, 0).first, v, last);
            }
            for r in 0..M {
                let x = V::splat(*x.add(r));
                for v in 0..N {
                    s[r][v] = s[r][v] + x * d[v];
                }
            }
        }
        for r in 0..M {
            for v in 0..N {
                let to = to.add(r * Out::USIZE);
                let new = if const { S::ADDS } { s[r][v] } else { sink.weight(load::<V, N>(to, v, last), s[r][v]) };
                store::<V, N>(new, to, v, last);
            }
        }
    }
}

/// `dx_b ← W δ_b` of `n` samples, for up to [`SPREAD`] outputs: each block of rows is transposed once, so that a
/// vector is a column of it, and no sum crosses lanes.
///
/// # Safety
///
/// `w: [rows × cols]` and `n` rows of `delta` may be read, the `n` vectors `dx: [rows]` written; the processor
/// has the level.
#[inline(always)]
pub(crate) unsafe fn spread<L: Level, In: Width, Out: Width>(
    n: usize,
    w: *const f32,
    delta: Rows,
    dx: *const *mut f32,
) {
    // SAFETY: the caller's; the blocks cover the rows once.
    unsafe {
        if const { In::USIZE <= 4 } {
            spread_rows::<L::X4, In, Out>(n, w, delta, dx);
        } else if const { In::USIZE <= 8 } {
            spread_rows::<L::X8, In, Out>(n, w, delta, dx);
        } else {
            spread_rows::<L::X16, In, Out>(n, w, delta, dx);
        }
    }
}

#[inline(always)]
unsafe fn spread_rows<V: Register, In: Width, Out: Width>(n: usize, w: *const f32, delta: Rows, dx: *const *mut f32) {
    // SAFETY: the caller's.
    unsafe {
        let mut columns = MaybeUninit::<[V; SPREAD + 16]>::uninit();
        let columns: *mut V = columns.as_mut_ptr().cast();
        let mut i = 0;
        while i < In::USIZE {
            let rows = if In::USIZE - i < V::LANES { In::USIZE - i } else { V::LANES };
            let mut j = 0;
            while j < Out::USIZE {
                let lanes = if Out::USIZE - j < V::LANES { Out::USIZE - j } else { V::LANES };
                let mut block = [V::splat(0.0); 16];
                for r in 0..V::LANES {
                    if r < rows {
                        block[r] = read::<V>(w.add((i + r) * Out::USIZE + j), lanes);
                    }
                }
                let block = V::transpose(&block);
                for k in 0..V::LANES {
                    columns.add(j + k).write(block[k]);
                }
                j += V::LANES;
            }
            for b in 0..n {
                let sum = column_sums::<V, Out>(columns, delta.from(b, 0).first);
                write(sum, (*dx.add(b)).add(i), rows);
            }
            i += V::LANES;
        }
    }
}

/// `Σⱼ column_j δⱼ` in the order of [`sum`](super::super::sum): sixteen sums, joined by halves.
#[inline(always)]
unsafe fn column_sums<V: Register, Out: Width>(columns: *const V, delta: *const f32) -> V {
    // SAFETY: the caller's.
    unsafe {
        let mut s = [V::splat(0.0); 16];
        for l in 0..16 {
            if l < Out::USIZE {
                s[l] = *columns.add(l) * V::splat(*delta.add(l));
            }
        }
        let mut j = 16;
        while j + 16 <= Out::USIZE {
            for l in 0..16 {
                s[l] = s[l] + *columns.add(j + l) * V::splat(*delta.add(j + l));
            }
            j += 16;
        }
        for l in 0..16 {
            if j + l < Out::USIZE {
                s[l] = s[l] + *columns.add(j + l) * V::splat(*delta.add(j + l));
            }
        }
        // A sum that no term reached is +0 and changes nothing.
        let mut half = 8;
        while half > 0 {
            for l in 0..half {
                if l + half < Out::USIZE {
                    s[l] = s[l] + s[l + half];
                }
            }
            half /= 2;
        }
        // Each sum starts from +0; added here, it does the same.
        s[0] + V::splat(0.0)
    }
}
