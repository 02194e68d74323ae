//! More classes than a byte counts.

use nanoprop::prelude::*;

fn main() {}

network! {
    type Net = 16 => Embedding<300, 8> => Flatten => Dense<2>, loss = SquaredError;
}
