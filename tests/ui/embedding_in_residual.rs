//! An Embedding in a Residual.

use nanoprop::prelude::*;

fn main() {}

network! {
    type Net = 16 => Residual(Embedding<27, 8>) => Flatten => Dense<2>, loss = SquaredError;
}
