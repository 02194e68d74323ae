//! What multiplies and adds each channel.

use super::At;
use crate::model::Activation;
use crate::onnx::array::{Array, broadcast};
use crate::onnx::evaluate::{self, Inputs};
use crate::onnx::import::chain::{Chain, EPSILON};
use crate::onnx::import::function::Function;

/// Each number of a constant that is broadcast to the chain's value.
fn spread(chain: &mut Chain, at: &At, constant: &Array) -> Result<Vec<f64>, String> {
    let shape = at.shape();
    if shape.iter().product::<usize>() != chain.index.len() {
        return Err("it makes the array larger by a constant, which nanoprop has no layer for".to_owned());
    }
    let places = broadcast(&constant.shape, &shape)?;
    chain.shape = shape;
    let values: Vec<f64> = places.into_iter().filter_map(|place| constant.values.get(place).copied()).collect();
    if values.iter().any(|value| !value.is_finite()) {
        return Err("its constant has NaN or an infinite number: the model is broken".to_owned());
    }
    Ok(values)
}

/// A sum or product with constants.
pub(super) fn affine(chain: &mut Chain, at: &At) -> Result<(), String> {
    let op = at.node.op.as_str();
    let len = chain.index.len();
    let (zeros, ones) = (vec![0.0; len], vec![1.0; len]);
    if op == "Neg" {
        return chain.scale(&vec![-1.0; len], &zeros);
    }
    let (first, second) = (at.constant(0), at.constant(1));
    let constant = match (first, second) {
        (Some(constant), None) | (None, Some(constant)) if at.node.inputs.len() == 2 => constant.clone(),
        _ => {
            let advice = "of its inputs, both depend on the input in ways that are no residual: nanoprop has layers one behind the \
                          other, and x + f(x)";
            return Err(advice.to_owned());
        }
    };
    let values = spread(chain, at, &constant)?;
    let negative = |values: Vec<f64>| values.into_iter().map(|value| -value).collect::<Vec<_>>();
    match (op, first.is_some()) {
        ("Add" | "Sum", _) => chain.scale(&ones, &values),
        ("Sub", false) => chain.scale(&ones, &negative(values)),
        ("Sub", true) => chain.scale(&negative(ones), &values),
        ("Mul", _) => chain.scale(&values, &zeros),
        ("Div", false) if values.iter().all(|&value| value != 0.0) => {
            chain.scale(&values.into_iter().map(|value| 1.0 / value).collect::<Vec<_>>(), &zeros)
        }
        ("Div", false) => Err("it divides by 0".to_owned()),
        _ => Err("it divides by what it reads, which nanoprop has no layer for".to_owned()),
    }
}

/// A subtraction of a constant and a division by one, which is a `Standardize`; nothing if it is not.
pub(in super::super) fn standardize(chain: &mut Chain, at: &At, mean: &Array, deviation: &Array) -> bool {
    chain.close(at.hint);
    if chain.is_scaled() {
        return false;
    }
    let pair = spread(chain, at, mean).and_then(|mean| Ok((mean, spread(chain, at, deviation)?)));
    let Ok((mean, deviation)) = pair else { return false };
    if deviation.contains(&0.0) {
        return false;
    }
    let Ok([mean, deviation]) = chain.of_channels([&mean, &deviation]) else { return false };
    chain.standardize(mean, deviation);
    true
}

/// A clip between two numbers: a HardTanh of other scale.
pub(super) fn clamp(chain: &mut Chain, at: &At) -> Result<(), String> {
    let (least, greatest, slope, shift) = if at.node.op == "Clip" {
        let bound = |k| at.constant(k).and_then(Array::same);
        match (bound(1), bound(2)) {
            (Some(least), Some(greatest)) => (least, greatest, 1.0, 0.0),
            _ => return Err("it clips on one side: nanoprop has Relu, which is 0 or more, and HardTanh".to_owned()),
        }
    } else {
        (0.0, 1.0, at.node.float("alpha", 0.2), at.node.float("beta", 0.5))
    };
    let (middle, half) = ((least + greatest) / 2.0, (greatest - least) / 2.0);
    if !(half > 0.0 && half.is_finite() && slope.is_finite() && shift.is_finite()) {
        return Err("its bounds leave no room".to_owned());
    }
    let all = |value: f64| vec![value; chain.index.len()];
    let (scale, shift, half, middle) = (all(slope / half), all((shift - middle) / half), all(half), all(middle));
    chain.scale(&scale, &shift)?;
    chain.activate(Function::Is(Activation::HardTanh))?;
    chain.scale(&half, &middle)
}

pub(super) fn batch_norm(chain: &mut Chain, at: &At) -> Result<(), String> {
    for (number, what) in [(1, "gain"), (2, "bias"), (3, "mean"), (4, "variance")] {
        at.weights(number, what)?;
    }
    let constants: Vec<Option<&Array>> = (0..5).map(|k| at.constant(k)).collect();
    let (scale, shift) = evaluate::scale_and_shift(&Inputs::new(at.node, &constants))?;
    if scale.iter().chain(&shift).any(|value| !value.is_finite()) {
        return Err("its variance is negative, or its numbers are too large".to_owned());
    }
    let (_, channels, behind) = chain.places().around(1);
    let spread = |values: &[f64]| {
        let each = values.iter().flat_map(|&value| vec![value; behind]);
        each.collect::<Vec<_>>().repeat(chain.index.len().checked_div(channels * behind).unwrap_or(0))
    };
    let values = |k: usize| constants.get(k).copied().flatten().map(|array| spread(&array.values)).unwrap_or_default();
    let [gain, bias, mean, variance] = [1, 2, 3, 4].map(values);
    // Another ε is nanoprop's and the rest of it beside the variance.
    let rest = at.node.float("epsilon", 1e-5) - EPSILON;
    let rest = if rest.abs() < 1e-9 { 0.0 } else { rest };
    let variance: Vec<f64> = variance.iter().map(|variance| variance + rest).collect();
    if at.spine.graph.metadata.contains_key("nanoprop.version") {
        // A file of nanoprop's has it as a layer.
        chain.choose_last()?;
        chain.materialize()?;
        let [gain, bias] = chain.of_channels([&gain, &bias])?;
        let [mean, variance] = chain.of_channels([&mean, &variance])?;
        chain.batch_norm([gain, bias, mean, variance]);
        return Ok(());
    }
    chain.normalize([&gain, &bias, &mean, &variance])
}

pub(super) fn scaler(chain: &mut Chain, at: &At) -> Result<(), String> {
    let numbers = |name: &str| at.node.floats(name).filter(|numbers| !numbers.is_empty());
    let (Some(offset), Some(scale)) = (numbers("offset"), numbers("scale")) else {
        return Err("it has no `offset` or no `scale`".to_owned());
    };
    let len = chain.index.len();
    let spread = |values: Vec<f64>| values.into_iter().cycle().take(len).collect::<Vec<f64>>();
    let (offset, scale) = (spread(offset), spread(scale));
    let fine = offset.iter().chain(&scale).all(|value| value.is_finite()) && scale.iter().all(|&scale| scale != 0.0);
    if !fine {
        return Err("its numbers are 0, NaN or infinite".to_owned());
    }
    chain.choose_last()?;
    chain.materialize()?;
    let [mean, scale] = chain.of_channels([&offset, &scale])?;
    chain.standardize(mean, scale.into_iter().map(|scale| 1.0 / scale).collect());
    Ok(())
}
