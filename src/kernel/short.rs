//! The kernels of numbers of 16 bits, whose products are exact in 32: sums stay in 32 bits as long as none can pass them, then
//! go to the accumulator. Exact sums have no order, so the bits are those of the plain loops.
//!
//! On a Cortex-M0 a weight takes about 5 instructions here in a weighted sum and 16 in a step; in 64 bits, with a look at each
//! number, 12 and 35.
#![allow(unsafe_code)]

use crate::array::{Matrix, Vector};
use crate::scalar::{Accumulator, Scalar};
use crate::width::Width;

/// Whether `T` has these kernels.
pub(super) const fn is_short<T: Scalar>() -> bool {
    T::Accumulator::SHORT
}

/// The most that the magnitudes of some numbers may add up to: times any number of 16 bits, that is below 2³¹.
const ROOM: u32 = (1 << 16) - 1;

/// The outputs of a tile: as many sums as a processor has registers for.
const TILE: usize = if cfg!(all(target_arch = "arm", not(dsp))) { 4 } else { 8 };

fn magnitude<T: Scalar>(x: T) -> u32 {
    T::Accumulator::short(x).unsigned_abs()
}

/// z ← z + Wᵀ x, rounded once; false, and nothing done, where an input is at an end of the range.
#[inline(always)]
pub(super) fn gemv<In: Width, Out: Width, T: Scalar>(
    w: &Matrix<In, Out, T>,
    x: &Vector<In, T>,
    z: &mut Vector<Out, T>,
) -> bool {
    if !T::all_finite(x) {
        return false;
    }
    let most = x.iter().fold(0, |most, &x| magnitude(x).max(most));
    // As many inputs as surely have room.
    let run = ROOM.checked_div(most).map_or(In::USIZE, |run| (run as usize).min(In::USIZE));
    let (w, x, z) = (w.as_ptr().cast::<T>(), x.as_ptr(), z.as_mut_ptr());
    // SAFETY: arrays of these widths, and the tiles cover the outputs once.
    unsafe {
        let mut j = 0;
        while j + TILE <= Out::USIZE {
            tile::<In, Out, T, TILE>(run, w.add(j), x, z.add(j));
            j += TILE;
        }
        if const { Out::USIZE % TILE >= 4 } {
            tile::<In, Out, T, 4>(run, w.add(j), x, z.add(j));
            j += 4;
        }
        if const { Out::USIZE % 4 >= 2 } {
            tile::<In, Out, T, 2>(run, w.add(j), x, z.add(j));
            j += 2;
        }
        if const { Out::USIZE % 2 == 1 } {
            tile::<In, Out, T, 1>(run, w.add(j), x, z.add(j));
        }
    }
    true
}

/// [`gemv`] of `N` outputs, whose sums have room for `run` inputs, at least 1.
///
/// # Safety
///
/// `In` rows of `w` at distances of `Out`, of `N` numbers, and `In` numbers of `x` may be read, `N` of `z` read and written.
#[inline(never)]
unsafe fn tile<In: Width, Out: Width, T: Scalar, const N: usize>(run: usize, w: *const T, x: *const T, z: *mut T) {
    // SAFETY: the caller's.
    unsafe {
        let mut sums: [T::Accumulator; N] = core::array::from_fn(|j| T::Accumulator::of(*z.add(j)));
        let (mut row, mut from, end) = (w, x, x.add(In::USIZE));
        while from < end {
            let stop = if run < end.offset_from_unsigned(from) { from.add(run) } else { end };
            let mut s = [0; N];
            while from < stop {
                let x = T::Accumulator::short(*from);
                // A product with 0 changes nothing, and many inputs are 0.
                if x != 0 {
                    for (j, s) in s.iter_mut().enumerate() {
                        *s += x * T::Accumulator::short(*row.add(j));
                    }
                }
                (row, from) = (row.add(Out::USIZE), from.add(1));
            }
            sums = core::array::from_fn(|j| sums[j].plus_short(s[j]));
        }
        for (j, sum) in sums.into_iter().enumerate() {
            z.add(j).write(sum.round());
        }
    }
}

/// dx ← W δ, each rounded once; false, and nothing done, where δ is at an end of the range or a sum may be too large.
#[inline(always)]
pub(super) fn transposed<In: Width, Out: Width, T: Scalar>(
    w: &Matrix<In, Out, T>,
    delta: &Vector<Out, T>,
    dx: &mut Vector<In, T>,
) -> bool {
    if !T::all_finite(delta) || delta.iter().fold(0_u32, |sum, &d| sum.saturating_add(magnitude(d))) > ROOM {
        return false;
    }
    for (dx, row) in dx.iter_mut().zip(w) {
        let pairs = row.iter().zip(delta);
        let s = pairs.fold(0, |s, (&w, &d)| s + T::Accumulator::short(w) * T::Accumulator::short(d));
        *dx = T::Accumulator::of(T::ZERO).plus_short(s).round();
    }
    true
}

/// `to ← to + (scale x) δᵀ`, each rounded as [`Real::mul_add`](crate::scalar::Real::mul_add) is; false, and nothing done, where
/// δ is at an end of the range.
#[inline(always)]
pub(super) fn change<In: Width, Out: Width, T: Scalar>(
    scale: impl Fn(T) -> T,
    x: &Vector<In, T>,
    delta: &Vector<Out, T>,
    to: &mut Matrix<In, Out, T>,
) -> bool {
    if !T::all_finite(delta) {
        return false;
    }
    for (&x, row) in x.iter().zip(to) {
        let a = scale(x);
        match a.is_finite() {
            true if a != T::ZERO => row_plus(a, delta, row),
            true => {}
            false => super::axpy(a, delta, row),
        }
    }
    true
}

/// `row ← row + a δ`, for `a` and δ at no end.
#[inline(never)]
fn row_plus<T: Scalar>(a: T, delta: &[T], row: &mut [T]) {
    let few = |row: &mut [T], delta: &[T]| {
        row.iter_mut().zip(delta).for_each(|(w, &d)| T::Accumulator::plus_inside(a, d, w));
    };
    // Written out by the compiler, four at a time.
    let ((fours, last), (deltas, last_deltas)) = (row.as_chunks_mut::<4>(), delta.as_chunks::<4>());
    fours.iter_mut().zip(deltas).for_each(|(row, delta)| few(row, delta));
    few(last, last_deltas);
}
