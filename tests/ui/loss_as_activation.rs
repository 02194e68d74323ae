//! A loss where an activation should be.

use nanoprop::prelude::*;

network! {
    type Net = 64 => Dense<10, SoftmaxCrossEntropy>, loss = SoftmaxCrossEntropy;
}

fn main() {}
