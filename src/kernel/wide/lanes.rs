//! Batches of narrow layers, a sample in each lane: no lane is wasted on a width such as 3, 10 or 25, weights are
//! broadcast from where they are, and activations run on whole vectors. Inputs are transposed once for all outputs.

use core::mem::MaybeUninit;
use core::ptr::{null, null_mut};

use crate::activation::Activation;
use crate::kernel::arch::{Across, Level, Register};
use crate::kernel::gemv::partials;
use crate::kernel::pass::{Line, Reads, Rows};
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
pub(super) unsafe fn gemm<L: Level, In: Line, Out: Width, A: Activation>(
    n: usize,
    w: *const f32,
    z: *const f32,
    x: Reads,
    y: Rows,
) -> usize {
    let mut b = 0;
    // SAFETY: the caller's.
    unsafe {
        // Each weight is read once for two registers where there are registers for their sums.
        while const { L::TILE == 8 && Out::USIZE > 4 } && b + 2 * L::Own::LANES <= n {
            block::<L, In, Out, A, 2>(w, z, x.from(b), y.from(b, 0));
            b += 2 * L::Own::LANES;
        }
        while b + L::Own::LANES <= n {
            block::<L, In, Out, A, 1>(w, z, x.from(b), y.from(b, 0));
            b += L::Own::LANES;
        }
        // The rest with some that are done: they have the same bits again.
        if const { In::SLIDES } && b < n && n >= L::Own::LANES {
            b = n - L::Own::LANES;
            block::<L, In, Out, A, 1>(w, z, x.from(b), y.from(b, 0));
            b = n;
        }
    }
    b
}

/// A sample for each lane of `S` registers.
#[inline(always)]
unsafe fn block<L: Level, In: Line, Out: Width, A: Activation, const S: usize>(
    w: *const f32,
    z: *const f32,
    x: Reads,
    y: Rows,
) {
    let mut columns = MaybeUninit::<[[L::Own; S]; CHUNK]>::uninit();
    let mut sums = MaybeUninit::<[[L::Own; S]; SUMS]>::uninit();
    let (columns, sums): (*mut [L::Own; S], *mut [L::Own; S]) = (columns.as_mut_ptr().cast(), sums.as_mut_ptr().cast());
    // SAFETY: the caller's; a chunk's columns are written before they are read, and so are the sums.
    unsafe {
        let mut from = [null(); 32];
        for r in 0..S * L::Own::LANES {
            from[r] = x.line(r);
        }
        let mut at = 0;
        while at < In::COUNT {
            let rows = if const { In::COUNT <= CHUNK } {
                In::COUNT
            } else if In::COUNT - at < CHUNK {
                In::COUNT - at
            } else {
                CHUNK
            };
            for s in 0..S {
                let (from, columns) = (from.as_ptr().add(s * L::Own::LANES), columns.cast::<L::Own>().add(s));
                if const { In::SLIDES } {
                    for i in 0..rows {
                        columns.add(i * S).write(L::Own::load((*from).add(In::at(at + i))));
                    }
                } else {
                    transposed::<_, S>(from, at, rows, columns);
                }
            }
            let chunk =
                Chunk { rows, w: w.add(at * Out::USIZE), z: if at == 0 { z } else { null_mut() }, columns, sums };
            if const { S == 2 && Out::USIZE <= 6 } {
                tiles::<_, Out, 2, 6, S>(chunk);
            } else if const { S == 2 } {
                tiles::<_, Out, 1, 13, S>(chunk);
            } else if const { partials(Out::USIZE) == 4 && L::TILE == 8 } {
                tiles::<_, Out, 4, 6, S>(chunk);
            } else if const { partials(Out::USIZE) == 4 } {
                tiles::<_, Out, 4, 3, S>(chunk);
            } else if const { L::TILE == 8 } {
                tiles::<_, Out, 2, 13, S>(chunk);
            } else {
                tiles::<_, Out, 2, 6, S>(chunk);
            }
            at += rows;
        }
        for s in 0..S {
            finish::<L::Own, Out, A, S>(sums.cast::<L::Own>().add(s), y.from(s * L::Own::LANES, 0));
        }
    }
}

