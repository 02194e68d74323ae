//! What fits, compiles, also where `unsafe` is forbidden.
#![forbid(unsafe_code)]

use nanoprop::prelude::*;
use nanoprop::{Loss, Role, Slot};

network! {
    /// The Flatten that the failures lack.
    type Net = [8, 12] => Elman<16, Tanh, All> => Flatten => (Dense<U128, U10>), loss = SigmoidCrossEntropy;
}
type ByHand = Network<((Dense<U64, U32, Sigmoid>, Gelu<U32>), Dense<U32, U10>), SoftmaxCrossEntropy>;

network! {
    /// A sum with what is read is a logit, whatever the layers within end in; a rectifier that leaks keeps its signs.
    type Around = 4 => Residual(Dense<4, Sigmoid>), loss = SigmoidCrossEntropy;
    type Leaky = 4 => Dense<3, LeakyRelu>, loss = SoftmaxCrossEntropy;
    type Share = 4 => Dense<3> => Softmax, loss = SquaredError;
    type Own = 4 => Dense<3, Sigmoid>, loss = Silent;
}

/// A loss of one's own that says nothing of its logits.
struct Silent;

impl Loss for Silent {
    const NAME: &'static str = "silent";

    fn value<T: Scalar>(_: &[T], _: &[T]) -> T {
        T::ZERO
    }

    fn delta<T: Scalar>(_: &[T], _: &[T], dz: &mut [T]) {
        dz.fill(T::ZERO);
    }
}

parameters! {
    /// A layer of one's own.
    pub struct Scale<N: Width> of f32 {
        gain: Vector<N> = Role::Gain,
    }
}

impl<N: Width> Layer for Scale<N> {
    type Input = Vector<N>;
    type Output = Vector<N>;
    type Tape = Slot<Vector<N>>;

    fn forward(&self, x: &Vector<N>, y: &mut Vector<N>) {
        y.iter_mut().zip(x).zip(&self.gain).for_each(|((y, &x), &g)| *y = g * x);
    }

    fn backward(&self, _: &Vector<N>, _: &mut Slot<Vector<N>>, _: &mut Self, _: Option<&mut Vector<N>>) {}
}

fn main() {
    Network::<(Dense<U4, U8>, Scale<U8>), SquaredError>::ZERO.predict(&[0.0; 4]);
    Net::ZERO.predict(&[[0.0; 12]; 8]);
    ByHand::ZERO.predict(&[0.0; 64]);
    assert_eq!(Own::ZERO.classify(&[0.0; 4]) + Around::ZERO.classify(&[0.0; 4]), 0);
    assert_eq!(Leaky::ZERO.classify(&[0.0; 4]) + Share::ZERO.classify(&[0.0; 4]), 0);
}
