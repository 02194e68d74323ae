use super::{reread, write};
use crate::kernel::Lanewise;
use crate::kernel::arch::{Level, Register};
use crate::kernel::pass::Rows;
use crate::width::Width;

/// to ← f(x, y), elementwise.
///
/// # Safety
///
/// `x: [n]` and `y: [n]` may be read, `to: [n]`, which may be one of them, written; the processor has the level.
#[inline(always)]
pub(crate) unsafe fn map<L: Level, F: Lanewise>(f: F, n: usize, x: *const f32, y: *const f32, to: *mut f32) {
    // SAFETY: the caller's.
    unsafe {
        let mut k = 0;
        while n - k >= 16 {
            piece::<L::X16, F>(f, k, 16, x, y, to);
            k += 16;
        }
        let left = n - k;
        if left > 8 {
            piece::<L::X16, F>(f, k, left, x, y, to);
        } else if left > 4 {
            piece::<L::X8, F>(f, k, left, x, y, to);
        } else if left > 0 {
            piece::<L::X4, F>(f, k, left, x, y, to);
        }
    }
}

/// y_b ← f(x_b, y_b) of `n` rows, elementwise.
///
/// # Safety
///
/// `n` rows of `x: [cols]` may be read, and as many of `y: [cols]` read and written; the processor has the level.
#[inline(always)]
pub(crate) unsafe fn map_rows<L: Level, Out: Width, F: Lanewise>(f: F, n: usize, x: Rows, y: Rows) {
    for b in 0..n {
        // SAFETY: the caller's.
        unsafe { map::<L, F>(f, Out::USIZE, x.from(b, 0).first, y.from(b, 0).first, y.from(b, 0).first) };
    }
}

#[inline(always)]
unsafe fn piece<V: Register, F: Lanewise>(f: F, k: usize, n: usize, x: *const f32, y: *const f32, to: *mut f32) {
    // SAFETY: the caller's.
    unsafe { write(f.of(reread::<V>(x.add(k), n), reread::<V>(y.add(k), n)), to.add(k), n) }
}
