//! A recurrent layer that is given a vector.

use nanoprop::prelude::*;

network! {
    type Net = 64 => Elman<16> => Dense<10>, loss = SigmoidCrossEntropy;
}

fn main() {}
