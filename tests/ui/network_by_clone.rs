//! A network has no `clone()`: the compiler says how to copy one.

use nanoprop::prelude::*;

network! {
    type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
}

fn main() {
    let net = Digits::ZERO;
    net.clone().classify(&[0.0; 64]);
}
