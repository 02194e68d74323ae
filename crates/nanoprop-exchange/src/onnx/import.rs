//! From an ONNX file to a model.

mod build;
mod chain;
mod compare;
mod function;
mod layers;
mod plan;
mod port;
mod recurrent;
mod report;
mod spine;
mod walk;

pub use report::{Report, Row};

use std::fs;
use std::path::Path;

use prost::Message as _;

use super::array::{Array, Number, show};
use super::error::Error;
use super::graph::{Graph, NEWEST, Port};
use super::message::ModelProto;
use super::tensor;
use crate::model::{Kind, Loss, MOST_LAYERS, Model, Scalar, type_name};
use chain::Chain;
use compare::compare;
use port::{input, output};
use spine::Spine;
use walk::Ending;

/// How an ONNX file is read.
///
/// # Example
///
/// ```
/// let options = nanoprop_exchange::onnx::Options { name: Some("Digits".into()), ..Default::default() };
/// assert!(nanoprop_exchange::onnx::from_bytes(b"", None, &options).is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The model's name; else that of the graph.
    pub name: Option<String>,
    /// The shape of the input, with a batch of 1, where the file leaves it open.
    pub input: Option<Vec<usize>>,
    /// The name of the output, where there are several.
    pub output: Option<String>,
}

/// A model from an ONNX file, and what became of its nodes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Import {
    /// The model.
    pub model: Model,
    /// Layer by layer.
    pub report: Report,
}

/// Reads an ONNX file; tensors that are in other files are looked for beside it.
///
/// # Errors
///
/// If it can't be read, is damaged, or has a node that nanoprop has no layer for.
pub fn read(path: impl AsRef<Path>, options: &Options) -> Result<Import, Error> {
    let path = path.as_ref();
    let bytes = fs::read(path);
    let bytes = bytes.map_err(|error| Error::File { path: path.display().to_string(), message: error.to_string() })?;
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    from_bytes(&bytes, Some(folder), options)
}

/// Reads the bytes of an ONNX file; tensors that are in other files are looked for in `folder`.
///
/// # Errors
///
/// As [`read`].
pub fn from_bytes(bytes: &[u8], folder: Option<&Path>, options: &Options) -> Result<Import, Error> {
    if bytes.is_empty() {
        return Err(Error::Format("it is empty".to_owned()));
    }
    let model = ModelProto::decode(bytes).map_err(|error| Error::Format(error.to_string()))?;
    let graph = Graph::new(model, folder)?;
    let (port, shape) = input(&graph, options)?;
    let output = output(&graph, options)?;
    let number = tensor::number(port.kind).unwrap_or(Number::Single);
    let array = |values: Vec<f64>| Array::new(number, shape.clone(), values).map_err(Error::Graph);
    let len: usize = shape.iter().product();

    let spine = Spine::new(&graph, (&port.name, array(vec![0.0; len])?), &output.name)?;
    let last = spine.last()?;
    let segments = spine.segments(None, last).ok_or_else(|| Error::graph("the output does not depend on the input"))?;
    let mut chain = Chain::open(&shape);
    let outcome = walk::walk(&spine, &mut chain, &segments)?;
    let end = |message| spine.node(last).map_or_else(|error| error, |node| Error::node(node, message));
    chain.choose_last().and_then(|()| chain.materialize()).map_err(end)?;
    let link = if outcome.loss == Loss::SquaredError { Vec::new() } else { link(&mut chain) };
    chain.credit();
    if chain.shape.len() <= 2 && !chain.is_open() {
        chain.vector().map_err(end)?;
    }
    let looks_up = matches!(chain.plans.first(), Some(plan) if matches!(plan.kind, Kind::Embedding { .. }));
    if number == Number::Integer && !looks_up {
        return Err(port::no_numbers(port));
    }
    if chain.plans.is_empty() {
        return Err(Error::graph("the graph has no layer: its output is its input"));
    }

    let name = options.name.clone().or_else(|| graph.metadata.get("nanoprop.name").cloned());
    let name = type_name(&name.unwrap_or_else(|| graph.name.clone()));
    let mut model = Model::new(name, &chain.start).map_err(|misfit| Error::Graph(misfit.message))?;
    model.loss = loss(&graph, outcome.loss);
    model.scalar = if number == Number::Double { Scalar::F64 } else { scalar(&graph) };
    model.doc.clone_from(&graph.doc);
    build::build(&mut model, chain.plans.clone(), &graph)?;

    let mut report = Report {
        layers: build::rows(model.layers(), &chain.plans, 0),
        loss: model.loss,
        link,
        input_order: chain.order.clone(),
        output_order: places(&chain, outcome.ending),
        notes: notes(&graph, port, &chain, &model, outcome.ending),
        difference: 0.0,
        difference_f64: 0.0,
        inputs: 0,
    };
    compare(&spine, &array, &chain, &model, (&output.name, outcome.ending), &mut report)?;
    Ok(Import { model, report })
}

/// Takes the nodes of the link from the last layer, to which they were given.
fn link(chain: &mut Chain) -> Vec<String> {
    chain.plans.last_mut().and_then(|plan| plan.nodes.pop()).into_iter().collect()
}

/// The loss that a file of nanoprop's says, if its link is what was found.
fn loss(graph: &Graph, found: Loss) -> Loss {
    let said = graph.metadata.get("nanoprop.loss").and_then(|word| Loss::from_word(word));
    match said {
        Some(loss @ (Loss::AbsoluteError | Loss::Huber)) if found == Loss::SquaredError => loss,
        _ => found,
    }
}

/// Of each number of the prediction, its place in the file's output.
fn places(chain: &Chain, ending: Ending) -> Vec<usize> {
    if ending == Ending::TwoClasses {
        return vec![1];
    }
    let mut places = vec![0; chain.index.len()];
    for (from, &to) in chain.index.iter().enumerate() {
        if let Some(place) = places.get_mut(to) {
            *place = from;
        }
    }
    places
}

fn scalar(graph: &Graph) -> Scalar {
    match graph.metadata.get("nanoprop.scalar").map(String::as_str) {
        Some("Fused") => Scalar::Fused,
        _ => Scalar::F32,
    }
}

fn notes(graph: &Graph, port: &Port, chain: &Chain, model: &Model, ending: Ending) -> Vec<String> {
    let mut notes = Vec::new();
    if !chain.order.iter().copied().eq(0..chain.order.len()) {
        let (file, ours) = (port.show(), show(model.input()));
        notes.push(format!("inputs have their channels last: {file} of the file is {ours}"));
    }
    if !chain.index.iter().copied().eq(0..chain.index.len()) {
        let (file, ours) = (show(&chain.shape), show(model.output()));
        notes.push(format!("outputs have their channels last: {file} of the file is {ours}"));
    }
    match ending {
        Ending::TwoClasses => notes.push("the one output is the probability of the second class".to_owned()),
        Ending::Logarithm => {
            notes.push("predictions are probabilities, where the file has their logarithms".to_owned())
        }
        Ending::Same => (),
    }
    let layers: usize = model.layers().len();
    if layers > MOST_LAYERS {
        notes.push(format!(
            "there are {layers} layers, but a chain in nanoprop has at most {MOST_LAYERS}: take some out"
        ));
    }
    if graph.opset > NEWEST {
        notes.push(format!("the operators are of version {}, newer than {NEWEST}, the newest known", graph.opset));
    }
    if !graph.producer.is_empty() {
        notes.push(format!("written by {}", graph.producer));
    }
    notes
}
