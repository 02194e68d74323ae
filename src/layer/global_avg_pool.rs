use typenum::Unsigned;

use crate::array::{Places, Plain, Vector};
use crate::kernel;
use crate::layer::{Layer, Slot};
use crate::parameters;

parameters! {
    #![allow(unsafe_code)]
    /// The mean of each channel over all places of an array.
    ///
    /// # Equations
    ///
    /// - `y_c = (Σ_k x_kc) / n`, n the number of places, from +0 in their order
    /// - `dx_kc = dy_c / n`
    ///
    /// # Shapes
    ///
    /// `x: [Steps × C]` or `[Height × Width × C]`, `y: [C]`.
    ///
    /// # Memory
    ///
    /// No parameters; `2 · C` numbers of tape.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::GlobalAvgPool;
    ///
    /// let mut y = Vector::ZERO;
    /// GlobalAvgPool::<Matrix<U2, U2>>::ZERO.forward(&[[1.0, 10.0].into(), [3.0, 30.0].into()].into(), &mut y);
    /// assert_eq!(y.as_slice(), [2.0, 20.0]);
    /// ```
    pub struct GlobalAvgPool<X: Places> of X::Scalar {}
}

impl<X: Places> Layer for GlobalAvgPool<X> {
    type Input = X;
    type Output = Vector<X::Channels, X::Scalar>;
    type Tape = Slot<Self::Output>;

    #[inline]
    fn forward(&self, x: &X, y: &mut Self::Output) {
        y.fill(X::Scalar::ZERO);
        x.flat().chunks(const { <X::Channels as Unsigned>::USIZE }).for_each(|x| kernel::add(x, y));
        y.iter_mut().for_each(|y| *y = *y / count::<X>());
    }

    fn backward(&self, _: &X, tape: &mut Self::Tape, _: &mut Self, dx: Option<&mut X>) {
        let Some(dx) = dx else { return };
        tape.dy.iter_mut().for_each(|dy| *dy = *dy / count::<X>());
        dx.flat_mut()
            .chunks_mut(const { <X::Channels as Unsigned>::USIZE })
            .for_each(|dx| dx.copy_from_slice(&tape.dy));
    }
}

/// The number of places.
#[inline(always)]
fn count<X: Places>() -> X::Scalar {
    use crate::scalar::Real;
    X::Scalar::of((X::COUNT / <X::Channels as Unsigned>::USIZE) as f64)
}
