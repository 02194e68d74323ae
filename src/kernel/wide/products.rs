use super::{load, store};
use crate::kernel::arch::{Level, Register};
use crate::width::Width;

/// to ← start + Σ_k a_k ⊙ b_k over `n` pairs, in their order.
///
/// # Safety
///
/// The vectors of all pairs and `start: [width]` may be read, `to: [width]`, which may be `start`, written; the processor has the level.
#[inline(always)]
pub(crate) unsafe fn products<L: Level, C: Width>(
    n: usize,
    pairs: *const [*const f32; 2],
    start: *const f32,
    to: *mut f32,
) {
    // SAFETY: the caller's; the vectors cover the numbers once.
    unsafe {
        if const { C::USIZE <= 4 } {
            columns::<L::X4>(n, pairs, start, to, 0, C::USIZE);
        } else if const { C::USIZE <= 8 } {
            columns::<L::X8>(n, pairs, start, to, 0, C::USIZE);
        } else {
            let vectors = const { C::USIZE.div_ceil(16) };
            for v in 0..vectors {
                let lanes = if v + 1 < vectors { 16 } else { const { C::USIZE - (C::USIZE - 1) / 16 * 16 } };
                columns::<L::X16>(n, pairs, start, to, 16 * v, lanes);
            }
        }
    }
}

/// The `lanes` numbers from number `j` on.
#[inline(always)]
unsafe fn columns<V: Register>(
    n: usize,
    pairs: *const [*const f32; 2],
    start: *const f32,
    to: *mut f32,
    j: usize,
    lanes: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut sum = load::<V, 1>(start.add(j), 0, lanes);
        for k in 0..n {
            let [a, b] = *pairs.add(k);
            sum = load::<V, 1>(a.add(j), 0, lanes).mul_add(load::<V, 1>(b.add(j), 0, lanes), sum);
        }
        store::<V, 1>(sum, to.add(j), 0, lanes);
    }
}
