//! Which function of each number some nodes are, found by its values: exporters write one function in many ways.

use std::collections::HashMap;

use super::spine::Spine;
use crate::model::Activation;
use crate::onnx::array::{Array, Budget, Number};
use crate::onnx::evaluate;

/// A function of each number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    /// One that layers apply to their sums; the identity is none.
    Is(Activation),
    Gelu,
    Silu,
    Mish,
}

impl Function {
    fn all() -> impl Iterator<Item = Function> {
        let activations = Activation::ALL.iter().copied().map(Function::Is);
        activations.chain([Function::Gelu, Function::Silu, Function::Mish])
    }

    fn value(self, x: f64) -> f64 {
        let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
        let softplus = |x: f64| x.max(0.0) + (-x.abs()).exp().ln_1p();
        match self {
            Function::Is(activation) => match activation {
                Activation::Identity => x,
                Activation::Elu => {
                    if x < 0.0 {
                        x.exp_m1()
                    } else {
                        x
                    }
                }
                Activation::HardSigmoid => (x / 6.0 + 0.5).clamp(0.0, 1.0),
                Activation::HardTanh => x.clamp(-1.0, 1.0),
                Activation::LeakyRelu => {
                    if x < 0.0 {
                        0.01 * x
                    } else {
                        x
                    }
                }
                Activation::Relu => x.max(0.0),
                Activation::Sigmoid => sigmoid(x),
                Activation::Softplus => softplus(x),
                Activation::Softsign => x / (1.0 + x.abs()),
                Activation::Tanh => x.tanh(),
            },
            Function::Gelu => 0.5 * x * (1.0 + libm::erf(x * std::f64::consts::FRAC_1_SQRT_2)),
            Function::Silu => x * sigmoid(x),
            Function::Mish => x * softplus(x).tanh(),
        }
    }
}

/// Beyond this number, a function that is written by exponentials may overflow.
const FAR: f64 = 80.0;

/// Where functions are compared: densely around 0, and far out.
fn grid() -> Vec<f64> {
    let far = [40.0, FAR, 1e3, 1e5, 1e7].into_iter().flat_map(|x| [x, -x]);
    (-400..=400).map(|k| f64::from(k) / 16.0 + 0.003).chain(far).collect()
}

/// The difference up to which two functions are one: numbers of a file are in `f32`.
const CLOSE: f64 = 2e-6;

/// The function whose values these are on the grid.
fn known(x: &[f64], y: &[f64]) -> Option<Function> {
    Function::all().find(|function| {
        let mut pairs = x.iter().zip(y);
        pairs.all(|(&x, &y)| {
            let expected = function.value(x);
            (y - expected).abs() <= CLOSE * expected.abs().max(1.0) || (x.abs() > FAR && !y.is_finite())
        })
    })
}

/// The known function that a value is of the numbers of another, or nothing.
pub(super) fn matched(of: impl Fn(f64) -> Option<f64>) -> Option<Function> {
    let x = grid();
    let y: Option<Vec<f64>> = x.iter().map(|&x| of(x)).collect();
    known(&x, &y?)
}

/// Whether some nodes are a function of each number of one value: their constants are one number each.
pub(super) fn is_scalar(spine: &Spine, nodes: &[usize]) -> bool {
    nodes.iter().all(|&number| {
        spine.node(number).is_ok_and(|node| {
            let constants = node.inputs.iter().filter_map(|name| spine.constant(name));
            evaluate::is_elementwise(node) && constants.clone().all(|array| array.values.len() == 1)
        })
    })
}

/// What nodes write when a value has these numbers; their constants are as they are, or one number each.
pub(super) fn applied(spine: &Spine, nodes: &[usize], from: &str, array: Array, scalar: bool) -> Option<Array> {
    let mut values = HashMap::new();
    for name in nodes.iter().filter_map(|&number| spine.node(number).ok()).flat_map(|node| &node.inputs) {
        if let Some(constant) = spine.constant(name) {
            let one = || Array { shape: Vec::new(), values: constant.same().into_iter().collect(), ..constant.clone() };
            values.insert(name.clone(), if scalar { one() } else { constant.clone() });
        }
    }
    values.insert(from.to_owned(), array);
    let mut budget = Budget::NEW;
    let last = nodes.last().copied();
    let name = spine.written(last).ok()?;
    evaluate::run(spine.graph, nodes, values, &mut budget).ok()?.remove(name)
}

/// The function of each number that some nodes are together.
pub(super) fn of(spine: &Spine, nodes: &[usize], from: Option<usize>) -> Option<Function> {
    let x = grid();
    let array = Array { shape: vec![x.len()], values: x.clone(), number: Number::Single };
    let y = applied(spine, nodes, spine.written(from).ok()?, array, true)?;
    if y.values.len() == x.len() { known(&x, &y.values) } else { None }
}

/// Whether some nodes are a layer normalisation of the last axis, without gain and bias: as exporters wrote it before there
/// was an operator for it.
pub(super) fn is_layer_norm(spine: &Spine, nodes: &[usize], from: Option<usize>, shape: &[usize]) -> bool {
    let reduces = nodes.iter().any(|&number| spine.node(number).is_ok_and(|node| node.op == "ReduceMean"));
    let (Ok(name), Some(&width)) = (spine.written(from), shape.last()) else { return false };
    if !reduces || width < 2 {
        return false;
    }
    let len: usize = shape.iter().product();
    // Any numbers do, but small ones show ε.
    let x: Vec<f64> =
        (0..len).map(|k| (k as f64 * 0.7).sin() * if k % (2 * width) < width { 0.01 } else { 1.0 }).collect();
    let array = Array { shape: shape.to_vec(), values: x.clone(), number: Number::Single };
    let Some(y) = applied(spine, nodes, name, array, false).filter(|y| y.values.len() == len) else { return false };
    x.chunks(width).zip(y.values.chunks(width)).all(|(x, y)| {
        let mean = x.iter().sum::<f64>() / width as f64;
        let variance = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / width as f64;
        let scale = 1.0 / (variance + 1e-5).sqrt();
        x.iter().zip(y).all(|(x, y)| (y - (x - mean) * scale).abs() <= CLOSE)
    })
}
