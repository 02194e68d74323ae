//! The sums over a batch of narrow layers, a row of the weights in each lane: an input is read as it is, δ is broadcast,
//! and the sums of a block of rows are transposed back once for all samples.

use core::mem::MaybeUninit;
use core::ptr::{null, null_mut};

use super::lanes::NARROW;
use crate::kernel::arch::{Across, Level, Register};
use crate::kernel::pass::{Rows, Sink};
use crate::width::Width;

/// [`sums`](super::sums()) for the weights of as many rows as fill registers, `Σ_b x_b δ_bᵀ` in the order of b; gives
/// how many.
///
/// # Safety
///
/// As `sums`; at most [`NARROW`] outputs.
#[inline(always)]
pub(super) unsafe fn outer<L: Level, In: Width, Out: Width, S: Sink>(
    n: usize,
    x: *const *const f32,
    delta: Rows,
    to: *mut f32,
    sink: S,
) -> usize {
    let mut i = 0;
    while i + L::Own::LANES <= In::USIZE {
        // SAFETY: the caller's.
        unsafe {
            let at = to.add(i * Out::USIZE);
            if const { L::TILE == 8 } {
                block::<L::Own, Out, S, 25>(n, x, i, delta, at, sink);
            } else {
                block::<L::Own, Out, S, 12>(n, x, i, delta, at, sink);
            }
        }
        i += L::Own::LANES;
    }
    i
}

/// The rows from row `i` on, by tiles of at most `R` outputs, as equal as can be.
#[inline(always)]
unsafe fn block<V: Across, Out: Width, S: Sink, const R: usize>(
    n: usize,
    x: *const *const f32,
    i: usize,
    delta: Rows,
    to: *mut f32,
    sink: S,
) {
    let mut columns = MaybeUninit::<[V; NARROW]>::uninit();
    let mut sums = MaybeUninit::<[f32; 16 * NARROW]>::uninit();
    let (columns, sums): (*mut V, *mut f32) = (columns.as_mut_ptr().cast(), sums.as_mut_ptr().cast());
    // SAFETY: the caller's; both arrays are written before they are read.
    unsafe {
        let (mut old, mut new) = ([null(); 16], [null_mut(); 16]);
        for r in 0..V::LANES {
            old[r] = to.add(r * Out::USIZE).cast_const();
            new[r] = sums.add(r * Out::USIZE);
        }
        let mut j = 0;
        while const { S::ADDS } && j < Out::USIZE {
            let lanes = if Out::USIZE - j < 4 { Out::USIZE - j } else { 4 };
            let four = V::columns(old.as_ptr(), j, lanes);
            for k in 0..4 {
                if k < lanes {
                    columns.add(j + k).write(four[k]);
                }
            }
            j += 4;
        }
        let (count, mut j) = (const { Out::USIZE.div_ceil(R) }, 0);
        for t in 0..count {
            let outputs = if t < Out::USIZE % count { Out::USIZE / count + 1 } else { Out::USIZE / count };
            macro_rules! widths {
                ($($n:literal)*) => {
                    match outputs {
                        $($n => if const { let each = Out::USIZE / Out::USIZE.div_ceil(R); $n == each || $n == each + 1 } {
                            tile::<V, S, $n>(n, x, i, delta.from(0, j), columns.add(j));
                        },)*
                        _ => {}
                    }
                };
            }
            widths!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25);
            j += outputs;
        }
        let mut j = 0;
        while j < Out::USIZE {
            let lanes = if Out::USIZE - j < 4 { Out::USIZE - j } else { 4 };
            let mut four = [V::of(0.0); 4];
            for k in 0..4 {
                if k < lanes {
                    four[k] = *columns.add(j + k);
                }
            }
            V::write_columns(&four, new.as_ptr(), j, lanes);
            j += 4;
        }
        // Rows without gaps, so of whole vectors.
        for k in 0..Out::USIZE {
            let at = k * V::LANES;
            sink.weight(V::load(to.add(at)), V::load(sums.add(at))).store(to.add(at));
        }
    }
}

/// The sums of `R` outputs: `s ← s + x δ`, sample by sample.
#[inline(always)]
unsafe fn tile<V: Across, S: Sink, const R: usize>(
    n: usize,
    x: *const *const f32,
    i: usize,
    delta: Rows,
    sums: *mut V,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut s = [V::of(0.0); R];
        for r in 0..R {
            if const { S::ADDS } {
                s[r] = *sums.add(r);
            }
        }
        for b in 0..n {
            let x = V::load((*x.add(b)).add(i));
            let delta = delta.from(b, 0).first;
            for r in 0..R {
                s[r] = x.mul_add(V::splat((*delta.add(r)).into()), s[r]);
            }
        }
        for r in 0..R {
            sums.add(r).write(s[r]);
        }
    }
}
