//! Operators of each number by itself.

use super::Inputs;
use crate::onnx::array::{Array, Budget, Number, broadcast, count, joint};
use crate::onnx::graph::Node;

type Unary = Box<dyn Fn(f64) -> f64>;
/// A function of two numbers, and the kind that it writes if that is another.
type Binary = (fn(f64, f64) -> f64, Option<Number>);

/// Whether an operator is of each number by itself.
pub(in super::super) fn is_elementwise(node: &Node) -> bool {
    node.domain.is_empty()
        && (unary(node).is_some()
            || binary(node).is_some()
            || matches!(node.op.as_str(), "Clip" | "Where" | "PRelu" | "Sum" | "Max" | "Min"))
}

pub(super) fn evaluate(inputs: &Inputs, budget: &mut Budget) -> Option<Result<Vec<Array>, String>> {
    let node = inputs.node;
    if !is_elementwise(node) {
        return None;
    }
    Some(apply(inputs, budget).map(|array| vec![array]))
}

fn apply(inputs: &Inputs, budget: &mut Budget) -> Result<Array, String> {
    let node = inputs.node;
    if let Some(function) = unary(node) {
        let x = inputs.need(0)?;
        budget.numbers(Some(x.values.len()))?;
        return Ok(Array { values: x.values.iter().map(|&x| function(x)).collect(), ..x.clone() });
    }
    if let Some((function, number)) = binary(node) {
        let y = together(inputs.need(0)?, inputs.need(1)?, function, budget)?;
        return Ok(Array { number: number.unwrap_or(y.number), ..y });
    }
    match node.op.as_str() {
        "Clip" => {
            let x = inputs.need(0)?;
            let bound =
                |k, default: f64| inputs.get(k).map_or(Some(default), Array::same).ok_or("its bounds are no numbers");
            let (least, greatest) = (bound(1, f64::NEG_INFINITY)?, bound(2, f64::INFINITY)?);
            budget.numbers(Some(x.values.len()))?;
            // A bound that is greater than the other wins.
            let clip = |&x: &f64| if x.is_nan() { x } else { x.max(least).min(greatest) };
            Ok(Array { values: x.values.iter().map(clip).collect(), ..x.clone() })
        }
        "Where" => {
            let (condition, a, b) = (inputs.need(0)?, inputs.need(1)?, inputs.need(2)?);
            let shape = joint(&joint(&condition.shape, &a.shape)?, &b.shape)?;
            let len = budget.numbers(count(&shape))?;
            let [c, a_at, b_at] =
                [broadcast(&condition.shape, &shape)?, broadcast(&a.shape, &shape)?, broadcast(&b.shape, &shape)?];
            let at = |array: &Array, places: &[usize], k: usize| {
                places.get(k).and_then(|&place| array.values.get(place)).copied().unwrap_or(f64::NAN)
            };
            let one = |k| if at(condition, &c, k) != 0.0 { at(a, &a_at, k) } else { at(b, &b_at, k) };
            Array::new(a.number, shape, (0..len).map(one).collect())
        }
        "PRelu" => together(inputs.need(0)?, inputs.need(1)?, |x, slope| if x < 0.0 { slope * x } else { x }, budget),
        op => {
            let function = match op {
                "Max" => f64::max,
                "Min" => f64::min,
                _ => |a: f64, b: f64| a + b,
            };
            let mut all = inputs.all();
            let first = all.next().ok_or("it has no input")?.clone();
            all.try_fold(first, |sum, next| together(&sum, next, function, budget))
        }
    }
}

fn together(a: &Array, b: &Array, function: fn(f64, f64) -> f64, budget: &mut Budget) -> Result<Array, String> {
    let shape = joint(&a.shape, &b.shape)?;
    budget.numbers(count(&shape))?;
    let (at_a, at_b) = (broadcast(&a.shape, &shape)?, broadcast(&b.shape, &shape)?);
    let at = |array: &Array, place: usize| array.values.get(place).copied().unwrap_or(f64::NAN);
    let values = at_a.into_iter().zip(at_b).map(|(i, j)| function(at(a, i), at(b, j))).collect();
    Array::new(a.number, shape, values)
}

