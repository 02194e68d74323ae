use crate::array::{Flat, Vector};
use crate::layer::{Layer, Slot};
use crate::parameters;

parameters! {
    #![allow(unsafe_code)]
    /// A matrix or volume as the vector of the same numbers: what stands before a dense layer.
    ///
    /// # Equations
    ///
    /// `y = x`, `dx = dy`, the same numbers in the same order.
    ///
    /// # Shapes
    ///
    /// `x: [R × C]` or `[C × H × W]`, `y: [R·C]` or `[C·H·W]`, row-major.
    ///
    /// # Memory
    ///
    /// No parameters; `2 · C·H·W` numbers of tape: the vector is a copy.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// type Net = Network<(Flatten<Matrix<U2, U3>>, Dense<U6, U1>), SquaredError>;
    /// let mut net = Net::ZERO;
    /// net.parameters_mut().fill(1.0);
    /// assert_eq!(net.predict(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])[0], 22.0);
    /// ```
    pub struct Flatten<X: Flat> of X::Scalar {}
}

impl<X: Flat> Layer for Flatten<X> {
    type Input = X;
    type Output = Vector<X::Width, X::Scalar>;
    type Tape = Slot<Self::Output>;

    #[inline]
    fn forward(&self, x: &X, y: &mut Self::Output) {
        y.iter_mut().zip(x.flat()).for_each(|(y, &x)| *y = x);
    }

    #[inline]
    fn backward(&self, _: &X, tape: &mut Self::Tape, _: &mut Self, dx: Option<&mut X>) {
        if let Some(dx) = dx {
            dx.flat_mut().iter_mut().zip(&tape.dy).for_each(|(dx, &dy)| *dx = dy);
        }
    }
}
