#![allow(unsafe_code)]

use core::ptr::{null, null_mut};

use crate::activation::{Activation, Identity};
use crate::array::{Matrix, Vector};
use crate::kernel::dispatch::{self, single};
use crate::kernel::pass::{Change, Descend, Gradient, Pass, SPREAD};
use crate::kernel::{add, axpy, dot, short, through};
#[allow(unused_imports, reason = "named in documentation")]
use crate::scalar::Real;
use crate::scalar::Scalar;
use crate::width::Width;

/// One sample's backward pass through a dense layer, from dy to its gradient and dx.
///
/// # Equations
///
/// - `δ ← dy ⊙ g′(z)`, in place of dy, with g′ from the output y; `dx ← W δ`   (T 2.5.8)
/// - `db ← db + δ`, `dW ← dW + x δᵀ`   (T 2.2.8, 3.1.1)
///
/// # Shapes
///
/// `w, dw: [In × Out]`; `x, dx: [In]`, dx `None` where nobody reads it; `y, dy: [Out]`; `db: [Out]` or empty.
///
/// # Order
///
/// `dxᵢ = Σⱼ wᵢⱼ δⱼ` as in [`dot`], rounded at the end; all else elementwise, rounded as [`Real::mul_add`] is.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub(crate) fn gradient<In: Width, Out: Width, A: Activation, T: Scalar>(
    w: &Matrix<In, Out, T>,
    x: &Vector<In, T>,
    y: &Vector<Out, T>,
    dy: &mut Vector<Out, T>,
    db: &mut [T],
    dw: &mut Matrix<In, Out, T>,
    mut dx: Option<&mut Vector<In, T>>,
) {
    if const { single::<T>() } {
        let pass = Pass {
            w: w.as_ptr().cast(),
            to: dw.as_mut_ptr().cast(),
            ..pass(x, y, dy, db, dx.as_deref_mut(), Gradient)
        };
        // SAFETY: the arrays have the widths that the call names; a `T` of f32's digits is laid out as f32.
        if unsafe { dispatch::backward::<T, In, Out, A, _>(pass) } {
            return;
        }
    }
    gradient_plain::<In, Out, A, T>(w, x, y, dy, db, dw, dx);
}

/// [`gradient`] as plain loops.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub(super) fn gradient_plain<In: Width, Out: Width, A: Activation, T: Scalar>(
    w: &Matrix<In, Out, T>,
    x: &Vector<In, T>,
    y: &Vector<Out, T>,
    dy: &mut Vector<Out, T>,
    db: &mut [T],
    dw: &mut Matrix<In, Out, T>,
    dx: Option<&mut Vector<In, T>>,
) {
    through::<A, T>(y, dy);
    add(dy, db);
    if !(const { short::is_short::<T>() } && short::change(|x| x, x, dy, dw)) {
        for (&x, row) in x.iter().zip(dw) {
            axpy(x, dy, row);
        }
    }
    if let Some(dx) = dx {
        transposed_plain(w, dy, dx);
    }
}

/// One online step of a dense layer: [`gradient`] and the update by it in one pass, each weight read once and
/// written once.
///
/// # Equations
///
/// - `δ` and `dx` as in [`gradient`], by the weights as they were
/// - `b ← b − α δ`, `wᵢⱼ ← wᵢⱼ − (α xᵢ) δⱼ`   (T 1.3.2)
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub(crate) fn descend<In: Width, Out: Width, A: Activation, T: Scalar>(
    w: &mut Matrix<In, Out, T>,
    x: &Vector<In, T>,
    y: &Vector<Out, T>,
    dy: &mut Vector<Out, T>,
    b: &mut [T],
    rate: T,
    mut dx: Option<&mut Vector<In, T>>,
) {
    if const { single::<T>() } {
        let to: *mut f32 = w.as_mut_ptr().cast();
        let change = Descend(rate.to_f64() as f32);
        let pass = Pass { w: to, to, ..pass(x, y, dy, b, dx.as_deref_mut(), change) };
        // SAFETY: as in `gradient`.
        if unsafe { dispatch::backward::<T, In, Out, A, _>(pass) } {
            return;
        }
    }
    descend_plain::<In, Out, A, T>(w, x, y, dy, b, rate, dx);
}