/// A function of two numbers, and what it writes if that is something else.
fn binary(node: &Node) -> Option<Binary> {
    let truth = |holds: fn(f64, f64) -> f64| (holds, Some(Number::Integer));
    Some(match node.op.as_str() {
        "Add" => (|a, b| a + b, None),
        "Sub" => (|a, b| a - b, None),
        "Mul" => (|a, b| a * b, None),
        "Div" => (|a, b| a / b, None),
        "Pow" => (f64::powf, None),
        "Mod" => (|a, b| a - b * (a / b).floor(), None),
        "Greater" => truth(|a, b| f64::from(a > b)),
        "Less" => truth(|a, b| f64::from(a < b)),
        "GreaterOrEqual" => truth(|a, b| f64::from(a >= b)),
        "LessOrEqual" => truth(|a, b| f64::from(a <= b)),
        "Equal" => truth(|a, b| f64::from(a == b)),
        "And" => truth(|a, b| f64::from(a != 0.0 && b != 0.0)),
        "Or" => truth(|a, b| f64::from(a != 0.0 || b != 0.0)),
        _ => return None,
    })
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

pub(super) fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// A function of one number.
fn unary(node: &Node) -> Option<Unary> {
    let alpha = |default| node.float("alpha", default);
    Some(match node.op.as_str() {
        "Abs" => Box::new(f64::abs),
        "Neg" => Box::new(|x| -x),
        "Exp" => Box::new(f64::exp),
        "Log" => Box::new(f64::ln),
        "Sqrt" => Box::new(f64::sqrt),
        "Reciprocal" => Box::new(|x| 1.0 / x),
        "Erf" => Box::new(libm::erf),
        "Not" => Box::new(|x| f64::from(x == 0.0)),
        "Relu" => Box::new(|x| if x < 0.0 { 0.0 } else { x }),
        "Sigmoid" => Box::new(sigmoid),
        "Tanh" => Box::new(f64::tanh),
        "Softplus" => Box::new(softplus),
        "Softsign" => Box::new(|x| x / (1.0 + x.abs())),
        "Mish" => Box::new(|x| x * softplus(x).tanh()),
        "HardSwish" => Box::new(|x| x * (x / 6.0 + 0.5).clamp(0.0, 1.0)),
        "LeakyRelu" => {
            let alpha = alpha(0.01);
            Box::new(move |x| if x < 0.0 { alpha * x } else { x })
        }
        "Elu" => {
            let alpha = alpha(1.0);
            Box::new(move |x| if x < 0.0 { alpha * x.exp_m1() } else { x })
        }
        "Celu" => {
            let alpha = alpha(1.0);
            Box::new(move |x| x.max(0.0) + (alpha * (x / alpha).exp_m1()).min(0.0))
        }
        "Selu" => {
            let (alpha, gamma) = (alpha(1.673_263_192_176_818_8), node.float("gamma", 1.050_700_902_938_842_8));
            Box::new(move |x| gamma * if x > 0.0 { x } else { alpha * x.exp_m1() })
        }
        "ThresholdedRelu" => {
            let alpha = alpha(1.0);
            Box::new(move |x| if x > alpha { x } else { 0.0 })
        }
        "HardSigmoid" => {
            let (alpha, beta) = (alpha(0.2), node.float("beta", 0.5));
            Box::new(move |x| (alpha * x + beta).clamp(0.0, 1.0))
        }
        "Swish" => {
            let alpha = alpha(1.0);
            Box::new(move |x| x * sigmoid(alpha * x))
        }
        "Gelu" if node.text("approximate").as_deref() == Some("tanh") => Box::new(|x| {
            let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x);
            0.5 * x * (1.0 + inner.tanh())
        }),
        "Gelu" => Box::new(|x| 0.5 * x * (1.0 + libm::erf(x * std::f64::consts::FRAC_1_SQRT_2))),
        _ => return None,
    })
}
