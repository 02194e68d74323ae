//! Along the spine, from segment to segment.

mod ending;

pub(super) use ending::{Ending, Outcome, expected};

use ending::{is_two_classes, link};

use super::chain::{Chain, Order};
use super::function::{self, Function};
use super::layers::{self, At};
use super::plan::Plan;
use super::spine::{Segment, Spine};
use crate::model::{Activation, Kind, Loss};
use crate::onnx::error::Error;
use crate::onnx::evaluate;
use crate::onnx::graph::Node;

/// How deep residuals may lie in each other.
const DEEPEST: usize = 8;
/// How many segments one function may have.
const LONGEST: usize = 12;

/// Appends all layers of the graph.
pub(super) fn walk(spine: &Spine, chain: &mut Chain, segments: &[Segment]) -> Result<Outcome, Error> {
    let mut outcome = Outcome { loss: Loss::SquaredError, ending: Ending::Same };
    let mut at = 0;
    while let Some(segment) = segments.get(at) {
        if let Some(taken) = link(spine, chain, segments.get(at..).unwrap_or_default(), &mut outcome)? {
            at += taken;
            continue;
        }
        if outcome.loss != Loss::SquaredError && is_two_classes(spine, segment, chain) {
            outcome.ending = Ending::TwoClasses;
            at += 1;
            // What is behind it moves the two numbers, if anything.
            let rest = segments.get(at..).unwrap_or_default();
            if let Some(last) =
                rest.iter().find(|segment| !renames(spine, segment)).and_then(|segment| segment.nodes.last())
            {
                return Err(Error::node(
                    spine.node(*last)?,
                    "it is behind the probabilities of two classes: leave it out",
                ));
            }
            break;
        }
        at += step(spine, chain, segments.get(at..).unwrap_or_default(), 0)?;
    }
    Ok(outcome)
}

fn renames(spine: &Spine, segment: &Segment) -> bool {
    segment.nodes.iter().all(|&number| spine.node(number).is_ok_and(evaluate::is_renaming))
}

/// How many segments from here on are together one function of each number, and which.
fn longest(spine: &Spine, rest: &[Segment]) -> Option<(usize, Function)> {
    let scalar = |segment: &&Segment| function::is_scalar(spine, &segment.nodes);
    let most = rest.iter().take(LONGEST).take_while(scalar).count();
    let from = rest.first()?.from;
    (1..=most).rev().find_map(|taken| {
        let nodes: Vec<usize> = rest.iter().take(taken).flat_map(|segment| segment.nodes.iter().copied()).collect();
        Some((taken, function::of(spine, &nodes, from)?))
    })
}

