//! A loss among the options.

use nanoprop::prelude::*;

network! { type Net = [9, 2] => Conv1d<4, 2, SquaredError> => Flatten => Dense<1>, loss = SquaredError; }

fn main() {}
