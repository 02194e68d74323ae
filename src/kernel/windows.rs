//! A dense layer that reads windows: the kernels of batches, with the windows of one sample in place of samples.
//!
//! Where windows lie within the array, they are read where they are: several at once, at equal distances. One that
//! reaches into the padding is copied, with the padding's zeros.
#![allow(unsafe_code)]

use core::slice::from_ref;

use typenum::Unsigned;

use crate::activation::Activation;
use crate::array::{Matrix, Plain, Vector};
use crate::kernel::dispatch::{self, single};
use crate::kernel::gemv;
use crate::kernel::pass::{Gradient, Line, MOST, Onto, Reads, Rows, SPREAD, Span, Through};
use crate::kernel::{add, batch, transposed};
use crate::lines::{Inputs, Lines};
use crate::plain::rows;
use crate::scalar::{Number, Scalar, is_wide};
use crate::width::Width;
use crate::window::Windows;

/// The number of a window's first number, of `n` windows side by side; or one that reaches into the padding.
enum Run {
    Inside { window: usize, n: usize, first: usize },
    Border { window: usize, row: usize, column: usize },
}

/// Calls `go` with all windows, in their order.
#[inline(always)]
fn runs<G: Windows>(mut go: impl FnMut(Run)) {
    let frame = const { G::FRAME };
    let (rows, columns) = (frame.rows, frame.columns);
    let ((top, bottom), (left, right)) = const { (G::FRAME.rows.inside(), G::FRAME.columns.inside()) };
    for row in 0..rows.count {
        let (from, to) = if (top..bottom).contains(&row) { (left, right) } else { (0, 0) };
        let window = row * columns.count;
        for column in 0..from {
            go(Run::Border { window: window + column, row, column });
        }
        if from < to {
            let y = row * rows.stride - rows.before;
            let x = from * columns.stride - columns.before;
            let first = (y * columns.len + x) * frame.channels;
            go(Run::Inside { window: window + from, n: to - from, first });
        }
        for column in to..columns.count {
            go(Run::Border { window: window + column, row, column });
        }
    }
}

/// From one window to the next within a run.
const fn apart<G: Windows>() -> usize {
    G::FRAME.columns.stride * G::FRAME.channels
}