/// Appends what the first segments are; says how many they were.
fn step(spine: &Spine, chain: &mut Chain, rest: &[Segment], depth: usize) -> Result<usize, Error> {
    let Some(segment) = rest.first() else { return Ok(1) };
    let Some(&last) = segment.nodes.last() else { return Ok(1) };
    let node = spine.node(last)?;
    let hint = hint(spine, rest);
    if chain.padding.is_some() && !matches!(node.op.as_str(), "Conv" | "Cast" | "Identity" | "Transpose") {
        return Err(Error::node(node, "it reads what a Pad has padded: nanoprop has padding in convolutions only"));
    }
    if let Some((taken, function)) = longest(spine, rest) {
        let end = rest.get(taken - 1).and_then(|segment| segment.nodes.last().copied());
        let nodes = rest.iter().take(taken).flat_map(|segment| &segment.nodes);
        if chain.is_open() && function != Function::Is(Activation::Identity) {
            chain.close(hint);
        }
        chain.note(names(spine, nodes));
        chain.activate(function).map_err(|message| Error::node(node, message))?;
        if let Some(array) = end.and_then(|end| spine.written(Some(end)).ok()).and_then(|name| spine.value(name)) {
            chain.shape.clone_from(&array.shape);
        }
        return Ok(taken);
    }
    if let Some(taken) = layer_norm(spine, chain, rest)? {
        return Ok(taken);
    }
    // Channels that are cut into groups are the file's axis 1.
    if chain.is_open() && node.op == "Reshape" && normalises(spine, rest.get(1)) {
        chain.close(Order::First);
    }
    if segment.nodes.len() == 1 {
        if layers::is_lookup(spine, node) {
            chain.note([node.name.clone()]);
            let at = At { spine, node, writes: spine.written(Some(last))?, hint };
            layers::embedding(chain, &at).map_err(|message| Error::node(node, message))?;
            return Ok(1);
        }
        if let Some(taken) = subtract_and_divide(spine, chain, rest, hint)? {
            return Ok(taken);
        }
        let at = At { spine, node, writes: spine.written(Some(last))?, hint };
        chain.note([node.name.clone()]);
        layers::single(chain, &at).map_err(|message| Error::node(node, message))?;
        return Ok(1);
    }
    if renames(spine, segment) {
        let from = spine.written(segment.from)?;
        let moved = function::applied(spine, &segment.nodes, from, chain.places(), false);
        chain.note(names(spine, &segment.nodes));
        chain.moved(&moved.ok_or_else(|| Error::node(node, "it does not fit what it reads"))?);
        return Ok(1);
    }
    residual(spine, chain, segment, hint, depth)?;
    Ok(1)
}

/// A layer normalisation of several nodes: the distance from the mean, and that by the deviation.
fn layer_norm(spine: &Spine, chain: &mut Chain, rest: &[Segment]) -> Result<Option<usize>, Error> {
    for taken in 1..=rest.len().min(2) {
        let nodes: Vec<usize> = rest.iter().take(taken).flat_map(|segment| segment.nodes.iter().copied()).collect();
        let (Some(first), Some(&last)) = (rest.first(), nodes.last()) else { return Ok(None) };
        if function::is_layer_norm(spine, &nodes, first.from, &chain.shape) {
            let (width, shape) = (chain.shape.last().copied().unwrap_or(1), chain.shape.clone());
            chain.note(names(spine, &nodes));
            let done = layers::normalize(chain, vec![1.0; width], vec![0.0; width], &shape);
            let node = spine.node(last)?;
            return done.map(|()| Some(taken)).map_err(|message| Error::node(node, message));
        }
    }
    Ok(None)
}

/// Whether a segment is a normalisation of groups.
fn normalises(spine: &Spine, segment: Option<&Segment>) -> bool {
    let last = segment.and_then(|segment| segment.nodes.last());
    last.and_then(|&last| spine.node(last).ok()).is_some_and(|node| node.op == "InstanceNormalization")
}

/// The names of nodes.
fn names<'a>(spine: &Spine, nodes: impl IntoIterator<Item = &'a usize>) -> Vec<String> {
    nodes.into_iter().filter_map(|&number| spine.node(number).ok()).map(|node| node.name.clone()).collect()
}

/// How the input lies, by the first node to come that wants channels first, or last.
fn hint(spine: &Spine, rest: &[Segment]) -> Order {
    for node in rest.iter().flat_map(|segment| &segment.nodes).filter_map(|&number| spine.node(number).ok()) {
        match node.op.as_str() {
            "Conv"
            | "ConvTranspose"
            | "MaxPool"
            | "AveragePool"
            | "GlobalAveragePool"
            | "BatchNormalization"
            | "InstanceNormalization"
            | "GroupNormalization" => return Order::First,
            "Gemm" | "MatMul" | "Transpose" | "LayerNormalization" | "GRU" | "LSTM" | "RNN" | "Flatten" => break,
            _ => (),
        }
    }
    Order::AsIs
}

