//! An input of f64 for a network of f32.

use nanoprop::prelude::*;

network! {
    type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
}

fn main() {
    Digits::ZERO.predict(&[0.0_f64; 64]);
}
