//! From an ONNX file to a model.

mod build;
mod chain;
mod function;
mod layers;
mod plan;
mod recurrent;
mod report;
mod spine;
mod walk;

pub use report::{Report, Row};

use std::fs;
use std::path::Path;

use nanoprop::{Pcg32, Random as _};
use prost::Message as _;

use super::array::{Array, MOST, Number, count, show};
use super::error::Error;
use super::graph::{Graph, NEWEST, Port};
use super::message::ModelProto;
use super::tensor;
use crate::model::{Kind, Loss, MOST_LAYERS, Model, Scalar};
use chain::Chain;
use plan::Plan;
use spine::Spine;
use walk::Ending;

/// For how many inputs a model is compared with its file.
const INPUTS: usize = 16;
/// The greatest difference in `f64` between a model and its file: more than their rounding, and it is another model.
const DIFFERENCE: f64 = 1e-5;

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
    if chain.plans.is_empty() {
        return Err(Error::graph("the graph has no layer: its output is its input"));
    }

    let name = options.name.clone().or_else(|| graph.metadata.get("nanoprop.name").cloned());
    let name = build::type_name(&name.unwrap_or_else(|| graph.name.clone()));
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
        inputs: INPUTS,
    };
    compare(&spine, &array, &chain, &model, (&output.name, outcome.ending), &mut report)?;
    Ok(Import { model, report })
}

/// The input, and its shape for a batch of 1.
fn input<'a>(graph: &'a Graph, options: &Options) -> Result<(&'a Port, Vec<usize>), Error> {
    let port = match graph.inputs.as_slice() {
        [port] => port,
        [] => return Err(Error::graph("the graph has no input")),
        ports => {
            let names = ports.iter().map(|port| format!("`{}`", port.name)).collect::<Vec<_>>().join(", ");
            let message = format!("the graph has the inputs {names}, but a network reads one array");
            return Err(Error::Graph(format!(
                "{message}: export the part that reads one, with the others as constants"
            )));
        }
    };
    let name = &port.name;
    if !matches!(tensor::number(port.kind), Some(Number::Single | Number::Double)) {
        let kind = tensor::name(port.kind);
        let message = format!("the input `{name}` has numbers of type {kind}, but a network reads float or double");
        return Err(Error::Graph(format!("{message}: encode what they say, each category as an input of its own")));
    }
    if let Some(shape) = &options.input {
        return Ok((port, shape.clone()));
    }
    let shown = port.show();
    let refuse = |message: String| Err(Error::Graph(format!("the input `{name}` is {shown}: {message}")));
    let Some(shape) = &port.shape else {
        return refuse("its shape is not given: say it with `Options::input`".to_owned());
    };
    let free: Vec<usize> = shape.iter().enumerate().filter(|(_, width)| width.is_err()).map(|(k, _)| k).collect();
    if free.len() > 1 || (free.len() == 1 && shape.len() == 1) {
        let message =
            "only the batch may be left open, since nanoprop's shapes are fixed: export with fixed widths, or say them";
        return refuse(format!("{message} with `Options::input`"));
    }
    let fixed: Vec<usize> = shape.iter().map(|width| width.as_ref().copied().unwrap_or(1)).collect();
    if free.is_empty() && fixed.len() > 1 && !fixed.iter().take(2).any(|&width| width == 1) {
        return refuse("its batch is fixed: export with a batch of 1, or an open one".to_owned());
    }
    match count(&fixed).filter(|&count| count > 0 && count <= MOST) {
        Some(_) => Ok((port, fixed)),
        None => refuse("it has no numbers, or too many".to_owned()),
    }
}

/// The output of numbers.
fn output<'a>(graph: &'a Graph, options: &Options) -> Result<&'a Port, Error> {
    let names = |ports: &[&Port]| ports.iter().map(|port| format!("`{}`", port.name)).collect::<Vec<_>>().join(", ");
    if let Some(name) = &options.output {
        let all: Vec<&Port> = graph.outputs.iter().collect();
        let found = graph.outputs.iter().find(|port| port.name == *name);
        return found.ok_or_else(|| Error::Graph(format!("there is no output `{name}`, but {}", names(&all))));
    }
    // Classes are whole numbers or text; what is no tensor are probabilities with names.
    let number =
        |port: &&Port| port.kind == 0 || tensor::number(port.kind).is_some_and(|number| number != Number::Integer);
    let outputs: Vec<&Port> = graph.outputs.iter().filter(number).collect();
    match outputs.as_slice() {
        [port] => Ok(port),
        [] => Err(Error::graph("the graph has no output of numbers")),
        ports => {
            let names = names(ports);
            Err(Error::Graph(format!("the graph has the outputs {names}: choose one with `Options::output`")))
        }
    }
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

/// Inputs as the model is used to: normal, about the mean that it subtracts.
fn inputs(plans: &[Plan], len: usize) -> Vec<Vec<f64>> {
    let mut random = Pcg32::new(13);
    let mut uniform = || f64::from(random.bits()) / f64::from(u32::MAX);
    let mut normal = || (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
    let (mut mean, mut deviation) = (vec![0.0], vec![1.0]);
    if let Some(Plan { kind: Kind::Standardize, tensors, .. }) = plans.first()
        && let [(_, means), (_, deviations), ..] = tensors.as_slice()
    {
        (mean, deviation) = (means.clone(), deviations.clone());
    }
    let mut one = || {
        let scales = mean.iter().zip(&deviation).cycle().take(len);
        scales.map(|(mean, deviation)| f64::from((mean + deviation * normal()) as f32)).collect()
    };
    (0..INPUTS).map(|_| one()).collect()
}

/// Compares the model with the file, and refuses one that is another.
fn compare(
    spine: &Spine,
    array: &dyn Fn(Vec<f64>) -> Result<Array, Error>,
    chain: &Chain,
    model: &Model,
    (output, ending): (&str, Ending),
    report: &mut Report,
) -> Result<(), Error> {
    let fault = |error: crate::Error| Error::Graph(error.to_string());
    let (exact, rounded) = (model.evaluator::<f64>().map_err(fault)?, model.evaluator::<f32>().map_err(fault)?);
    let far = |ours: f64, file: f64| (ours - file).abs() / file.abs().max(1.0);
    // NaN is no difference that is small.
    let most = |most: f64, far: f64| if far > most || far.is_nan() { far } else { most };
    for x in inputs(&chain.plans, chain.order.len()) {
        let mut file = vec![0.0; x.len()];
        for (&place, &x) in chain.order.iter().zip(&x) {
            if let Some(file) = file.get_mut(place) {
                *file = x;
            }
        }
        let values = spine.evaluate(array(file)?)?;
        let expected = walk::expected(&values, output, &chain.index, ending);
        let expected =
            expected.ok_or_else(|| Error::graph("the output has another number of values than the model"))?;
        let narrow: Vec<f32> = x.iter().map(|&x| x as f32).collect();
        let (wide, narrow) = (exact.predict(&x).map_err(fault)?, rounded.predict(&narrow).map_err(fault)?);
        for ((&file, &wide), &narrow) in expected.iter().zip(&wide).zip(&narrow) {
            report.difference_f64 = most(report.difference_f64, far(wide, file));
            report.difference = most(report.difference, far(f64::from(narrow), file));
        }
    }
    if report.difference_f64 <= DIFFERENCE {
        return Ok(());
    }
    let difference = report.difference_f64;
    Err(Error::Graph(format!(
        "the model's predictions differ from the file's by {difference:.1e}, so it is another one: its weights are too large, or this \
         is a mistake of the importer"
    )))
}
