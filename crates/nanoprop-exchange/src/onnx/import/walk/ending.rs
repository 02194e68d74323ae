//! The end of a graph: the link of a loss, and what is behind it.

use super::{longest, renames};
use crate::model::{Activation, Loss};
use crate::onnx::array::Array;
use crate::onnx::error::Error;
use crate::onnx::evaluate::Values;
use crate::onnx::graph::Node;
use crate::onnx::import::chain::Chain;
use crate::onnx::import::function::{self, Function};
use crate::onnx::import::layers;
use crate::onnx::import::plan::Plan;
use crate::onnx::import::spine::{Segment, Spine};

/// What the file's output is of nanoprop's prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Ending {
    /// The same.
    Same,
    /// Its logarithm.
    Logarithm,
    /// `1 − p` before it.
    TwoClasses,
}

/// What a walk found at the end of the graph.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Outcome {
    pub(in super::super) loss: Loss,
    pub(in super::super) ending: Ending,
}

/// Whether all that is left moves numbers only, or is the tail of two classes.
fn ends(spine: &Spine, rest: &[Segment]) -> bool {
    rest.iter().all(|segment| renames(spine, segment) || subtracts(spine, segment))
}

/// Takes the last function as the link of a loss; says of how many segments it was.
pub(super) fn link(
    spine: &Spine,
    chain: &mut Chain,
    rest: &[Segment],
    outcome: &mut Outcome,
) -> Result<Option<usize>, Error> {
    let Some(segment) = rest.first() else { return Ok(None) };
    // A file of nanoprop's says which loss it is.
    let said = spine.graph.metadata.get("nanoprop.loss").and_then(|word| Loss::from_word(word));
    let is = |loss: Loss, fits: bool| said.map_or(fits, |said| said == loss);
    if outcome.loss != Loss::SquaredError || chain.plans.is_empty() {
        return Ok(None);
    }
    if let &[number] = segment.nodes.as_slice() {
        let node = spine.node(number)?;
        let log = node.op == "LogSoftmax";
        if (log || node.op == "Softmax") && node.domain.is_empty() && ends(spine, rest.get(1..).unwrap_or_default()) {
            let fault = |message| Error::node(node, message);
            chain.choose_last().map_err(fault)?;
            layers::over_all(chain, node).map_err(fault)?;
            let (least, greatest, rectified) = last_function(chain);
            let open = chain.array.iter().product::<usize>() > 1 && !rectified && !(least >= -1.0 && greatest <= 1.0);
            if is(Loss::SoftmaxCrossEntropy, open || log) {
                if chain.array.len() > 1 {
                    chain.vector().map_err(fault)?;
                }
                chain.materialize().map_err(fault)?;
                outcome.loss = Loss::SoftmaxCrossEntropy;
                outcome.ending = if log { Ending::Logarithm } else { Ending::Same };
                finish(chain, node);
                return Ok(Some(1));
            }
        }
    }
    let Some((taken, Function::Is(Activation::Sigmoid))) = longest(spine, rest) else { return Ok(None) };
    let last = rest.get(taken - 1).and_then(|segment| segment.nodes.last());
    let (Some(&last), true) = (last, ends(spine, rest.get(taken..).unwrap_or_default())) else { return Ok(None) };
    let node = spine.node(last)?;
    if chain.choose_last().is_err() || !is(Loss::SigmoidCrossEntropy, last_function(chain).0 < -1.0) {
        return Ok(None);
    }
    chain.materialize().map_err(|message| Error::node(node, message))?;
    outcome.loss = Loss::SigmoidCrossEntropy;
    finish(chain, node);
    Ok(Some(taken))
}

fn finish(chain: &mut Chain, node: &Node) {
    chain.note([node.name.clone()]);
    chain.credit();
}

fn last_function(chain: &Chain) -> (f64, f64, bool) {
    let last = chain.plans.iter().rev().find(|plan| !plan.renames());
    last.map_or((f64::NEG_INFINITY, f64::INFINITY, false), Plan::ends)
}

/// Whether a segment makes 1 − p of p, and may be the tail of two classes.
fn subtracts(spine: &Spine, segment: &Segment) -> bool {
    let ops: Vec<&str> =
        segment.nodes.iter().filter_map(|&number| spine.node(number).ok()).map(|node| node.op.as_str()).collect();
    matches!(ops.as_slice(), ["Sub", "Concat"])
}

/// Whether a segment makes `(1 − p, p)` of p.
pub(super) fn is_two_classes(spine: &Spine, segment: &Segment, chain: &Chain) -> bool {
    let Ok(from) = spine.written(segment.from) else { return false };
    if !subtracts(spine, segment) || chain.index.len() != 1 {
        return false;
    }
    let array = Array { values: vec![0.3], ..chain.places() };
    let y = function::applied(spine, &segment.nodes, from, array, false);
    y.is_some_and(|y| matches!(y.values.as_slice(), [a, b] if (a - 0.7).abs() < 1e-6 && (b - 0.3).abs() < 1e-6))
}

/// What nanoprop should predict for an input of which the file has these values, in the order of nanoprop's array.
pub(in super::super) fn expected(values: &Values, output: &str, index: &[usize], ending: Ending) -> Option<Vec<f64>> {
    let found = &values.get(output)?.values;
    let found = match (ending, found.as_slice()) {
        (Ending::TwoClasses, &[.., second]) => vec![second],
        (Ending::Logarithm, _) => found.iter().map(|value| value.exp()).collect(),
        _ => found.clone(),
    };
    let mut sorted = vec![f64::NAN; index.len()];
    for (&place, &value) in index.iter().zip(&found) {
        *sorted.get_mut(place)? = value;
    }
    (found.len() == index.len()).then_some(sorted)
}
