//! An activation where a layer should be, in `network!`.

use nanoprop::prelude::*;

network! {
    type Net = 64 => Dense<32> => Sigmoid => Dense<10>, loss = SigmoidCrossEntropy;
}

fn main() {}
