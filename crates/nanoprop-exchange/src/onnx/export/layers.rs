//! From layers to nodes.

use nanoprop::runtime::Axis;

use super::writer::{Writer, float, int, ints, text};
use super::{normal, recurrent};
use crate::layout::permute;
use crate::model::{self, Activation, Kind, Layer, Padding, Windows, frame};
use crate::onnx::error::Error;

/// The tensors of a layer, or of the half of it that reads backwards.
#[derive(Clone, Copy)]
pub(super) struct Tensors<'a> {
    pub(super) layer: &'a Layer,
    pub(super) reverse: bool,
}

impl<'a> Tensors<'a> {
    /// The numbers of this name, if there are any.
    pub(super) fn find(&self, name: &str) -> Option<&'a [f64]> {
        let name = if self.reverse { format!("reverse_{name}") } else { name.to_owned() };
        self.layer.tensor(&name).map(|tensor| tensor.values())
    }

    pub(super) fn get(&self, name: &str) -> &'a [f64] {
        self.find(name).unwrap_or_default()
    }
}

/// Appends the nodes of a layer.
pub(super) fn layer(writer: &mut Writer, layer: &Layer, prefix: &str) -> Result<(), Error> {
    writer.enter(prefix);
    if let Kind::Residual(_) = layer.kind() {
        let (before, first) = (writer.value(), writer.is_first());
        for (number, layer) in layer.within().iter().enumerate() {
            self::layer(writer, layer, &format!("{prefix}.{number}"))?;
        }
        writer.enter(prefix);
        let rank = layer.writes().len();
        if first {
            writer.first(rank);
        } else {
            writer.last(rank);
        }
        writer.apply_with("Add", &[&before], vec![]);
        return Ok(());
    }
    of_kind(writer, layer.kind(), layer.reads(), Tensors { layer, reverse: false })
}

/// Appends the nodes of a kind.
fn of_kind(writer: &mut Writer, kind: &Kind, reads: &[usize], tensors: Tensors) -> Result<(), Error> {
    let rank = reads.len();
    let channels = reads.last().copied().unwrap_or(1);
    match kind {
        Kind::Dense { units, activation, .. } => {
            let weight = writer.tensor("weight", &[channels, *units], tensors.get("weight"));
            let bias = tensors.find("bias").map(|bias| writer.tensor("bias", &[*units], bias));
            let inputs: Vec<&str> = [weight.as_str()].into_iter().chain(bias.as_deref()).collect();
            writer.apply_with("Gemm", &inputs, vec![]);
            activate(writer, *activation);
        }
        Kind::Conv { channels: outputs, windows, activation, .. } => {
            conv(writer, windows, reads, (channels, *outputs, 1), tensors)?;
            activate(writer, *activation);
        }
        Kind::DepthwiseConv { windows, activation, .. } => {
            conv(writer, windows, reads, (1, channels, channels), tensors)?;
            activate(writer, *activation);
        }
        Kind::ConvTranspose { channels: outputs, windows, activation, .. } => {
            spread(writer, windows, reads, *outputs, tensors)?;
            activate(writer, *activation);
        }
        Kind::Embedding { classes, units, .. } => {
            let table = writer.tensor("weight", &[*classes, *units], tensors.get("weight"));
            let classes = writer.value();
            let rows = writer.node("Gather", &[&table, &classes], 0, vec![int("axis", 0)]);
            writer.go_on(rows, false);
        }
        Kind::MaxPool(windows) => {
            writer.first(rank);
            let attributes = geometry(windows, reads)?;
            writer.apply("MaxPool", attributes);
        }
        Kind::AvgPool(windows) => {
            writer.first(rank);
            let attributes = geometry(windows, reads)?;
            writer.apply("AveragePool", attributes);
        }
        Kind::GlobalAvgPool => {
            let axes = if writer.is_first() { 2..rank + 1 } else { 1..rank };
            writer.apply("ReduceMean", vec![ints("axes", axes), int("keepdims", 0)]);
            writer.last(1);
        }
        Kind::Elman { .. } | Kind::Lstm { .. } | Kind::Gru { .. } => {
            writer.last(rank);
            recurrent::layer(writer, kind, reads, tensors, false);
        }
        Kind::Bidirectional(half) if recurrent::is_node(half) => {
            writer.last(rank);
            recurrent::layer(writer, half, reads, tensors, true);
        }
        Kind::Bidirectional(half) => both_ways(writer, half, reads, tensors)?,
        Kind::Flatten => {
            writer.last(rank);
            if rank > 1 {
                writer.apply("Flatten", vec![int("axis", 1)]);
            }
        }
        Kind::Unflatten(to) => {
            // 0 copies the batch.
            let to: Vec<i64> = [0].into_iter().chain(to.iter().map(|&width| width as i64)).collect();
            let shape = writer.integers("shape", &to);
            writer.apply_with("Reshape", &[&shape], vec![]);
        }
        Kind::Gelu => {
            let x = writer.value();
            let [root, one, half] = [("root", std::f64::consts::FRAC_1_SQRT_2), ("one", 1.0), ("half", 0.5)]
                .map(|(word, n)| writer.number(word, n));
            writer.apply_with("Mul", &[&root], vec![]);
            writer.apply("Erf", vec![]);
            writer.apply_with("Add", &[&one], vec![]);
            writer.apply_with("Mul", &[&x], vec![]);
            writer.apply_with("Mul", &[&half], vec![]);
        }
        Kind::Silu => {
            let x = writer.value();
            writer.apply("Sigmoid", vec![]);
            writer.apply_with("Mul", &[&x], vec![]);
        }
        Kind::Mish => {
            let x = writer.value();
            writer.apply("Softplus", vec![]);
            writer.apply("Tanh", vec![]);
            writer.apply_with("Mul", &[&x], vec![]);
        }
        Kind::Softmax => writer.apply("Softmax", vec![int("axis", -1)]),
        Kind::LayerNorm => normal::layer(writer, rank, channels, tensors),
        Kind::GroupNorm { groups } => normal::group(writer, reads, *groups, tensors),
        Kind::BatchNorm => normal::batch(writer, rank, channels, tensors),
        Kind::Standardize => normal::standardize(writer, rank, channels, tensors),
        Kind::Dropout { .. } => (),
        Kind::Residual(_) => return Err(Error::Layer("a Residual lies where none can be".to_owned())),
    }
    Ok(())
}

