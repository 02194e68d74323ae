//! Convolutions, pooling and means.

use super::At;
use super::linear::behind;
use crate::layout::permute;
use crate::model::{Activation, Kind, Padding, Windows};
use crate::onnx::array::Array;
use crate::onnx::evaluate::window::{Geometry, planes, pooling};
use crate::onnx::evaluate::{self, Inputs};
use crate::onnx::graph::Node;
use crate::onnx::import::chain::{Affine, Chain, Order, laid};
use crate::onnx::import::plan::Plan;

/// The windows in nanoprop's words.
fn windows(geometry: &Geometry, axes: usize) -> Result<Windows, String> {
    let &Geometry { len, window, stride, dilation, before, after, count } = geometry;
    let both = |values: [usize; 2], what: &str| match (axes, values) {
        (1, [_, value]) => Ok(value),
        (_, [a, b]) if a == b => Ok(a),
        (_, [a, b]) => {
            Err(format!("its {what} is {a} along one axis and {b} along the other, but nanoprop's is the same"))
        }
    };
    // Along an axis with one window, the stride does not matter.
    let axis = |values: [usize; 2], free: [bool; 2]| match free {
        [true, false] => [values[1]; 2],
        [false, true] => [values[0]; 2],
        _ => values,
    };
    let stride = both(axis(stride, [count[0] == 1, count[1] == 1]), "stride")?;
    let dilation = both(axis(dilation, [window[0] == 1, window[1] == 1]), "dilation")?;
    let of = if axes == 1 { 1..2 } else { 0..2 };
    let reach = |k: usize| dilation * (window[k] - 1);
    let same = |k: usize| {
        let all = ((len[k].div_ceil(stride) - 1) * stride + reach(k) + 1).saturating_sub(len[k]);
        (before[k], after[k]) == (all / 2, all - all / 2)
    };
    let sides = |k: usize| (before[k], after[k]);
    let padding = if of.clone().all(|k| sides(k) == (0, 0)) {
        Padding::Valid
    } else if of.clone().all(|k| sides(k) == (reach(k), 0)) {
        Padding::Causal
    } else if axes == 1 || sides(0) == sides(1) {
        Padding::Pad(before[1], after[1])
    } else if of.clone().all(same) {
        Padding::Same
    } else {
        let [(top, bottom), (left, right)] = [sides(0), sides(1)];
        return Err(format!(
            "its padding is {top} and {bottom} along one axis, {left} and {right} along the other, but nanoprop's is the same, or \
             keeps the widths"
        ));
    };
    Ok(Windows { size: window, stride, dilation, padding })
}

/// The windows of a node, with the padding that keeps the widths where it says so.
fn said(node: &Node, geometry: &Geometry, axes: usize) -> Result<Windows, String> {
    let windows = windows(geometry, axes)?;
    let same = node.text("auto_pad").as_deref() == Some("SAME_UPPER");
    Ok(if same { Windows { padding: Padding::Same, ..windows } } else { windows })
}

/// The widths that a node over windows writes, channels last.
fn slid(at: &At) -> Result<Vec<usize>, String> {
    match at.shape().as_slice() {
        [1, channels, places @ ..] => Ok(places.iter().copied().chain([*channels]).collect()),
        _ => Err("it reads more than one sequence or image".to_owned()),
    }
}

/// Appends a layer whose value has its channels first.
pub(super) fn push_first(chain: &mut Chain, plan: Plan, shape: &[usize]) {
    let (_, index) = laid(shape, Order::First);
    chain.push(plan, shape);
    chain.index = index;
}

/// Zeros around the places, for the convolution to come.
pub(super) fn pad(chain: &mut Chain, at: &At) -> Result<(), String> {
    let constants: Vec<Option<&Array>> = (0..4).map(|k| at.constant(k)).collect();
    let pads = evaluate::pads(&Inputs::new(at.node, &constants), chain.shape.len())?;
    let value = constants.get(2).copied().flatten().map_or(Some(0.0), Array::same);
    if value != Some(0.0) {
        return Err("it pads with another number than 0, but nanoprop with 0".to_owned());
    }
    chain.padding = Some(pads).filter(|pads| pads.iter().any(|&pad| pad != (0, 0)));
    Ok(())
}

/// The windows over places with zeros around them, as those over the places.
fn padded(
    zeros: Option<Vec<(usize, usize)>>,
    places: &[usize],
    of: impl Fn(&[usize]) -> Result<Geometry, String>,
) -> Result<Geometry, String> {
    let Some(zeros) = zeros else { return of(places) };
    let (outer, sides) = zeros.split_at(zeros.len().min(2));
    if outer.iter().any(|&pad| pad != (0, 0)) {
        return Err("it reads a batch or channels that are padded, which nanoprop has no layer for".to_owned());
    }
    let wide = places.iter().zip(sides).map(|(&len, &(before, after))| before + len + after);
    let mut geometry = of(&wide.collect::<Vec<_>>())?;
    // A sequence is along the second axis.
    for (k, &(before, after)) in sides.iter().enumerate().map(|(k, side)| (k + 2 - sides.len().min(2), side)) {
        if let (Some(len), Some(front), Some(behind)) =
            (geometry.len.get_mut(k), geometry.before.get_mut(k), geometry.after.get_mut(k))
        {
            *len -= before + after;
            *front += before;
            *behind += after;
        }
    }
    Ok(geometry)
}

