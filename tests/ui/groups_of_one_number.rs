//! Instance normalisation of a vector, whose channels are single numbers.

use nanoprop::prelude::*;

network! { type Net = 9 => Dense<4> => InstanceNorm => Dense<1>, loss = SquaredError; }

fn main() {}
