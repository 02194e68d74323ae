//! An option that there is not.

use nanoprop::prelude::*;

network! { type Net = [9, 2] => Conv1d<4, 2, strides = 2> => Flatten => Dense<1>, loss = SquaredError; }

fn main() {}
