//! Operators that move numbers, and those of shapes.

use super::Inputs;
use crate::onnx::array::{Array, Budget, Number, count, place, places, strides};
use crate::onnx::graph::Node;
use crate::onnx::tensor;

/// Whether an operator only moves numbers, or drops some.
pub(in super::super) fn is_renaming(node: &Node) -> bool {
    let op = node.op.as_str();
    match node.domain.as_str() {
        "" => {
            matches!(
                op,
                "Identity"
                    | "Dropout"
                    | "Reshape"
                    | "Flatten"
                    | "Transpose"
                    | "Squeeze"
                    | "Unsqueeze"
                    | "Gather"
                    | "Slice"
                    | "Concat"
            ) || (op == "Cast" && to_float(node))
        }
        "ai.onnx.ml" => op == "ZipMap",
        _ => false,
    }
}

fn to_float(node: &Node) -> bool {
    let to = i32::try_from(node.int("to", 0)).unwrap_or(0);
    matches!(tensor::number(to), Some(Number::Single | Number::Double))
}

pub(super) fn evaluate(inputs: &Inputs, budget: &mut Budget) -> Option<Result<Vec<Array>, String>> {
    let node = inputs.node;
    let known = match (node.domain.as_str(), node.op.as_str()) {
        ("", "Identity" | "Dropout") | ("ai.onnx.ml", "ZipMap") => inputs.need(0).cloned(),
        ("", "Reshape") => reshape(inputs),
        ("", "Flatten") => flatten(inputs),
        ("", "Transpose") => transpose(inputs),
        ("", "Squeeze") => squeeze(inputs),
        ("", "Unsqueeze") => unsqueeze(inputs),
        ("", "Gather") => gather(inputs, budget),
        ("", "Slice") => slice(inputs),
        ("", "Concat") => concat(inputs),
        ("", "Pad") => pad(inputs, budget),
        _ => return None,
    };
    let known = known.and_then(|array| budget.numbers(Some(array.values.len())).map(|_| vec![array]));
    Some(known)
}

fn reshape(inputs: &Inputs) -> Result<Array, String> {
    let (x, to) = (inputs.need(0)?, inputs.need(1)?.to_integers());
    let copies = inputs.node.int("allowzero", 0) == 0;
    let mut shape = Vec::new();
    let mut free = None;
    for (k, &width) in to.iter().enumerate() {
        shape.push(match width {
            0 if copies => *x.shape.get(k).ok_or("it copies a width that its input does not have")?,
            -1 if free.is_none() => {
                free = Some(k);
                1
            }
            width => usize::try_from(width).map_err(|_| format!("it reshapes to a width of {width}"))?,
        });
    }
    let rest = count(&shape).filter(|&rest| rest > 0);
    if let Some(width) = free.and_then(|k| shape.get_mut(k)) {
        *width = rest.and_then(|rest| x.values.len().checked_div(rest)).unwrap_or(0);
    }
    x.reshaped(shape).map_err(|message| format!("{message}: export with a batch of 1, or with a dynamic batch"))
}

fn flatten(inputs: &Inputs) -> Result<Array, String> {
    let x = inputs.need(0)?;
    let axis = inputs.node.int("axis", 1);
    let rank = x.shape.len();
    let axis = if axis == rank as i64 { rank } else { x.axis(axis)? };
    let before: usize = x.shape.iter().take(axis).product();
    let behind: usize = x.shape.iter().skip(axis).product();
    x.reshaped(vec![before, behind])
}

fn transpose(inputs: &Inputs) -> Result<Array, String> {
    let x = inputs.need(0)?;
    let rank = x.shape.len();
    let order = match inputs.node.ints("perm") {
        Some(order) => order.into_iter().map(|axis| place(axis, rank)).collect::<Result<Vec<_>, _>>()?,
        None => (0..rank).rev().collect(),
    };
    let mut sorted = order.clone();
    sorted.sort_unstable();
    if !sorted.into_iter().eq(0..rank) {
        return Err("`perm` is no order of the axes".to_owned());
    }
    let steps = strides(&x.shape);
    let axes: Vec<(usize, isize)> =
        order.iter().map(|&k| (x.width(k), steps.get(k).copied().unwrap_or(0) as isize)).collect();
    x.pick(axes.iter().map(|&(width, _)| width).collect(), &places(0, &axes))
}

