//! In `network!`: the last activation is the link that the loss applies itself. Nothing uses the type.

use nanoprop::prelude::*;

network! {
    type Net = 4 => Dense<5, Tanh> => Dense<3, Sigmoid>, loss = SigmoidCrossEntropy;
}

fn main() {}
