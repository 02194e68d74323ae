//! An input of f32 for a network of f64.

use nanoprop::prelude::*;

network! {
    type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy, scalar = f64;
}

fn main() {
    Digits::ZERO.predict(&[0.0_f32; 64]);
}
