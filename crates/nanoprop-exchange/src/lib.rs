#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
// Examples don't warn where they are copied to.
#![doc(test(attr(deny(warnings))))]

mod array;
mod checkpoint;
mod compose;
mod error;
mod evaluate;
mod footprint;
pub mod keras;
pub mod layout;
pub mod model;
pub mod numpy;
pub mod onnx;
mod partial;
pub mod safetensors;
mod spec;
mod torch;
mod zip;

pub use array::{Array, Arrays};
pub use checkpoint::{Checkpoint, Learning};
pub use error::{Error, Place};
pub use evaluate::Evaluator;
pub use partial::Transfer;
pub use torch::Mapping;
pub use zip::MOST_UNPACKED;

pub use model::{Activation, Kind, Layer, Loss, Misfit, Model, Padding, Reset, Scalar, Tensor, Windows};
