//! An Unflatten that is told no shape.

use nanoprop::prelude::*;

fn main() {}

network! {
    type Net = 6 => Unflatten<6> => Dense<1>, loss = SquaredError;
}