pub(super) fn conv(chain: &mut Chain, at: &At) -> Result<(), String> {
    chain.channels_first()?;
    let weight = at.weights(1, "kernel")?;
    let (outputs, depth, kernel) = planes(weight)?;
    let bias = at.node.input(2).map(|_| at.weights(2, "bias").map(|bias| bias.values.clone())).transpose()?;
    let places = chain.shape.get(2..).unwrap_or_default().to_vec();
    let geometry = padded(chain.padding.take(), &places, |places| Geometry::new(at.node, places, kernel))?;
    let windows = said(at.node, &geometry, kernel.len())?;
    let groups = at.node.int("group", 1);
    let channels = chain.channels();
    let padded = windows.padding != Padding::Valid;
    let size: usize = kernel.iter().product();
    let activation = Activation::Identity;
    let by_channel = groups > 1 && usize::try_from(groups) == Ok(channels);
    if groups != 1 && !(by_channel && outputs == channels) {
        return Err(format!(
            "its {channels} channels are in {groups} groups with {outputs} outputs: nanoprop has one group, or one output for each \
             channel"
        ));
    }
    let (mut values, mut bias) = (permute(&weight.values, &[outputs, depth, size], &[2, 1, 0]), bias);
    let affine = chain.take_affine(padded)?;
    let plan = if by_channel {
        if let Some(Affine { scale, shift, .. }) = affine {
            let mut sums = bias.unwrap_or_else(|| vec![0.0; channels]);
            for row in values.chunks_mut(channels.max(1)) {
                for ((w, sum), (scale, shift)) in row.iter_mut().zip(&mut sums).zip(scale.iter().zip(&shift)) {
                    *sum += shift * *w;
                    *w *= scale;
                }
            }
            bias = Some(sums);
        }
        Plan::new(Kind::DepthwiseConv { windows, activation, bias: bias.is_some() }, slid(at)?)
    } else {
        if let Some(Affine { scale, shift, .. }) = affine {
            (values, bias) = behind(&scale, &shift, values, bias, outputs);
        }
        Plan::new(Kind::Conv { channels: outputs, windows, activation, bias: bias.is_some() }, slid(at)?)
    };
    push_first(chain, plan.biased(bias).with("weight", values), &at.shape());
    Ok(())
}

pub(super) fn pool(chain: &mut Chain, at: &At) -> Result<(), String> {
    chain.channels_first()?;
    chain.materialize()?;
    let places = chain.shape.get(2..).unwrap_or_default().to_vec();
    let geometry = pooling(at.node, &places)?;
    let windows = said(at.node, &geometry, places.len())?;
    let kind = if at.node.op == "MaxPool" {
        Kind::MaxPool(windows)
    } else {
        let padded = geometry.before != [0; 2] || geometry.after != [0; 2];
        if padded && at.node.int("count_include_pad", 0) != 0 {
            let message = "it counts the padding, but nanoprop's mean is of the places that are there";
            return Err(format!("{message}: export with count_include_pad=False"));
        }
        Kind::AvgPool(windows)
    };
    push_first(chain, Plan::new(kind, slid(at)?), &at.shape());
    Ok(())
}

/// The mean over some axes of the value.
pub(super) fn mean(chain: &mut Chain, at: &At, axes: &[usize]) -> Result<(), String> {
    chain.choose_last()?;
    let shape = chain.shape.clone();
    if axes.iter().all(|&axis| shape.get(axis) == Some(&1)) {
        chain.shape = at.shape();
        return Ok(());
    }
    let kept: Vec<usize> = (0..shape.len()).filter(|k| !axes.contains(k) && shape.get(*k) != Some(&1)).collect();
    // The axis of the channels; of one channel, all numbers are its places.
    let (axis, order) = match kept.as_slice() {
        &[axis] if axis + 1 == shape.len() => (Some(axis), Order::AsIs),
        &[1] if shape.len() > 2 => (Some(1), Order::First),
        [] => (None, Order::AsIs),
        _ => return Err("nanoprop has the mean of each channel over all places only".to_owned()),
    };
    // The array may have its channels last already, whatever the widths of 1 that the file has added.
    let (width, behind) = axis.map_or((1, 1), |axis| {
        let (_, width, behind) = chain.places().around(axis);
        (width.max(1), behind.max(1))
    });
    let last = |(k, place): (usize, &usize)| place % width == k / behind % width;
    let ready = !chain.is_open() && chain.channels() == width && chain.index.iter().enumerate().all(last);
    match order {
        _ if ready => (),
        _ if axis.is_none() => {
            let len = chain.index.len();
            chain.settle(vec![len, 1], (0..len).collect())?;
        }
        Order::First => chain.channels_first()?,
        Order::AsIs => chain.rows()?,
    }
    let channels = chain.channels();
    if chain.array.len() < 2 {
        return Err("it takes the mean of one vector, which nanoprop has no layer for".to_owned());
    }
    chain.push(Plan::new(Kind::GlobalAvgPool, vec![channels]), &at.shape());
    Ok(())
}
