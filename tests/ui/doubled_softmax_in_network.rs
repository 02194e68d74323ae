//! In `network!`: a softmax in front of the loss that has one, with dropout between.

use nanoprop::prelude::*;

network! {
    type Net = 4 => Dense<3> => Softmax => Dropout(20%), loss = SoftmaxCrossEntropy;
}

fn main() {}
