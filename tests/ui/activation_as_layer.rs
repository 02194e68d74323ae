//! An activation where a layer should be.

use nanoprop::prelude::*;

type Net = Network<(Dense<U64, U32>, Sigmoid, Dense<U32, U10>), SigmoidCrossEntropy>;

fn main() {
    Net::ZERO.predict(&[0.0; 64]);
}
