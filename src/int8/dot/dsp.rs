//! The instructions for pairs of 16 bits of a Cortex-M4, M7 and their like: two products in one. Core's functions for them are
//! not stable.
//!
//! 64-32-10 takes 5,300 instructions on a Cortex-M4, of which 4,000 are these sums; 11,900 by the loop of single products.
#![allow(unsafe_code)]

use core::arch::asm;

use super::short;
use crate::array::Vector;
use crate::width::Width;

/// How many rows at once: each four numbers of x are widened for all of them.
pub(in crate::int8) const ROWS: usize = 4;

/// The sum of each row. Of rows of a known width, so that all are read from one place on, without a check.
#[inline(never)]
pub(in crate::int8) fn sums<In: Width, const R: usize>(rows: &[Vector<In, i8>; R], x: &Vector<In, i8>) -> [i32; R] {
    let (fours, last) = x.as_chunks::<4>();
    let mut sums = [0; R];
    for (k, x) in fours.iter().enumerate() {
        let x = pairs(x);
        for (sum, row) in sums.iter_mut().zip(rows) {
            if let Some(w) = row.as_chunks::<4>().0.get(k) {
                let w = pairs(w);
                *sum = add_products(w.1, x.1, add_products(w.0, x.0, *sum));
            }
        }
    }
    if const { !In::USIZE.is_multiple_of(4) } {
        for (sum, row) in sums.iter_mut().zip(rows) {
            *sum = sum.wrapping_add(short(row.as_chunks::<4>().1, last));
        }
    }
    sums
}

/// Numbers 0 and 2, and 1 and 3, as pairs of 16 bits.
#[inline(always)]
fn pairs(four: &[i8; 4]) -> (u32, u32) {
    let word = u32::from_le_bytes(four.map(i8::cast_unsigned));
    let (even, odd);
    // SAFETY: the target has the instructions, the build script has looked; they read and write registers only.
    unsafe {
        asm!("sxtb16 {0}, {1}", out(reg) even, in(reg) word, options(pure, nomem, nostack, preserves_flags));
        asm!("sxtb16 {0}, {1}, ror #8", out(reg) odd, in(reg) word, options(pure, nomem, nostack, preserves_flags));
    }
    (even, odd)
}

/// `sum + w₀ x₀ + w₁ x₁`, modulo 2³².
#[inline(always)]
fn add_products(w: u32, x: u32, sum: i32) -> i32 {
    let out;
    // SAFETY: as in `pairs`. The instruction may set the flag of saturation.
    unsafe {
        asm!("smlad {0}, {1}, {2}, {3}", out(reg) out, in(reg) w, in(reg) x, in(reg) sum, options(pure, nomem, nostack));
    }
    out
}