/// Axes, of an input since opset 13, of an attribute before.
fn axes(inputs: &Inputs, rank: usize) -> Result<Option<Vec<usize>>, String> {
    let axes = inputs.get(1).map(Array::to_integers).or_else(|| inputs.node.ints("axes"));
    axes.map(|axes| axes.into_iter().map(|axis| place(axis, rank)).collect()).transpose()
}

fn squeeze(inputs: &Inputs) -> Result<Array, String> {
    let x = inputs.need(0)?;
    let axes = axes(inputs, x.shape.len())?;
    let gone = |k: usize, width: usize| axes.as_ref().map_or(width == 1, |axes| axes.contains(&k));
    let shape = x.shape.iter().enumerate().filter(|&(k, &width)| !gone(k, width)).map(|(_, &width)| width);
    x.reshaped(shape.collect())
}

fn unsqueeze(inputs: &Inputs) -> Result<Array, String> {
    let x = inputs.need(0)?;
    let given = inputs.get(1).map(Array::to_integers).or_else(|| inputs.node.ints("axes")).ok_or("it has no axes")?;
    if given.len() > 8 {
        return Err("it has more than 8 axes".to_owned());
    }
    let rank = x.shape.len() + given.len();
    let axes = given.into_iter().map(|axis| place(axis, rank)).collect::<Result<Vec<_>, _>>()?;
    let mut rest = x.shape.iter().copied();
    let shape = (0..rank).map(|k| if axes.contains(&k) { 1 } else { rest.next().unwrap_or(1) }).collect();
    x.reshaped(shape)
}

fn gather(inputs: &Inputs, budget: &mut Budget) -> Result<Array, String> {
    let (x, indices) = (inputs.need(0)?, inputs.need(1)?);
    let axis = x.axis(inputs.node.int("axis", 0))?;
    let (before, width, behind) = x.around(axis);
    let chosen = indices.to_integers().into_iter().map(|k| place(k, width)).collect::<Result<Vec<_>, _>>()?;
    let mut shape: Vec<usize> = x.shape.iter().take(axis).copied().collect();
    shape.extend(&indices.shape);
    shape.extend(x.shape.iter().skip(axis + 1));
    budget.numbers(count(&shape))?;
    let rows = (0..before).flat_map(|b| chosen.iter().map(move |&k| (b * width + k) * behind));
    let all: Vec<usize> = rows.flat_map(|start| start..start + behind).collect();
    x.pick(shape, &all)
}

fn slice(inputs: &Inputs) -> Result<Array, String> {
    let x = inputs.need(0)?;
    let (starts, ends) = (inputs.need(1)?.to_integers(), inputs.need(2)?.to_integers());
    let rank = x.shape.len();
    let axes = inputs.get(3).map_or_else(|| (0..starts.len() as i64).collect(), Array::to_integers);
    let steps = inputs.get(4).map_or_else(|| vec![1; starts.len()], Array::to_integers);
    let mut start = 0_usize;
    let mut moves: Vec<(usize, isize)> =
        x.shape.iter().zip(strides(&x.shape)).map(|(&width, stride)| (width, stride as isize)).collect();
    for (((from, to), axis), step) in starts.into_iter().zip(ends).zip(axes).zip(steps) {
        let k = place(axis, rank)?;
        let width = x.width(k) as i64;
        let real = |at: i64| if at < 0 { at.saturating_add(width) } else { at };
        let (first, len) = match step {
            1.. => {
                let (first, end) = (real(from).clamp(0, width), real(to).clamp(0, width));
                (first, (end - first).max(0).saturating_add(step - 1) / step)
            }
            0 => return Err("it slices with a step of 0".to_owned()),
            _ => {
                let (first, end) = (real(from).clamp(-1, width - 1), real(to).clamp(-1, width - 1));
                let step = step.saturating_neg();
                (first, (first - end).max(0).saturating_add(step - 1) / step)
            }
        };
        let (first, len) = (usize::try_from(first).unwrap_or(0), usize::try_from(len).unwrap_or(0));
        if let Some((width, stride)) = moves.get_mut(k) {
            start = start.wrapping_add_signed((first as isize).saturating_mul(*stride));
            *width = len;
            *stride = stride.saturating_mul(isize::try_from(step).unwrap_or(1));
        }
    }
    x.pick(moves.iter().map(|&(width, _)| width).collect(), &places(start, &moves))
}

