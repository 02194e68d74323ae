use std::collections::HashSet;

use crate::model::Scalar;
use crate::onnx::message::{AttributeProto, NodeProto, TensorProto, attribute};
use crate::onnx::tensor;

/// Nodes in the making, and the value at their end.
pub(super) struct Writer {
    scalar: Scalar,
    nodes: Vec<NodeProto>,
    initializers: Vec<TensorProto>,
    names: HashSet<String>,
    /// What the names of the nodes to come begin with.
    prefix: String,
    /// The value at the end.
    value: String,
    /// Whether its channels are axis 1 instead of the last.
    first: bool,
}

/// The kind of number of a scalar.
pub(super) fn kind(scalar: Scalar) -> i32 {
    match scalar {
        Scalar::F64 => tensor::kind::DOUBLE,
        Scalar::F32 | Scalar::Fused => tensor::kind::FLOAT,
    }
}

pub(super) fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto { name: name.to_owned(), kind: attribute::INT, i: Some(value), ..AttributeProto::default() }
}

pub(super) fn ints(name: &str, values: impl IntoIterator<Item = usize>) -> AttributeProto {
    let ints = values.into_iter().map(|value| value as i64).collect();
    AttributeProto { name: name.to_owned(), kind: attribute::INTS, ints, ..AttributeProto::default() }
}

pub(super) fn float(name: &str, value: f64) -> AttributeProto {
    let f = Some(value as f32);
    AttributeProto { name: name.to_owned(), kind: attribute::FLOAT, f, ..AttributeProto::default() }
}

pub(super) fn floats(name: &str, values: &[f64]) -> AttributeProto {
    let floats = values.iter().map(|&value| value as f32).collect();
    AttributeProto { name: name.to_owned(), kind: attribute::FLOATS, floats, ..AttributeProto::default() }
}

pub(super) fn text(name: &str, value: &str) -> AttributeProto {
    let s = Some(value.as_bytes().to_vec());
    AttributeProto { name: name.to_owned(), kind: attribute::STRING, s, ..AttributeProto::default() }
}

pub(super) fn texts(name: &str, values: &[&str]) -> AttributeProto {
    let strings = values.iter().map(|value| value.as_bytes().to_vec()).collect();
    AttributeProto { name: name.to_owned(), kind: attribute::STRINGS, strings, ..AttributeProto::default() }
}

impl Writer {
    /// No nodes behind the input.
    pub(super) fn new(scalar: Scalar) -> Self {
        Writer {
            scalar,
            nodes: Vec::new(),
            initializers: Vec::new(),
            names: HashSet::new(),
            prefix: String::new(),
            value: "input".to_owned(),
            first: false,
        }
    }

    /// Begins a layer of this name.
    pub(super) fn enter(&mut self, prefix: &str) {
        prefix.clone_into(&mut self.prefix);
    }

    /// A name that nothing has.
    fn name(&mut self, word: &str) -> String {
        let base = format!("{}.{}", self.prefix, word.to_lowercase());
        let mut name = base.clone();
        let mut number = 1;
        while !self.names.insert(name.clone()) {
            name = format!("{base}_{number}");
            number += 1;
        }
        name
    }

    /// The value at the end.
    pub(super) fn value(&self) -> String {
        self.value.clone()
    }

    /// Goes on behind a value; says whether its channels are axis 1.
    pub(super) fn go_on(&mut self, value: String, first: bool) {
        (self.value, self.first) = (value, first);
    }

    /// Whether the channels are axis 1.
    pub(super) fn is_first(&self) -> bool {
        self.first
    }

    /// Appends a node; returns the name of its output of this number.
    pub(super) fn node(&mut self, op: &str, inputs: &[&str], output: usize, attributes: Vec<AttributeProto>) -> String {
        let name = self.name(op);
        let written = format!("{name}.out");
        let mut outputs = vec![String::new(); output];
        outputs.push(written.clone());
        self.nodes.push(NodeProto {
            input: inputs.iter().map(|&input| input.to_owned()).collect(),
            output: outputs,
            name,
            op_type: op.to_owned(),
            attribute: attributes,
            domain: String::new(),
        });
        written
    }

    /// Appends a node of one input.
    pub(super) fn apply(&mut self, op: &str, attributes: Vec<AttributeProto>) {
        self.apply_with(op, &[], attributes);
    }

    /// Appends a node that reads the value at the end and others behind it.
    pub(super) fn apply_with(&mut self, op: &str, others: &[&str], attributes: Vec<AttributeProto>) {
        let value = self.value();
        let inputs: Vec<&str> = [value.as_str()].into_iter().chain(others.iter().copied()).collect();
        self.value = self.node(op, &inputs, 0, attributes);
    }

    /// An initializer; returns its name.
    pub(super) fn tensor(&mut self, word: &str, dims: &[usize], values: &[f64]) -> String {
        let raw = match self.scalar {
            Scalar::F64 => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Scalar::F32 | Scalar::Fused => values.iter().flat_map(|&value| (value as f32).to_le_bytes()).collect(),
        };
        self.initializer(word, dims, kind(self.scalar), raw)
    }

    /// An initializer of one number.
    pub(super) fn number(&mut self, word: &str, value: f64) -> String {
        self.tensor(word, &[], &[value])
    }

    /// An initializer of whole numbers.
    pub(super) fn integers(&mut self, word: &str, values: &[i64]) -> String {
        let raw = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.initializer(word, &[values.len()], tensor::kind::INT64, raw)
    }

    fn initializer(&mut self, word: &str, dims: &[usize], data_type: i32, raw: Vec<u8>) -> String {
        let name = self.name(word);
        self.initializers.push(TensorProto {
            dims: dims.iter().map(|&width| width as i64).collect(),
            data_type,
            name: name.clone(),
            raw_data: Some(raw),
            ..TensorProto::default()
        });
        name
    }

    /// Makes the channels the last axis, of an array of so many widths.
    pub(super) fn last(&mut self, rank: usize) {
        if self.first && rank > 1 {
            let order = [0].into_iter().chain(2..=rank).chain([1]);
            self.apply("Transpose", vec![ints("perm", order)]);
        }
        self.first = false;
    }

    /// Makes the channels axis 1.
    pub(super) fn first(&mut self, rank: usize) {
        if !self.first && rank > 1 {
            let order = [0, rank].into_iter().chain(1..rank);
            self.apply("Transpose", vec![ints("perm", order)]);
            self.first = true;
        }
    }

    /// The nodes and initializers, of which the last writes `output`.
    pub(super) fn finish(mut self) -> (Vec<NodeProto>, Vec<TensorProto>) {
        if self.nodes.is_empty() {
            self.enter("output");
            self.apply("Identity", vec![]);
        }
        let outputs = self.nodes.iter_mut().flat_map(|node| &mut node.output);
        if let Some(output) = outputs.into_iter().find(|output| **output == self.value) {
            "output".clone_into(output);
        }
        (self.nodes, self.initializers)
    }
}
