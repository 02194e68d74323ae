//! Whole trainings have the same bits at every level of instructions, and batches those of their samples.

use nanoprop::Fused;
use nanoprop::nets::{Digits, Mnist, ReluNet, Tiny};
use nanoprop::prelude::*;

#[macro_use]
#[path = "support/trace.rs"]
mod trace;

network! {
    type Odd = 7 => Dense<13, Relu> => Dense<25, LeakyRelu> => Dense<3, Tanh> => Dense<5>, loss = SoftmaxCrossEntropy;
    type Recurrent = [5, 3] => Elman<9> => Dense<2>, loss = SquaredError;
    type Mixed = 9 => Standardize => Dense<33, Relu> => Residual(LayerNorm => Dense<40> => Gelu => Dense<33>)
        => Dropout(30%) => Residual(Dropout(0%) => Dense<33, Tanh>) => Dense<4>, loss = SoftmaxCrossEntropy;
    type Both = [7, 3] => Standardize => Dropout(30%) => Bidirectional(Elman<17, Tanh, All>) => LayerNorm => Gelu
        => Bidirectional(Conv1d<5, 3, Relu>) => Bidirectional(Elman<4>) => Unflatten<[2, 4]> => Dropout(10%)
        => GlobalAvgPool => Dense<2>, loss = SquaredError;
    type Wide = 9 => Dense<130, Softplus> => Dense<33, Sigmoid> => Dense<17>, loss = Huber;

    type Iris = 4 => Dense<9, Softsign> => Dense<3, Tanh> => Dense<3>, loss = SoftmaxCrossEntropy;
    type Slim = 1 => Dense<16, Tanh> => Dense<1>, loss = SquaredError;

    type FusedTiny = 3 => Dense<5, Sigmoid> => Dense<5, Sigmoid> => Dense<3>, loss = SigmoidCrossEntropy, scalar = Fused;
    type FusedDigits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy, scalar = Fused;
    type FusedOdd = 7 => Dense<13, Elu> => Dense<25, Softplus> => Dense<3, Tanh> => Dense<5>, loss = SoftmaxCrossEntropy,
        scalar = Fused;
    type FusedRecurrent = [5, 3] => Elman<9> => Gelu => Dense<2>, loss = SquaredError, scalar = Fused;
    type FusedWide = 9 => Dense<130, Tanh> => Dense<33, Sigmoid> => Dense<17>, loss = Huber, scalar = Fused;
}

#[test]
#[cfg_attr(not(simd), ignore = "a build without optimisation has one level only: cargo test --release --test backends")]
fn levels_agree() {
    // The formulas sweep over flat slices: the same code for each network of a scalar, and long to compile.
    trace::levels_agree(traces!(
        optimizers: Wide, FusedOdd;
        nothing: Tiny, Digits, Mnist, ReluNet, Odd, Recurrent, Mixed, Both, Iris, Slim;
        nothing: FusedTiny, FusedDigits, FusedRecurrent, FusedWide;
    ));
}
