//! ONNX files: of PyTorch's exporters and skl2onnx to models, and of models for onnxruntime.
//!
//! A file's nodes become layers by what they compute, not by how an exporter writes it: functions of each number are found by
//! their values, what multiplies and adds each channel is folded into a layer beside it, and what only moves numbers into
//! the order of weights. A model is compared with its file by an evaluator of ONNX's operators in `f64`.
//!
//! Files are not trusted: what is read is bounded by the file's size, what is evaluated by a stated number of numbers.

mod array;
mod error;
mod evaluate;
mod export;
mod graph;
mod import;
mod message;
mod tensor;

pub use error::Error;
pub use export::write;
pub use import::{Import, Options, Report, Row, from_bytes, read};
