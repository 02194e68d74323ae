//! From a model to an ONNX file.

mod layers;
mod normal;
mod recurrent;
mod writer;

use prost::Message as _;

use super::error::Error;
use super::message::{
    Dimension, Entry, GraphProto, ModelProto, OperatorSet, TensorShape, TensorType, TypeProto, ValueInfo,
};
use crate::model::{Kind, Layer, Loss, Model};
use crate::onnx::tensor;
use writer::{Writer, kind};

/// The version of the operators that files are written in: that of `LayerNormalization`.
const OPSET: i64 = 17;
/// The version of the format that has it.
const IR: i64 = 8;

/// A model as the bytes of an ONNX file, with operators of version 17.
///
/// Its input is `input`, `[batch, …]` with nanoprop's widths, channels last, and its output `output`: the prediction. Numbers
/// are `float`; of a model in `f64`, `double`, for which runtimes lack some operators; those that an `Embedding` reads are
/// `int64`, and must be classes. Layers that ONNX has no operator for are several nodes; `Dropout` is none. `metadata_props` has the keys `nanoprop.version`, `nanoprop.name`,
/// `nanoprop.fingerprint`, `nanoprop.loss` and `nanoprop.scalar`.
///
/// [`from_bytes`](super::from_bytes) gives the same weights back, bit for bit.
///
/// # Errors
///
/// If a tensor has no numbers, or one that is NaN or infinite.
///
/// # Example
///
/// ```
/// use nanoprop_exchange::onnx::{self, Options};
/// use nanoprop_exchange::{Activation, Kind, Loss, Model};
///
/// let mut model = Model::new("Xor", &[2])?;
/// let layer = model.push(Kind::Dense { units: 1, activation: Activation::Identity, bias: true })?;
/// layer.set("bias", vec![0.5])?;
/// layer.set("weight", vec![1.0, -2.0])?;
/// model.loss = Loss::SigmoidCrossEntropy;
///
/// let file = onnx::write(&model)?;
/// let import = onnx::from_bytes(&file, None, &Options::default())?;
/// assert_eq!(import.model.checkpoint()?, model.checkpoint()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write(model: &Model) -> Result<Vec<u8>, Error> {
    // All numbers are there and finite.
    model.checkpoint().map_err(|error| Error::Layer(error.to_string()))?;
    let mut writer = Writer::new(model.scalar);
    for (number, layer) in model.layers().iter().enumerate() {
        layers::layer(&mut writer, layer, &format!("layers.{number}"))?;
    }
    writer.last(model.output().len());
    let mut widths = model.output().to_vec();
    writer.enter("link");
    match model.loss {
        Loss::SigmoidCrossEntropy => writer.apply("Sigmoid", vec![]),
        Loss::SoftmaxCrossEntropy => {
            if widths.len() > 1 {
                writer.apply("Flatten", vec![writer::int("axis", 1)]);
                widths = vec![widths.iter().product()];
            }
            writer.apply("Softmax", vec![writer::int("axis", -1)]);
        }
        Loss::SquaredError | Loss::AbsoluteError | Loss::Huber => (),
    }
    let (nodes, initializer) = writer.finish();
    let graph = GraphProto {
        node: nodes,
        name: model.name.clone(),
        initializer,
        input: vec![port("input", model, model.input())],
        output: vec![port("output", model, &widths)],
    };
    let entry = |key: &str, value: &str| Entry { key: format!("nanoprop.{key}"), value: value.to_owned() };
    let file = ModelProto {
        ir_version: IR,
        producer_name: "nanoprop".to_owned(),
        producer_version: env!("CARGO_PKG_VERSION").to_owned(),
        doc_string: model.doc.clone(),
        graph: Some(graph),
        opset_import: vec![OperatorSet { domain: String::new(), version: OPSET }],
        metadata_props: vec![
            entry("version", env!("CARGO_PKG_VERSION")),
            entry("name", &model.name),
            entry("fingerprint", &format!("{:016x}", model.fingerprint())),
            entry("loss", model.loss.word()),
            entry("scalar", model.scalar.word()),
        ],
    };
    Ok(file.encode_to_vec())
}

/// An input or output of a batch of arrays of these widths.
fn port(name: &str, model: &Model, widths: &[usize]) -> ValueInfo {
    let batch = Dimension { value: None, parameter: Some("batch".to_owned()) };
    let fixed = widths.iter().map(|&width| Dimension { value: Some(width as i64), parameter: None });
    let shape = TensorShape { dim: [batch].into_iter().chain(fixed).collect() };
    let classes = name == "input" && matches!(model.layers().first().map(Layer::kind), Some(Kind::Embedding { .. }));
    let element = if classes { tensor::kind::INT64 } else { kind(model.scalar) };
    let tensor = TensorType { element, shape: Some(shape) };
    ValueInfo { name: name.to_owned(), kind: Some(TypeProto { tensor: Some(tensor) }) }
}
