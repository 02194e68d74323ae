use super::{reread, write};
use crate::kernel::Update;
use crate::kernel::arch::{Level, Register};
use crate::plain::Few;

/// w ← f(w, g, kept), and what is kept, elementwise.
///
/// # Safety
///
/// `g: [n]` may be read, `w: [n]` and each of `kept: [n]` read and written, none overlaps another; the processor has
/// the level.
#[inline(always)]
pub(crate) unsafe fn update<L: Level, U: Update>(f: U, n: usize, w: *mut f32, g: *const f32, kept: U::Kept<*mut f32>) {
    // SAFETY: the caller's.
    unsafe {
        let mut k = 0;
        while n - k >= 16 {
            piece::<L::X16, U>(f, k, 16, w, g, kept.as_ref());
            k += 16;
        }
        let left = n - k;
        if left > 8 {
            piece::<L::X16, U>(f, k, left, w, g, kept.as_ref());
        } else if left > 4 {
            piece::<L::X8, U>(f, k, left, w, g, kept.as_ref());
        } else if left > 0 {
            piece::<L::X4, U>(f, k, left, w, g, kept.as_ref());
        }
    }
}

/// Loops, and no closures: those would not be compiled for the level.
#[inline(always)]
unsafe fn piece<V: Register, U: Update>(f: U, k: usize, n: usize, w: *mut f32, g: *const f32, kept: &[*mut f32]) {
    // SAFETY: the caller's.
    unsafe {
        let mut now = U::Kept::<V>::all(V::splat(0.0));
        for m in 0..kept.len() {
            now.as_mut().as_mut_ptr().add(m).write(reread::<V>((*kept.get_unchecked(m)).add(k), n));
        }
        let new = f.of(reread::<V>(w.add(k), n), reread::<V>(g.add(k), n), &mut now);
        write(new, w.add(k), n);
        for m in 0..kept.len() {
            write(*now.as_ref().get_unchecked(m), (*kept.get_unchecked(m)).add(k), n);
        }
    }
}
