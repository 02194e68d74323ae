//! A dense layer that reads windows: the kernels of batches, with the windows of one sample in place of samples.
//!
//! Where windows lie within the array, they are read where they are: several at once, at equal distances. One that
//! reaches into the padding is copied, with the padding's zeros.
#![allow(unsafe_code)]

mod strip;
#[cfg(test)]
mod tests;

use core::ops::Range;
use core::ptr::{null, null_mut};
use core::slice::from_ref;

use typenum::Unsigned;

use crate::activation::Activation;
use crate::array::{Matrix, Plain, Vector};
use crate::kernel::backward::transposed_alone;
use crate::kernel::dispatch::{self, single};
use crate::kernel::gemv::alone;
use crate::kernel::pass::{Gradient, Line, MOST, Onto, OntoWindows, Place, Reads, Rows, SPREAD, Span, Through};
use crate::kernel::{add, batch, gemv, transposed};
use crate::lines::{Inputs, Lines};
use crate::plain::rows;
use crate::scalar::{Number, Scalar, is_wide};
use crate::width::Width;
use crate::window::Windows;

pub(crate) use strip::frame;
use strip::{strips, strips_mut};

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

/// Number `k` of [`taps`], where it is there.
#[inline(always)]
pub(crate) fn tap<G: Windows>(t: usize, k: usize) -> Option<usize> {
    let (rows, columns) = const { (G::FRAME.rows, G::FRAME.columns) };
    let row = rows.place(t / columns.count, k / columns.window)?;
    Some(row * columns.len + columns.place(t % columns.count, k % columns.window)?)
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
    let end = <G::Patch as Unsigned>::USIZE.min(from.saturating_add(to.len()));
    let array = x;
    strips::<G, T>(x, |x, of| {
        if const { cfg!(simd) && single::<T>() && inside::<G, T>() && G::FRAME.rows.count > 1 } {
            // Windows of several rows at once.
            let count = const { G::FRAME.columns.count };
            let at = |t: usize| const { frame::<G, T>() }.first(t / count, t % count);
            let deltas = deltas.get(of.start * count..of.end * count).unwrap_or_default();
            for (k, deltas) in deltas.chunks(MOST).enumerate() {
                let at = |t| at(k * MOST + t);
                let mut pointers = [null(); MOST];
                pointers.iter_mut().zip(0..deltas.len()).for_each(|(to, t)| *to = x.as_ptr().wrapping_add(at(t)));
                let first = pointers.as_ptr().cast();
                let reads = Reads { first, stride: size_of::<*const T>(), behind: Some(0) };
                tile::<G, Out, T>(x, reads, at, deltas, bias, from, to);
            }
            return;
        }
        runs::<G, T>(of, |run| match run {
            Run::Border { window, row, column } => {
                if const { !inside::<G, T>() } {
                    let mut patch = Vector::<G::Patch, T>::ZERO;
                    copy::<G, T>(array, row, column, T::ZERO, &mut patch);
                    if let Some(delta) = deltas.get(window) {
                        let (x, delta) = (Inputs::from(from_ref(&patch)), Lines::from(from_ref(delta)));
                        batch::sums(x, delta, bias, from, to, Gradient);
                    }
                }
            }
            Run::Inside { window, n, first } => {
                let Some(deltas) = deltas.get(window..window + n) else { return };
                if const { is_wide::<T>() } {
                    batch::bias_sums(deltas.into(), bias, Gradient);
                    let number = |t, i| x.get(first + t * apart::<G>() + const { frame::<G, T>() }.at(i)).copied();
                    return batch::weight_sums(number, deltas.into(), from..end, to, Gradient);
                }
                for (k, deltas) in deltas.chunks(MOST).enumerate() {
                    let at = |t| first + (k * MOST + t) * apart::<G>();
                    tile::<G, Out, T>(x, reads::<G, T>(x, at(0)), at, deltas, bias, from, to);
                }
            }
        });
    });
}