/// Appends an activation.
pub(super) fn activate(writer: &mut Writer, activation: Activation) {
    match activation {
        Activation::Identity => (),
        Activation::Elu => writer.apply("Elu", vec![float("alpha", 1.0)]),
        Activation::HardSigmoid => writer.apply("HardSigmoid", vec![float("alpha", 1.0 / 6.0), float("beta", 0.5)]),
        Activation::HardTanh => {
            let [least, greatest] = [("least", -1.0), ("greatest", 1.0)].map(|(word, n)| writer.number(word, n));
            writer.apply_with("Clip", &[&least, &greatest], vec![]);
        }
        Activation::LeakyRelu => writer.apply("LeakyRelu", vec![float("alpha", 0.01)]),
        Activation::Relu | Activation::Sigmoid | Activation::Softplus | Activation::Softsign | Activation::Tanh => {
            writer.apply(activation.word(), vec![]);
        }
    }
}

/// The attributes of windows.
fn geometry(windows: &Windows, reads: &[usize]) -> Result<Vec<super::super::message::AttributeProto>, Error> {
    let frame = frame(windows, reads).map_err(|misfit| Error::Layer(misfit.message))?;
    let axes = reads.len() - 1;
    let each = |value: usize| vec![value; axes];
    let of = |values: [usize; 2]| values.into_iter().skip(2 - axes.min(2));
    // onnxruntime refuses padding as wide as a pooling's window, though no window reaches all of it.
    let after = |axis: Axis| {
        let after = axis.total.saturating_sub(axis.before + axis.len);
        if after < axis.span() { after } else { after - axis.left_over().min(after) }
    };
    let mut attributes = vec![ints("kernel_shape", of(windows.size)), ints("strides", each(windows.stride))];
    if windows.dilation > 1 {
        attributes.push(ints("dilations", each(windows.dilation)));
    }
    match windows.padding {
        Padding::Valid => (),
        // onnxruntime refuses to take numbers away, where windows leave some out.
        Padding::Same if windows.dilation == 1 && covers(frame.rows) && covers(frame.columns) => {
            attributes.push(text("auto_pad", "SAME_UPPER"));
        }
        _ => {
            let before = of([frame.rows.before, frame.columns.before]);
            attributes.push(ints("pads", before.chain(of([after(frame.rows), after(frame.columns)]))));
        }
    }
    Ok(attributes)
}