/// `rows` columns of the samples from column `at` on, a register each, `S` apart.
#[inline(always)]
unsafe fn transposed<V: Across, const S: usize>(x: *const *const f32, at: usize, rows: usize, columns: *mut V) {
    // SAFETY: the caller's.
    unsafe {
        let mut i = 0;
        while i + 16 <= rows {
            let all = V::sixteen(x, at + i);
            for k in 0..16 {
                columns.add((i + k) * S).write(all[k / 4][k % 4]);
            }
            i += 16;
        }
        while i < rows {
            let n = if rows - i < 4 { rows - i } else { 4 };
            let four = V::columns(x, at + i, n);
            for k in 0..4 {
                if k < n {
                    columns.add((i + k) * S).write(four[k]);
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
    /// An input of the samples, in as many registers as they take.
    columns: *const V,
    /// Sum p of output j is number `p · Out + j`.
    sums: *mut V,
}

/// All outputs by tiles of at most `R`, as equal as can be, and by `Q` partial sums at once.
#[inline(always)]
unsafe fn tiles<V: Across, Out: Width, const Q: usize, const R: usize, const S: usize>(chunk: Chunk<[V; S]>) {
    let count = Out::USIZE.div_ceil(R);
    let (each, more) = (Out::USIZE / count, Out::USIZE % count);
    let mut j = 0;
    for t in 0..count {
        let outputs = if t < more { each + 1 } else { each };
        macro_rules! widths {
            ($($n:literal)*) => {
                match outputs {
                    $($n => if const { let each = Out::USIZE / Out::USIZE.div_ceil(R); $n == each || $n == each + 1 } {
                        for p in 0..partials(Out::USIZE) / Q {
                            // SAFETY: the caller's.
                            unsafe { tile::<V, Out, Q, $n, S>(chunk, j, p * Q) }
                        }
                    },)*
                    _ => {}
                }
            };
        }
        widths!(1 2 3 4 5 6 7 8 9 10 11 12 13);
        j += outputs;
    }
}

/// `R` outputs from output `j` on: `s ← s + x w`, by `Q` partial sums from number `from` on.
#[inline(always)]
unsafe fn tile<V: Across, Out: Width, const Q: usize, const R: usize, const S: usize>(
    chunk: Chunk<[V; S]>,
    j: usize,
    from: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let sums = chunk.sums.add(from * Out::USIZE + j);
        let mut s = [[[V::of(0.0); S]; R]; Q];
        for r in 0..R {
            if chunk.z.is_null() {
                for q in 0..Q {
                    s[q][r] = *sums.add(q * Out::USIZE + r);
                }
            } else if from == 0 {
                s[0][r] = [V::splat((*chunk.z.add(j + r)).into()); S];
            }
        }
        let w = chunk.w.add(j);
        let mut i = from;
        while i + Q <= chunk.rows {
            for q in 0..Q {
                row::<V, R, S>(&*chunk.columns.add(i + q), w.add((i + q) * Out::USIZE), &mut s[q]);
            }
            i += partials(Out::USIZE);
        }
        for q in 0..Q {
            if i + q < chunk.rows {
                row::<V, R, S>(&*chunk.columns.add(i + q), w.add((i + q) * Out::USIZE), &mut s[q]);
            }
        }
        for q in 0..Q {
            for r in 0..R {
                sums.add(q * Out::USIZE + r).write(s[q][r]);
            }
        }
    }
}

/// s ← s + x · row
#[inline(always)]
unsafe fn row<V: Across, const R: usize, const S: usize>(x: &[V; S], w: *const f32, sums: &mut [[V; S]; R]) {
    for r in 0..R {
        // SAFETY: the caller's.
        let w = V::splat(unsafe { *w.add(r) }.into());
        for s in 0..S {
            sums[r][s] = x[s].mul_add(w, sums[r][s]);
        }
    }
}

/// Joins the partial sums, `(s₀ + s₂) + (s₁ + s₃)` or `s₀ + s₁`, applies the activation and transposes back.
#[inline(always)]
unsafe fn finish<V: Across, Out: Width, A: Activation, const S: usize>(sums: *const V, y: Rows) {
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
                    let at = |p: usize| *sums.add((p * Out::USIZE + j + k) * S);
                    let sum = if const { partials(Out::USIZE) == 4 } {
                        (at(0) + at(2)) + (at(1) + at(3))
                    } else {
                        at(0) + at(1)
                    };
                    four[k] = A::value(sum);
                }
            }
            V::write_columns(&four, to.as_ptr(), j, n);
            j += n;
        }
    }
}
