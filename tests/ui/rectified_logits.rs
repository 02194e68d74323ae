//! Logits that are never negative.

use nanoprop::prelude::*;

network! {
    type Net = 4 => Dense<5, Relu> => Dense<3, Relu>, loss = SoftmaxCrossEntropy;
}

fn main() {}
