//! Batches of narrow layers, a sample in each lane: no lane is wasted on a width such as 3, 10 or 25, weights are
//! broadcast from where they are, and activations run on whole vectors. Inputs are transposed once for all outputs.

use core::mem::MaybeUninit;
use core::ptr::null_mut;

use crate::activation::Activation;
use crate::kernel::arch::{Across, Level, Register};
use crate::kernel::gemv::partials;
use crate::kernel::pass::Rows;
use crate::width::Width;

/// The most outputs of a layer that is narrow: up to here it has several partial sums an output.
pub(super) const NARROW: usize = 32;

/// How many inputs are transposed at once, a multiple of all numbers of partial sums.
const CHUNK: usize = 64;

/// The most partial sums of all outputs.
const SUMS: usize = 64;

/// [`gemm`](super::gemm()) of as many samples as fill registers, the order of each as in
/// [`gemv`](crate::kernel::gemv); gives how many.
///
/// # Safety
///
/// As `gemm`; at most [`NARROW`] outputs.
#[inline(always)]
pub(super) unsafe fn gemm<L: Level, In: Width, Out: Width, A: Activation>(
    n: usize,
    w: *const f32,
    z: *const f32,
    x: *const *const f32,
    y: Rows,
) -> usize {
    let mut b = 0;
    while b + L::Own::LANES <= n {
        // SAFETY: the caller's.
        unsafe { block::<L, In, Out, A>(w, z, x.add(b), y.from(b, 0)) };
        b += L::Own::LANES;
    }
    b
}

/// A sample for each lane.
#[inline(always)]
unsafe fn block<L: Level, In: Width, Out: Width, A: Activation>(
    w: *const f32,
    z: *const f32,
    x: *const *const f32,
    y: Rows,
) {
    let mut columns = MaybeUninit::<[L::Own; CHUNK]>::uninit();
    let mut sums = MaybeUninit::<[L::Own; SUMS]>::uninit();
    let (columns, sums): (*mut L::Own, *mut L::Own) = (columns.as_mut_ptr().cast(), sums.as_mut_ptr().cast());
    // SAFETY: the caller's; a chunk's columns are written before they are read, and so are the sums.
    unsafe {
        let mut at = 0;
        while at < In::USIZE {
            let rows = if const { In::USIZE <= CHUNK } {
                In::USIZE
            } else if In::USIZE - at < CHUNK {
                In::USIZE - at
            } else {
                CHUNK
            };
            transposed(x, at, rows, columns);
            let chunk =
                Chunk { rows, w: w.add(at * Out::USIZE), z: if at == 0 { z } else { null_mut() }, columns, sums };
            if const { partials(Out::USIZE) == 4 && L::TILE == 8 } {
                tiles::<_, Out, 4, 6>(chunk);
            } else if const { partials(Out::USIZE) == 4 } {
                tiles::<_, Out, 4, 3>(chunk);
            } else if const { L::TILE == 8 } {
                tiles::<_, Out, 2, 13>(chunk);
            } else {
                tiles::<_, Out, 2, 6>(chunk);
            }
            at += rows;
        }
        finish::<L::Own, Out, A>(sums, y);
    }
}

/// `rows` columns of the samples from column `at` on, a register each.
#[inline(always)]
pub(super) unsafe fn transposed<V: Across>(x: *const *const f32, at: usize, rows: usize, columns: *mut V) {
    // SAFETY: the caller's.
    unsafe {
        let mut i = 0;
        while i + 8 <= rows {
            // Of one look at the pointers.
            let (low, high) = (V::columns(x, at + i, 4), V::columns(x, at + i + 4, 4));
            columns.add(i).cast::<[V; 4]>().write(low);
            columns.add(i + 4).cast::<[V; 4]>().write(high);
            i += 8;
        }
        while i < rows {
            let n = if rows - i < 4 { rows - i } else { 4 };
            let four = V::columns(x, at + i, n);
            for k in 0..4 {
                if k < n {
                    columns.add(i + k).write(four[k]);
                }
            }
            i += n;
        }
    }
}

