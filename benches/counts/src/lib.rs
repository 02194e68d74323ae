//! The reference networks, as in `networks/*.toml`.

use nanoprop::prelude::*;

network! {
    pub type Tiny = 3 => Dense<5, Sigmoid> => Dense<5, Sigmoid> => Dense<3>, loss = SigmoidCrossEntropy;
    pub type Control = 13 => Dense<64, Tanh> => Dense<64, Tanh> => Dense<4, Tanh>, loss = SquaredError;
    pub type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    pub type Ng = 400 => Dense<25, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    pub type Mnist = 784 => Dense<128, Sigmoid> => Dense<64, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
}
