//! A dense layer behind a matrix: `Flatten` is missing.

use nanoprop::prelude::*;

network! {
    type Net = [8, 12] => Elman<16, Tanh, All> => Dense<10>, loss = SigmoidCrossEntropy;
}

fn main() {}
