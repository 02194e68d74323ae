//! Products of rows of weights with an input: `Σᵢ wᵢ xᵢ`, modulo 2³², in which any order gives the same sum.

#[cfg(dsp)]
mod dsp;
#[cfg(dsp)]
pub(super) use dsp::{ROWS, sums};

#[cfg(not(dsp))]
use crate::array::Vector;
#[cfg(not(dsp))]
use crate::width::Width;

/// How many rows at once.
#[cfg(not(dsp))]
pub(super) const ROWS: usize = 1;

/// The sum of each row.
#[cfg(not(dsp))]
#[inline(always)]
pub(super) fn sums<In: Width, const R: usize>(rows: &[Vector<In, i8>; R], x: &Vector<In, i8>) -> [i32; R] {
    rows.each_ref().map(|row| sum(row, x))
}

/// The sum of a row; a function of its own, so that a device has it once, and little stack.
#[cfg(not(dsp))]
#[inline(never)]
fn sum(w: &[i8], x: &[i8]) -> i32 {
    let ((w, last_w), (x, last_x)) = (w.as_chunks::<4>(), x.as_chunks::<4>());
    let fours = w.iter().zip(x).fold(0_i32, |sum, (w, x)| sum.wrapping_add(short(w, x)));
    fours.wrapping_add(short(last_w, last_x))
}

/// The sum of a few.
#[inline(always)]
fn short(w: &[i8], x: &[i8]) -> i32 {
    w.iter().zip(x).fold(0_i32, |sum, (&w, &x)| sum.wrapping_add(i32::from(w) * i32::from(x)))
}
