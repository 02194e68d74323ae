//! The same in `network!`, with one layer.

use nanoprop::prelude::*;

network! {
    type Net = 8 => Residual(Dense<16, Tanh>) => Dense<10>, loss = SquaredError;
}

fn main() {}
