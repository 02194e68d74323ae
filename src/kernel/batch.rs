#![allow(unsafe_code)]

use core::marker::PhantomData;

use crate::activation::Activation;
use crate::array::{Matrix, Slot, Vector};
use crate::kernel::dispatch::{self, single};
use crate::kernel::pass::{Rows, SPREAD, Sink};
use crate::kernel::{Of, Slope, axpy, gemv, through, transposed};
use crate::scalar::Scalar;
use crate::width::Width;

/// [`gemv`] of several samples: `y_b ← g(z + Wᵀ x_b)`, over the shorter of `xs` and `ys`.
///
/// # Order
///
/// Each sample as in [`gemv`].
#[inline(always)]
pub(crate) fn gemm<In: Width, Out: Width, A: Activation, T: Scalar>(
    w: &Matrix<In, Out, T>,
    z: &Vector<Out, T>,
    xs: &[&Vector<In, T>],
    ys: &mut [Slot<Vector<Out, T>>],
) {
    let n = xs.len().min(ys.len());
    if const { single::<T>() } && n > 0 {
        // SAFETY: there is a first slot.
        let rows = rows::<Out, T>(unsafe { &raw mut (*ys.as_mut_ptr()).y });
        // SAFETY: the arrays have the widths that the call names, and there are `n` of each; a `T` of f32's
        // digits is laid out as f32, and a reference to a vector is a pointer to its first number.
        if unsafe { dispatch::gemm::<T, In, Out, A>(n, w.as_ptr().cast(), z.as_ptr().cast(), xs.as_ptr().cast(), rows) }
        {
            return;
        }
    }
    for (x, slot) in xs.iter().zip(ys) {
        gemv::<In, Out, A, T>(w, x, Some(z), &mut slot.y);
    }
}

