//! A softmax layer of one value, in a Residual.

use nanoprop::prelude::*;

network! {
    type Net = 4 => Dense<1> => Residual(Dense<1> => Softmax) => Dense<2>, loss = SquaredError;
}

fn main() {}
