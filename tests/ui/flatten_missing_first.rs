//! A dense layer that reads an image: `Flatten` is missing.

use nanoprop::prelude::*;

network! {
    type Net = [8, 12, 12] => Dense<10>, loss = SigmoidCrossEntropy;
}

fn main() {}
