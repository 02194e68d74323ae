//! Logits between -1 and 1: what a recurrent layer writes.

use nanoprop::prelude::*;

network! {
    type Net = [10, 3] => Elman<4>, loss = SoftmaxCrossEntropy;
}

fn main() {}
