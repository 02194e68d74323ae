//! The reference networks, as in `networks/*.toml`, and those of sequences and pictures; what a program does with one.

use std::hint::black_box;
use std::process::exit;

use nanoprop::prelude::*;
use nanoprop::{InputOf, Layers, Level, Loss, OutputOf};

network! {
    pub type Tiny = 3 => Dense<5, Sigmoid> => Dense<5, Sigmoid> => Dense<3>, loss = SigmoidCrossEntropy;
    pub type Control = 13 => Dense<64, Tanh> => Dense<64, Tanh> => Dense<4, Tanh>, loss = SquaredError;
    pub type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    pub type Ng = 400 => Dense<25, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    pub type Mnist = 784 => Dense<128, Sigmoid> => Dense<64, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    pub type ReluNet = 128 => Dense<256, Relu> => Dense<10>, loss = SoftmaxCrossEntropy;
    pub type Sensor = [64, 3] => Conv1d<16, 5, Relu> => Conv1d<32, 3, Relu> => Flatten => Dense<5>,
        loss = SoftmaxCrossEntropy;
    pub type LeNet = [28, 28, 1] => Conv2d<6, 5, Relu, padding = same> => MaxPool2d<2> => Conv2d<16, 5, Relu> => MaxPool2d<2>
        => Flatten => Dense<120, Relu> => Dense<84, Relu> => Dense<10>, loss = SoftmaxCrossEntropy;
    pub type Gated = [64, 1] => Lstm<16, All> => Gru<8> => Dense<1>, loss = SquaredError;
}

/// All that a program which trains has the compiler make of a network.
#[inline(always)]
pub fn learn<L: Layers<Scalar = f32>, E: Loss>(net: &mut Network<L, E>) {
    type Net<L, E> = Network<L, E>;
    net.initialize(&Xavier, &mut Pcg32::new(1));
    let mut tapes = Box::new([const { <Net<L, E>>::TAPE }; 32]);
    let samples = black_box(vec![(InputOf::<Net<L, E>>::ZERO, OutputOf::<Net<L, E>>::ZERO); 32]);
    net.descend(&samples[0].0, &samples[0].1, 0.1, &mut tapes[0]);
    net.step_batch(&samples[..], NoPenalty, 0.1, &mut tapes);
    println!("{:?}", net.predict(&samples[0].0));
}

/// Uses the level that the program's first argument names; ends the program by 3 where the processor lacks it.
pub fn force_level() {
    let level = match std::env::args().nth(1).as_deref() {
        Some("sse2") => Level::Sse2,
        Some("avx2") => Level::Avx2,
        _ => Level::best(),
    };
    if !level.force() {
        exit(3);
    }
}
