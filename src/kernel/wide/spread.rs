use core::mem::MaybeUninit;

use super::{read, write};
use crate::kernel::arch::{Level, Register};
use crate::kernel::pass::{Place, Rows, SPREAD};
use crate::width::Width;

/// `dx_b ← W δ_b` of `n` samples, or `dx_b ← dx_b + W δ_b`, for up to [`SPREAD`] outputs: each block of rows is
/// transposed once, so that a vector is a column of it, and no sum crosses lanes. From the last block to the first: where
/// dx of the samples overlap, each later one further on, as windows do, what is added to a number comes in their order.
///
/// # Safety
///
/// `w: [rows × cols]` and `n` rows of `delta` may be read, `n` rows of `dx` read and written; the processor
/// has the level.
#[inline(always)]
pub(crate) unsafe fn spread<L: Level, In: Width, Out: Width, D: Place>(n: usize, w: *const f32, delta: Rows, dx: Rows) {
    // SAFETY: the caller's; the blocks cover the rows once.
    unsafe {
        if const { In::USIZE <= 4 } {
            spread_rows::<L::X4, In, Out, D>(n, w, delta, dx);
        } else if const { In::USIZE <= 8 } {
            spread_rows::<L::X8, In, Out, D>(n, w, delta, dx);
        } else {
            spread_rows::<L::X16, In, Out, D>(n, w, delta, dx);
        }
    }
}

#[inline(always)]
unsafe fn spread_rows<V: Register, In: Width, Out: Width, D: Place>(n: usize, w: *const f32, delta: Rows, dx: Rows) {
    // SAFETY: the caller's.
    unsafe {
        let mut columns = MaybeUninit::<[V; SPREAD + 16]>::uninit();
        let columns: *mut V = columns.as_mut_ptr().cast();
        for block in (0..In::USIZE.div_ceil(V::LANES)).rev() {
            let i = block * V::LANES;
            let rows = if In::USIZE - i < V::LANES { In::USIZE - i } else { V::LANES };
            let mut j = 0;
            while j < Out::USIZE {
                let lanes = if Out::USIZE - j < V::LANES { Out::USIZE - j } else { V::LANES };
                let mut block = [V::of(0.0); 16];
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
            // Of windows, those of a column first: they are apart, and what is added to one is not read before it is written.
            let (across, down) = if let Some(count) = D::COUNT { (count, n / count) } else { (n, 1) };
            for column in 0..across {
                for row in 0..down {
                    let sum = column_sums::<V, Out, 1>(columns, delta.from(row * across + column, 0).first);
                    let dx = dx.first.add(D::at(row, column, dx.stride) + i);
                    write(if const { D::ADDS } { read::<V>(dx, rows) + sum } else { sum }, dx, rows);
                }
            }
        }
    }
}

/// `Σⱼ column_j δⱼ` in the order of [`sum`](crate::kernel::sum): sixteen sums, joined by halves. From a column to the next
/// are so many registers.
#[inline(always)]
pub(super) unsafe fn column_sums<V: Register, Out: Width, const APART: usize>(
    columns: *const V,
    delta: *const f32,
) -> V {
    // SAFETY: the caller's.
    unsafe {
        let mut s = [V::of(0.0); 16];
        for l in 0..16 {
            if l < Out::USIZE {
                s[l] = *columns.add(l * APART) * V::splat((*delta.add(l)).into());
            }
        }
        let mut j = 16;
        while j + 16 <= Out::USIZE {
            for l in 0..16 {
                s[l] = (*columns.add((j + l) * APART)).mul_add(V::splat((*delta.add(j + l)).into()), s[l]);
            }
            j += 16;
        }
        for l in 0..16 {
            if j + l < Out::USIZE {
                s[l] = (*columns.add((j + l) * APART)).mul_add(V::splat((*delta.add(j + l)).into()), s[l]);
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
        s[0] + V::of(0.0)
    }
}
