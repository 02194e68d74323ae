//! Products of matrices, and means.

use super::Inputs;
use crate::onnx::array::{Array, Budget, broadcast, count, joint, place, strides};

pub(super) fn evaluate(inputs: &Inputs, budget: &mut Budget) -> Option<Result<Vec<Array>, String>> {
    let known = match (inputs.node.domain.as_str(), inputs.node.op.as_str()) {
        ("", "Gemm") => gemm(inputs, budget),
        ("", "MatMul") => inputs.need(0).and_then(|a| product(a, inputs.need(1)?, budget)),
        ("", "ReduceMean") => reduce(inputs, true, budget),
        ("", "ReduceSum") => reduce(inputs, false, budget),
        ("ai.onnx.ml", "Scaler") => scaler(inputs, budget),
        _ => return None,
    };
    Some(known.map(|array| vec![array]))
}

/// The transpose of a matrix.
fn turned(x: &Array) -> Result<Array, String> {
    let &[rows, columns] = x.shape.as_slice() else { return Err("a factor is no matrix".to_owned()) };
    let places: Vec<usize> = (0..columns).flat_map(|j| (0..rows).map(move |i| i * columns + j)).collect();
    x.pick(vec![columns, rows], &places)
}

fn gemm(inputs: &Inputs, budget: &mut Budget) -> Result<Array, String> {
    let node = inputs.node;
    let (a, b) = (inputs.need(0)?, inputs.need(1)?);
    if a.shape.len() != 2 || b.shape.len() != 2 {
        return Err("it multiplies what are no matrices".to_owned());
    }
    let a = if node.int("transA", 0) != 0 { turned(a)? } else { a.clone() };
    let b = if node.int("transB", 0) != 0 { turned(b)? } else { b.clone() };
    let mut y = product(&a, &b, budget)?;
    let (alpha, beta) = (node.float("alpha", 1.0), node.float("beta", 1.0));
    y.values.iter_mut().for_each(|y| *y *= alpha);
    if let Some(c) = inputs.get(2) {
        let places = broadcast(&c.shape, &y.shape)?;
        let c = places.into_iter().filter_map(|place| c.values.get(place));
        y.values.iter_mut().zip(c).for_each(|(y, c)| *y += beta * c);
    }
    Ok(y)
}

/// The product of matrices, of each pair of a stack.
fn product(a: &Array, b: &Array, budget: &mut Budget) -> Result<Array, String> {
    let refuse = || "it multiplies arrays that do not fit".to_owned();
    let (mut a_shape, mut b_shape) = (a.shape.clone(), b.shape.clone());
    let (a_vector, b_vector) = (a_shape.len() == 1, b_shape.len() == 1);
    if a_vector {
        a_shape.insert(0, 1);
    }
    if b_vector {
        b_shape.push(1);
    }
    let (Some((a_stack, &[rows, inner])), Some((b_stack, &[inner_b, columns]))) =
        (a_shape.split_last_chunk::<2>(), b_shape.split_last_chunk::<2>())
    else {
        return Err(refuse());
    };
    if inner != inner_b {
        return Err(refuse());
    }
    let stack = joint(a_stack, b_stack)?;
    let mut shape = stack.clone();
    shape.extend([rows, columns]);
    let len = budget.numbers(count(&shape))?;
    budget.work(&[len, inner])?;
    let mut values = Vec::with_capacity(len);
    for (i, j) in broadcast(a_stack, &stack)?.into_iter().zip(broadcast(b_stack, &stack)?) {
        let b = b.values.get(j * inner * columns..(j + 1) * inner * columns).unwrap_or_default();
        for row in 0..rows {
            let start = (i * rows + row) * inner;
            let x = a.values.get(start..start + inner).unwrap_or_default();
            let mut y = vec![0.0; columns];
            for (x, row) in x.iter().zip(b.chunks(columns.max(1))) {
                y.iter_mut().zip(row).for_each(|(y, w)| *y += x * w);
            }
            values.extend(y);
        }
    }
    if b_vector {
        shape.pop();
    }
    if a_vector {
        let at = shape.len() - usize::from(!b_vector);
        shape.remove(at.saturating_sub(1));
    }
    Array::new(a.number, shape, values)
}

/// The axes that a node reduces.
pub(in super::super) fn reduced(inputs: &Inputs, rank: usize) -> Result<Vec<usize>, String> {
    let axes = inputs.get(1).map(Array::to_integers).or_else(|| inputs.node.ints("axes")).unwrap_or_default();
    if axes.is_empty() {
        let none = inputs.node.int("noop_with_empty_axes", 0) != 0;
        return Ok(if none { Vec::new() } else { (0..rank).collect() });
    }
    axes.into_iter().map(|axis| place(axis, rank)).collect()
}

fn reduce(inputs: &Inputs, mean: bool, budget: &mut Budget) -> Result<Array, String> {
    let x = inputs.need(0)?;
    let axes = reduced(inputs, x.shape.len())?;
    let kept: Vec<usize> =
        x.shape.iter().enumerate().map(|(k, &width)| if axes.contains(&k) { 1 } else { width }).collect();
    let len = budget.numbers(count(&kept))?;
    let (steps, mut sums) = (strides(&kept), vec![0.0; len]);
    // Where each number of the input goes.
    let mut to = vec![0_usize];
    for (k, &width) in x.shape.iter().enumerate() {
        let step = if axes.contains(&k) { 0 } else { steps.get(k).copied().unwrap_or(0) };
        to = to.into_iter().flat_map(|place| (0..width).map(move |i| place + i * step)).collect();
    }
    for (&x, to) in x.values.iter().zip(to) {
        if let Some(sum) = sums.get_mut(to) {
            *sum += x;
        }
    }
    if mean {
        let share = x.values.len() as f64 / len as f64;
        sums.iter_mut().for_each(|sum| *sum /= share);
    }
    let keep = inputs.node.int("keepdims", 1) != 0;
    let shape = kept.iter().enumerate().filter(|(k, _)| keep || !axes.contains(k)).map(|(_, &width)| width).collect();
    Array::new(x.number, shape, sums)
}

fn scaler(inputs: &Inputs, budget: &mut Budget) -> Result<Array, String> {
    let x = inputs.need(0)?;
    budget.numbers(Some(x.values.len()))?;
    let numbers = |name: &str| inputs.node.floats(name).filter(|numbers| !numbers.is_empty());
    let (offset, scale) =
        (numbers("offset").ok_or("it has no `offset`")?, numbers("scale").ok_or("it has no `scale`")?);
    let one = |(&x, (offset, scale)): (&f64, (&f64, &f64))| (x - offset) * scale;
    let values = x.values.iter().zip(offset.iter().cycle().zip(scale.iter().cycle())).map(one).collect();
    Array::new(x.number, x.shape.clone(), values)
}
