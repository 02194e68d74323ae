//! What fits, compiles.

use nanoprop::prelude::*;

network! {
    /// The Flatten that the failures lack.
    type Net = [8, 12] => Elman<16, Tanh, All> => Flatten => (Dense<U128, U10>), loss = SigmoidCrossEntropy;
}
type ByHand = Network<((Dense<U64, U32, Sigmoid>, Gelu<U32>), Dense<U32, U10>), SoftmaxCrossEntropy>;

fn main() {
    Net::ZERO.predict(&[[0.0; 12]; 8]);
    ByHand::ZERO.predict(&[0.0; 64]);
}
