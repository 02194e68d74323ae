//! A width of 0 in `network!`.

use nanoprop::prelude::*;

network! {
    type Net = 64 => Dense<0> => Dense<10>, loss = SigmoidCrossEntropy;
}

fn main() {}
