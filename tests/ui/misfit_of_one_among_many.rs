//! The compiler underlines all networks; the message says which.

use nanoprop::prelude::*;

network! {
    type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    type Wrong = 64 => Dense<32, Sigmoid> => (Dense<U16, U10>), loss = SigmoidCrossEntropy;
    type Other = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
}

fn main() {}