/// A subtraction of constants and a division by some, with which a file of nanoprop's has a `Standardize`.
fn subtract_and_divide(
    spine: &Spine,
    chain: &mut Chain,
    rest: &[Segment],
    hint: Order,
) -> Result<Option<usize>, Error> {
    let [Segment { nodes: first, .. }, Segment { nodes: second, .. }, ..] = rest else { return Ok(None) };
    let (&[first], &[second]) = (first.as_slice(), second.as_slice()) else { return Ok(None) };
    let (first, second_node) = (spine.node(first)?, spine.node(second)?);
    if first.op != "Sub" || second_node.op != "Div" {
        return Ok(None);
    }
    let constant = |node: &Node| node.input(1).and_then(|name| spine.constant(name).cloned());
    let (Some(mean), Some(deviation)) = (constant(first), constant(second_node)) else { return Ok(None) };
    if mean.values.iter().chain(&deviation.values).any(|value| !value.is_finite()) {
        return Ok(None);
    }
    let at = At { spine, node: second_node, writes: spine.written(Some(second))?, hint };
    let mut tried = chain.clone();
    tried.note([first.name.clone(), second_node.name.clone()]);
    if !layers::standardize(&mut tried, &at, &mean, &deviation) {
        return Ok(None);
    }
    *chain = tried;
    Ok(Some(2))
}

/// x + f(x).
fn residual(spine: &Spine, chain: &mut Chain, segment: &Segment, hint: Order, depth: usize) -> Result<(), Error> {
    let Some(&last) = segment.nodes.last() else { return Ok(()) };
    let node = spine.node(last)?;
    let fault = |message: String| Error::node(node, message);
    if function::is_scalar(spine, &segment.nodes) {
        let names = names(spine, &segment.nodes).join(", ");
        let words = Activation::ALL.iter().map(|activation| activation.word()).collect::<Vec<_>>().join(", ");
        return Err(fault(format!(
            "the nodes {names} are together a function that is none of {words}, Gelu, Silu, Mish"
        )));
    }
    let from = spine.written(segment.from)?;
    let others: Vec<&String> = node.inputs.iter().filter(|name| *name != from).collect();
    let branches = match node.op.as_str() {
        "MatMul" | "Gemm" => {
            "both of its factors are computed, as in attention, which nanoprop has not: use a GRU, an LSTM or convolutions"
        }
        "Concat" => {
            "it joins branches: nanoprop has layers one behind the other, and x + f(x). If an exporter unrolled a recurrent layer, \
             export with dynamo=False"
        }
        _ => "its inputs are branches: nanoprop has layers one behind the other, and x + f(x)",
    };
    let (&[body], 2, "Add" | "Sum") = (others.as_slice(), node.inputs.len(), node.op.as_str()) else {
        return Err(fault(branches.to_owned()));
    };
    let body =
        segment.nodes.iter().copied().find(|&number| spine.node(number).is_ok_and(|node| node.outputs.contains(body)));
    let inner = body.and_then(|body| spine.segments(segment.from, body)).ok_or_else(|| fault(branches.to_owned()))?;
    if depth >= DEEPEST {
        return Err(fault(format!("residuals lie in each other more than {DEEPEST} deep")));
    }
    chain.close(hint);
    chain.choose_last().and_then(|()| chain.materialize()).map_err(fault)?;
    let mut within = chain.inner();
    let mut at = 0;
    while at < inner.len() {
        at += step(spine, &mut within, inner.get(at..).unwrap_or_default(), depth + 1)?;
    }
    within.choose_last().and_then(|()| within.materialize()).map_err(fault)?;
    if within.shape != chain.shape {
        return Err(fault("what it adds have other shapes: nanoprop adds to an array what is one like it".to_owned()));
    }
    within.settle(chain.array.clone(), chain.index.clone()).map_err(fault)?;
    within.note([node.name.clone()]);
    within.credit();
    if within.plans.is_empty() {
        return Err(fault(branches.to_owned()));
    }
    let kinds = within.plans.iter().map(|plan| plan.kind.clone()).collect();
    let plan = Plan { within: within.plans, ..Plan::new(Kind::Residual(kinds), chain.array.clone()) };
    chain.keep(plan);
    Ok(())
}
