use super::Rounds;
use crate::array::Channelled;
use crate::int8::{Quantize, RescaleInt8, Scale};
use crate::layer::Layer;
use crate::layer::batch::same_shape;
use crate::parameters;

parameters! {
    #![allow(unsafe_code)]
    /// What hands on what it reads: within a [`FakeQuantize`](super::FakeQuantize) that stands alone.
    #[doc(hidden)]
    pub struct Pass<X: Channelled> of X::Scalar as NOTHING {}
}

/// It has no name: that of the FakeQuantize is enough.
const NOTHING: &str = "";

impl<X: Channelled> Pass<X> {
    #[inline(always)]
    fn all(&self, x: &[X::Scalar], y: &mut [X::Scalar]) {
        y.copy_from_slice(x);
    }
}

impl<X: Channelled> Layer for Pass<X> {
    same_shape! { X }

    #[inline]
    fn backward(&self, _: &X, tape: &mut Self::Tape, _: &mut Self, dx: Option<&mut X>) {
        dx.into_iter().for_each(|dx| dx.flat_mut().copy_from_slice(tape.dy.flat()));
    }
}

impl<X: Channelled> Quantize for Pass<X> {
    type Int8 = RescaleInt8<X>;

    fn observe(&self, x: &X, y: &mut X, visit: &mut impl FnMut(&mut [X::Scalar])) {
        self.forward(x, y);
        visit(y.flat_mut());
    }

    fn quantize(&self, x: Scale, next: &mut impl FnMut() -> Scale, to: &mut Self::Int8) -> Scale {
        to.set(x, next())
    }
}

impl<X: Channelled> Rounds for Pass<X> {}
