//! Rows of a table by the numbers of classes.

use super::At;
use crate::model::Kind;
use crate::onnx::array::{place, show};
use crate::onnx::graph::Node;
use crate::onnx::import::chain::Chain;
use crate::onnx::import::plan::Plan;
use crate::onnx::import::spine::Spine;

/// Whether a node takes rows of a constant by what is computed.
pub(in super::super) fn is_lookup(spine: &Spine, node: &Node) -> bool {
    let reads = |k: usize| node.input(k);
    node.domain.is_empty()
        && node.op == "Gather"
        && reads(0).is_some_and(|name| spine.constant(name).is_some())
        && reads(1).is_some_and(|name| spine.is_data(name))
}

pub(in super::super) fn embedding(chain: &mut Chain, at: &At) -> Result<(), String> {
    let table = at.weights(0, "table")?;
    let axis = place(at.node.int("axis", 0), table.shape.len())?;
    let (0, &[classes, units]) = (axis, table.shape.as_slice()) else {
        let shape = show(&table.shape);
        return Err(format!("its table is {shape}, but nanoprop's Embedding has a row for each class"));
    };
    if !chain.is_open() || !chain.plans.is_empty() || chain.is_scaled() {
        let message =
            "it looks up rows by numbers that are computed, but nanoprop's Embedding reads the network's input";
        return Err(message.to_owned());
    }
    if classes > 1 << 16 {
        return Err(format!("its table has {classes} rows, but nanoprop's Embedding tells 65536 classes apart"));
    }
    chain.vector()?;
    let places = chain.index.clone();
    let kind = Kind::Embedding { classes, units, wide: classes > 1 << 8 };
    let plan = Plan::new(kind, vec![places.len(), units]).with("weight", table.values.clone());
    chain.push(plan, &at.shape());
    chain.index = places.iter().flat_map(|&place| (0..units).map(move |k| place * units + k)).collect();
    Ok(())
}
