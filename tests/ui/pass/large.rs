//! Many layers, which the compiler gets through as it does through few.

use nanoprop::prelude::*;

network! {
    type Blocks = 16
        => Residual(LayerNorm => Dense<32, Relu> => Dropout(20%) => Dense<16>)
        => Residual(LayerNorm => Dense<32, Relu> => Dropout(20%) => Dense<16>)
        => Residual(LayerNorm => Dense<32, Relu> => Dropout(20%) => Dense<16>)
        => Residual(LayerNorm => Dense<32, Relu> => Dropout(20%) => Dense<16>)
        => Residual(LayerNorm => Dense<32, Relu> => Dropout(20%) => Dense<16>)
        => Residual(LayerNorm => Dense<32, Relu> => Dropout(20%) => Dense<16>)
        => Residual(LayerNorm => Dense<32, Relu> => Dropout(20%) => Dense<16>)
        => Residual(LayerNorm => Dense<32, Relu> => Dropout(20%) => Dense<16>)
        => Residual(LayerNorm => Dense<32, Relu> => Dropout(20%) => Dense<16>)
        => Residual(LayerNorm => Dense<32, Relu> => Dropout(20%) => Dense<16>)
        => Residual(LayerNorm => Dense<32, Relu> => Dropout(20%) => Dense<16>)
        => Residual(LayerNorm => Dense<32, Relu> => Dropout(20%) => Dense<16>)
        => Dense<10>, loss = SoftmaxCrossEntropy;
    type Steps = [10, 3] => Elman<16, Tanh, All> => Elman<16, Tanh, All> => Elman<16, Tanh, All> => Elman<16, Tanh, All>
        => Elman<16, Tanh, All> => Elman<16, Tanh, All> => Elman<16, Tanh, All> => Elman<16, Tanh, All>
        => Elman<16, Tanh, All> => Flatten => Dense<4>, loss = SoftmaxCrossEntropy;
    type Nested = 4 => Residual(Residual(Residual(Residual(Residual(Residual(Residual(Residual(Dense<4>))))))))
        => Dense<2>, loss = SquaredError;
}

fn main() {
    assert_eq!(Blocks::PARAMETERS, 12 * (2 * 16 + 17 * 32 + 33 * 16) + 17 * 10);
    assert_eq!(Steps::PLAN.layers(), 11);
    Nested::ZERO.predict(&[0.0; 4]);
}
