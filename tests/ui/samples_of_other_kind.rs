//! Labels that are plain numbers.

use nanoprop::prelude::*;

network! {
    type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
}

fn main() {
    let samples = [([0.0; 64], 7)];
    Digits::ZERO.cost(&samples, NoPenalty);
}
