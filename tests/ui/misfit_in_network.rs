//! In `network!`: a layer of one's own reads another width than it is given. Nothing uses the type.

use nanoprop::prelude::*;

network! {
    type Net = 64 => Dense<32, Sigmoid> => (Dense<U16, U10>), loss = SigmoidCrossEntropy;
}

fn main() {}
