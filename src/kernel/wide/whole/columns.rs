use core::ptr::null;

use crate::array::Plain;
use crate::kernel::arch::Across;
use crate::kernel::pass::Reads;
use crate::kernel::whole::Whole;

/// `len` numbers of each sample, a sample in each lane; behind the last of `n`, that one again.
#[inline(always)]
pub(super) unsafe fn columns<V: Across>(n: usize, from: Reads, len: usize, to: *mut V) {
    let full = n >= 2 * V::LANES;
    let mut few = [null(); 32];
    // SAFETY: the caller's.
    unsafe {
        if full && len <= 4 && from.behind.is_none() && from.stride == len * size_of::<f32>() {
            for h in 0..2 {
                let four = V::deal(from.line(h * V::LANES), len);
                for k in 0..4 {
                    if k < len {
                        to.add(2 * k + h).write(four[k]);
                    }
                }
            }
            return;
        }
        let each = if full && from.behind == Some(0) {
            from.first.cast()
        } else {
            for r in 0..2 * V::LANES {
                few[r] = from.line(if r < n { r } else { n - 1 });
            }
            few.as_ptr()
        };
        for h in 0..if n > V::LANES { 2 } else { 1 } {
            let mut i = 0;
            while i < len {
                let n = if len - i < 4 { len - i } else { 4 };
                let four = V::columns(each.add(h * V::LANES), i, n);
                for k in 0..4 {
                    if k < n {
                        to.add(2 * (i + k) + h).write(four[k]);
                    }
                }
                i += 4;
            }
        }
    }
}

/// The last layer's numbers of each sample, from a sample in each lane.
#[inline(always)]
pub(super) unsafe fn write_columns<V: Across, N: Whole>(groups: usize, z: *const V, to: *const *mut f32) {
    for h in 0..groups {
        let mut k = 0;
        while k < N::Output::COUNT {
            let n = if N::Output::COUNT - k < 4 { N::Output::COUNT - k } else { 4 };
            // SAFETY: the caller's.
            unsafe { V::write_columns(&four::<V, N>(z, h, k), to.add(h * V::LANES), k, n) };
            k += 4;
        }
    }
}

/// Numbers `k` to `k + 3` of the last layer, as far as there are, of group `h`.
#[inline(always)]
pub(super) unsafe fn four<V: Across, N: Whole>(z: *const V, h: usize, k: usize) -> [V; 4] {
    let mut four = [V::of(0.0); 4];
    for j in 0..4 {
        if k + j < N::Output::COUNT {
            // SAFETY: the caller's.
            four[j] = unsafe { *z.add(2 * (k + j) + h) };
        }
    }
    four
}

/// A row of δ for each sample, from a register for each δ.
#[inline(always)]
pub(super) unsafe fn across<V: Across, N: Whole>(groups: usize, d: *const V, rows: *mut f32, stride: usize) {
    for h in 0..groups {
        let mut at = 0;
        while at < stride {
            let mut block = [V::of(0.0); 16];
            for k in 0..V::LANES {
                if at + k < N::NUMBERS {
                    // SAFETY: the caller's.
                    block[k] = unsafe { *d.add(2 * (at + k) + h) };
                }
            }
            let block = V::transpose(&block);
            for r in 0..V::LANES {
                // SAFETY: the caller's.
                unsafe { block[r].store(rows.add((h * V::LANES + r) * stride + at)) };
            }
            at += V::LANES;
        }
    }
}
