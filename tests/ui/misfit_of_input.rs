//! In `network!`: the first layer reads another width than the input has.

use nanoprop::prelude::*;

network! {
    type Net = 64 => (Dense<U16, U10>), loss = SigmoidCrossEntropy;
}

fn main() {}
