//! The sums over a batch of narrow layers, a row of the weights in each lane: an input is read as it is, δ is broadcast,
//! and the sums of a block of rows are transposed back once for all samples.

use core::mem::MaybeUninit;
use core::ptr::null;

use super::lanes::NARROW;
use crate::kernel::arch::{Across, Level, Register};
use crate::kernel::pass::{Rows, Sink, Span};
use crate::width::Width;

/// [`sums`](super::sums()) for as many of the rows as fill registers, `Σ_b x_b δ_bᵀ` in the order of b; gives
/// how many.
///
/// # Safety
///
/// As `sums`; at most [`NARROW`] outputs.
#[inline(always)]
pub(super) unsafe fn outer<L: Level, Out: Width, S: Sink>(
    n: usize,
    x: *const *const f32,
    delta: Rows,
    to: *mut f32,
    rows: Span,
    sink: S,
) -> usize {
    let mut i = rows.start;
    // SAFETY: the caller's.
    unsafe {
        while const { L::TILE == 8 } && i + 2 * L::Own::LANES <= rows.end {
            block::<L::Own, Out, S, 13, 2>(n, x, i, delta, to.add((i - rows.start) * Out::USIZE), sink);
            i += 2 * L::Own::LANES;
        }
        while i + L::Own::LANES <= rows.end {
            let at = to.add((i - rows.start) * Out::USIZE);
            if const { L::TILE == 8 } {
                block::<L::Own, Out, S, 25, 1>(n, x, i, delta, at, sink);
            } else {
                block::<L::Own, Out, S, 12, 1>(n, x, i, delta, at, sink);
            }
            i += L::Own::LANES;
        }
    }
    i - rows.start
}

/// The rows of `K` registers from row `i` on, by tiles of at most `R` outputs, as equal as can be.
#[inline(always)]
unsafe fn block<V: Across, Out: Width, S: Sink, const R: usize, const K: usize>(
    n: usize,
    x: *const *const f32,
    i: usize,
    delta: Rows,
    to: *mut f32,
    sink: S,
) {
    let mut columns = MaybeUninit::<[[V; K]; NARROW]>::uninit();
    let columns: *mut [V; K] = columns.as_mut_ptr().cast();
    // SAFETY: the caller's; the columns are written before they are read.
    unsafe {
        for k in 0..K {
            let mut old = [null(); 16];
            for r in 0..V::LANES {
                old[r] = to.add((k * V::LANES + r) * Out::USIZE).cast_const();
            }
            let mut j = 0;
            while const { S::ADDS } && j < Out::USIZE {
                let lanes = if Out::USIZE - j < 4 { Out::USIZE - j } else { 4 };
                let four = V::columns(old.as_ptr(), j, lanes);
                for l in 0..4 {
                    if l < lanes {
                        columns.cast::<V>().add((j + l) * K + k).write(four[l]);
                    }
                }
                j += 4;
            }
        }
        let (count, mut j) = (const { Out::USIZE.div_ceil(R) }, 0);
        for t in 0..count {
            let outputs = if t < Out::USIZE % count { Out::USIZE / count + 1 } else { Out::USIZE / count };
            macro_rules! widths {
                ($($n:literal)*) => {
                    match outputs {
                        $($n => if const { let each = Out::USIZE / Out::USIZE.div_ceil(R); $n == each || $n == each + 1 } {
                            tile::<V, S, $n, K>(n, x, i, delta.from(0, j), columns.add(j));
                        },)*
                        _ => {}
                    }
                };
            }
            widths!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25);
            j += outputs;
        }
        for k in 0..K {
            let (columns, to) = (columns.cast::<V>().add(k), to.add(k * V::LANES * Out::USIZE));
            let mut sums = MaybeUninit::<[f32; 16 * NARROW]>::uninit();
            let sums: *mut f32 = sums.as_mut_ptr().cast();
            for r in 0..V::LANES / 4 {
                let four = four_rows::<V, Out>(columns, K, r);
                for k in 0..4 {
                    let at = (4 * r + k) * Out::USIZE;
                    let mut new = four[k];
                    if const { Out::USIZE < V::LANES } {
                        // What a row has behind its last number, the next one overwrites.
                        new[0].store(sums.add(at));
                        continue;
                    }
                    for t in 0..Out::USIZE.div_ceil(V::LANES) {
                        new[t] = sink.weight(V::load(to.add(at + part::<V, Out>(t))), new[t]);
                    }
                    for t in 0..Out::USIZE.div_ceil(V::LANES) {
                        new[t].store(to.add(at + part::<V, Out>(t)));
                    }
                }
            }
            if const { Out::USIZE < V::LANES } {
                // Rows without gaps, so of whole vectors.
                for l in 0..Out::USIZE {
                    let at = l * V::LANES;
                    sink.weight(V::load(to.add(at)), V::load(sums.add(at))).store(to.add(at));
                }
            }
        }
    }
}

/// Where part `t` of a row starts: each is a whole vector, so that the last may have some of the numbers of the one
/// before.
#[inline(always)]
fn part<V: Across, Out: Width>(t: usize) -> usize {
    let last = const { Out::USIZE.saturating_sub(V::LANES) };
    if t * V::LANES < last { t * V::LANES } else { last }
}

/// The parts of four rows of columns that stand `apart`; what is not of a row is any number.
#[inline(always)]
unsafe fn four_rows<V: Across, Out: Width>(columns: *const V, apart: usize, r: usize) -> [[V; 4]; 4] {
    let mut rows = [[V::of(0.0); 4]; 4];
    for t in 0..Out::USIZE.div_ceil(V::LANES) {
        let mut from = [null(); 16];
        for l in 0..V::LANES {
            let column = part::<V, Out>(t) + l;
            let column = if column < Out::USIZE { column } else { 0 };
            // SAFETY: the caller's.
            from[l] = unsafe { columns.add(column * apart) }.cast::<f32>();
        }
        // SAFETY: the caller's.
        let four = unsafe { V::columns(from.as_ptr(), 4 * r, 4) };
        for k in 0..4 {
            rows[k][t] = four[k];
        }
    }
    rows
}

/// The sums of `R` outputs: `s ← s + x δ`, sample by sample.
#[inline(always)]
unsafe fn tile<V: Across, S: Sink, const R: usize, const K: usize>(
    n: usize,
    x: *const *const f32,
    i: usize,
    delta: Rows,
    sums: *mut [V; K],
) {
    // SAFETY: the caller's.
    unsafe {
        let mut s = [[V::of(0.0); K]; R];
        for r in 0..R {
            if const { S::ADDS } {
                s[r] = *sums.add(r);
            }
        }
        for b in 0..n {
            let at = (*x.add(b)).add(i);
            let mut x = [V::of(0.0); K];
            for k in 0..K {
                x[k] = V::load(at.add(k * V::LANES));
            }
            let delta = delta.from(b, 0).first;
            for r in 0..R {
                let delta = V::splat((*delta.add(r)).into());
                for k in 0..K {
                    s[r][k] = x[k].mul_add(delta, s[r][k]);
                }
            }
        }
        for r in 0..R {
            sums.add(r).write(s[r]);
        }
    }
}
