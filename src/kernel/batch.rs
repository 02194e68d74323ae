#![allow(unsafe_code)]

use core::ops::Range;
use core::ptr::null_mut;

use crate::activation::Activation;
use crate::array::{Matrix, Plain, Vector};
use crate::kernel::backward::transposed_alone;
use crate::kernel::dispatch::{self, single};
use crate::kernel::pass::{MOST, Over, Place, Rows, SPREAD, Sink, Span};
use crate::kernel::{Of, Slope, add, axpy, gemv, through};
use crate::lines::{Inputs, Lines, LinesMut};
use crate::scalar::{Accumulator, Scalar, is_wide};
use crate::width::Width;

/// [`gemv`] of several samples: `y_b ← g(z + Wᵀ x_b)`, over the shorter of `xs` and `ys`; where z is `None`, from what
/// `y_b` holds.
///
/// # Order
///
/// Each sample as in [`gemv`].
#[inline(always)]
pub(crate) fn gemm<In: Width, Out: Width, A: Activation, T: Scalar>(
    w: &Matrix<In, Out, T>,
    z: Option<&Vector<Out, T>>,
    xs: Inputs<Vector<In, T>>,
    mut ys: LinesMut<Vector<Out, T>>,
) {
    let n = xs.len().min(ys.len());
    if const { single::<T>() } && n > 0 {
        let z = z.map_or(ys.rows(), |z| Rows { first: z.as_ptr().cast_mut().cast(), stride: 0 });
        // SAFETY: the arrays have the widths that the call names, and there are `n` of each; a `T` of f32's
        // digits is laid out as f32.
        if unsafe { dispatch::gemm::<T, In, Out, A>(n, w.as_ptr().cast(), z, xs.reads(), ys.rows()) } {
            return;
        }
    }
    for (x, y) in xs.iter().zip(ys.iter_mut()) {
        gemv::<In, Out, A, T>(w, x, z, y);
    }
}

/// From dy to δ and dx of several samples: `δ_b ← dy_b ⊙ g′(z_b)` in place of dy, `dx_b ← W δ_b`   (T 2.5.8).
///
/// # Order
///
/// Each sample as in [`gradient`](super::gradient).
#[inline(always)]
pub(crate) fn errors<In: Width, Out: Width, A: Activation, T: Scalar>(
    w: &Matrix<In, Out, T>,
    ys: Lines<Vector<Out, T>>,
    mut dys: LinesMut<Vector<Out, T>>,
    dxs: Option<LinesMut<Vector<In, T>>>,
) {
    through_all::<Out, A, T>(ys, dys.reborrow());
    if let Some(dxs) = dxs {
        spread::<In, Out, T, Over>(w, dys, dxs);
    }
}

/// `dx_b ← W δ_b` of several samples, or by [`Onto`](super::Onto) `dx_b ← dx_b + W δ_b`.
///
/// # Order
///
/// `W δ_b` as in [`gradient`](super::gradient), rounded, then one addition.
#[inline(always)]
pub(crate) fn spread<In: Width, Out: Width, T: Scalar, D: Place>(
    w: &Matrix<In, Out, T>,
    mut deltas: LinesMut<Vector<Out, T>>,
    mut dxs: LinesMut<Vector<In, T>>,
) {
    let n = dxs.len().min(deltas.len());
    if const { single::<T>() && Out::USIZE <= SPREAD } && n > 0 {
        // SAFETY: as in `gemm`.
        if unsafe { dispatch::spread::<T, In, Out, D>(n, w.as_ptr().cast(), deltas.rows(), dxs.rows()) } {
            return;
        }
    }
    for (delta, dx) in deltas.iter_mut().zip(dxs.iter_mut()) {
        if D::ADDS {
            let mut more = Vector::ZERO;
            transposed_alone(w, delta, &mut more);
            add(&more, dx);
        } else {
            transposed_alone(w, delta, dx);
        }
    }
}

/// [`through`] of several samples.
#[inline(always)]
pub(crate) fn through_all<Out: Width, A: Activation, T: Scalar>(
    ys: Lines<Vector<Out, T>>,
    mut dys: LinesMut<Vector<Out, T>>,
) {
    let n = ys.len().min(dys.len());
    if const { single::<T>() } && n > 0 {
        // SAFETY: there are `n` vectors of these widths; a `T` of f32's digits is laid out as f32.
        if unsafe { dispatch::map_rows::<T, Out, _>(Of::<Slope<A>>::NEW, n, ys.rows(), dys.rows()) } {
            return;
        }
    }
    ys.iter().zip(dys.iter_mut()).for_each(|(y, dy)| through::<A, T>(y, dy));
}

