//! Which input and output of a graph are the network's.

use super::Options;
use crate::onnx::array::{MOST, Number, count, show};
use crate::onnx::error::Error;
use crate::onnx::graph::{Graph, Port};
use crate::onnx::tensor;

/// The input, and its shape for a batch of 1.
pub(super) fn input<'a>(graph: &'a Graph, options: &Options) -> Result<(&'a Port, Vec<usize>), Error> {
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
    let looks_up = graph.nodes.iter().any(|node| node.op == "Gather");
    match tensor::number(port.kind) {
        Some(Number::Single | Number::Double) => (),
        Some(Number::Integer) if looks_up => (),
        _ => return Err(no_numbers(port)),
    }
    if let Some(shape) = &options.input {
        let fits = count(shape).is_some_and(|count| count > 0 && count <= MOST) && (1..=4).contains(&shape.len());
        let refuse = || Error::Graph(format!("the input `{name}` can't be {}", show(shape)));
        return if fits { Ok((port, shape.clone())) } else { Err(refuse()) };
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

/// The message that an input has numbers of a kind that a network does not read.
pub(super) fn no_numbers(port: &Port) -> Error {
    let (name, kind) = (&port.name, tensor::name(port.kind));
    let message = format!("the input `{name}` has numbers of type {kind}, but a network reads float or double");
    Error::Graph(format!(
        "{message}, or classes by an Embedding: encode what they say, each category as an input of its own"
    ))
}

/// The output of numbers.
pub(super) fn output<'a>(graph: &'a Graph, options: &Options) -> Result<&'a Port, Error> {
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
