//! Sixteen layers, no two of one shape: what the compiler has the most to do with.

use std::hint::black_box;

use nanoprop::prelude::*;

network! {
    type Chain = 47
        => Dense<46, Tanh> => Dense<45, Tanh> => Dense<44, Tanh> => Dense<43, Tanh>
        => Dense<42, Tanh> => Dense<41, Tanh> => Dense<40, Tanh> => Dense<39, Tanh>
        => Dense<38, Tanh> => Dense<37, Tanh> => Dense<36, Tanh> => Dense<35, Tanh>
        => Dense<34, Tanh> => Dense<33, Tanh> => Dense<32, Tanh> => Dense<31>,
        loss = SoftmaxCrossEntropy;
}

fn main() {
    let (mut net, mut tape) = (Chain::boxed(), Box::new(Chain::TAPE));
    net.initialize(&Xavier, &mut Pcg32::new(1));
    let samples = black_box([([0.5; 47], [1.0 / 31.0; 31]); 32]);
    net.descend(&samples[0].0, &samples[0].1, 0.1, &mut tape);
    net.step_batch(&samples, NoPenalty, 0.1, &mut *Box::new([Chain::TAPE; 32]));
    println!("{:?}", net.predict(&samples[0].0));
}
