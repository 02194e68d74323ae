//! The graph of a file: nodes in an order in which they can be evaluated, and constants.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::array::{Array, show};
use super::error::Error;
use super::message::{AttributeProto, GraphProto, ModelProto, NodeProto, ValueInfo};
use super::tensor;

/// The oldest version of the operators that is read.
const OLDEST: i64 = 11;
/// The newest version whose operators are known.
pub(super) const NEWEST: i64 = 27;
/// The most nodes.
const MOST_NODES: usize = 1 << 14;

/// An operator at its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Its name, or that of its first output.
    pub(super) name: String,
    pub(super) op: String,
    pub(super) domain: String,
    /// The version of its domain's operators.
    pub(super) opset: i64,
    /// Names of values; empty where an input is left out.
    pub(super) inputs: Vec<String>,
    pub(super) outputs: Vec<String>,
    attributes: Vec<AttributeProto>,
    tensor: Option<Array>,
}

/// An input or output of the graph.
#[derive(Clone, Debug)]
pub(super) struct Port {
    pub(super) name: String,
    /// The kind of number; 0 if it is no tensor.
    pub(super) kind: i32,
    /// Each width, or the name of one that is known when the model runs; nothing if no shape is given.
    pub(super) shape: Option<Vec<Result<usize, String>>>,
}

#[derive(Clone, Debug)]
pub(super) struct Graph {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) producer: String,
    pub(super) opset: i64,
    pub(super) metadata: HashMap<String, String>,
    /// In an order in which each reads what those before it write.
    pub(super) nodes: Vec<Node>,
    pub(super) constants: HashMap<String, Array>,
    pub(super) inputs: Vec<Port>,
    pub(super) outputs: Vec<Port>,
}

impl Node {
    /// The operator with its domain.
    pub(super) fn operator(&self) -> String {
        if self.domain.is_empty() { self.op.clone() } else { format!("{}.{}", self.domain, self.op) }
    }

    fn attribute(&self, name: &str) -> Option<&AttributeProto> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    pub(super) fn int(&self, name: &str, default: i64) -> i64 {
        self.attribute(name).and_then(|attribute| attribute.i).unwrap_or(default)
    }

    pub(super) fn float(&self, name: &str, default: f64) -> f64 {
        self.attribute(name).and_then(|attribute| attribute.f).map_or(default, f64::from)
    }

    pub(super) fn has_float(&self, name: &str) -> bool {
        self.attribute(name).is_some_and(|attribute| attribute.f.is_some())
    }

    pub(super) fn ints(&self, name: &str) -> Option<Vec<i64>> {
        self.attribute(name).map(|attribute| attribute.ints.clone())
    }

    pub(super) fn floats(&self, name: &str) -> Option<Vec<f64>> {
        self.attribute(name).map(|attribute| attribute.floats.iter().map(|&value| f64::from(value)).collect())
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        let bytes = self.attribute(name)?.s.as_ref()?;
        Some(String::from_utf8_lossy(bytes).into_owned())
    }

    pub(super) fn texts(&self, name: &str) -> Option<Vec<String>> {
        let strings = &self.attribute(name)?.strings;
        Some(strings.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect())
    }

    /// The tensor of its attribute `value`.
    pub(super) fn tensor(&self) -> Option<&Array> {
        self.tensor.as_ref()
    }

    /// Its input of this number, if there is one.
    pub(super) fn input(&self, number: usize) -> Option<&str> {
        self.inputs.get(number).map(String::as_str).filter(|name| !name.is_empty())
    }

    fn new(proto: NodeProto, versions: &HashMap<String, i64>, folder: Option<&Path>) -> Result<Self, Error> {
        let domain = if proto.domain == "ai.onnx" { String::new() } else { proto.domain };
        let first = || proto.output.iter().find(|name| !name.is_empty()).cloned().unwrap_or_default();
        let opset = versions.get(&domain).copied().unwrap_or(0);
        let name = if proto.name.is_empty() { first() } else { proto.name };
        let mut node = Node {
            name,
            op: proto.op_type,
            domain,
            opset,
            inputs: proto.input,
            outputs: proto.output,
            attributes: proto.attribute,
            tensor: None,
        };
        if let Some(proto) = node.attributes.iter_mut().find(|a| a.name == "value").and_then(|a| a.t.take()) {
            let array = tensor::read(&proto, folder);
            node.tensor = Some(array.map_err(|message| Error::node(&node, format!("its tensor {message}")))?);
        }
        Ok(node)
    }
}

impl Port {
    fn new(value: ValueInfo) -> Self {
        let tensor = value.kind.and_then(|kind| kind.tensor);
        let kind = tensor.as_ref().map_or(0, |tensor| tensor.element);
        let shape = tensor.and_then(|tensor| tensor.shape).map(|shape| {
            let width = |value: Option<i64>| value.and_then(|value| usize::try_from(value).ok()).filter(|&n| n > 0);
            let dims = shape.dim.into_iter();
            dims.map(|dim| width(dim.value).ok_or(dim.parameter.unwrap_or_default())).collect()
        });
        Port { name: value.name, kind, shape }
    }

