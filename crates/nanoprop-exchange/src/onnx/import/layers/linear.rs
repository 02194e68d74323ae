//! Products of matrices.

use super::At;
use crate::layout::transpose;
use crate::model::{Activation, Kind, Windows};
use crate::onnx::array::{broadcast, show};
use crate::onnx::import::chain::{Affine, Chain};
use crate::onnx::import::plan::Plan;

pub(super) fn gemm(chain: &mut Chain, at: &At) -> Result<(), String> {
    let node = at.node;
    let weight = at.weights(1, "matrix")?;
    let &[rows, columns] = weight.shape.as_slice() else { return Err("its matrix is none".to_owned()) };
    if node.int("transA", 0) != 0 && chain.shape.iter().filter(|&&width| width != 1).count() > 1 {
        return Err("it multiplies the transpose of what it reads: transpose it by a node of its own".to_owned());
    }
    let (mut values, units) = match node.int("transB", 0) {
        0 => (weight.values.clone(), columns),
        _ => (transpose(&weight.values, rows), rows),
    };
    let (alpha, beta) = (node.float("alpha", 1.0), node.float("beta", 1.0));
    values.iter_mut().for_each(|value| *value *= alpha);
    let bias = match node.input(2) {
        None => None,
        Some(_) => {
            let bias = at.weights(2, "bias")?;
            let places = broadcast(&bias.shape, &[1, units]).map_err(|_| {
                format!("its bias is {}, but nanoprop's has one number for each output", show(&bias.shape))
            })?;
            Some(places.into_iter().filter_map(|place| bias.values.get(place)).map(|&bias| beta * bias).collect())
        }
    };
    if node.int("transA", 0) != 0 {
        chain.shape = vec![1, chain.index.len()];
    }
    dense(chain, values, bias, units, &at.shape())
}

pub(super) fn matmul(chain: &mut Chain, at: &At) -> Result<(), String> {
    if at.constant(0).is_some() {
        return Err("it multiplies a constant with what it reads: write x W in place of W x".to_owned());
    }
    let weight = at.weights(1, "matrix")?;
    let (units, inner) = match weight.shape.as_slice() {
        &[inner] => (1, inner),
        &[ref stack @ .., inner, units] if stack.iter().all(|&width| width == 1) => (units, inner),
        shape => return Err(format!("its matrix is {}: one for each row, which nanoprop has not", show(shape))),
    };
    if chain.shape.last() != Some(&inner) {
        return Err("its matrix does not fit what it reads".to_owned());
    }
    dense(chain, weight.values.clone(), None, units, &at.shape())
}

/// `x W + b`, with a row of W for each number of the last axis.
fn dense(
    chain: &mut Chain,
    weight: Vec<f64>,
    bias: Option<Vec<f64>>,
    units: usize,
    shape: &[usize],
) -> Result<(), String> {
    chain.choose_last()?;
    let (mut weight, mut bias) = (weight, bias);
    let inputs = chain.shape.last().copied().unwrap_or(1);
    let single = chain.row_count() == 1;
    if single {
        chain.vector()?;
        // Each row goes where its input lies.
        let mut sorted = vec![0.0; weight.len()];
        for (row, &place) in weight.chunks(units.max(1)).zip(&chain.index) {
            if let Some(to) = sorted.get_mut(place * units..(place + 1) * units) {
                to.copy_from_slice(row);
            }
        }
        weight = sorted;
    } else {
        chain.rows()?;
    }
    if let Some(Affine { scale, shift, .. }) = chain.take_affine(false)? {
        (weight, bias) = behind(&scale, &shift, weight, bias, units);
    }
    let has_bias = bias.is_some();
    let plan = if single {
        Plan::new(Kind::Dense { units, activation: Activation::Identity, bias: has_bias }, vec![units])
    } else {
        let mut writes = chain.array.clone();
        if writes.len() < 2 || writes.last() != Some(&inputs) {
            return Err(format!(
                "it reads {}, whose rows nanoprop's array {} has not",
                show(&chain.shape),
                show(&writes)
            ));
        }
        writes.pop();
        writes.push(units);
        let windows = Windows::new(1, 1);
        Plan::new(Kind::Conv { channels: units, windows, activation: Activation::Identity, bias: has_bias }, writes)
    };
    chain.push(plan.biased(bias).with("weight", weight), shape);
    Ok(())
}

/// The weights and bias of a layer that reads what was not multiplied and added yet; rows are of one channel after the other.
pub(super) fn behind(
    scale: &[f64],
    shift: &[f64],
    weight: Vec<f64>,
    bias: Option<Vec<f64>>,
    units: usize,
) -> (Vec<f64>, Option<Vec<f64>>) {
    let mut sums = bias.clone().unwrap_or_else(|| vec![0.0; units]);
    let mut weight = weight;
    for (row, (scale, shift)) in weight.chunks_mut(units.max(1)).zip(scale.iter().zip(shift).cycle()) {
        for (w, sum) in row.iter_mut().zip(&mut sums) {
            *sum += shift * *w;
            *w *= scale;
        }
    }
    let bias = if bias.is_some() || shift.iter().any(|&shift| shift != 0.0) { Some(sums) } else { None };
    (weight, bias)
}
