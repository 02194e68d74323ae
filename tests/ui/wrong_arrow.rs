//! A wrong token in `network!`: the compiler underlines it.

use nanoprop::prelude::*;

network! {
    type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    type Net = 64 => Dense<32, Sigmoid> -> Dense<10>, loss = SigmoidCrossEntropy;
}

fn main() {}
