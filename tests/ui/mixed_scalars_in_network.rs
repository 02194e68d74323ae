//! A layer of f64 in a network of f32.

use nanoprop::prelude::*;

network! {
    type Net = 64 => Dense<32> => (Dense<U32, U10, Identity, f64>), loss = SigmoidCrossEntropy;
}

fn main() {}
