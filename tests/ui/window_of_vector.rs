//! A convolution of a vector.

use nanoprop::prelude::*;

network! { type Net = 9 => Conv1d<4, 2> => Flatten => Dense<1>, loss = SquaredError; }

fn main() {}
