//! What the author of a network names: `use nanoprop::prelude::*`. All else is at the crate's root.

// Networks, and what goes in and out of them.
#[cfg(feature = "checkpoint")]
#[doc(no_inline)]
pub use crate::load;
#[doc(no_inline)]
pub use crate::{Class, Gradient, Matrix, Network, TapeOf, Vector, Volume, budget, frozen, network, parameters, width};
// Layers.
#[doc(no_inline)]
pub use crate::{
    All, AvgPool1d, AvgPool2d, BatchNorm, Bidirectional, Conv1d, Conv2d, ConvTranspose1d, Dense, DepthwiseConv1d,
    DepthwiseConv2d, Dropout, Elman, Embedding, Flatten, Frozen, Gelu, GlobalAvgPool, GroupNorm, Gru, InstanceNorm,
    Last, LayerNorm, Lstm, MaxPool1d, MaxPool2d, Mish, Percent, ResetBefore, Residual, Silu, Softmax, Standardize,
    StreamOf, Unbiased, Unflatten,
};
// Activations and losses.
#[doc(no_inline)]
pub use crate::{
    AbsoluteError, Elu, HardSigmoid, HardTanh, Huber, Identity, LeakyRelu, Relu, Sigmoid, SigmoidCrossEntropy,
    SoftmaxCrossEntropy, Softplus, Softsign, SquaredError, Tanh,
};
// How it starts and learns.
#[doc(no_inline)]
pub use crate::{Adam, He, L2, NoPenalty, Order, Pcg32, Recipe, Sgd, Training, Xavier};
// Traits whose methods are called.
#[cfg(feature = "alloc")]
#[doc(no_inline)]
pub use crate::Boxed;
#[doc(no_inline)]
pub use crate::{Layer, Number, Parameters, Plain, Random, Scalar, Tape, Width};

#[doc(no_inline)]
pub use crate::width::named::*;
