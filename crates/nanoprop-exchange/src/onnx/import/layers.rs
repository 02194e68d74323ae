//! From one node to layers.

mod affine;
mod embedding;
mod linear;
mod normal;
mod spread;
mod window;

pub(super) use affine::standardize;
pub(super) use embedding::{embedding, is_lookup};
pub(super) use normal::{normalize, over_all};

use super::chain::{Chain, Order};
use super::function::{Function, matched};
use super::recurrent;
use super::spine::Spine;
use crate::model::Activation;
use crate::onnx::array::{Array, Budget, place};
use crate::onnx::evaluate::recurrent::Cell;
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
    let of_array = matches!(
        at.node.op.as_str(),
        "Gemm" | "MatMul" | "Conv" | "ConvTranspose" | "MaxPool" | "AveragePool" | "GlobalAveragePool"
    );
    if chain.is_open() && !of_array && Cell::of(at.node).is_none() && at.node.op != "ReduceMean" {
        chain.close(at.hint);
    }
    if let Some(cell) = Cell::of(at.node) {
        return recurrent::layer(chain, at, cell);
    }
    match (at.node.domain.as_str(), at.node.op.as_str()) {
        ("", "Gemm") => linear::gemm(chain, at),
        ("", "MatMul") => linear::matmul(chain, at),
        ("", "Add" | "Sub" | "Mul" | "Div" | "Neg" | "Sum") => affine::affine(chain, at),
        ("", "Clip" | "HardSigmoid") => affine::clamp(chain, at),
        ("", "Conv") => window::conv(chain, at),
        ("", "ConvTranspose") => spread::conv_transpose(chain, at),
        ("", "Pad") => window::pad(chain, at),
        ("", "MaxPool" | "AveragePool") => window::pool(chain, at),
        ("", "GlobalAveragePool") => {
            let places: Vec<usize> = (2..chain.shape.len()).collect();
            window::mean(chain, at, &places)
        }
        ("", "ReduceMean") => {
            let shape = chain.shape.clone();
            let constants: Vec<Option<&Array>> = (0..2).map(|k| at.constant(k)).collect();
            let axes = evaluate::reduced(&Inputs::new(at.node, &constants), shape.len())?;
            window::mean(chain, at, &axes)
        }
        ("", "BatchNormalization") => affine::batch_norm(chain, at),
        ("", "LayerNormalization") => normal::layer_norm(chain, at),
        ("", "InstanceNormalization" | "GroupNormalization") => normal::group_norm(chain, at),
        ("", "Softmax") => normal::softmax(chain, at),
        ("ai.onnx.ml", "Scaler") => affine::scaler(chain, at),
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
    if let Some(pads) = &mut chain.padding {
        let order = at.node.ints("perm").unwrap_or_else(|| (0..pads.len() as i64).rev().collect());
        if at.node.op == "Transpose" {
            let pick = order.into_iter().filter_map(|axis| pads.get(place(axis, pads.len()).ok()?).copied());
            *pads = pick.collect();
        }
    }
    Ok(())
}

/// Whether an RNN's function is one of nanoprop's.
pub(super) fn activation(of: impl Fn(f64) -> Option<f64>) -> Option<Activation> {
    match matched(of)? {
        Function::Is(activation) => Some(activation),
        _ => None,
    }
}
