use crate::array::{Flat, Vector};
use crate::layer::{Layer, Slot};
use crate::parameters;

parameters! {
    #![allow(unsafe_code)]
    /// A vector as the matrix or volume of the same numbers: the inverse of a [`Flatten`](crate::Flatten).
    ///
    /// In [`network!`](crate::network!) it is `Unflatten<[8, 3]>`.
    ///
    /// # Equations
    ///
    /// `y = x`, `dx = dy`, the same numbers in the same order.
    ///
    /// # Shapes
    ///
    /// `x: [R·C]` or `[H·W·C]`, `y: [R × C]` or `[H × W × C]`, row-major.
    ///
    /// # Memory
    ///
    /// No parameters; two `Y` of tape: the array is a copy.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::GlobalAvgPool;
    ///
    /// network! { type Net = 6 => Unflatten<[3, 2]> => GlobalAvgPool, loss = SquaredError; }
    /// let h = Net::ZERO.predict(&[1.0, 10.0, 2.0, 20.0, 3.0, 30.0]);
    /// assert_eq!(h.as_slice(), [2.0, 20.0]);
    ///
    /// type ByHand = Network<(Unflatten<Matrix<U3, U2>>, GlobalAvgPool<Matrix<U3, U2>>), SquaredError>;
    /// let _: Net = ByHand::ZERO; // one type
    /// ```
    pub struct Unflatten<Y: Flat> of Y::Scalar {}
}

impl<Y: Flat> Layer for Unflatten<Y> {
    type Input = Vector<Y::Width, Y::Scalar>;
    type Output = Y;
    type Tape = Slot<Y>;

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Y) {
        y.flat_mut().iter_mut().zip(x).for_each(|(y, &x)| *y = x);
    }

    #[inline]
    fn backward(&self, _: &Self::Input, tape: &mut Self::Tape, _: &mut Self, dx: Option<&mut Self::Input>) {
        dx.into_iter().flatten().zip(tape.dy.flat()).for_each(|(dx, &dy)| *dx = dy);
    }
}
