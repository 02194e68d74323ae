//! A Bidirectional of two layers.

use nanoprop::prelude::*;

fn main() {}

network! {
    type Net = [4, 3] => Bidirectional(Elman<5, Tanh, All> => Elman<2>) => Dense<1>, loss = SquaredError;
}
