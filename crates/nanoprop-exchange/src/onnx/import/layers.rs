//! From one node to layers.

use super::chain::{Chain, Order};
use super::function::{Function, matched};
use super::plan::Plan;
use super::recurrent;
use super::spine::Spine;
use crate::layout::{permute, transpose};
use crate::model::{Activation, Kind, Padding, Windows};
use crate::onnx::array::{Array, Budget, broadcast, show};
use crate::onnx::evaluate::recurrent::Cell;
use crate::onnx::evaluate::window::{Geometry, planes, pooling};
use crate::onnx::evaluate::{self, Inputs};
use crate::onnx::graph::Node;

/// A node in the chain: what it reads that is constant, and what it writes.
pub(super) struct At<'a> {
    pub(super) spine: &'a Spine<'a>,
    pub(super) node: &'a Node,
    /// The name of what it writes.
    pub(super) writes: &'a str,
    /// How the input lies, if nothing else says so.
    pub(super) hint: Order,
}

impl At<'_> {
    pub(super) fn constant(&self, number: usize) -> Option<&Array> {
        self.spine.constant(self.node.input(number)?)
    }

    /// A constant with finite numbers.
    pub(super) fn weights(&self, number: usize, what: &str) -> Result<&Array, String> {
        let name = self.node.input(number).ok_or_else(|| format!("it has no {what}"))?;
        let array = self.spine.constant(name);
        let array = array
            .ok_or_else(|| format!("its {what} `{name}` is computed from the input, but nanoprop's is constant"))?;
        match array.values.iter().all(|value| value.is_finite()) {
            true => Ok(array),
            false => Err(format!("its {what} `{name}` has NaN or an infinite number: the model is broken")),
        }
    }

    /// The shape of what it writes.
    pub(super) fn shape(&self) -> Vec<usize> {
        self.spine.value(self.writes).map_or_else(Vec::new, |array| array.shape.clone())
    }
}

/// Appends what a node is.
pub(super) fn single(chain: &mut Chain, at: &At) -> Result<(), String> {
    if evaluate::is_renaming(at.node) {
        return renamed(chain, at);
    }
    let of_array =
        matches!(at.node.op.as_str(), "Gemm" | "MatMul" | "Conv" | "MaxPool" | "AveragePool" | "GlobalAveragePool");
    if chain.is_open() && !of_array && Cell::of(at.node).is_none() && at.node.op != "ReduceMean" {
        chain.close(at.hint);
    }
    if let Some(cell) = Cell::of(at.node) {
        return recurrent::layer(chain, at, cell);
    }
    match (at.node.domain.as_str(), at.node.op.as_str()) {
        ("", "Gemm") => gemm(chain, at),
        ("", "MatMul") => matmul(chain, at),
        ("", "Add" | "Sub" | "Mul" | "Div" | "Neg" | "Sum") => affine(chain, at),
        ("", "Clip" | "HardSigmoid") => clamp(chain, at),
        ("", "Conv") => conv(chain, at),
        ("", "Pad") => pad(chain, at),
        ("", "MaxPool" | "AveragePool") => pool(chain, at),
        ("", "GlobalAveragePool") => {
            let places: Vec<usize> = (2..chain.shape.len()).collect();
            mean(chain, at, &places)
        }
        ("", "ReduceMean") => {
            let shape = chain.shape.clone();
            let constants: Vec<Option<&Array>> = (0..2).map(|k| at.constant(k)).collect();
            let axes = evaluate::reduced(&Inputs::new(at.node, &constants), shape.len())?;
            mean(chain, at, &axes)
        }
        ("", "BatchNormalization") => batch_norm(chain, at),
        ("", "LayerNormalization") => layer_norm(chain, at),
        ("", "Softmax") => softmax(chain, at),
        ("ai.onnx.ml", "Scaler") => scaler(chain, at),
        _ => Err(refused(at.node)),
    }
}

/// What to do about an operator that is evaluated, but is no layer.
fn refused(node: &Node) -> String {
    match node.op.as_str() {
        "LeakyRelu" => {
            let slope = (node.float("alpha", 0.01) * 1e6).round() / 1e6;
            format!("its slope is {slope}, but nanoprop's LeakyRelu has 0.01: train with that, or with ELU")
        }
        "Elu" | "Celu" => format!("its α is {}, but nanoprop's Elu has 1: train with that", node.float("alpha", 1.0)),
        "Gelu" => {
            "it is the approximation by tanh, but nanoprop's Gelu is exact: export with approximate=\"none\"".to_owned()
        }
        "LogSoftmax" => "nanoprop has it at the end of a network only, as the link of SoftmaxCrossEntropy".to_owned(),
        _ if evaluate::is_elementwise(node) => {
            let names = Activation::ALL.iter().map(|activation| activation.word()).collect::<Vec<_>>().join(", ");
            format!("nanoprop has no such function: train with one of {names}, Gelu, Silu, Mish")
        }
        _ => "nanoprop has no layer for it: leave it out, or replace it by layers that nanoprop has".to_owned(),
    }
}

