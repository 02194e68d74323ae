//! Layers of f32 and of f64.

use nanoprop::prelude::*;

type Net = Network<(Dense<U64, U32, Sigmoid, f32>, Dense<U32, U10, Identity, f64>), SigmoidCrossEntropy>;

fn main() {
    Net::ZERO.predict(&[0.0; 64]);
}
