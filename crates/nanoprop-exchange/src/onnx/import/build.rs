//! From plans to a model.

use super::plan::Plan;
use super::report::Row;
use crate::model::{Layer, Misfit, Model};
use crate::onnx::error::Error;
use crate::onnx::graph::Graph;

/// Appends the planned layers to a model.
pub(super) fn build(model: &mut Model, plans: Vec<Plan>, graph: &Graph) -> Result<(), Error> {
    for plan in plans {
        let fault = |misfit: Misfit| {
            let node = plan.nodes.last().and_then(|name| graph.nodes.iter().find(|node| node.name == *name));
            node.map_or_else(|| Error::Graph(misfit.message.clone()), |node| Error::node(node, misfit.message.as_str()))
        };
        let layer = model.push(plan.kind.clone()).map_err(fault)?;
        fill(layer, &plan).map_err(fault)?;
    }
    Ok(())
}

fn fill(layer: &mut Layer, plan: &Plan) -> Result<(), Misfit> {
    layer.label = plan.nodes.first().cloned().unwrap_or_default();
    for (name, values) in &plan.tensors {
        layer.set(name, values.clone())?;
    }
    for (layer, plan) in layer.within_mut().iter_mut().zip(&plan.within) {
        fill(layer, plan)?;
    }
    Ok(())
}

/// The rows of a report of some layers.
pub(super) fn rows(layers: &[Layer], plans: &[Plan], depth: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for (layer, plan) in layers.iter().zip(plans) {
        if !layer.within().is_empty() {
            rows.extend(self::rows(layer.within(), &plan.within, depth + 1));
            continue;
        }
        let activation = layer.kind().activation().filter(|activation| *activation != crate::Activation::Identity);
        let activation = activation.map_or_else(String::new, |activation| format!(" {}", activation.word()));
        rows.push(Row {
            layer: format!("{}{activation}", layer.word()),
            depth,
            reads: layer.reads().to_vec(),
            writes: layer.writes().to_vec(),
            parameters: layer.parameters(),
            nodes: plan.nodes.clone(),
        });
    }
    rows
}
