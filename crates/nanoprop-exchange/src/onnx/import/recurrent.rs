//! From recurrent nodes to layers: their gates in nanoprop's order.

use super::chain::Chain;
use super::layers::{At, activation};
use super::plan::Plan;
use crate::layout::{regate, transpose};
use crate::model::{Kind, Reset, reverse};
use crate::onnx::array::Array;
use crate::onnx::evaluate::Inputs;
use crate::onnx::evaluate::recurrent::{Cell, Recurrent};

pub(super) fn layer(chain: &mut Chain, at: &At, cell: Cell) -> Result<(), String> {
    for (number, what) in [(1, "matrix"), (2, "recurrent matrix"), (3, "bias")] {
        if number < 3 || at.node.input(number).is_some() {
            at.weights(number, what)?;
        }
    }
    for (number, what) in [(5, "state"), (6, "cells")] {
        let Some(name) = at.node.input(number) else { continue };
        if at.spine.constant(name).is_none_or(|array| array.same() != Some(0.0)) {
            return Err(format!("its first {what} `{name}` is not 0, but nanoprop's is: export without it"));
        }
    }
    let places = chain.places();
    let arrays: Vec<Option<&Array>> = (0..8).map(|k| if k == 0 { Some(&places) } else { at.constant(k) }).collect();
    let inputs = Inputs::new(at.node, &arrays);
    let node = Recurrent::new(&inputs, cell)?;
    if node.reverse {
        return Err(
            "it reads from the last step to the first, which nanoprop does only in a Bidirectional: turn the input"
                .to_owned(),
        );
    }
    if node.batch != 1 {
        return Err(format!("it reads {} sequences at once: export with a batch of 1", node.batch));
    }
    chain.settle(vec![node.steps, node.inputs], (0..node.steps * node.inputs).collect())?;
    chain.materialize()?;

    let all = match at.node.outputs.iter().position(|name| name == at.writes) {
        Some(0) => true,
        Some(1) => false,
        _ => return Err("its cells are used, but nanoprop's Lstm writes its state only".to_owned()),
    };
    let half = kind(&node, all)?;
    let mut tensors = tensors(&node, 0);
    let mut width = node.units;
    let kind = if node.directions == 2 {
        let back = self::tensors(&node, 1).into_iter();
        tensors.extend(back.map(|(name, values)| (reverse(name), values)));
        width *= 2;
        Kind::Bidirectional(Box::new(half))
    } else {
        half
    };
    let writes = if all { vec![node.steps, width] } else { vec![width] };
    let plan = Plan { tensors, ..Plan::new(kind, writes) };
    chain.push(plan, &at.shape());
    Ok(())
}

fn kind(node: &Recurrent, all: bool) -> Result<Kind, String> {
    let units = node.units;
    Ok(match node.cell {
        Cell::Lstm => Kind::Lstm { units, all },
        Cell::Gru => Kind::Gru { units, all, reset: if node.after { Reset::After } else { Reset::Before } },
        Cell::Rnn => {
            let mut found = node.activations.iter().map(|function| activation(|x| function.value(x)));
            let first = found.next().flatten().ok_or("its function is not one of nanoprop's activations")?;
            if found.take(node.directions - 1).any(|other| other != Some(first)) {
                return Err("its directions have two functions, but those of a Bidirectional are the same".to_owned());
            }
            Kind::Elman { units, activation: first, all }
        }
    })
}

/// The sums of two biases; one where the other is 0, with its bits.
fn joined(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(&a, &b)| if b == 0.0 { a } else { a + b }).collect()
}

/// The tensors of a direction, as nanoprop's layer has them.
fn tensors(node: &Recurrent, direction: usize) -> Vec<(&'static str, Vec<f64>)> {
    let units = node.units;
    let [w, r, of_x, of_h] = node.of(direction);
    let rows = node.cell.gates() * units;
    let (w, r) = (transpose(&w, rows), transpose(&r, rows));
    let order = |values: &[f64], order: &[usize]| regate(values, rows, order);
    // Some of the gates of each row.
    let part = |values: &[f64], row: usize, from: usize, to: usize| {
        let rows = values.chunks(row.max(1));
        rows.flat_map(|row| row.get(from..to).unwrap_or_default().to_vec()).collect::<Vec<_>>()
    };
    match node.cell {
        Cell::Rnn => vec![("bias", joined(&of_x, &of_h)), ("weight", w), ("recurrent", r)],
        // i, o, f, c to i, f, o, g.
        Cell::Lstm => {
            let to = &[0, 2, 1, 3];
            let bias = order(&joined(&of_x, &of_h), to);
            vec![("bias", bias), ("weight", order(&w, to)), ("recurrent", order(&r, to))]
        }
        // z, r, n to n, r, z for the input, and to r, z, n for the state.
        Cell::Gru if node.after => {
            let of_new = of_h.get(2 * units..).unwrap_or_default();
            let gates: Vec<f64> = of_h.iter().take(2 * units).copied().chain(vec![0.0; units]).collect();
            vec![
                ("bias", order(&joined(&of_x, &gates), &[2, 1, 0])),
                ("recurrent_bias", of_new.to_vec()),
                ("weight", order(&w, &[2, 1, 0])),
                ("recurrent", order(&r, &[1, 0, 2])),
            ]
        }
        Cell::Gru => {
            let r = order(&r, &[1, 0, 2]);
            vec![
                ("bias", order(&joined(&of_x, &of_h), &[2, 1, 0])),
                ("weight", order(&w, &[2, 1, 0])),
                ("recurrent", part(&r, rows, 0, 2 * units)),
                ("recurrent_new", part(&r, rows, 2 * units, rows)),
            ]
        }
    }
}
