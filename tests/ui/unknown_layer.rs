//! A layer's name misspelt.

use nanoprop::prelude::*;

network! {
    type Net = 64 => Dens<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
}

fn main() {}
