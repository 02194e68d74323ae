//! A reference evaluator in `f64` of the operators that are read, by their definitions in onnx's `Operators.md`.
//!
//! It gives the shapes of all values, folds constants, and says what the file itself computes.

mod constant;
mod elementwise;
mod linear;
mod normal;
pub(super) mod recurrent;
mod shape;
mod spread;
pub(super) mod window;

pub(super) use elementwise::is_elementwise;
pub(super) use linear::reduced;
pub(super) use normal::{group_count, scale_and_shift};
pub(super) use shape::{is_renaming, pads};
pub(super) use spread::Spread;

use std::collections::{HashMap, HashSet};

use super::array::{Array, Budget};
use super::error::Error;
use super::graph::{Graph, Node};

/// The values of a graph by name, but for its constants.
pub(super) type Values = HashMap<String, Array>;

/// The inputs of a node that are there.
pub(super) struct Inputs<'a> {
    node: &'a Node,
    arrays: &'a [Option<&'a Array>],
}

impl<'a> Inputs<'a> {
    pub(super) fn new(node: &'a Node, arrays: &'a [Option<&'a Array>]) -> Self {
        Inputs { node, arrays }
    }

    pub(super) fn get(&self, number: usize) -> Option<&'a Array> {
        self.arrays.get(number).copied().flatten()
    }

    pub(super) fn need(&self, number: usize) -> Result<&'a Array, String> {
        self.get(number).ok_or_else(|| format!("input {number} is missing"))
    }

    fn all(&self) -> impl Iterator<Item = &'a Array> {
        self.arrays.iter().copied().flatten()
    }
}

/// What a node writes.
pub(super) fn node(node: &Node, arrays: &[Option<&Array>], budget: &mut Budget) -> Result<Vec<Array>, String> {
    let inputs = Inputs::new(node, arrays);
    let known = elementwise::evaluate(&inputs, budget)
        .or_else(|| shape::evaluate(&inputs, budget))
        .or_else(|| constant::evaluate(&inputs, budget))
        .or_else(|| linear::evaluate(&inputs, budget))
        .or_else(|| window::evaluate(&inputs, budget))
        .or_else(|| spread::evaluate(&inputs, budget))
        .or_else(|| normal::evaluate(&inputs, budget))
        .or_else(|| recurrent::evaluate(&inputs, budget));
    known.unwrap_or_else(|| Err(unknown(node)))
}

/// What to do about an operator that is not known.
fn unknown(node: &Node) -> String {
    let advice = match (node.domain.as_str(), node.op.as_str()) {
        ("", "Loop" | "Scan" | "If") => {
            "control flow is not read: export with fixed steps; from Keras read the `.keras` file instead"
        }
        ("", "QuantizeLinear" | "DequantizeLinear" | "QLinearConv" | "QLinearMatMul" | "DynamicQuantizeLinear") => {
            "quantised models are not read: export the float model"
        }
        ("", "Attention" | "Einsum") => "nanoprop has no attention: use a GRU, an LSTM or convolutions",
        ("", "Resize" | "Upsample") => "nanoprop has no upsampling: resize before the network",
        ("", "Embedding" | "OneHot" | "GatherElements" | "GatherND") => {
            "classes are read as rows of a table only, a Gather as nn.Embedding exports it: encode them before the network"
        }
        ("", "LRN" | "RMSNormalization") => {
            "nanoprop has LayerNorm, GroupNorm, InstanceNorm and BatchNorm: train with one of these"
        }
        ("ai.onnx.ml", op) if op.starts_with("Tree") || op.starts_with("SVM") || op.starts_with("Linear") => {
            "only neural networks are read: train an MLPClassifier or MLPRegressor"
        }
        ("" | "ai.onnx.ml", _) => {
            "nanoprop has no layer for it: leave it out, or replace it by layers that nanoprop has"
        }
        _ => "operators of this domain are not read: export with standard operators only",
    };
    advice.to_owned()
}

/// The nodes that a value depends on, in an order in which they can be evaluated.
pub(super) fn live(graph: &Graph, output: &str) -> Result<Vec<usize>, Error> {
    let mut writers: HashMap<&str, usize> = HashMap::new();
    for (number, node) in graph.nodes.iter().enumerate() {
        writers.extend(node.outputs.iter().filter(|name| !name.is_empty()).map(|name| (name.as_str(), number)));
    }
    let mut seen: HashSet<usize> = HashSet::new();
    let mut open: Vec<usize> = writers.get(output).copied().into_iter().collect();
    while let Some(number) = open.pop() {
        let Some(node) = graph.nodes.get(number).filter(|_| seen.insert(number)) else { continue };
        for name in node.inputs.iter().filter(|name| !name.is_empty()) {
            match writers.get(name.as_str()) {
                Some(&writer) => open.push(writer),
                None if graph.constants.contains_key(name) => (),
                None if graph.inputs.iter().any(|port| port.name == *name) => (),
                None => {
                    let message = "no node, input or initializer: the file is damaged, or its tensors are missing";
                    return Err(Error::node(node, format!("it reads `{name}`, which is {message}")));
                }
            }
        }
    }
    let mut live: Vec<usize> = seen.into_iter().collect();
    live.sort_unstable();
    Ok(live)
}

/// The values of some nodes, from those in `values` and constants.
pub(super) fn run(graph: &Graph, nodes: &[usize], mut values: Values, budget: &mut Budget) -> Result<Values, Error> {
    for node in nodes.iter().filter_map(|&number| graph.nodes.get(number)) {
        let get = |name: &String| values.get(name).or_else(|| graph.constants.get(name));
        let arrays: Vec<Option<&Array>> = node.inputs.iter().map(get).collect();
        let absent = node.inputs.iter().zip(&arrays).find(|(name, array)| !name.is_empty() && array.is_none());
        if let Some((name, _)) = absent {
            return Err(Error::node(node, format!("it reads `{name}`, whose numbers are not known")));
        }
        let outputs = self::node(node, &arrays, budget).map_err(|message| Error::node(node, message))?;
        let named = node.outputs.iter().cloned().zip(outputs).filter(|(name, _)| !name.is_empty());
        values.extend(named);
    }
    Ok(values)
}
