//! A softmax over one output.

use nanoprop::prelude::*;

network! {
    type Net = 4 => Dense<1>, loss = SoftmaxCrossEntropy;
}

fn main() {}
