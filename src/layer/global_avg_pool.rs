use typenum::Unsigned;

use crate::array::{Places, Plain, Vector};
use crate::kernel;
use crate::layer::{Layer, Slot};
use crate::parameters;
use crate::scalar::{Accumulator, Scalar, is_wide};

parameters! {
    #![allow(unsafe_code)]
    /// The mean of each channel over all places of an array.
    ///
    /// # Equations
    ///
    /// <!-- $y_c = \frac{1}{n} \sum_{k} x_{kc}$ --><math display="block"><msub><mi>y</mi><mi>c</mi></msub><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>n</mi></mrow></mfrac><munder><mo>∑</mo><mrow><mi>k</mi></mrow></munder><msub><mi>x</mi><mrow><mi>k</mi><mi>c</mi></mrow></msub></math>
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
        let places = || x.flat().chunks(const { <X::Channels as Unsigned>::USIZE });
        if const { is_wide::<X::Scalar>() } {
            for (c, y) in y.iter_mut().enumerate() {
                *y = kernel::mean(places().map(|x| x.get(c).copied().unwrap_or(X::Scalar::ZERO)));
            }
            return;
        }
        y.fill(X::Scalar::ZERO);
        places().for_each(|x| kernel::add(x, y));
        y.iter_mut().for_each(|y| *y = share::<X>(*y));
    }

    fn backward(&self, _: &X, tape: &mut Self::Tape, _: &mut Self, dx: Option<&mut X>) {
        let Some(dx) = dx else { return };
        tape.dy.iter_mut().for_each(|dy| *dy = share::<X>(*dy));
        dx.flat_mut()
            .chunks_mut(const { <X::Channels as Unsigned>::USIZE })
            .for_each(|dx| dx.copy_from_slice(&tape.dy));
    }
}

/// A number over the number of places.
#[inline(always)]
fn share<X: Places>(number: X::Scalar) -> X::Scalar {
    <X::Scalar as Scalar>::Accumulator::of(number).share(X::COUNT / <X::Channels as Unsigned>::USIZE)
}
