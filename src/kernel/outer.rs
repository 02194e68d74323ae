use crate::array::{Matrix, Vector};
use crate::kernel::axpy;
use crate::scalar::Scalar;
use crate::width::Width;

/// dW ← dW + x δᵀ: one sample's share of the gradient   (T 2.2.8, 3.1.1).
///
/// # Shapes
///
/// `x: [In]`, `delta: [Out]`, `dw: [In × Out]`.
///
/// # Order
///
/// Elementwise: `dwᵢⱼ + xᵢ δⱼ`. Over samples, the order in which they come.
#[inline]
pub(crate) fn outer<In: Width, Out: Width, T: Scalar>(
    x: &Vector<In, T>,
    delta: &Vector<Out, T>,
    dw: &mut Matrix<In, Out, T>,
) {
    for (&x, row) in x.iter().zip(dw) {
        axpy(x, delta, row);
    }
}