fn concat(inputs: &Inputs) -> Result<Array, String> {
    let first = inputs.need(0)?;
    let axis = first.axis(inputs.node.int("axis", 0))?;
    let mut shape = first.shape.clone();
    let before: usize = shape.iter().take(axis).product();
    let total = inputs.all().map(|array| array.width(axis)).sum();
    for array in inputs.all() {
        let same = array.shape.len() == shape.len()
            && array.shape.iter().zip(&shape).enumerate().all(|(k, (a, b))| k == axis || a == b);
        if !same {
            return Err("the arrays that it joins have different shapes".to_owned());
        }
    }
    if let Some(width) = shape.get_mut(axis) {
        *width = total;
    }
    let mut values = Vec::new();
    for row in 0..before {
        for array in inputs.all() {
            let part = array.values.len().checked_div(before).unwrap_or(0);
            values.extend_from_slice(array.values.get(row * part..(row + 1) * part).unwrap_or_default());
        }
    }
    Array::new(first.number, shape, values)
}

/// Numbers before and after each axis.
pub(in super::super) fn pads(inputs: &Inputs, rank: usize) -> Result<Vec<(usize, usize)>, String> {
    let given = inputs.need(1)?.to_integers();
    let widths: Option<Vec<usize>> = given.iter().map(|&n| usize::try_from(n).ok().filter(|&n| n < 1 << 20)).collect();
    let widths = widths.ok_or("it takes numbers away, or adds too many")?;
    let axes = match inputs.get(3) {
        Some(axes) => axes.to_integers().into_iter().map(|axis| place(axis, rank)).collect::<Result<Vec<_>, _>>()?,
        None => (0..rank).collect(),
    };
    let (before, after) = widths.split_at(widths.len() / 2);
    if before.len() != axes.len() || after.len() != axes.len() {
        return Err("it pads other axes than its input has".to_owned());
    }
    let mut pads = vec![(0, 0); rank];
    for (&axis, (&before, &after)) in axes.iter().zip(before.iter().zip(after)) {
        if let Some(pad) = pads.get_mut(axis) {
            *pad = (before, after);
        }
    }
    Ok(pads)
}

fn pad(inputs: &Inputs, budget: &mut Budget) -> Result<Array, String> {
    let x = inputs.need(0)?;
    if inputs.node.text("mode").is_some_and(|mode| mode != "constant") {
        return Err("it pads with the array's own numbers, but nanoprop with 0: use zero padding".to_owned());
    }
    let value = inputs.get(2).map_or(Some(0.0), Array::same).ok_or("its value is no number")?;
    let pads = pads(inputs, x.shape.len())?;
    let shape: Vec<usize> =
        x.shape.iter().zip(&pads).map(|(&width, &(before, after))| width + before + after).collect();
    let len = budget.numbers(count(&shape))?;
    let mut values = vec![value; len];
    let steps = strides(&shape);
    let start = pads.iter().zip(&steps).map(|(&(before, _), &step)| before * step).sum();
    let axes: Vec<(usize, isize)> = x.shape.iter().zip(&steps).map(|(&width, &step)| (width, step as isize)).collect();
    for (&x, place) in x.values.iter().zip(places(start, &axes)) {
        if let Some(value) = values.get_mut(place) {
            *value = x;
        }
    }
    Array::new(x.number, shape, values)
}
