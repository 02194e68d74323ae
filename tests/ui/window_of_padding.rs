//! A pooling of padding alone.

use nanoprop::prelude::*;

network! { type Net = [9, 1] => MaxPool1d<2, padding = 3> => Flatten => Dense<1>, loss = SquaredError; }

fn main() {}
