//! A width that `network!` can't spell.

use nanoprop::prelude::*;

network! {
    type Net = 1_048_576 => Dense<10>, loss = SigmoidCrossEntropy;
}

fn main() {}
