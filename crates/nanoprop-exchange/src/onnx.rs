//! ONNX files: of PyTorch's exporters, Keras's and skl2onnx to models, and of models for onnxruntime.
//!
//! ```
//! use nanoprop_exchange::onnx::{self, Import, Options, Report, Row};
//!
//! # let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/onnx/norms_script.onnx");
//! let import: Import = onnx::read(path, &Options::default())?;
//! let report: &Report = &import.report;
//! let row: &Row = &report.layers[0];
//! assert_eq!((row.parameters, import.model.input()), (25, &[4][..]));
//! let lines: Vec<String> = report.to_string().lines().map(str::to_owned).collect();
//! assert_eq!(lines[..4], [
//!     "layer       reads  writes  parameters  nodes",
//!     "Dense Relu      4       5          25  /0/Gemm, /1/BatchNormalization, /2/Relu",
//!     "Dense           5       2          12  /3/BatchNormalization, /5/Gemm",
//!     "loss SoftmaxCrossEntropy (/6/LogSoftmax), 37 parameters",
//! ]);
//! assert!(report.difference < 1e-6);
//! # Ok::<(), onnx::Error>(())
//! ```
//!
//! # What is read
//!
//! Operators of versions 11 to 27, and the domain `ai.onnx.ml`'s `Scaler` and `ZipMap`. A file's nodes become layers by what
//! they compute, not by how an exporter writes it:
//!
//! | nodes | layers |
//! | --- | --- |
//! | `Gemm`, `MatMul`, with `Add` in either order | `Dense`; of the last axis of steps or places, a convolution of one place |
//! | `Conv`, with `Pad` before it or steps behind it cut off | `Conv1d`, `Conv2d`; with as many groups as channels, `DepthwiseConv1d`, `DepthwiseConv2d` |
//! | `ConvTranspose` of a sequence | `ConvTranspose1d` |
//! | `Gather` of a constant's rows by the input | `Embedding` |
//! | `MaxPool`, `AveragePool`, `GlobalAveragePool`, `ReduceMean` | the same; `GlobalAvgPool` |
//! | `RNN`, `GRU`, `LSTM` | `Elman`, `Gru`, `Lstm`, and `Bidirectional` |
//! | functions of each number, of one node or many | activations, `Gelu`, `Silu`, `Mish`: found by their values |
//! | `Clip`, `HardSigmoid` of other bounds | `HardTanh`, with the layers around it scaled |
//! | `BatchNormalization`, and sums, products and quotients with constants | folded into the layer before or behind; at the input, between a function and padding, or between functions a `BatchNorm`, a `Standardize` or a depthwise convolution of one place |
//! | `Scaler`, and `Sub` with `Div` | `Standardize` |
//! | `LayerNormalization`, or the nodes it is made of | `LayerNorm` |
//! | `GroupNormalization`, `InstanceNormalization`, also of an array that is cut into groups | `GroupNorm`, which is `InstanceNorm` with a group for each channel |
//! | `Add` of a value and what is computed of it | `Residual` |
//! | `Softmax`, `LogSoftmax` at the end; `Sigmoid` at the end | the link of `SoftmaxCrossEntropy`; that of `SigmoidCrossEntropy` |
//! | `Reshape`, `Flatten`, `Transpose`, `Squeeze`, `Gather`, … | the order of weights, `Flatten`, `Unflatten`, or the last step of a recurrent layer |
//! | `Dropout`, `Identity`, `Cast`, and nodes of shapes and constants | nothing |
//!
//! A function that no layer has room for, as the ReLU behind a residual, is that of a depthwise convolution whose weights are
//! 1: freeze it, or let it learn. nanoprop's arrays have their channels last, so the inputs of images and sequences may have
//! another order than the file's, which [`Report::input_order`] gives.
//!
//! Anything else is refused with the node's name, its operator and what can be done. A model is compared with its file by an
//! evaluator of ONNX's operators in `f64`, and refused where it is another.
//!
//! # Memory
//!
//! Files are not trusted: tensors take no more than eight bytes for each of the file's, and at most 2²³ numbers between
//! nodes and 2²⁸ multiply-adds are evaluated for an input.

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
