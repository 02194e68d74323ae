use crate::array::{Matrix, Vector};
use crate::kernel::{axpy, sum};
use crate::scalar::Scalar;
use crate::width::Width;

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
#[inline]
pub(crate) fn descend<In: Width, Out: Width, T: Scalar>(
    w: &mut Matrix<In, Out, T>,
    x: &Vector<In, T>,
    delta: &Vector<Out, T>,
    rate: T,
    dx: Option<&mut Vector<In, T>>,
) {
    let rows = x.iter().zip(w);
    match dx {
        Some(dx) => rows.zip(dx).for_each(|((&x, row), dx)| {
            *dx = dot(row, delta);
            axpy(-(rate * x), delta, row);
        }),
        None => rows.for_each(|(&x, row)| axpy(-(rate * x), delta, row)),
    }
}

/// Σⱼ wⱼ δⱼ, in the order of [`sum`].
#[inline(always)]
fn dot<Out: Width, T: Scalar>(w: &Vector<Out, T>, delta: &Vector<Out, T>) -> T {
    sum(w.iter().zip(delta).map(|(&w, &delta)| w * delta))
}
