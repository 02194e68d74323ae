//! The reference networks, as in `networks/*.toml`, and those of sequences and pictures.

use nanoprop::prelude::*;

network! {
    pub type Tiny = 3 => Dense<5, Sigmoid> => Dense<5, Sigmoid> => Dense<3>, loss = SigmoidCrossEntropy;
    pub type Control = 13 => Dense<64, Tanh> => Dense<64, Tanh> => Dense<4, Tanh>, loss = SquaredError;
    pub type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    pub type Ng = 400 => Dense<25, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    pub type Mnist = 784 => Dense<128, Sigmoid> => Dense<64, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    pub type Sensor = [64, 3] => Conv1d<16, 5, Relu> => Conv1d<32, 3, Relu> => Flatten => Dense<5>,
        loss = SoftmaxCrossEntropy;
    pub type LeNet = [28, 28, 1] => Conv2d<6, 5, Relu, padding = same> => MaxPool2d<2> => Conv2d<16, 5, Relu> => MaxPool2d<2>
        => Flatten => Dense<120, Relu> => Dense<84, Relu> => Dense<10>, loss = SoftmaxCrossEntropy;
    pub type Gated = [64, 1] => Lstm<16, All> => Gru<8> => Dense<1>, loss = SquaredError;
}
