use crate::array::{Matrix, Vector};
use crate::kernel::dispatch::{self, single};
use crate::kernel::wide::{Descend, Gradient};
use crate::kernel::{axpy, outer, sum};
use crate::scalar::Scalar;
use crate::width::Width;
use core::ptr::null_mut;

/// dx ← W δ: what the outputs' errors mean for the inputs, `dxᵢ = Σⱼ wᵢⱼ δⱼ`   (T 2.5.8).
///
/// # Shapes
///
/// `w: [In × Out]`, `delta: [Out]`, `dx: [In]`.
///
/// # Order
///
/// Each row as in [`sum`].
#[inline]
pub(crate) fn gemv_transposed<In: Width, Out: Width, T: Scalar>(
    w: &Matrix<In, Out, T>,
    delta: &Vector<Out, T>,
    dx: &mut Vector<In, T>,
) {
    for (dx, row) in dx.iter_mut().zip(w) {
        *dx = dot(row, delta);
    }
}

/// One online step of the weights, `wᵢⱼ ← wᵢⱼ − (α xᵢ) δⱼ`, and `dx = W δ` by the weights as they were,
/// in one pass: each weight is read once and written once.
///
/// # Shapes
///
/// As in [`gemv_transposed`]; `dx` is `None` where nobody reads it.
#[inline(always)]
pub(crate) fn descend<In: Width, Out: Width, T: Scalar>(
    w: &mut Matrix<In, Out, T>,
    x: &Vector<In, T>,
    delta: &Vector<Out, T>,
    rate: T,
    mut dx: Option<&mut Vector<In, T>>,
) {
    // SAFETY: the arrays have the widths that the call names; a `T` of f32's digits is f32.
    #[allow(unsafe_code)]
    if single::<T>() {
        let to = w.as_mut_ptr().cast();
        let dx = dx.as_deref_mut().map_or(null_mut(), |dx| dx.as_mut_ptr().cast());
        let change = Descend(rate.to_f64() as f32);
        if unsafe { dispatch::backward::<In, Out, _>(to, x.as_ptr().cast(), delta.as_ptr().cast(), change, to, dx) } {
            return;
        }
    }
    let rows = x.iter().zip(w);
    match dx {
        Some(dx) => rows.zip(dx).for_each(|((&x, row), dx)| {
            *dx = dot(row, delta);
            axpy(-(rate * x), delta, row);
        }),
        None => rows.for_each(|(&x, row)| axpy(-(rate * x), delta, row)),
    }
}

/// One sample's gradient, `dW ← dW + x δᵀ` as in [`outer`], and `dx = W δ`.
///
/// # Shapes
///
/// As in [`gemv_transposed`]; `dx` is `None` where nobody reads it.
#[inline(always)]
pub(crate) fn backward<In: Width, Out: Width, T: Scalar>(
    w: &Matrix<In, Out, T>,
    x: &Vector<In, T>,
    delta: &Vector<Out, T>,
    dw: &mut Matrix<In, Out, T>,
    mut dx: Option<&mut Vector<In, T>>,
) {
    // SAFETY: the arrays have the widths that the call names; a `T` of f32's digits is f32.
    #[allow(unsafe_code)]
    if single::<T>() {
        let (w, to) = (w.as_ptr().cast(), dw.as_mut_ptr().cast());
        let dx = dx.as_deref_mut().map_or(null_mut(), |dx| dx.as_mut_ptr().cast());
        if unsafe { dispatch::backward::<In, Out, _>(w, x.as_ptr().cast(), delta.as_ptr().cast(), Gradient, to, dx) } {
            return;
        }
    }
    outer(x, delta, dw);
    if let Some(dx) = dx {
        gemv_transposed(w, delta, dx);
    }
}

/// Σⱼ wⱼ δⱼ, in the order of [`sum`].
#[inline(always)]
fn dot<Out: Width, T: Scalar>(w: &Vector<Out, T>, delta: &Vector<Out, T>) -> T {
    sum(w.iter().zip(delta).map(|(&w, &delta)| w * delta))
}