/// Calls `go` with each place that is there of the window at this row and column, in order: its number in the window, and in
/// the array.
#[inline(always)]
fn each<G: Windows>(row: usize, column: usize, mut go: impl FnMut(usize, usize)) {
    let (rows, columns) = const { (G::FRAME.rows, G::FRAME.columns) };
    if const { G::FRAME.rows.all_inside() && G::FRAME.columns.all_inside() } {
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

/// The window that starts at `first` and lies within the array: where it is, or a copy.
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
        let from = Through::<G>::at(k * run);
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
    runs::<G>(|run| match run {
        Run::Border { window, row, column } => {
            copy::<G, T>(x, row, column, T::ZERO, &mut patch);
            if let Some(y) = y.get_mut(window) {
                gemv::<G::Patch, Out, A, T>(w, &patch, Some(bias), y);
            }
        }
        Run::Inside { window, n, first } => {
            let Some(y) = y.get_mut(window..window + n) else { return };
            if const { single::<T>() } && reaches::<G>(first, n) <= x.len() {
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
                gemv::<G::Patch, Out, A, T>(w, window, Some(bias), y);
            }
        }
    });
}

/// `Σ_t x_t δ_tᵀ` over the windows of one sample, for the rows of the weights from `from` on that `to` has, and `Σ_t δ_t` for
/// the bias, which may be empty: added to what is there, in the order of t. A [wide](crate::scalar::Accumulator::WIDE)
/// accumulator is rounded after the windows of a row that need no padding, and after each that does.
#[inline(always)]
pub(crate) fn sums<G: Windows, Out: Width, T: Scalar>(
    x: &[T],
    deltas: &[Vector<Out, T>],
    bias: &mut [T],
    from: usize,
    to: &mut [Vector<Out, T>],
) {
    let mut patch = Vector::<G::Patch, T>::ZERO;
    let end = <G::Patch as Unsigned>::USIZE.min(from.saturating_add(to.len()));
    let one = |patch: &Vector<G::Patch, T>, delta, bias: &mut [T], to: &mut [Vector<Out, T>]| {
        batch::sums(Inputs::from(from_ref(patch)), Lines::from(from_ref(delta)), bias, from, to, Gradient);
    };
    runs::<G>(|run| match run {
        Run::Border { window, row, column } => {
            copy::<G, T>(x, row, column, T::ZERO, &mut patch);
            if let Some(delta) = deltas.get(window) {
                one(&patch, delta, bias, to);
            }
        }
        Run::Inside { window, n, first } => {
            let Some(deltas) = deltas.get(window..window + n) else { return };
            if const { is_wide::<T>() } {
                batch::bias_sums(deltas.into(), bias, Gradient);
                let number = |t, i| x.get(first + t * apart::<G>() + Through::<G>::at(i)).copied();
                return batch::weight_sums(number, deltas.into(), from..end, to, Gradient);
            }
            let mut first = first;
            for deltas in deltas.chunks(MOST) {
                let n = deltas.len();
                if const { single::<T>() } && from <= end && reaches::<G>(first, n) <= x.len() {
                    let rows = Rows { first: deltas.as_ptr().cast_mut().cast(), stride: Out::USIZE };
                    let to = to.as_mut_ptr().cast();
                    let bias = if bias.len() == Out::USIZE { bias.as_mut_ptr().cast() } else { core::ptr::null_mut() };
                    let span = Span { start: from, end };
                    // SAFETY: as in `forward`; `to` has the rows, and δ is only read.
                    unsafe {
                        let reads = reads::<G, T>(x, first);
                        if dispatch::sums::<T, Through<G>, Out, _>(n, reads, rows, bias, to, span, Gradient) {
                            first += n * apart::<G>();
                            continue;
                        }
                    }
                }
                for delta in deltas {
                    one(within::<G, T>(x, first, &mut patch), delta, bias, to);
                    first += apart::<G>();
                }
            }
        }
    });
}

/// `dx ← Σ_t W δ_t`, each number's terms rounded, in the order of the windows t that it is in, from +0.
#[inline(always)]
pub(crate) fn errors<G: Windows, Out: Width, T: Scalar>(
    w: &Matrix<G::Patch, Out, T>,
    deltas: &[Vector<Out, T>],
    dx: &mut [T],
) {
    dx.fill(T::ZERO);
    let mut patch = Vector::<G::Patch, T>::ZERO;
    let run = const { <G::Run as Unsigned>::USIZE };
    runs::<G>(|windows| match windows {
        Run::Border { window, row, column } => {
            let Some(delta) = deltas.get(window) else { return };
            transposed(w, delta, &mut patch);
            pieces::<G>(row, column, |to, from, n| {
                add(patch.get(from..from + n).unwrap_or_default(), dx.get_mut(to..).unwrap_or_default());
            });
        }
        Run::Inside { window, n, first } => {
            let Some(deltas) = deltas.get(window..window + n) else { return };
            if const { single::<T>() && Out::USIZE <= SPREAD } && reaches::<G>(first, n) <= dx.len() {
                let delta = Rows { first: deltas.as_ptr().cast_mut().cast(), stride: Out::USIZE };
                // The pieces from the last to the first, as the rows within each: a later window's is further on.
                let mut done = false;
                for k in (0..<G::Patch as Unsigned>::USIZE / run).rev() {
                    let at = first + Through::<G>::at(k * run);
                    // SAFETY: as in `forward`, of `dx`; each piece has as many rows of the weights as numbers, and δ is only
                    // read.
                    done = unsafe {
                        let w = w.as_ptr().cast::<f32>().add(k * run * Out::USIZE);
                        let dx = Rows { first: dx.as_mut_ptr().cast::<f32>().add(at), stride: apart::<G>() };
                        dispatch::spread::<T, G::Run, Out, Onto>(n, w, delta, dx)
                    };
                }
                if done {
                    return;
                }
            }
            for (t, delta) in deltas.iter().enumerate() {
                transposed(w, delta, &mut patch);
                for (k, patch) in patch.chunks(run).enumerate() {
                    let at = first + t * apart::<G>() + Through::<G>::at(k * run);
                    add(patch, dx.get_mut(at..).unwrap_or_default());
                }
            }
        }
    });
}

/// How many numbers `n` windows need that start at `first`.
#[inline(always)]
const fn reaches<G: Windows>(first: usize, n: usize) -> usize {
    first + (n - 1) * apart::<G>() + G::FRAME.at(<G::Patch as Unsigned>::USIZE - 1) + 1
}

/// The windows from `first` on.
///
/// # Safety
///
/// `x` has more numbers than `first`.
#[inline(always)]
unsafe fn reads<G: Windows, T: Scalar>(x: &[T], first: usize) -> Reads {
    // SAFETY: the caller's.
    Reads { first: unsafe { x.as_ptr().add(first) }.cast(), stride: apart::<G>() * size_of::<T>(), behind: None }
}