/// The sums of several samples, `Σ_b x_b δ_bᵀ` for the rows of the weights from `from` on that `to` has, and `Σ_b δ_b` for
/// the bias, which may be empty; and what `sink` makes of them.
///
/// # Order
///
/// Over samples in the order of b, from what is there (a gradient) or from +0 (a step), and rounded for the sink; else
/// elementwise.
#[inline(always)]
pub(crate) fn sums<In: Width, Out: Width, T: Scalar, S: Sink>(
    xs: Inputs<Vector<In, T>>,
    deltas: Lines<Vector<Out, T>>,
    bias: &mut [T],
    from: usize,
    to: &mut [Vector<Out, T>],
    sink: S,
) {
    let n = xs.len().min(deltas.len());
    let end = In::USIZE.min(from.saturating_add(to.len()));
    if const { single::<T>() } && (1..=MOST).contains(&n) && from <= end {
        let rows = Span { start: from, end };
        let bias = if bias.len() == Out::USIZE { bias.as_mut_ptr().cast() } else { null_mut() };
        let to = to.as_mut_ptr().cast();
        // SAFETY: as in `gemm`; `to` has the rows, and δ is only read.
        if unsafe { dispatch::sums::<T, In, Out, S>(n, xs.reads(), deltas.rows(), bias, to, rows, sink) } {
            return;
        }
    }
    sums_plain(xs, deltas.take(n), bias, from, to, sink);
}

/// [`sums`] as plain loops.
#[inline(always)]
pub(super) fn sums_plain<In: Width, Out: Width, T: Scalar, S: Sink>(
    xs: Inputs<Vector<In, T>>,
    deltas: Lines<Vector<Out, T>>,
    bias: &mut [T],
    from: usize,
    to: &mut [Vector<Out, T>],
    sink: S,
) {
    bias_sums(deltas, bias, sink);
    if S::ADDS && const { !is_wide::<T>() } {
        for (x, delta) in xs.iter().zip(deltas.iter()) {
            x.iter().skip(from).zip(&mut *to).for_each(|(&x, row)| axpy(x, delta, row));
        }
        return;
    }
    weight_sums(|b, i| xs.get(b)?.get(i).copied(), deltas, from..In::USIZE, to, sink);
}

/// The bias of [`sums`].
#[inline(always)]
pub(super) fn bias_sums<Out: Width, T: Scalar, S: Sink>(deltas: Lines<Vector<Out, T>>, bias: &mut [T], sink: S) {
    for (j, bias) in bias.iter_mut().enumerate() {
        let terms = deltas.iter().filter_map(|delta| delta.get(j));
        let sum = terms.fold(start::<T, S>(*bias), |sum, &delta| sum + T::Accumulator::of(delta));
        *bias = sink.bias_of(*bias, sum);
    }
}

/// The weights of [`sums`], one after the other; number i of input b is `x(b, i)`.
#[inline(always)]
pub(super) fn weight_sums<Out: Width, T: Scalar, S: Sink>(
    x: impl Fn(usize, usize) -> Option<T>,
    deltas: Lines<Vector<Out, T>>,
    rows: Range<usize>,
    to: &mut [Vector<Out, T>],
    sink: S,
) {
    for (i, row) in rows.zip(to) {
        for (j, weight) in row.iter_mut().enumerate() {
            let terms = deltas.iter().enumerate().filter_map(|(b, delta)| Some((x(b, i)?, *delta.get(j)?)));
            let sum = terms.fold(start::<T, S>(*weight), |sum, (x, delta)| match x.is_finite() {
                false if const { is_wide::<T>() } => sum.plus(x, delta),
                _ => sum.plus(delta, x),
            });
            *weight = sink.weight_of(*weight, sum);
        }
    }
}

/// Where a sum over samples starts.
#[inline(always)]
fn start<T: Scalar, S: Sink>(old: T) -> T::Accumulator {
    T::Accumulator::of(if S::ADDS { old } else { T::ZERO })
}
