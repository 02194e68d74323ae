//! The graph as a chain: which values all numbers pass through, and what lies between two of them.

use std::collections::{HashMap, HashSet};

use crate::onnx::array::{Array, Budget};
use crate::onnx::error::Error;
use crate::onnx::evaluate::{self, Values};
use crate::onnx::graph::{Graph, Node};

/// A value that all numbers pass through, and the nodes from the one before it to it, in order.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    /// The node before, if it is not the input.
    pub(super) from: Option<usize>,
    /// The nodes, of which the last writes the value.
    pub(super) nodes: Vec<usize>,
}

/// The live part of a graph, with the values of one input.
pub(super) struct Spine<'a> {
    pub(super) graph: &'a Graph,
    /// The name of the input.
    input: &'a str,
    /// The name of the output.
    output: &'a str,
    /// The names of what is read, and of the output.
    read: HashSet<&'a str>,
    /// How many multiply-adds an input takes.
    pub(super) work: usize,
    /// The nodes that the output depends on.
    live: Vec<usize>,
    values: Values,
    writers: HashMap<&'a str, usize>,
    /// Of each node that depends on the input's numbers, the one before it that they all pass through.
    dominators: HashMap<usize, Option<usize>>,
}

impl<'a> Spine<'a> {
    pub(super) fn new(graph: &'a Graph, input: (&'a str, Array), output: &'a str) -> Result<Self, Error> {
        let live = evaluate::live(graph, output)?;
        let (input, array) = input;
        let mut budget = Budget::NEW;
        let values = evaluate::run(graph, &live, HashMap::from([(input.to_owned(), array)]), &mut budget)?;
        let mut writers = HashMap::new();
        let mut read = HashSet::from([output]);
        for &number in &live {
            let Some(node) = graph.nodes.get(number) else { continue };
            read.extend(node.inputs.iter().map(String::as_str));
            let outputs = node.outputs.iter();
            writers.extend(outputs.filter(|name| !name.is_empty()).map(|name| (name.as_str(), number)));
        }
        let mut spine = Spine {
            graph,
            input,
            output,
            read,
            work: budget.worked(),
            live,
            values,
            writers,
            dominators: HashMap::new(),
        };
        spine.dominate();
        Ok(spine)
    }

    /// What the graph computes of an input.
    pub(super) fn evaluate(&self, array: Array) -> Result<Values, Error> {
        let mut budget = Budget::NEW;
        evaluate::run(self.graph, &self.live, HashMap::from([(self.input.to_owned(), array)]), &mut budget)
    }

    pub(super) fn node(&self, number: usize) -> Result<&'a Node, Error> {
        self.graph.nodes.get(number).ok_or_else(|| Error::graph("the graph has a node less than it has"))
    }

    /// Whether a value depends on the input's numbers.
    pub(super) fn is_data(&self, name: &str) -> bool {
        name == self.input || self.writers.get(name).is_some_and(|number| self.dominators.contains_key(number))
    }

    /// The value of this name, if it is the same for all inputs.
    pub(super) fn constant(&self, name: &str) -> Option<&Array> {
        if self.is_data(name) {
            return None;
        }
        self.values.get(name).or_else(|| self.graph.constants.get(name))
    }

    /// The value of this name for the input that the spine was made with, for its shape.
    pub(super) fn value(&self, name: &str) -> Option<&Array> {
        self.values.get(name).or_else(|| self.graph.constants.get(name))
    }

    /// The nodes whose numbers reach a node; the input is nothing.
    fn sources(&self, node: &Node) -> Vec<Option<usize>> {
        let data = node.inputs.iter().filter(|name| self.is_data(name));
        data.map(|name| self.writers.get(name.as_str()).copied()).collect()
    }

    fn dominate(&mut self) {
        let mut depths: HashMap<usize, usize> = HashMap::new();
        for &number in &self.live.clone() {
            let Some(node) = self.graph.nodes.get(number) else { continue };
            // Shapes are known.
            if node.domain.is_empty() && matches!(node.op.as_str(), "Shape" | "Size") {
                continue;
            }
            let depth = |at: Option<usize>| at.and_then(|at| depths.get(&at)).copied().unwrap_or(0);
            let up = |at: Option<usize>| at.and_then(|at| self.dominators.get(&at).copied()).flatten();
            let common = self.sources(node).into_iter().reduce(|mut a, mut b| {
                while a != b {
                    if depth(a) >= depth(b) {
                        a = up(a);
                    } else {
                        b = up(b);
                    }
                }
                a
            });
            if let Some(common) = common {
                depths.insert(number, depth(common) + 1);
                self.dominators.insert(number, common);
            }
        }
    }

    /// The node that writes the output.
    pub(super) fn last(&self) -> Result<usize, Error> {
        let last = self.writers.get(self.output).copied().filter(|number| self.dominators.contains_key(number));
        last.ok_or_else(|| Error::Graph(format!("the output `{}` does not depend on the input", self.output)))
    }

    /// The segments from behind a node, or the input, to another; nothing if not all numbers pass through the first.
    pub(super) fn segments(&self, from: Option<usize>, to: usize) -> Option<Vec<Segment>> {
        let mut segments = Vec::new();
        let mut end = to;
        loop {
            let before = *self.dominators.get(&end)?;
            segments.push(Segment { from: before, nodes: self.between(before, end) });
            if before == from {
                break;
            }
            end = before?;
        }
        segments.reverse();
        Some(segments)
    }

    /// The nodes behind one that all numbers pass through, to another.
    fn between(&self, from: Option<usize>, to: usize) -> Vec<usize> {
        let (mut seen, mut open) = (HashSet::from([to]), vec![to]);
        while let Some(node) = open.pop().and_then(|number| self.graph.nodes.get(number)) {
            let sources = self.sources(node).into_iter().filter(|&source| source != from).flatten();
            open.extend(sources.filter(|&source| seen.insert(source)));
        }
        let mut nodes: Vec<usize> = seen.into_iter().collect();
        nodes.sort_unstable();
        nodes
    }

    /// The name of the one value of a node that is read; of the input, its name.
    pub(super) fn written(&self, node: Option<usize>) -> Result<&'a str, Error> {
        let Some(number) = node else { return Ok(self.input) };
        let node = self.node(number)?;
        let mut used = node.outputs.iter().filter(|name| !name.is_empty() && self.read.contains(name.as_str()));
        match (used.next(), used.next()) {
            (Some(name), None) => Ok(name),
            _ => Err(Error::node(node, "several of its outputs are used, but a layer writes one")),
        }
    }
}
