//! A target that is too long, in a sample.

use nanoprop::prelude::*;

network! {
    type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
}

fn main() {
    let samples = [([0.0; 64], [0.0; 11])];
    Digits::ZERO.cost(&samples, NoPenalty);
}
