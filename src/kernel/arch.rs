//! Registers: what the kernels' vectors are on each processor, and the choice of one.
//!
//! The kernels are written once, over registers of 4, 8 and 16 lanes. A processor with shorter ones pairs
//! them up, so every processor adds the same numbers in the same order.
#![allow(unsafe_code)]
#![allow(clippy::needless_range_loop, reason = "lanes and rows are numbered, and several arrays share the number")]

use crate::scalar::Float;

#[cfg(target_arch = "aarch64")]
pub(crate) mod arm;
mod fuse;
mod pair;
#[cfg(all(test, simd))]
mod tests;
#[cfg(target_arch = "x86_64")]
pub(crate) mod x86;

pub(crate) use fuse::Fusing;
pub(crate) use pair::Pair;

/// A register of `f32` lanes.
pub(crate) trait Register: Float<Scalar: From<f32>> {
    /// How many lanes.
    const LANES: usize;

    /// How many of the processor's registers it is.
    const PARTS: usize = 1;

    /// Reads [`LANES`](Register::LANES) numbers.
    ///
    /// # Safety
    ///
    /// They may be read.
    unsafe fn load(from: *const f32) -> Self;

    /// Reads the first `n` lanes, at most all; +0 in the others.
    ///
    /// # Safety
    ///
    /// `n` numbers may be read.
    unsafe fn load_part(from: *const f32, n: usize) -> Self;

    /// [`load_part`](Register::load_part) of numbers that [`store_part`](Register::store_part) has just
    /// written: by loads of the same pieces, which need not wait until the stores are in the cache.
    ///
    /// # Safety
    ///
    /// `n` numbers may be read.
    unsafe fn reload_part(from: *const f32, n: usize) -> Self;

    /// Writes all lanes.
    ///
    /// # Safety
    ///
    /// They may be written.
    unsafe fn store(self, to: *mut f32);

    /// Writes the first `n` lanes, at most all.
    ///
    /// # Safety
    ///
    /// `n` numbers may be written.
    unsafe fn store_part(self, to: *mut f32, n: usize);

    /// Each of the first `n` of four numbers in all lanes of a register; any in the others.
    ///
    /// # Safety
    ///
    /// `n` numbers may be read.
    #[inline(always)]
    unsafe fn splats(from: *const f32, n: usize) -> [Self; 4] {
        let mut all = [Self::of(0.0); 4];
        for (k, all) in all.iter_mut().enumerate().take(n) {
            // SAFETY: the caller's.
            *all = Self::splat(unsafe { *from.add(k) }.into());
        }
        all
    }

    /// The first `n` lanes, and +0 in the others.
    fn keep(self, n: usize) -> Self;

    /// Rows and columns exchanged: lane k of row r becomes lane r of row k. Of the rows, the first `LANES` count.
    fn transpose(rows: &[Self; 16]) -> [Self; 16];

    /// In lane k, the sum of the lanes of row k, joined by halves: `l + LANES/2`, …, `l + 2`, `l + 1`. Of
    /// the rows, the first `LANES` count.
    fn sums(rows: &[Self; 16]) -> Self;
}

/// A register with a number of each of `LANES` rows: what a batch is computed in where its layers are narrow.
///
/// What is provided is for four lanes.
pub(crate) trait Across: Register {
    /// Four columns of the rows, from column `at` on, of which the first `n` are read and the others +0: lane r of
    /// column k is number k of row r.
    ///
    /// # Safety
    ///
    /// `LANES` pointers may be read, and behind each `n` numbers from `at` on.
    #[inline(always)]
    unsafe fn columns(rows: *const *const f32, at: usize, n: usize) -> [Self; 4] {
        let mut four = [Self::of(0.0); 16];
        for k in 0..4 {
            // SAFETY: the caller's.
            four[k] = unsafe { Self::load_part((*rows.add(k)).add(at), n) };
        }
        let [a, b, c, d, ..] = Self::transpose(&four);
        [a, b, c, d]
    }

    /// Sixteen columns of the rows, four by four.
    ///
    /// # Safety
    ///
    /// As [`columns`](Across::columns) of sixteen.
    #[inline(always)]
    unsafe fn sixteen(rows: *const *const f32, at: usize) -> [[Self; 4]; 4] {
        let mut all = [[Self::of(0.0); 4]; 4];
        for k in 0..4 {
            // SAFETY: the caller's.
            all[k] = unsafe { Self::columns(rows, at + 4 * k, 4) };
        }
        all
    }

    /// The `n` columns, of at most four, of rows that stand side by side.
    ///
    /// # Safety
    ///
    /// `LANES · n` numbers may be read.
    #[inline(always)]
    unsafe fn deal(rows: *const f32, n: usize) -> [Self; 4] {
        let mut from = [core::ptr::null(); 16];
        for r in 0..Self::LANES {
            from[r] = rows.wrapping_add(r * n);
        }
        // SAFETY: the caller's.
        unsafe { Self::columns(from.as_ptr(), 0, n) }
    }

    /// Writes the first `n` of four columns to rows that stand side by side.
    ///
    /// # Safety
    ///
    /// `LANES · n` numbers may be written.
    #[inline(always)]
    unsafe fn collect(columns: &[Self; 4], rows: *mut f32, n: usize) {
        let mut to = [core::ptr::null_mut(); 16];
        for r in 0..Self::LANES {
            to[r] = rows.wrapping_add(r * n);
        }
        // SAFETY: the caller's.
        unsafe { Self::write_columns(columns, to.as_ptr(), 0, n) }
    }

    /// Writes the first `n` of four columns to the rows, from column `at` on.
    ///
    /// # Safety
    ///
    /// `LANES` pointers may be read, and behind each `n` numbers from `at` on written.
    #[inline(always)]
    unsafe fn write_columns(columns: &[Self; 4], rows: *const *mut f32, at: usize, n: usize) {
        let mut four = [Self::of(0.0); 16];
        [four[0], four[1], four[2], four[3]] = *columns;
        let four = Self::transpose(&four);
        for k in 0..4 {
            // SAFETY: the caller's.
            unsafe { four[k].store_part((*rows.add(k)).add(at), n) };
        }
    }
}

/// The registers of a processor.
pub(crate) trait Level {
    /// The widest of its own.
    type Own: Across;
    /// Four lanes.
    type X4: Register;
    /// Eight lanes.
    type X8: Register;
    /// Sixteen lanes.
    type X16: Register;
    /// How many vectors of 16 a tile has: what fits the registers.
    const TILE: usize;
}

/// Asks for what is read soon, where the processor has a word for it; the place need not be one that may be read.
#[inline(always)]
pub(crate) fn prefetch(from: *const f32) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the instruction is part of the target, reads nothing and never faults.
    unsafe {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(from.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = from;
}
