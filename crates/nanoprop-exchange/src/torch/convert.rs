//! From PyTorch's arrays of a module to a layer's tensors, and back.

use crate::array::Array;
use crate::layout::{permute, regate, transpose};
use crate::model::{Kind, Layer};

/// The gates of nanoprop in the order of PyTorch's, and the opposite: i, f, g, o to i, f, o, g; r, z, n to n, r, z.
const LSTM: [usize; 4] = [0, 1, 3, 2];
const GRU: [usize; 3] = [2, 0, 1];
const GRU_BACK: [usize; 3] = [1, 2, 0];

/// A layer's tensors, in its order, from the arrays of its [slots](super::slot::slots), of which those left out are zeros.
/// `order` is the shape that the vector it reads was flattened from with its channels first.
pub(super) fn import(layer: &Layer, arrays: &[Option<&Array>], order: Option<&[usize]>) -> Vec<Vec<f64>> {
    let values = |k: usize| arrays.get(k).copied().flatten().map(|array| array.values().to_vec());
    let bias = |tensors: Vec<f64>| values(1).into_iter().chain([tensors]).collect::<Vec<_>>();
    match layer.kind() {
        Kind::Dense { units, .. } => {
            let rows = transpose(&values(0).unwrap_or_default(), *units);
            bias(reorder(rows, order, *units, false))
        }
        Kind::Conv { .. } => bias(kernel(&values(0).unwrap_or_default(), layer)),
        Kind::DepthwiseConv { .. } => bias(transpose(&values(0).unwrap_or_default(), channels(layer))),
        Kind::ConvTranspose { channels: outputs, windows, .. } => {
            let shape = [channels(layer), *outputs, windows.size[1]];
            bias(permute(&values(0).unwrap_or_default(), &shape, &[2, 1, 0]))
        }
        Kind::Embedding { .. } => vec![values(0).unwrap_or_default()],
        Kind::LayerNorm | Kind::Standardize | Kind::BatchNorm | Kind::GroupNorm { .. } => {
            (0..layer.tensors().len()).map(|k| reorder(values(k).unwrap_or_default(), order, 1, false)).collect()
        }
        kind => {
            let halves = arrays.chunks(4).map(|arrays| match arrays {
                [ih, hh, b, c] => recurrent(kind, [*ih, *hh, *b, *c]),
                _ => Vec::new(),
            });
            halves.flatten().collect()
        }
    }
}

/// The arrays of a layer's slots, from its tensors.
pub(super) fn export(layer: &Layer, order: Option<&[usize]>) -> Vec<Vec<f64>> {
    let get = |name: &str| layer.tensor(name).map(|tensor| tensor.values().to_vec());
    let weight = get("weight").unwrap_or_default();
    let biased = |weight: Vec<f64>| [weight].into_iter().chain(get("bias")).collect();
    match layer.kind() {
        Kind::Dense { units, .. } => {
            let rows = reorder(weight, order, *units, true);
            let inputs = rows.len().checked_div(*units).unwrap_or(0);
            biased(transpose(&rows, inputs))
        }
        Kind::Conv { channels: outputs, windows, .. } => {
            let [height, width] = windows.size;
            biased(permute(&weight, &[height, width, channels(layer), *outputs], &[3, 2, 0, 1]))
        }
        Kind::DepthwiseConv { windows, .. } => biased(transpose(&weight, windows.size.iter().product())),
        Kind::ConvTranspose { channels: outputs, windows, .. } => {
            biased(permute(&weight, &[windows.size[1], *outputs, channels(layer)], &[2, 1, 0]))
        }
        Kind::Embedding { .. } => vec![weight],
        Kind::LayerNorm | Kind::Standardize | Kind::BatchNorm | Kind::GroupNorm { .. } => {
            let tensors = layer.tensors().iter().map(|tensor| tensor.values().to_vec());
            tensors.map(|values| reorder(values, order, 1, true)).collect()
        }
        kind => {
            let tensors: Vec<&[f64]> = layer.tensors().iter().map(|tensor| tensor.values()).collect();
            let half = if let Kind::Bidirectional(_) = kind { tensors.len() / 2 } else { tensors.len() };
            tensors.chunks(half.max(1)).flat_map(|tensors| recurrent_back(kind, tensors)).collect()
        }
    }
}

