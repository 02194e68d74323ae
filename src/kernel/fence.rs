//! Numbers in memory between two pages that nobody may touch.
#![allow(unsafe_code)]

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::slice::{from_raw_parts, from_raw_parts_mut};

use crate::init::{Pcg32, Random};

/// A multiple of the page on every x86-64 and every AArch64.
const PAGE: usize = if cfg!(target_arch = "aarch64") { 65_536 } else { 4096 };

/// Some numbers, with a page behind the last that can't be read, and one before the first where they fill
/// their pages. On other systems than Linux, the allocator's own neighbours.
pub(super) struct Fenced {
    pages: *mut u8,
    layout: Layout,
    len: usize,
}

impl Fenced {
    pub(super) fn new(numbers: &[f32]) -> Fenced {
        let inner = size_of_val(numbers).next_multiple_of(PAGE);
        let layout = Layout::from_size_align(inner + 2 * PAGE, PAGE).unwrap();
        // SAFETY: the layout has bytes.
        let pages = unsafe { alloc_zeroed(layout) };
        assert!(!pages.is_null());
        let mut fenced = Fenced { pages, layout, len: numbers.len() };
        fenced.as_mut().copy_from_slice(numbers);
        fenced.fence(false);
        fenced
    }

    /// Numbers as networks do not have them: zeros of both signs, subnormal ones, large ones, and some that they do.
    pub(super) fn random(rng: &mut Pcg32, len: usize) -> Fenced {
        Fenced::new(&(0..len).map(|_| number(rng)).collect::<Vec<_>>())
    }

    pub(super) fn copy(&self) -> Fenced {
        Fenced::new(self.as_ref())
    }

    pub(super) fn as_ptr(&self) -> *const f32 {
        self.start()
    }

    pub(super) fn as_mut_ptr(&mut self) -> *mut f32 {
        self.start()
    }

    pub(super) fn as_ref(&self) -> &[f32] {
        // SAFETY: `len` numbers end where the last page starts.
        unsafe { from_raw_parts(self.start(), self.len) }
    }

    pub(super) fn as_mut(&mut self) -> &mut [f32] {
        // SAFETY: as in `as_ref`.
        unsafe { from_raw_parts_mut(self.start(), self.len) }
    }

    fn start(&self) -> *mut f32 {
        // SAFETY: within the allocation: all but the first and last page hold at least `len` numbers.
        unsafe { self.pages.add(self.layout.size() - PAGE).cast::<f32>().sub(self.len) }
    }

    /// Allows or forbids to touch the first and the last page.
    fn fence(&self, open: bool) {
        #[cfg(target_os = "linux")]
        {
            unsafe extern "C" {
                fn mprotect(pages: *mut u8, bytes: usize, access: i32) -> i32;
            }
            // SAFETY: whole pages of an allocation of our own, of which nothing else is in them.
            unsafe {
                let last = self.pages.add(self.layout.size() - PAGE);
                assert_eq!(mprotect(self.pages, PAGE, if open { 3 } else { 0 }), 0);
                assert_eq!(mprotect(last, PAGE, if open { 3 } else { 0 }), 0);
            }
        }
        #[cfg(not(target_os = "linux"))]
        let _ = open;
    }
}

impl Drop for Fenced {
    fn drop(&mut self) {
        self.fence(true);
        // SAFETY: allocated with this layout.
        unsafe { dealloc(self.pages, self.layout) };
    }
}

fn number(rng: &mut Pcg32) -> f32 {
    let bits = rng.bits();
    let sign = bits & 1 << 31;
    let unit = (bits >> 8 & 0x7f_ffff) as f32 / (1 << 22) as f32 - 1.0;
    match bits % 16 {
        0 => f32::from_bits(sign),
        1 => f32::from_bits(sign | bits >> 9),
        2 => unit * 1e15,
        3 => unit * 1e-25,
        _ => unit,
    }
}

/// Fails unless the numbers are the same bits; NaN is NaN whatever its payload.
pub(super) fn same(found: &[f32], expected: &[f32], what: std::fmt::Arguments) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (k, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan(),
            "{what}, number {k}: {found:e}, not {expected:e}"
        );
    }
}