/// A node that only moves numbers, or drops some.
fn renamed(chain: &mut Chain, at: &At) -> Result<(), String> {
    let places = chain.places();
    let arrays: Vec<Option<&Array>> =
        at.node.inputs.iter().map(|name| at.spine.constant(name).or(Some(&places))).collect();
    let arrays: Vec<Option<&Array>> =
        at.node.inputs.iter().zip(arrays).map(|(name, array)| if name.is_empty() { None } else { array }).collect();
    let constant = at.node.inputs.iter().any(|name| at.spine.is_data(name));
    let mut budget = Budget::NEW;
    let mut outputs = evaluate::node(at.node, &arrays, &mut budget)?;
    if !constant || outputs.is_empty() {
        return Err("it does not read the layer before it".to_owned());
    }
    let moved = outputs.swap_remove(0);
    if at.node.op == "Concat" && arrays.iter().flatten().count() > 1 {
        return Err("it joins the layer's numbers with constants, which nanoprop has no layer for".to_owned());
    }
    chain.moved(&moved);
    Ok(())
}

/// `x W + b`, with a row of W for each number of the last axis.
pub(super) fn dense(
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
    if let Some((scale, shift)) = chain.take_affine(false)? {
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
fn behind(
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

fn gemm(chain: &mut Chain, at: &At) -> Result<(), String> {
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

fn matmul(chain: &mut Chain, at: &At) -> Result<(), String> {
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
fn affine(chain: &mut Chain, at: &At) -> Result<(), String> {
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
pub(super) fn standardize(chain: &mut Chain, at: &At, mean: &Array, deviation: &Array) -> bool {
    chain.close(at.hint);
    if chain.is_scaled() {
        return false;
    }
    let pair = spread(chain, at, mean).and_then(|mean| Ok((mean, spread(chain, at, deviation)?)));
    let Ok((mean, deviation)) = pair else { return false };
    let (Some(mean), Some(deviation)) = (chain.per_channel(&mean), chain.per_channel(&deviation)) else { return false };
    if deviation.contains(&0.0) || chain.choose_last().and_then(|_| chain.materialize()).is_err() {
        return false;
    }
    chain.standardize(mean, deviation);
    true
}

/// A clip between two numbers: a HardTanh of other scale.
fn clamp(chain: &mut Chain, at: &At) -> Result<(), String> {
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
fn push_first(chain: &mut Chain, plan: Plan, shape: &[usize]) {
    let (_, index) = super::chain::laid(shape, Order::First);
    chain.push(plan, shape);
    chain.index = index;
}

/// Zeros around the places, for the convolution to come.
fn pad(chain: &mut Chain, at: &At) -> Result<(), String> {
    let constants: Vec<Option<&Array>> = (0..4).map(|k| at.constant(k)).collect();
    let pads = evaluate::pads(&Inputs::new(at.node, &constants), chain.shape.len())?;
    let value = constants.get(2).copied().flatten().map_or(Some(0.0), Array::same);
    if value != Some(0.0) {
        return Err("it pads with another number than 0, but nanoprop with 0".to_owned());
    }
    let (outer, of_places) = pads.split_at(pads.len().min(2));
    if outer.iter().any(|&pad| pad != (0, 0)) {
        return Err("it pads the batch or the channels, which nanoprop has no layer for".to_owned());
    }
    chain.padding = match *of_places {
        _ if of_places.iter().all(|&pad| pad == (0, 0)) => None,
        [columns] => Some([(0, 0), columns]),
        [rows, columns] => Some([rows, columns]),
        _ => return Err("it pads what is no sequence or image".to_owned()),
    };
    Ok(())
}

/// The windows over places with zeros around them, as those over the places.
fn padded(
    zeros: Option<[(usize, usize); 2]>,
    places: &[usize],
    of: impl Fn(&[usize]) -> Result<Geometry, String>,
) -> Result<Geometry, String> {
    let Some(zeros) = zeros else { return of(places) };
    let sides = zeros.iter().skip(2 - places.len().min(2));
    let wide: Vec<usize> = places.iter().zip(sides).map(|(&len, &(before, after))| before + len + after).collect();
    let mut geometry = of(&wide)?;
    for (k, (before, after)) in zeros.into_iter().enumerate() {
        geometry.len[k] -= before + after;
        geometry.before[k] += before;
        geometry.after[k] += after;
    }
    Ok(geometry)
}

fn conv(chain: &mut Chain, at: &At) -> Result<(), String> {
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
        if let Some((scale, shift)) = affine {
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
        if let Some((scale, shift)) = affine {
            (values, bias) = behind(&scale, &shift, values, bias, outputs);
        }
        Plan::new(Kind::Conv { channels: outputs, windows, activation, bias: bias.is_some() }, slid(at)?)
    };
    push_first(chain, plan.biased(bias).with("weight", values), &at.shape());
    Ok(())
}

fn pool(chain: &mut Chain, at: &At) -> Result<(), String> {
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
fn mean(chain: &mut Chain, at: &At, axes: &[usize]) -> Result<(), String> {
    chain.choose_last()?;
    let shape = chain.shape.clone();
    let kept: Vec<usize> = (0..shape.len()).filter(|k| !axes.contains(k) && shape.get(*k) != Some(&1)).collect();
    let order = match kept.as_slice() {
        [] | [1] if shape.len() > 2 && axes.iter().all(|&axis| axis != 1) => Order::First,
        [last] if last + 1 == shape.len() => Order::AsIs,
        _ => return Err("nanoprop has the mean of each channel over all places only".to_owned()),
    };
    match order {
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

fn batch_norm(chain: &mut Chain, at: &At) -> Result<(), String> {
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
    let (scale, shift) = (spread(&scale), spread(&shift));
    chain.scale(&scale, &shift)
}

fn layer_norm(chain: &mut Chain, at: &At) -> Result<(), String> {
    let epsilon = at.node.float("epsilon", 1e-5);
    if (epsilon - 1e-5).abs() > 1e-9 {
        let epsilon = epsilon as f32;
        return Err(format!("its ε is {epsilon}, but nanoprop's LayerNorm has 0.00001: train with eps=1e-5"));
    }
    let axis = chain.places().axis(at.node.int("axis", -1))?;
    let behind = chain.shape.get(axis..).unwrap_or_default().to_vec();
    let size: usize = behind.iter().product();
    let numbers = |k: usize, what: &str, default: f64| -> Result<Vec<f64>, String> {
        match at.node.input(k) {
            Some(_) => {
                let array = at.weights(k, what)?;
                let places = broadcast(&array.shape, &behind)?;
                Ok(places.into_iter().filter_map(|place| array.values.get(place).copied()).collect())
            }
            None => Ok(vec![default; size]),
        }
    };
    let (gain, bias): (Vec<f64>, Vec<f64>) = (numbers(1, "gain", 1.0)?, numbers(2, "bias", 0.0)?);
    normalize(chain, gain, bias, &at.shape())
}

/// Appends a layer normalisation over the last numbers of the value, as many as the gains.
pub(super) fn normalize(chain: &mut Chain, gain: Vec<f64>, bias: Vec<f64>, shape: &[usize]) -> Result<(), String> {
    chain.choose_last()?;
    let (mut gain, mut bias) = (gain, bias);
    if gain.len() == chain.index.len() {
        chain.vector()?;
        let place = |values: &[f64]| {
            let mut sorted = vec![0.0; values.len()];
            for (&value, &place) in values.iter().zip(&chain.index) {
                if let Some(to) = sorted.get_mut(place) {
                    *to = value;
                }
            }
            sorted
        };
        (gain, bias) = (place(&gain), place(&bias));
    } else if chain.shape.last() == Some(&gain.len()) {
        chain.rows()?;
    } else {
        return Err(
            "it normalises several axes of some rows: nanoprop's LayerNorm is over the channels of a place".to_owned()
        );
    }
    chain.materialize()?;
    let plan = Plan::new(Kind::LayerNorm, chain.array.clone()).with("gain", gain).with("bias", bias);
    chain.keep(plan);
    chain.shape = shape.to_vec();
    Ok(())
}

/// Whether a softmax is over all numbers of the value.
pub(super) fn over_all(chain: &Chain, node: &Node) -> Result<(), String> {
    let places = chain.places();
    let axis = places.axis(node.int("axis", if node.opset < 13 { 1 } else { -1 }))?;
    let (_, width, behind) = places.around(axis);
    let width = if node.opset < 13 { width * behind } else { width };
    match width == chain.index.len() {
        true => Ok(()),
        false => {
            Err(format!("it is over {width} of {} numbers, but nanoprop's Softmax is over a vector", chain.index.len()))
        }
    }
}

fn softmax(chain: &mut Chain, at: &At) -> Result<(), String> {
    over_all(chain, at.node)?;
    chain.vector()?;
    chain.materialize()?;
    chain.keep(Plan::new(Kind::Softmax, chain.array.clone()));
    Ok(())
}

fn scaler(chain: &mut Chain, at: &At) -> Result<(), String> {
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
    match (chain.per_channel(&offset), chain.per_channel(&scale)) {
        (Some(mean), Some(scale)) => {
            chain.standardize(mean, scale.into_iter().map(|scale| 1.0 / scale).collect());
            Ok(())
        }
        _ => Err("it has other numbers at each place: nanoprop's Standardize has numbers for each channel".to_owned()),
    }
}

/// Whether an RNN's function is one of nanoprop's.
pub(super) fn activation(of: impl Fn(f64) -> Option<f64>) -> Option<Activation> {
    match matched(of)? {
        Function::Is(activation) => Some(activation),
        _ => None,
    }
}
