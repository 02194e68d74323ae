//! Where a vector has its numbers in another order in PyTorch, whose convolutions have channels first.

use crate::model::{Kind, Layer, Model};

/// For each leaf, the shape that the vector it reads was flattened from with its channels first; `None` where PyTorch's order
/// is nanoprop's.
pub(super) fn orders(model: &Model) -> Vec<Option<Vec<usize>>> {
    let mut orders = Vec::new();
    walk(model.layers(), &mut false, &mut None, &mut orders);
    orders
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
