//! A window that is larger than what it slides over.

use nanoprop::prelude::*;

network! { type Net = [3, 2] => Conv1d<4, 2> => Conv1d<4, 5> => Flatten => Dense<1>, loss = SquaredError; }

fn main() {}