/// How many channels a layer reads.
fn channels(layer: &Layer) -> usize {
    layer.reads().last().copied().unwrap_or(1)
}

/// `[out, in, rows, columns]` to `[rows · columns · in, out]`.
fn kernel(values: &[f64], layer: &Layer) -> Vec<f64> {
    let Kind::Conv { channels: outputs, windows, .. } = layer.kind() else { return Vec::new() };
    let [height, width] = windows.size;
    permute(values, &[*outputs, channels(layer), height, width], &[2, 3, 1, 0])
}

/// Rows of `width` numbers from channels first to channels last, or `back`.
fn reorder(values: Vec<f64>, order: Option<&[usize]>, width: usize, back: bool) -> Vec<f64> {
    let Some((channels, places)) = order.and_then(|order| order.split_last()) else { return values };
    let places = places.iter().product();
    let shape = if back { [places, *channels, width] } else { [*channels, places, width] };
    permute(&values, &shape, &[1, 0, 2])
}

/// The tensors of one direction of a recurrent layer.
fn recurrent(kind: &Kind, [ih, hh, b, c]: [Option<&Array>; 4]) -> Vec<Vec<f64>> {
    if let Kind::Bidirectional(half) = kind {
        return recurrent(half, [ih, hh, b, c]);
    }
    let values = |array: Option<&Array>| array.map(|array| array.values().to_vec()).unwrap_or_default();
    let turned = |array: Option<&Array>| {
        let rows = array.and_then(|array| array.shape().first().copied()).unwrap_or(0);
        (transpose(&values(array), rows), rows)
    };
    let ((weight, row), (recurrent, _)) = (turned(ih), turned(hh));
    let filled = |array: Option<&Array>| array.map_or(vec![0.0; row], |array| array.values().to_vec());
    let (b, c) = (filled(b), filled(c));
    let sum = |b: &[f64], c: &[f64]| b.iter().zip(c).map(|(b, c)| b + c).collect::<Vec<_>>();
    match kind {
        Kind::Lstm { .. } => {
            let gates = |values: &[f64]| regate(values, row, &LSTM);
            vec![gates(&sum(&b, &c)), gates(&weight), gates(&recurrent)]
        }
        Kind::Gru { units, .. } => {
            // The bias of n beside the state stays apart: it is within the reset gate's product.
            let (shared, own) = c.split_at(c.len().min(2 * units));
            let bias = sum(&b, &[shared, &vec![0.0; *units]].concat());
            vec![regate(&bias, row, &GRU), own.to_vec(), regate(&weight, row, &GRU), recurrent]
        }
        _ => vec![sum(&b, &c), weight, recurrent],
    }
}

/// The arrays of one direction of a recurrent layer.
fn recurrent_back(kind: &Kind, tensors: &[&[f64]]) -> Vec<Vec<f64>> {
    if let Kind::Bidirectional(half) = kind {
        return recurrent_back(half, tensors);
    }
    let bias = tensors.first().copied().unwrap_or_default();
    let row = bias.len();
    let turned = |values: &[f64]| transpose(values, values.len().checked_div(row).unwrap_or(0));
    match (kind, tensors) {
        (Kind::Lstm { .. }, [bias, weight, recurrent]) => {
            let gates = |values: &[f64]| regate(values, row, &LSTM);
            vec![turned(&gates(weight)), turned(&gates(recurrent)), gates(bias), vec![0.0; row]]
        }
        (Kind::Gru { units, .. }, [bias, own, weight, recurrent]) => {
            let second = [vec![0.0; 2 * units], own.to_vec()].concat();
            vec![turned(&regate(weight, row, &GRU_BACK)), turned(recurrent), regate(bias, row, &GRU_BACK), second]
        }
        (_, [bias, weight, recurrent]) => vec![turned(weight), turned(recurrent), bias.to_vec(), vec![0.0; row]],
        _ => Vec::new(),
    }
}