/// Some inputs of the samples and what they are multiplied with.
#[derive(Clone, Copy)]
struct Chunk<V> {
    rows: usize,
    /// The weights from the first of the inputs.
    w: *const f32,
    /// The bias where the sums start, and null where they go on.
    z: *const f32,
    columns: *const V,
    /// Sum p of output j is number `p · Out + j`.
    sums: *mut V,
}

/// All outputs by tiles of at most `R`, as equal as can be.
#[inline(always)]
unsafe fn tiles<V: Across, Out: Width, const P: usize, const R: usize>(chunk: Chunk<V>) {
    let count = Out::USIZE.div_ceil(R);
    let (each, more) = (Out::USIZE / count, Out::USIZE % count);
    let mut j = 0;
    for t in 0..count {
        let outputs = if t < more { each + 1 } else { each };
        macro_rules! widths {
            ($($n:literal)*) => {
                // SAFETY: the caller's.
                match outputs {
                    $($n => if const { let each = Out::USIZE / Out::USIZE.div_ceil(R); $n == each || $n == each + 1 } {
                        unsafe { tile::<V, Out, P, $n>(chunk, j) }
                    },)*
                    _ => {}
                }
            };
        }
        widths!(1 2 3 4 5 6 7 8 9 10 11 12 13);
        j += outputs;
    }
}

/// `R` outputs from output `j` on: `s ← s + x w`, by partial sums.
#[inline(always)]
unsafe fn tile<V: Across, Out: Width, const P: usize, const R: usize>(chunk: Chunk<V>, j: usize) {
    // SAFETY: the caller's.
    unsafe {
        let mut s = [[V::of(0.0); R]; P];
        for r in 0..R {
            if chunk.z.is_null() {
                for p in 0..P {
                    s[p][r] = *chunk.sums.add(p * Out::USIZE + j + r);
                }
            } else {
                s[0][r] = V::splat((*chunk.z.add(j + r)).into());
            }
        }
        let w = chunk.w.add(j);
        let mut i = 0;
        while i + P <= chunk.rows {
            for p in 0..P {
                row::<V, R>(*chunk.columns.add(i + p), w.add((i + p) * Out::USIZE), &mut s[p]);
            }
            i += P;
        }
        for p in 0..P {
            if i + p < chunk.rows {
                row::<V, R>(*chunk.columns.add(i + p), w.add((i + p) * Out::USIZE), &mut s[p]);
            }
        }
        for p in 0..P {
            for r in 0..R {
                chunk.sums.add(p * Out::USIZE + j + r).write(s[p][r]);
            }
        }
    }
}

/// s ← s + x · row
#[inline(always)]
pub(super) unsafe fn row<V: Across, const R: usize>(x: V, w: *const f32, s: &mut [V; R]) {
    for r in 0..R {
        // SAFETY: the caller's.
        s[r] = x.mul_add(V::splat(unsafe { *w.add(r) }.into()), s[r]);
    }
}

/// Joins the partial sums, `(s₀ + s₂) + (s₁ + s₃)` or `s₀ + s₁`, applies the activation and transposes back.
#[inline(always)]
unsafe fn finish<V: Across, Out: Width, A: Activation>(sums: *const V, y: Rows) {
    // SAFETY: the caller's.
    unsafe {
        let mut to = [null_mut(); 16];
        for r in 0..V::LANES {
            to[r] = y.from(r, 0).first;
        }
        let mut j = 0;
        while j < Out::USIZE {
            let n = if Out::USIZE - j < 4 { Out::USIZE - j } else { 4 };
            let mut four = [V::of(0.0); 4];
            for k in 0..4 {
                if k < n {
                    let at = sums.add(j + k);
                    let sum = if const { partials(Out::USIZE) == 4 } {
                        (*at + *at.add(2 * Out::USIZE)) + (*at.add(Out::USIZE) + *at.add(3 * Out::USIZE))
                    } else {
                        *at + *at.add(Out::USIZE)
                    };
                    four[k] = A::value(sum);
                }
            }
            V::write_columns(&four, to.as_ptr(), j, n);
            j += n;
        }
    }
}
