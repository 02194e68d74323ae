//! Fixed-size neural networks whose widths are types.
#![cfg_attr(not(test), no_std)]
#![deny(unsafe_code)]

extern crate self as nanoprop;

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod activation;
pub mod array;
#[cfg(feature = "checkpoint")]
pub mod checkpoint;
#[cfg(feature = "dev")]
pub mod dev;
#[cfg(feature = "alloc")]
mod host;
pub mod init;
mod kernel;
mod plain;

pub mod layer;
pub mod loss;
pub mod math;
#[cfg(feature = "nets")]
pub mod nets;
pub mod network;
pub mod penalty;
pub mod scalar;
pub mod shape;
pub mod train;
pub mod width;

#[doc(hidden)]
pub use plain::count as __count;

pub use activation::{
    Activation, Elu, HardSigmoid, HardTanh, Identity, LeakyRelu, Relu, Sigmoid, Softplus, Softsign, Tanh,
};
pub use array::{Array, Like, Matrix, Plain, Vector, Volume};
#[cfg(feature = "checkpoint")]
pub use checkpoint::CheckpointError;
pub use generic_array;
pub use init::{Course, He, Initializer, LeCun, Pcg32, Random, Uniform, Xavier};
pub use kernel::Level;
pub use layer::{
    All, Biased, Dense, Elman, Flatten, Function, Gelu, InputOf, Last, Layer, Map, Mish, OutputOf, Parameters, Role,
    ScalarOf, Silu, Slot, Softmax, Tape, TapeOf, Tapes, Tensor, Unbiased,
};
pub use loss::{
    AbsoluteError, Class, Huber, Loss, OutOfRange, SigmoidCrossEntropy, SoftmaxCrossEntropy, SquaredError, Target,
};
pub use network::{Footprint, Layers, Network, Samples, TapesOf};
pub use penalty::{L2, NoPenalty, Penalty, Step};
pub use scalar::{Real, Scalar};
pub use shape::Shape;
pub use train::{Descent, Stop};
pub use typenum;
pub use width::Width;

/// Everything that a network's author names.
pub mod prelude {
    pub use crate::width::*;
    pub use crate::*;
}