    /// Its shape, for messages.
    pub(super) fn show(&self) -> String {
        let dims = self.shape.iter().flatten();
        let dims = dims.map(|dim| match dim {
            Ok(width) => width.to_string(),
            Err(name) if name.is_empty() => "?".to_owned(),
            Err(name) => name.clone(),
        });
        show(&dims.collect::<Vec<_>>())
    }
}

impl Graph {
    pub(super) fn new(model: ModelProto, folder: Option<&Path>) -> Result<Self, Error> {
        let Some(graph) = model.graph else {
            return Err(Error::Format("it has no graph".to_owned()));
        };
        let key = |domain: String| if domain == "ai.onnx" { String::new() } else { domain };
        let versions: HashMap<String, i64> =
            model.opset_import.into_iter().map(|set| (key(set.domain), set.version)).collect();
        let opset = versions.get("").copied().unwrap_or(0);
        if opset < OLDEST {
            let message = format!("the operators are of version {opset}, but {OLDEST} and newer are read: export");
            return Err(Error::Graph(format!("{message} the model again, with opset_version=17")));
        }
        if graph.node.len() > MOST_NODES {
            return Err(Error::Graph(format!("the graph has {} nodes, more than {MOST_NODES}", graph.node.len())));
        }
        let constants = constants(&graph, folder)?;
        let given: HashSet<&String> = graph.initializer.iter().map(|tensor| &tensor.name).collect();
        let inputs: Vec<Port> =
            graph.input.into_iter().filter(|value| !given.contains(&value.name)).map(Port::new).collect();
        let nodes = graph.node.into_iter().map(|node| Node::new(node, &versions, folder)).collect::<Result<_, _>>()?;
        let nodes = sort(nodes, &constants, &inputs)?;
        Ok(Graph {
            name: graph.name,
            doc: model.doc_string,
            producer: format!("{} {}", model.producer_name, model.producer_version).trim().to_owned(),
            opset,
            metadata: model.metadata_props.into_iter().map(|entry| (entry.key, entry.value)).collect(),
            nodes,
            constants,
            inputs,
            outputs: graph.output.into_iter().map(Port::new).collect(),
        })
    }
}

fn constants(graph: &GraphProto, folder: Option<&Path>) -> Result<HashMap<String, Array>, Error> {
    let mut constants = HashMap::new();
    for proto in &graph.initializer {
        // Strings are labels of classes, which nothing here reads.
        if proto.data_type == tensor::kind::STRING {
            continue;
        }
        let array = tensor::read(proto, folder);
        let array = array.map_err(|message| {
            let reader = graph.node.iter().find(|node| node.input.contains(&proto.name));
            let reader = reader.map_or_else(String::new, |node| {
                let name = if node.name.is_empty() { node.output.first() } else { Some(&node.name) };
                format!(", which node `{}` ({}) reads,", name.map_or("", String::as_str), node.op_type)
            });
            Error::Graph(format!("the initializer `{}`{reader} {message}", proto.name))
        })?;
        constants.insert(proto.name.clone(), array);
    }
    Ok(constants)
}

/// The nodes in an order in which they can be evaluated.
fn sort(nodes: Vec<Node>, constants: &HashMap<String, Array>, inputs: &[Port]) -> Result<Vec<Node>, Error> {
    let mut writers = HashMap::new();
    for (number, node) in nodes.iter().enumerate() {
        for output in node.outputs.iter().filter(|name| !name.is_empty()) {
            let given = constants.contains_key(output) || inputs.iter().any(|port| port.name == *output);
            if writers.insert(output.clone(), number).is_some() || given {
                return Err(Error::node(node, format!("it writes `{output}`, which something else writes, too")));
            }
        }
    }
    // Each node waits for so many others.
    let mut waits = vec![0_usize; nodes.len()];
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (number, node) in nodes.iter().enumerate() {
        for input in node.inputs.iter().filter(|name| !name.is_empty()) {
            if let Some(&writer) = writers.get(input)
                && let (Some(readers), Some(waits)) = (readers.get_mut(writer), waits.get_mut(number))
            {
                readers.push(number);
                *waits += 1;
            }
        }
    }
    let mut ready: Vec<usize> = (0..nodes.len()).rev().filter(|&number| waits.get(number) == Some(&0)).collect();
    let mut order = Vec::with_capacity(nodes.len());
    while let Some(number) = ready.pop() {
        order.push(number);
        for &reader in readers.get(number).into_iter().flatten() {
            if let Some(waits) = waits.get_mut(reader) {
                *waits -= 1;
                if *waits == 0 {
                    ready.push(reader);
                }
            }
        }
    }
    if order.len() < nodes.len() {
        let stuck = nodes.iter().zip(&waits).find(|(_, waits)| **waits > 0).map(|(node, _)| node);
        let message = "it reads what depends on its own output: the graph has a cycle, and is damaged";
        return Err(stuck.map_or_else(|| Error::graph(message), |node| Error::node(node, message)));
    }
    let mut nodes: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
    Ok(order.into_iter().filter_map(|number| nodes.get_mut(number).and_then(Option::take)).collect())
}