/// [`gemm`] into vectors that stand side by side.
#[inline(always)]
pub(crate) fn gemm_side_by_side<In: Width, Out: Width, A: Activation, T: Scalar>(
    w: &Matrix<In, Out, T>,
    z: &Vector<Out, T>,
    xs: &[&Vector<In, T>],
    ys: &mut [Vector<Out, T>],
) {
    let n = xs.len().min(ys.len());
    if const { single::<T>() } && n > 0 {
        let rows = Rows { first: ys.as_mut_ptr().cast(), stride: Out::USIZE };
        // SAFETY: as in `gemm`.
        if unsafe { dispatch::gemm::<T, In, Out, A>(n, w.as_ptr().cast(), z.as_ptr().cast(), xs.as_ptr().cast(), rows) }
        {
            return;
        }
    }
    for (x, y) in xs.iter().zip(ys) {
        gemv::<In, Out, A, T>(w, x, Some(z), y);
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
    ys: &mut [Slot<Vector<Out, T>>],
    dxs: Option<&mut [&mut Vector<In, T>]>,
) {
    through_all::<Out, A, T>(ys);
    let Some(dxs) = dxs else { return };
    let n = dxs.len().min(ys.len());
    if const { single::<T>() && Out::USIZE <= SPREAD } && n > 0 {
        // SAFETY: there is a first slot.
        let rows = rows::<Out, T>(unsafe { &raw mut (*ys.as_mut_ptr()).dy });
        // SAFETY: as in `gemm`.
        if unsafe { dispatch::spread::<T, In, Out>(n, w.as_ptr().cast(), rows, dxs.as_ptr().cast()) } {
            return;
        }
    }
    for (slot, dx) in ys.iter_mut().zip(dxs) {
        transposed(w, &mut slot.dy, dx);
    }
}

/// [`through`] of several samples.
#[inline(always)]
fn through_all<Out: Width, A: Activation, T: Scalar>(ys: &mut [Slot<Vector<Out, T>>]) {
    let n = ys.len();
    if const { single::<T>() } && n > 0 {
        let first = ys.as_mut_ptr();
        // SAFETY: there is a first slot.
        let (y, dy) = unsafe { (rows::<Out, T>(&raw mut (*first).y), rows::<Out, T>(&raw mut (*first).dy)) };
        // SAFETY: there are `n` slots of these widths; a `T` of f32's digits is laid out as f32.
        if unsafe { dispatch::map_rows::<T, Out, _>(Of::<Slope<A>>(PhantomData), n, y, dy) } {
            return;
        }
    }
    ys.iter_mut().for_each(|slot| through::<A, T>(&slot.y, &mut slot.dy));
}

/// The sums of several samples for their gradient, `Σ_b δ_b` and `Σ_b x_b δ_bᵀ`, and what `sink` makes of them;
/// δ is the `dy` of a slot.
///
/// # Order
///
/// Over samples in the order of b, from what is there (a gradient) or from +0 (a step); else elementwise.
#[inline(always)]
pub(crate) fn sums<In: Width, Out: Width, T: Scalar, S: Sink>(
    xs: &[&Vector<In, T>],
    deltas: &mut [Slot<Vector<Out, T>>],
    bias: &mut [T],
    weight: &mut Matrix<In, Out, T>,
    sink: S,
) {
    let n = xs.len().min(deltas.len());
    let (deltas, xs) = (deltas.get_mut(..n).unwrap_or_default(), xs.get(..n).unwrap_or_default());
    if const { single::<T>() } && n > 0 {
        // SAFETY: there is a first slot.
        let rows = rows::<Out, T>(unsafe { &raw mut (*deltas.as_mut_ptr()).dy });
        let bias = if bias.len() == Out::USIZE { bias.as_mut_ptr().cast() } else { core::ptr::null_mut() };
        let to = weight.as_mut_ptr().cast();
        // SAFETY: as in `gemm`.
        if unsafe { dispatch::sums::<T, In, Out, S>(n, xs.as_ptr().cast(), rows, bias, to, sink) } {
            return;
        }
    }
    for (j, bias) in bias.iter_mut().enumerate() {
        let start = if S::ADDS { *bias } else { T::ZERO };
        let terms = deltas.iter().filter_map(|slot| slot.dy.get(j));
        *bias = sink.bias(*bias, terms.fold(start, |sum, &delta| sum + delta));
    }
    for (i, row) in weight.iter_mut().enumerate() {
        for (j, weight) in row.iter_mut().enumerate() {
            let start = if S::ADDS { *weight } else { T::ZERO };
            let terms = xs.iter().zip(&*deltas).filter_map(|(x, slot)| Some((x.get(i)?, *slot.dy.get(j)?)));
            *weight = sink.weight(*weight, terms.fold(start, |sum, (x, delta)| x.mul_add(delta, sum)));
        }
    }
}

/// [`sums`] for the gradient of `rows`, which are rows `from` and on of the weights, and for no bias.
#[inline(always)]
pub(crate) fn part<In: Width, Out: Width, T: Scalar>(
    xs: &[&Vector<In, T>],
    deltas: &[Slot<Vector<Out, T>>],
    from: usize,
    rows: &mut [Vector<Out, T>],
) {
    let n = xs.len().min(deltas.len());
    let end = In::USIZE.min(from + rows.len());
    if const { single::<T>() } && n > 0 && from < end {
        // SAFETY: there is a first slot.
        let deltas = self::rows::<Out, T>(unsafe { &raw const (*deltas.as_ptr()).dy }.cast_mut());
        // SAFETY: as in `gemm`; `rows` has those from `from` to `end`, and δ is only read.
        if unsafe { dispatch::part::<T, Out>(n, xs.as_ptr().cast(), deltas, rows.as_mut_ptr().cast(), from, end) } {
            return;
        }
    }
    for (x, slot) in xs.iter().zip(deltas) {
        for (&x, row) in x.iter().skip(from).zip(&mut *rows) {
            axpy(x, &slot.dy, row);
        }
    }
}

/// A vector of each slot, from that of the first.
#[inline(always)]
fn rows<Out: Width, T: Scalar>(first: *mut Vector<Out, T>) -> Rows {
    const { assert!(size_of::<Slot<Vector<Out, T>>>() == 2 * Out::USIZE * T::BYTES, "a slot is two vectors") }
    Rows { first: first.cast(), stride: 2 * Out::USIZE }
}
