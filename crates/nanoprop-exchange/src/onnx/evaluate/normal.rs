//! Normalisations, and the softmax.

use super::Inputs;
use crate::onnx::array::{Array, Budget, broadcast};
use crate::onnx::graph::Node;

pub(super) fn evaluate(inputs: &Inputs, budget: &mut Budget) -> Option<Result<Vec<Array>, String>> {
    if !inputs.node.domain.is_empty() {
        return None;
    }
    let known = match inputs.node.op.as_str() {
        "BatchNormalization" => batch(inputs, budget),
        "LayerNormalization" => layer(inputs, budget),
        "InstanceNormalization" | "GroupNormalization" => groups(inputs, budget),
        "Softmax" => softmax(inputs, false, budget),
        "LogSoftmax" => softmax(inputs, true, budget),
        _ => return None,
    };
    Some(known.map(|array| vec![array]))
}

/// The factor and the summand of each channel.
pub(in super::super) fn scale_and_shift(inputs: &Inputs) -> Result<(Vec<f64>, Vec<f64>), String> {
    let node = inputs.node;
    if node.int("training_mode", 0) != 0 {
        return Err("it is in training mode: export after `model.eval()`".to_owned());
    }
    let epsilon = node.float("epsilon", 1e-5);
    let [gain, bias, mean, variance] = [1, 2, 3, 4].map(|k| inputs.need(k).map(|array| array.values.iter()));
    let all = gain?.zip(bias?).zip(mean?.zip(variance?));
    Ok(all
        .map(|((gain, bias), (mean, variance))| {
            let scale = gain / (variance + epsilon).sqrt();
            (scale, bias - mean * scale)
        })
        .unzip())
}

fn batch(inputs: &Inputs, budget: &mut Budget) -> Result<Array, String> {
    let x = inputs.need(0)?;
    let (scale, shift) = scale_and_shift(inputs)?;
    budget.numbers(Some(x.values.len()))?;
    let (_, channels, behind) = x.around(1);
    if channels != scale.len() {
        return Err(format!("it has {} channels, but its input {channels}", scale.len()));
    }
    let rows = x.values.chunks(behind.max(1)).zip(scale.iter().zip(&shift).cycle());
    let values = rows.flat_map(|(row, (scale, shift))| row.iter().map(move |x| x * scale + shift)).collect();
    Array::new(x.number, x.shape.clone(), values)
}

fn layer(inputs: &Inputs, budget: &mut Budget) -> Result<Array, String> {
    let (node, x) = (inputs.node, inputs.need(0)?);
    let axis = x.axis(node.int("axis", -1))?;
    let epsilon = node.float("epsilon", 1e-5);
    let behind: Vec<usize> = x.shape.iter().skip(axis).copied().collect();
    let size: usize = behind.iter().product();
    budget.numbers(Some(x.values.len()))?;
    budget.numbers(Some(size))?;
    let spread = |array: Option<&Array>, default: f64| match array {
        Some(array) => broadcast(&array.shape, &behind)
            .map(|places| places.iter().filter_map(|&place| array.values.get(place).copied()).collect()),
        None => Ok(vec![default; size]),
    };
    let gain: Vec<f64> = spread(inputs.get(1), 1.0)?;
    let bias: Vec<f64> = spread(inputs.get(2), 0.0)?;
    let mut values = Vec::with_capacity(x.values.len());
    for row in x.values.chunks(size.max(1)) {
        let mean = row.iter().sum::<f64>() / size as f64;
        let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / size as f64;
        let scale = 1.0 / (variance + epsilon).sqrt();
        values.extend(row.iter().zip(gain.iter().zip(&bias)).map(|(x, (gain, bias))| (x - mean) * scale * gain + bias));
    }
    Array::new(x.number, x.shape.clone(), values)
}

/// How many groups of channels a node normalises.
pub(in super::super) fn group_count(node: &Node, channels: usize) -> Result<usize, String> {
    let groups = match node.op.as_str() {
        "InstanceNormalization" => Some(channels),
        _ => usize::try_from(node.int("num_groups", 0)).ok(),
    };
    groups.filter(|&groups| channels.checked_rem(groups) == Some(0)).ok_or_else(|| {
        let groups = node.int("num_groups", 0);
        format!("it has {groups} groups, which do not divide its {channels} channels")
    })
}

/// Groups of channels, over all places.
fn groups(inputs: &Inputs, budget: &mut Budget) -> Result<Array, String> {
    let x = inputs.need(0)?;
    let (batch, channels, behind) = x.around(1);
    let groups = group_count(inputs.node, channels)?;
    let (gain, bias) = (inputs.need(1)?, inputs.need(2)?);
    let epsilon = inputs.node.float("epsilon", 1e-5);
    budget.numbers(Some(x.values.len()))?;
    let size = x.values.len().checked_div(batch.saturating_mul(groups)).unwrap_or(0).max(1);
    // One number for each channel, or for each group.
    let of = |array: &Array, k: usize| {
        let at = if array.values.len() == channels { k / behind.max(1) % channels } else { k / size % groups.max(1) };
        array.values.get(at).copied().unwrap_or(f64::NAN)
    };
    let mut values = Vec::with_capacity(x.values.len());
    for (group, row) in x.values.chunks(size).enumerate() {
        let mean = row.iter().sum::<f64>() / row.len() as f64;
        let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / row.len() as f64;
        let scale = 1.0 / (variance + epsilon).sqrt();
        let numbers = row.iter().enumerate().map(|(k, x)| (k + group * size, (x - mean) * scale));
        values.extend(numbers.map(|(k, x)| x * of(gain, k) + of(bias, k)));
    }
    Array::new(x.number, x.shape.clone(), values)
}

fn softmax(inputs: &Inputs, log: bool, budget: &mut Budget) -> Result<Array, String> {
    let (node, x) = (inputs.node, inputs.need(0)?);
    budget.numbers(Some(x.values.len()))?;
    // Before opset 13, all axes from this one on together.
    let whole = node.opset < 13;
    let axis = x.axis(node.int("axis", if whole { 1 } else { -1 }))?;
    let (before, width, behind) = x.around(axis);
    let (width, behind) = if whole { (width * behind, 1) } else { (width, behind) };
    let mut values = x.values.clone();
    for start in (0..before).flat_map(|b| (0..behind).map(move |k| b * width * behind + k)) {
        let places = (0..width).map(|k| start + k * behind);
        let at = |place: usize| x.values.get(place).copied().unwrap_or(f64::NAN);
        let greatest = places.clone().map(at).fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = places.clone().map(|place| (at(place) - greatest).exp()).sum();
        for place in places {
            if let Some(value) = values.get_mut(place) {
                let z = *value - greatest;
                *value = if log { z - sum.ln() } else { z.exp() / sum };
            }
        }
    }
    Array::new(x.number, x.shape.clone(), values)
}