/// Whether windows that keep the width reach all numbers of an axis.
fn covers(axis: Axis) -> bool {
    axis.count.saturating_sub(1) * axis.stride + axis.span() >= axis.len
}

/// A convolution of so many inputs, outputs and groups.
fn conv(
    writer: &mut Writer,
    windows: &Windows,
    reads: &[usize],
    (depth, outputs, groups): (usize, usize, usize),
    tensors: Tensors,
) -> Result<(), Error> {
    writer.first(reads.len());
    let size = windows.size[0] * windows.size[1];
    let values = permute(tensors.get("weight"), &[size, depth, outputs], &[2, 1, 0]);
    let kernel = windows.size.into_iter().skip(if reads.len() < 3 { 1 } else { 0 });
    let dims: Vec<usize> = [outputs, depth].into_iter().chain(kernel).collect();
    let weight = writer.tensor("weight", &dims, &values);
    let bias = tensors.find("bias").map(|bias| writer.tensor("bias", &[outputs], bias));
    let inputs: Vec<&str> = [weight.as_str()].into_iter().chain(bias.as_deref()).collect();
    let mut attributes = geometry(windows, reads)?;
    if groups > 1 {
        attributes.push(int("group", groups as i64));
    }
    writer.apply_with("Conv", &inputs, attributes);
    Ok(())
}

/// A transposed convolution to so many channels.
fn spread(
    writer: &mut Writer,
    windows: &Windows,
    reads: &[usize],
    outputs: usize,
    tensors: Tensors,
) -> Result<(), Error> {
    let axis = model::spread(windows, reads, outputs).map_err(|misfit| Error::Layer(misfit.message))?.columns;
    writer.first(reads.len());
    let (inputs, size) = (reads.last().copied().unwrap_or(1), windows.size[1]);
    let values = permute(tensors.get("weight"), &[size, outputs, inputs], &[2, 1, 0]);
    let weight = writer.tensor("weight", &[inputs, outputs, size], &values);
    let bias = tensors.find("bias").map(|bias| writer.tensor("bias", &[outputs], bias));
    let others: Vec<&str> = [weight.as_str()].into_iter().chain(bias.as_deref()).collect();
    let steps = reads.first().copied().unwrap_or(1);
    let all = steps.saturating_sub(1) * axis.stride + axis.span();
    let behind = axis.total.saturating_sub(axis.before + axis.len);
    let mut attributes = vec![ints("kernel_shape", [size]), ints("strides", [axis.stride])];
    attributes.push(ints("dilations", [axis.dilation]));
    attributes.push(ints("pads", [axis.before, behind]));
    // Windows narrower than the stride leave biases behind.
    attributes.push(ints("output_padding", [axis.len.saturating_sub(all)]));
    writer.apply_with("ConvTranspose", &others, attributes);
    Ok(())
}

/// Turns the steps of a sequence around.
fn turn(writer: &mut Writer) {
    let [start, end, axis, step] = [("start", -1), ("end", i64::MIN), ("axis", 1), ("step", -1)]
        .map(|(word, value)| writer.integers(word, &[value]));
    writer.apply_with("Slice", &[&start, &end, &axis, &step], vec![]);
}

/// A layer, and another that reads the steps from the last to the first, side by side.
fn both_ways(writer: &mut Writer, half: &Kind, reads: &[usize], tensors: Tensors) -> Result<(), Error> {
    let rank = reads.len();
    writer.last(rank);
    let before = writer.value();
    let steps = !matches!(half, Kind::GlobalAvgPool | Kind::Elman { all: false, .. });
    of_kind(writer, half, reads, tensors)?;
    writer.last(rank);
    let ahead = writer.value();
    writer.go_on(before, false);
    turn(writer);
    of_kind(writer, half, reads, Tensors { reverse: true, ..tensors })?;
    writer.last(rank);
    if steps {
        turn(writer);
    }
    let back = writer.value();
    let joined = writer.node("Concat", &[&ahead, &back], 0, vec![int("axis", -1)]);
    writer.go_on(joined, false);
    Ok(())
}
