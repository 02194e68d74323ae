//! An input that is too short.

use nanoprop::prelude::*;

network! {
    type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
}

fn main() {
    Digits::ZERO.predict(&[0.0; 63]);
}
