//! A layer over a sequence behind a vector.

use nanoprop::prelude::*;

network! { type Net = 8 => ConvTranspose1d<4, 3> => Flatten => Dense<1>, loss = SquaredError; }

fn main() {}
