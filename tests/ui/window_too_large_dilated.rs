//! A window whose dilation makes it larger than an image.

use nanoprop::prelude::*;

network! { type Net = [9, 9, 1] => Conv2d<4, 3, dilation = 5> => Flatten => Dense<1>, loss = SquaredError; }

fn main() {}
