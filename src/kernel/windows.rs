//! A dense layer that reads windows: the kernels of batches, with the windows of one sample in place of samples.
//!
//! Windows are read where they are, several at once, at equal distances. Where some reach into the padding, rows of the array
//! are copied with the padding's zeros; where there is no room for that, windows one by one.
#![allow(unsafe_code)]

mod errors;
mod strip;
mod sums;
#[cfg(test)]
mod tests;

use core::ops::Range;

use typenum::Unsigned;

use crate::activation::Activation;
use crate::array::{Matrix, Plain, Vector};
use crate::kernel::dispatch::{self, single};
use crate::kernel::gemv;
use crate::kernel::gemv::alone;
use crate::kernel::pass::{Line, Reads, Rows};
use crate::plain::rows;
use crate::scalar::{Number, Scalar};
use crate::width::Width;
use crate::window::Windows;

pub(crate) use errors::errors;
pub(crate) use strip::Through;
use strip::{frame, strips, strips_mut};
pub(crate) use sums::sums;

/// The number of a window's first number, of `n` windows side by side; or one that reaches into the padding.
enum Run {
    Inside { window: usize, n: usize, first: usize },
    Border { window: usize, row: usize, column: usize },
}

/// Whether all windows lie within what [`strips`] gives.
const fn inside<G: Windows, T: Scalar>() -> bool {
    frame::<G, T>().all_inside()
}

/// Calls `go` with the windows of these rows, which [`strips`] gave, in their order.
#[inline(always)]
fn runs<G: Windows, T: Scalar>(of: Range<usize>, mut go: impl FnMut(Run)) {
    let all = const { frame::<G, T>() };
    let columns = all.columns;
    let ((top, bottom), (left, right)) = const { (frame::<G, T>().rows.inside(), frame::<G, T>().columns.inside()) };
    for row in of.clone() {
        let some = const { inside::<G, T>() } || (top..bottom).contains(&row);
        let (from, to) = if some { (left, right) } else { (0, 0) };
        let window = row * columns.count;
        if const { !inside::<G, T>() } {
            for column in 0..from {
                go(Run::Border { window: window + column, row, column });
            }
        }
        if from < to {
            go(Run::Inside { window: window + from, n: to - from, first: all.first(row - of.start, from) });
        }
        if const { !inside::<G, T>() } {
            for column in to..columns.count {
                go(Run::Border { window: window + column, row, column });
            }
        }
    }
}

/// From one window to the next within a run.
const fn apart<G: Windows>() -> usize {
    G::FRAME.apart()
}

/// Calls `go` with each place that is there of the window at this row and column, in order: its number in the window, and in
/// the array.
#[inline(always)]
fn each<G: Windows>(row: usize, column: usize, mut go: impl FnMut(usize, usize)) {
    let (rows, columns) = const { (G::FRAME.rows, G::FRAME.columns) };
    if const { G::FRAME.all_inside() } {
        let first = row * rows.stride * columns.len + column * columns.stride;
        for ky in 0..rows.window {
            for kx in 0..columns.window {
                go(ky * columns.window + kx, first + ky * rows.dilation * columns.len + kx * columns.dilation);
            }
        }
        return;
    }
    let (top, from_row, to_row) = rows.clip(row);
    let (left, from, to) = columns.clip(column);
    for ky in from_row..to_row {
        let y = (top + (ky * rows.dilation) as isize) as usize;
        for kx in from..to {
            let x = (left + (kx * columns.dilation) as isize) as usize;
            go(ky * columns.window + kx, y * columns.len + x);
        }
    }
}

/// Calls `go` with each piece of a window that is there: its place in the array, its place in the window, its length.
#[inline(always)]
fn pieces<G: Windows>(row: usize, column: usize, mut go: impl FnMut(usize, usize, usize)) {
    let channels = const { G::FRAME.channels };
    each::<G>(row, column, |k, place| go(place * channels, k * channels, channels));
}

/// Calls `go` with each place of window `t` that is there, in order: a place has the numbers of all channels.
#[inline(always)]
pub(crate) fn places<G: Windows>(t: usize, mut go: impl FnMut(usize)) {
    taps::<G>(t, |_, place| go(place));
}

/// [`places`], each behind its number in the window.
#[inline(always)]
pub(crate) fn taps<G: Windows>(t: usize, go: impl FnMut(usize, usize)) {
    let columns = const { G::FRAME.columns.count };
    each::<G>(t / columns, t % columns, go);
}