/// [`sums`] of windows that lie within `x`, [`MOST`] at most: `reads`, which start where `at` says.
#[inline(always)]
fn tile<G: Windows, Out: Width, T: Scalar>(
    x: &[T],
    reads: Reads,
    at: impl Fn(usize) -> usize,
    deltas: &[Vector<Out, T>],
    bias: &mut [T],
    from: usize,
    to: &mut [Vector<Out, T>],
) {
    let (n, end) = (deltas.len(), <G::Patch as Unsigned>::USIZE.min(from.saturating_add(to.len())));
    if const { single::<T>() } && n > 0 && from <= end && reaches::<G, T>(at(n - 1)) <= x.len() {
        let rows = Rows { first: deltas.as_ptr().cast_mut().cast(), stride: Out::USIZE };
        let bias = if bias.len() == Out::USIZE { bias.as_mut_ptr().cast() } else { null_mut() };
        let (to, span) = (to.as_mut_ptr().cast(), Span { start: from, end });
        // SAFETY: as in `forward`, the last of the windows being the furthest on; `to` has the rows, and δ is only read.
        if unsafe { dispatch::sums::<T, Through<G>, Out, _>(n, reads, rows, bias, to, span, Gradient) } {
            return;
        }
    }
    let mut patch = Vector::<G::Patch, T>::ZERO;
    for (t, delta) in deltas.iter().enumerate() {
        let x = Inputs::from(from_ref(within::<G, T>(x, at(t), &mut patch)));
        batch::sums_plain(x, Lines::from(from_ref(delta)), bias, from, to, Gradient);
    }
}

/// `dx ← Σ_t W δ_t`, each number's terms rounded, in the order of the windows t that it is in, from +0.
#[inline(always)]
pub(crate) fn errors<G: Windows, Out: Width, T: Scalar>(
    w: &Matrix<G::Patch, Out, T>,
    deltas: &[Vector<Out, T>],
    dx: &mut [T],
) {
    dx.fill(T::ZERO);
    strips_mut::<G, T>(dx, |dx, of| errors_of::<G, Out, T>(w, deltas, dx, of));
}

/// [`errors`] of these rows of windows, added to what is there.
#[inline(always)]
fn errors_of<G: Windows, Out: Width, T: Scalar>(
    w: &Matrix<G::Patch, Out, T>,
    deltas: &[Vector<Out, T>],
    dx: &mut [T],
    of: Range<usize>,
) {
    let run = const { <G::Run as Unsigned>::USIZE };
    let count = const { G::FRAME.columns.count };
    if const { inside::<G, T>() } {
        let deltas = deltas.get(of.start * count..of.end * count).unwrap_or_default();
        if onto::<G, Out, T, OntoWindows<G>>(w, deltas, dx, 0, const { frame::<G, T>() }.first(of.len() - 1, count - 1))
        {
            return;
        }
    }
    let mut patch = Vector::<G::Patch, T>::ZERO;
    runs::<G, T>(of, |windows| match windows {
        Run::Border { window, row, column } => {
            if const { !inside::<G, T>() } {
                let Some(delta) = deltas.get(window) else { return };
                transposed(w, delta, &mut patch);
                pieces::<G>(row, column, |to, from, n| {
                    add(patch.get(from..from + n).unwrap_or_default(), dx.get_mut(to..).unwrap_or_default());
                });
            }
        }
        Run::Inside { window, n, first } => {
            let Some(deltas) = deltas.get(window..window + n) else { return };
            if const { !inside::<G, T>() }
                && onto::<G, Out, T, Onto>(w, deltas, dx, first, first + (n - 1) * apart::<G>())
            {
                return;
            }
            for (t, delta) in deltas.iter().enumerate() {
                transposed_alone(w, delta, &mut patch);
                for (k, patch) in patch.chunks(run).enumerate() {
                    let at = first + t * apart::<G>() + const { frame::<G, T>() }.at(k * run);
                    add(patch, dx.get_mut(at..).unwrap_or_default());
                }
            }
        }
    });
}

/// `W δ_t` onto windows within `dx`, from the one that starts at `first` to the one at `last`, in the order of t; false, with
/// nothing done, where only the plain loops do it.
#[inline(always)]
fn onto<G: Windows, Out: Width, T: Scalar, D: Place>(
    w: &Matrix<G::Patch, Out, T>,
    deltas: &[Vector<Out, T>],
    dx: &mut [T],
    first: usize,
    last: usize,
) -> bool {
    let mut done = false;
    if const { single::<T>() && Out::USIZE <= SPREAD } && !deltas.is_empty() && reaches::<G, T>(last) <= dx.len() {
        let run = const { <G::Run as Unsigned>::USIZE };
        let delta = Rows { first: deltas.as_ptr().cast_mut().cast(), stride: Out::USIZE };
        // The pieces from the last to the first, as the rows within each: a later window's is further on.
        for k in (0..<G::Patch as Unsigned>::USIZE / run).rev() {
            let at = first + Through::<G>::at(k * run);
            // SAFETY: as in `forward`, of `dx`; each piece has as many rows of the weights as numbers, and δ is only read.
            done = unsafe {
                let w = w.as_ptr().cast::<f32>().add(k * run * Out::USIZE);
                let dx = Rows { first: dx.as_mut_ptr().cast::<f32>().add(at), stride: apart::<G>() };
                dispatch::spread::<T, G::Run, Out, D>(deltas.len(), w, delta, dx)
            };
        }
    }
    done
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
