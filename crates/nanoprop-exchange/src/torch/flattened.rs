//! Where a vector has its numbers in another order in PyTorch, whose convolutions have channels first.

use crate::error::Error;
use crate::model::{Kind, Layer, Model};

/// For each leaf, the shape that the vector it reads was flattened from with its channels first; `None` where PyTorch's order
/// is nanoprop's.
pub(super) fn orders(model: &Model) -> Vec<Option<Vec<usize>>> {
    let mut orders = Vec::new();
    walk(model.layers(), &mut false, &mut None, &mut orders);
    orders
}

/// Refuses groups of a vector whose neighbours are others in PyTorch.
pub(super) fn groups(model: &Model, orders: &[Option<Vec<usize>>]) -> Result<(), Error> {
    let leaves = model.leaves().into_iter().zip(orders).enumerate();
    let grouped = |layer: &Layer| matches!(layer.kind(), Kind::GroupNorm { groups } if *groups > 1);
    let problem = |number: usize| {
        let why = "its groups are of numbers that lie in another order in PyTorch, channels first";
        format!("layer {}, a GroupNorm behind a Flatten: {why}: put it before the Flatten", number + 1)
    };
    let problems: Vec<String> = leaves
        .filter(|(_, (layer, order))| grouped(layer) && order.is_some())
        .map(|(number, _)| problem(number))
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(Error::Tensors(problems)) }
}

/// `first` says whether the array has its channels first in PyTorch, `flat` what it was flattened from.
fn walk(layers: &[Layer], first: &mut bool, flat: &mut Option<Vec<usize>>, orders: &mut Vec<Option<Vec<usize>>>) {
    for layer in layers {
        if let Kind::Residual(_) = layer.kind() {
            walk(layer.within(), first, flat, orders);
            continue;
        }
        orders.push(flat.clone());
        match layer.kind() {
            Kind::Conv { .. }
            | Kind::ConvTranspose { .. }
            | Kind::DepthwiseConv { .. }
            | Kind::MaxPool(_)
            | Kind::AvgPool(_) => *first = true,
            Kind::BatchNorm | Kind::GroupNorm { .. } => *first |= layer.reads().len() > 1,
            Kind::Flatten => *flat = std::mem::take(first).then(|| layer.reads().to_vec()),
            Kind::Gelu | Kind::Silu | Kind::Mish | Kind::Dropout { .. } | Kind::LayerNorm | Kind::Standardize => {}
            _ => (*first, *flat) = (false, None),
        }
    }
}