/// [`descend`] as plain loops.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub(super) fn descend_plain<In: Width, Out: Width, A: Activation, T: Scalar>(
    w: &mut Matrix<In, Out, T>,
    x: &Vector<In, T>,
    y: &Vector<Out, T>,
    dy: &mut Vector<Out, T>,
    b: &mut [T],
    rate: T,
    dx: Option<&mut Vector<In, T>>,
) {
    through::<A, T>(y, dy);
    axpy(-rate, dy, b);
    if let Some(dx) = dx {
        transposed_plain(w, dy, dx);
    }
    if const { short::is_short::<T>() } && short::change(|x| -(rate * x), x, dy, w) {
        return;
    }
    for (&x, row) in x.iter().zip(w) {
        axpy(-(rate * x), dy, row);
    }
}

/// dx ← W δ, as in [`gradient`].
#[inline(always)]
pub(crate) fn transposed<In: Width, Out: Width, T: Scalar>(
    w: &Matrix<In, Out, T>,
    delta: &Vector<Out, T>,
    dx: &mut Vector<In, T>,
) {
    if const { single::<T>() } {
        let pass = Pass {
            w: w.as_ptr().cast(),
            x: null(),
            y: null(),
            delta: delta.as_ptr().cast_mut().cast(),
            bias: null_mut(),
            to: null_mut(),
            dx: dx.as_mut_ptr().cast(),
            change: Gradient,
        };
        // SAFETY: as in `gradient`; without `y`, δ is only read.
        if unsafe { dispatch::backward::<T, In, Out, Identity, _>(pass) } {
            return;
        }
    }
    transposed_plain(w, delta, dx);
}

/// [`transposed`] where `spread` has done nothing, and where it takes so many outputs, no kernel over registers will.
#[inline(always)]
pub(super) fn transposed_alone<In: Width, Out: Width, T: Scalar>(
    w: &Matrix<In, Out, T>,
    delta: &Vector<Out, T>,
    dx: &mut Vector<In, T>,
) {
    if const { cfg!(simd) && Out::USIZE <= SPREAD } {
        transposed_plain(w, delta, dx);
    } else {
        transposed(w, delta, dx);
    }
}

/// [`transposed`] as plain loops.
pub(super) fn transposed_plain<In: Width, Out: Width, T: Scalar>(
    w: &Matrix<In, Out, T>,
    delta: &Vector<Out, T>,
    dx: &mut Vector<In, T>,
) {
    if const { short::is_short::<T>() } && short::transposed(w, delta, dx) {
        return;
    }
    for (dx, row) in dx.iter_mut().zip(w) {
        *dx = dot(row.iter().zip(delta).map(|(&w, &delta)| (delta, w)));
    }
}

/// What both passes say of their vectors.
#[inline(always)]
fn pass<In: Width, Out: Width, T: Scalar, C: Change>(
    x: &Vector<In, T>,
    y: &Vector<Out, T>,
    dy: &mut Vector<Out, T>,
    bias: &mut [T],
    dx: Option<&mut Vector<In, T>>,
    change: C,
) -> Pass<C> {
    Pass {
        w: null(),
        x: x.as_ptr().cast(),
        y: y.as_ptr().cast(),
        delta: dy.as_mut_ptr().cast(),
        bias: if bias.len() == Out::USIZE { bias.as_mut_ptr().cast() } else { null_mut() },
        to: null_mut(),
        dx: dx.map_or(null_mut(), |dx| dx.as_mut_ptr().cast()),
        change,
    }
}