/// Calls `go` with each window of which place `k` is there, in order: its number, and the place in the array.
#[inline(always)]
pub(crate) fn tapped<G: Windows>(k: usize, mut go: impl FnMut(usize, usize)) {
    let (rows, columns) = const { (G::FRAME.rows, G::FRAME.columns) };
    for row in 0..rows.count {
        let Some(y) = rows.place(row, k / columns.window) else { continue };
        for column in 0..columns.count {
            if let Some(x) = columns.place(column, k % columns.window) {
                go(row * columns.count + column, y * columns.len + x);
            }
        }
    }
}

/// The window at this row and column, with `blank` for padding.
#[inline(always)]
pub(crate) fn copy<G: Windows, T: Number>(
    x: &[T],
    row: usize,
    column: usize,
    blank: T,
    patch: &mut Vector<G::Patch, T>,
) {
    patch.fill(blank);
    pieces::<G>(row, column, |from, to, n| {
        let numbers = x.get(from..from + n).unwrap_or_default();
        patch.iter_mut().skip(to).zip(numbers).for_each(|(to, &x)| *to = x);
    });
}

/// The window that starts at `first` and lies within what [`strips`] gave: where it is, or a copy.
#[inline(always)]
fn within<'a, G: Windows, T: Scalar>(
    x: &'a [T],
    first: usize,
    patch: &'a mut Vector<G::Patch, T>,
) -> &'a Vector<G::Patch, T> {
    let x = x.get(first..).unwrap_or_default();
    let windows = rows::<G::Patch, T>(x);
    if let (true, Some(window)) = (const { Through::<G>::SOLID }, windows.first()) {
        return window;
    }
    let run = const { <G::Run as Unsigned>::USIZE };
    for (k, to) in patch.chunks_mut(run).enumerate() {
        let from = const { frame::<G, T>() }.at(k * run);
        to.iter_mut().zip(x.iter().skip(from)).for_each(|(to, &x)| *to = x);
    }
    patch
}

/// `y_t ← g(b + Wᵀ x_t)` of each window `x_t` of `x`, in [`gemv`]'s order.
///
/// # Shapes
///
/// `x`: the array, flat; `y`: a row for each window.
#[inline(always)]
pub(crate) fn forward<G: Windows, Out: Width, A: Activation, T: Scalar>(
    w: &Matrix<G::Patch, Out, T>,
    bias: &Vector<Out, T>,
    x: &[T],
    y: &mut [Vector<Out, T>],
) {
    let mut patch = Vector::ZERO;
    let array = x;
    let mut one = |x: &[T], run| match run {
        Run::Border { window, row, column } => {
            if const { !inside::<G, T>() } {
                copy::<G, T>(array, row, column, T::ZERO, &mut patch);
                if let Some(y) = y.get_mut(window) {
                    gemv::<G::Patch, Out, A, T>(w, &patch, Some(bias), y);
                }
            }
        }
        Run::Inside { window, n, first } => {
            let Some(y) = y.get_mut(window..window + n) else { return };
            if const { single::<T>() } && reaches::<G, T>(first + (n - 1) * apart::<G>()) <= x.len() {
                let z = Rows { first: bias.as_ptr().cast_mut().cast(), stride: 0 };
                let rows = Rows { first: y.as_mut_ptr().cast(), stride: Out::USIZE };
                // SAFETY: the `n` windows lie within `x`, and there are as many rows of `y`; a `T` of f32's digits is laid
                // out as f32.
                unsafe {
                    let reads = reads::<G, T>(x, first);
                    if dispatch::gemm::<T, Through<G>, Out, A>(n, w.as_ptr().cast(), z, reads, rows) {
                        return;
                    }
                }
            }
            for (t, y) in y.iter_mut().enumerate() {
                let window = within::<G, T>(x, first + t * apart::<G>(), &mut patch);
                y.copy_from_slice(bias);
                alone(w, window, y);
                y.iter_mut().for_each(|y| *y = A::value(*y));
            }
        }
    };
    strips::<G, T>(x, |x, of| runs::<G, T>(of, |run| one(x, run)));
}

/// Before which the window ends that starts at `first`.
#[inline(always)]
const fn reaches<G: Windows, T: Scalar>(first: usize) -> usize {
    first + const { frame::<G, T>().at(<G::Patch as Unsigned>::USIZE - 1) + 1 }
}

/// The windows from `first` on.
#[inline(always)]
fn reads<G: Windows, T: Scalar>(x: &[T], first: usize) -> Reads {
    Reads { first: x.as_ptr().wrapping_add(first).cast(), stride: apart::<G>() * size_of::<T>(), behind: None }
}
