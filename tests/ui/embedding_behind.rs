//! An Embedding behind a layer.

use nanoprop::prelude::*;

fn main() {}

network! {
    type Net = 16 => Dense<4> => Embedding<27, 8> => Flatten => Dense<2>, loss = SquaredError;
}
