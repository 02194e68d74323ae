//! Groups of channels that are not as many each.

use nanoprop::prelude::*;

network! { type Net = [9, 2] => Conv1d<4, 3> => GroupNorm<3> => Flatten => Dense<1>, loss = SquaredError; }

fn main() {}
