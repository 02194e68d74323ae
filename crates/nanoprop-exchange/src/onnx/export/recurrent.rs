//! From recurrent layers to nodes: gates in ONNX's order.

use super::layers::{Tensors, activate};
use super::writer::{Writer, floats, int, ints, text, texts};
use crate::layout::{regate, transpose};
use crate::model::{Activation, Kind, Reset};

/// ONNX's name of an activation of an RNN, and its α and β.
fn function(activation: Activation) -> Option<(&'static str, f64, f64)> {
    Some(match activation {
        Activation::Identity => ("Affine", 1.0, 0.0),
        Activation::Elu => ("Elu", 1.0, 0.0),
        Activation::HardSigmoid => ("HardSigmoid", 1.0 / 6.0, 0.5),
        Activation::LeakyRelu => ("LeakyRelu", 0.01, 0.0),
        Activation::Relu | Activation::Sigmoid | Activation::Softplus | Activation::Softsign | Activation::Tanh => {
            (activation.word(), 0.0, 0.0)
        }
        Activation::HardTanh => return None,
    })
}

/// Whether ONNX has a node for a layer, and for two of it side by side.
pub(super) fn is_node(kind: &Kind) -> bool {
    match kind {
        Kind::Lstm { .. } | Kind::Gru { .. } => true,
        Kind::Elman { activation, .. } => function(*activation).is_some(),
        _ => false,
    }
}

/// W, R and both biases, as ONNX has them: `[gates · units × inputs]`, `[gates · units × units]`, `[2 · gates · units]`.
fn weights(kind: &Kind, inputs: usize, units: usize, tensors: Tensors) -> [Vec<f64>; 3] {
    let (bias, w, r) = (tensors.get("bias"), tensors.get("weight"), tensors.get("recurrent"));
    let row = bias.len();
    let order = |values: &[f64], order: &[usize]| regate(values, row, order);
    let (bias, of_h, w, r) = match kind {
        // i, f, o, g to i, o, f, c.
        Kind::Lstm { .. } => {
            let to = &[0, 2, 1, 3];
            (order(bias, to), vec![0.0; row], order(w, to), order(r, to))
        }
        // n, r, z and r, z, n to z, r, n.
        Kind::Gru { reset, .. } => {
            let (of_h, r) = match reset {
                Reset::After => {
                    let new = tensors.get("recurrent_bias").iter().copied();
                    (vec![0.0; 2 * units].into_iter().chain(new).collect(), r.to_vec())
                }
                Reset::Before => {
                    let rows = r.chunks(2 * units).zip(tensors.get("recurrent_new").chunks(units));
                    (vec![0.0; row], rows.flat_map(|(r, new)| r.iter().chain(new).copied()).collect())
                }
            };
            (order(bias, &[2, 1, 0]), of_h, order(w, &[2, 1, 0]), order(&r, &[1, 0, 2]))
        }
        _ => (bias.to_vec(), vec![0.0; row], w.to_vec(), r.to_vec()),
    };
    [transpose(&w, inputs), transpose(&r, units), [bias, of_h].concat()]
}

/// Appends a recurrent layer, or two of it that read from both ends.
pub(super) fn layer(writer: &mut Writer, kind: &Kind, reads: &[usize], tensors: Tensors, both: bool) {
    let (&Kind::Elman { units, all, .. } | &Kind::Lstm { units, all } | &Kind::Gru { units, all, .. }) = kind else {
        return;
    };
    let inputs = reads.last().copied().unwrap_or(1);
    let mut attributes = vec![int("hidden_size", units as i64)];
    let op = match kind {
        Kind::Lstm { .. } => "LSTM",
        Kind::Gru { reset, .. } => {
            attributes.push(int("linear_before_reset", i64::from(*reset == Reset::After)));
            "GRU"
        }
        &Kind::Elman { activation, .. } => match function(activation) {
            None => return unrolled(writer, activation, reads, (units, all), tensors),
            Some((name, alpha, beta)) => {
                let times = if both { 2 } else { 1 };
                attributes.push(texts("activations", &vec![name; times]));
                if (alpha, beta) != (0.0, 0.0) {
                    attributes.push(floats("activation_alpha", &vec![alpha; times]));
                    attributes.push(floats("activation_beta", &vec![beta; times]));
                }
                "RNN"
            }
        },
        _ => return,
    };
    let directions = if both { 2 } else { 1 };
    if both {
        attributes.push(text("direction", "bidirectional"));
    }
    let mut parts = weights(kind, inputs, units, tensors);
    if both {
        let back = weights(kind, inputs, units, Tensors { reverse: true, ..tensors });
        parts.iter_mut().zip(back).for_each(|(part, back)| part.extend(back));
    }
    let [w, r, b] = parts;
    let rows = w.len().checked_div(inputs * directions).unwrap_or(0);
    let w = writer.tensor("w", &[directions, rows, inputs], &w);
    let r = writer.tensor("r", &[directions, rows, units], &r);
    let b = writer.tensor("b", &[directions, 2 * rows], &b);
    // Steps first.
    writer.apply("Transpose", vec![ints("perm", [1, 0, 2])]);
    let x = writer.value();
    let written = writer.node(op, &[&x, &w, &r, &b], usize::from(!all), attributes);
    writer.go_on(written, false);
    let width = (directions * units) as i64;
    let (perm, shape) = if all {
        let steps = reads.first().map_or(0, |&steps| steps as i64);
        (vec![2, 0, 1, 3], vec![0, steps, width])
    } else {
        (vec![1, 0, 2], vec![0, width])
    };
    writer.apply("Transpose", vec![ints("perm", perm)]);
    let shape = writer.integers("shape", &shape);
    writer.apply_with("Reshape", &[&shape], vec![]);
}

/// An Elman layer of a function that ONNX's has not, step by step.
fn unrolled(
    writer: &mut Writer,
    activation: Activation,
    reads: &[usize],
    (units, all): (usize, bool),
    tensors: Tensors,
) {
    let &[steps, inputs] = reads else { return };
    let w = writer.tensor("w", &[inputs, units], tensors.get("weight"));
    let r = writer.tensor("r", &[units, units], tensors.get("recurrent"));
    let b = writer.tensor("b", &[units], tensors.get("bias"));
    let x = writer.value();
    let axis = writer.integers("axis", &[1]);
    let mut states: Vec<String> = Vec::new();
    let mut h: Option<String> = None;
    for step in 0..steps {
        let at = writer.integers("step", &[step as i64]);
        writer.go_on(x.clone(), false);
        writer.apply_with("Gather", &[&at], vec![int("axis", 1)]);
        writer.apply_with("Squeeze", &[&axis], vec![]);
        writer.apply_with("Gemm", &[&w, &b], vec![]);
        if let Some(h) = &h {
            let z = writer.value();
            let z = writer.node("Gemm", &[h, &r, &z], 0, vec![]);
            writer.go_on(z, false);
        }
        activate(writer, activation);
        h = Some(writer.value());
        if all {
            writer.apply_with("Unsqueeze", &[&axis], vec![]);
            states.push(writer.value());
        }
    }
    if all {
        let states: Vec<&str> = states.iter().map(String::as_str).collect();
        let joined = writer.node("Concat", &states, 0, vec![int("axis", 1)]);
        writer.go_on(joined, false);
    }
}
