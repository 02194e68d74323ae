//! Padding that cuts off all that a transposed convolution would write.

use nanoprop::prelude::*;

network! { type Net = [2, 2] => ConvTranspose1d<4, 3, stride = 2, padding = [2, 3]> => Flatten => Dense<1>, loss = SquaredError; }

fn main() {}
