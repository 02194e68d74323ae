//! A share of values is less than all of them.

use nanoprop::prelude::*;

network! {
    type Net = 8 => Dropout(100%) => Dense<10>, loss = SquaredError;
}

fn main() {}
