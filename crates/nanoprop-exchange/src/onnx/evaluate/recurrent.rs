//! Recurrent operators, step by step.

use super::Inputs;
use super::elementwise::softplus;
use crate::onnx::array::{Array, Budget, show};
use crate::onnx::graph::Node;

/// The kinds of recurrent operators, with how many gates each has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Cell {
    Rnn,
    Gru,
    Lstm,
}

impl Cell {
    pub(in super::super) fn of(node: &Node) -> Option<Self> {
        match (node.domain.as_str(), node.op.as_str()) {
            ("", "RNN") => Some(Cell::Rnn),
            ("", "GRU") => Some(Cell::Gru),
            ("", "LSTM") => Some(Cell::Lstm),
            _ => None,
        }
    }

    pub(in super::super) fn gates(self) -> usize {
        match self {
            Cell::Rnn => 1,
            Cell::Gru => 3,
            Cell::Lstm => 4,
        }
    }
}

/// A recurrent node's widths and weights.
pub(in super::super) struct Recurrent<'a> {
    pub(in super::super) cell: Cell,
    pub(in super::super) steps: usize,
    pub(in super::super) batch: usize,
    pub(in super::super) inputs: usize,
    pub(in super::super) units: usize,
    /// 1, or 2 where one reads from the last step on.
    pub(in super::super) directions: usize,
    pub(in super::super) reverse: bool,
    /// The activation of an RNN, of each direction.
    pub(in super::super) activations: Vec<Activation>,
    /// Whether the reset gate of a GRU is applied to the product.
    pub(in super::super) after: bool,
    weight: &'a Array,
    recurrent: &'a Array,
    bias: Option<&'a Array>,
}

/// The function of an RNN, with its numbers.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Activation {
    name: String,
    alpha: f64,
    beta: f64,
}

impl Activation {
    pub(in super::super) fn value(&self, x: f64) -> Option<f64> {
        Some(match self.name.as_str() {
            "tanh" => x.tanh(),
            "relu" => x.max(0.0),
            "sigmoid" => 1.0 / (1.0 + (-x).exp()),
            "affine" => self.alpha * x + self.beta,
            "leakyrelu" => {
                if x < 0.0 {
                    self.alpha * x
                } else {
                    x
                }
            }
            "elu" => {
                if x < 0.0 {
                    self.alpha * x.exp_m1()
                } else {
                    x
                }
            }
            "hardsigmoid" => (self.alpha * x + self.beta).clamp(0.0, 1.0),
            "softsign" => x / (1.0 + x.abs()),
            "softplus" => softplus(x),
            _ => return None,
        })
    }

    fn new(node: &Node, number: usize, name: &str) -> Self {
        let name = name.to_lowercase();
        let (alpha, beta) = match name.as_str() {
            "leakyrelu" => (0.01, 0.0),
            "hardsigmoid" => (0.2, 0.5),
            _ => (1.0, 0.0),
        };
        let at = |key: &str, default| node.floats(key).and_then(|all| all.get(number).copied()).unwrap_or(default);
        Activation { alpha: at("activation_alpha", alpha), beta: at("activation_beta", beta), name }
    }
}

impl<'a> Recurrent<'a> {
    pub(in super::super) fn new(inputs: &Inputs<'a>, cell: Cell) -> Result<Self, String> {
        let node = inputs.node;
        let (x, weight, recurrent) = (inputs.need(0)?, inputs.need(1)?, inputs.need(2)?);
        let bad = || {
            let shapes = [x, weight, recurrent].map(|array| show(&array.shape));
            format!("its input and weights {} do not fit", shapes.join(", "))
        };
        if node.int("layout", 0) != 0 {
            return Err("its layout is batch first, which is not read: export with layout 0".to_owned());
        }
        let (&[steps, batch, width], &[directions, rows, width_w], &[_, _, units]) =
            (x.shape.as_slice(), weight.shape.as_slice(), recurrent.shape.as_slice())
        else {
            return Err(bad());
        };
        let gates = cell.gates();
        let rows_expected = units.checked_mul(gates).ok_or_else(bad)?;
        let direction = node.text("direction").unwrap_or_else(|| "forward".to_owned());
        let both = direction == "bidirectional";
        let fits = width == width_w
            && rows == rows_expected
            && recurrent.shape == [directions, rows, units]
            && directions == if both { 2 } else { 1 };
        if !fits {
            return Err(bad());
        }
        let bias = inputs.get(3);
        if bias.is_some_and(|bias| bias.shape != [directions, 2 * rows]) {
            return Err("its bias does not fit its weights".to_owned());
        }
        if inputs.get(4).is_some_and(|lens| lens.values.iter().any(|&len| len != steps as f64)) {
            return Err("its sequences end before their last step: nanoprop's have a fixed number of steps".to_owned());
        }
        if inputs.get(7).is_some() || node.int("input_forget", 0) != 0 {
            return Err("its peepholes or coupled gates are not nanoprop's: train an LSTM without".to_owned());
        }
        if node.has_float("clip") {
            return Err("it clips its sums, which nanoprop does not: train without".to_owned());
        }
        let names = node.texts("activations").filter(|names| !names.is_empty());
        let defaults: &[&str] = match cell {
            Cell::Rnn => &["tanh"],
            Cell::Gru => &["sigmoid", "tanh"],
            Cell::Lstm => &["sigmoid", "tanh", "tanh"],
        };
        let names = names.unwrap_or_else(|| defaults.repeat(directions).iter().map(|&name| name.to_owned()).collect());
        let usual = names.iter().zip(defaults.iter().cycle()).all(|(name, usual)| name.eq_ignore_ascii_case(usual));
        if cell != Cell::Rnn && !usual {
            return Err(format!(
                "its functions are {}, but nanoprop's gates have {}",
                names.join(", "),
                defaults.join(", ")
            ));
        }
        let activations: Vec<_> = names.iter().enumerate().map(|(k, name)| Activation::new(node, k, name)).collect();
        if activations.len() < directions || activations.iter().any(|activation| activation.value(0.0).is_none()) {
            return Err(format!("its function is {}, which nanoprop's Elman has not", names.join(", ")));
        }
        let (reverse, after) = (direction == "reverse", node.int("linear_before_reset", 0) != 0);
        Ok(Recurrent {
            cell,
            steps,
            batch,
            inputs: width,
            units,
            directions,
            reverse,
            activations,
            after,
            weight,
            recurrent,
            bias,
        })
    }

    /// W, R, and the biases of both, of a direction: `[gates · units × inputs]`, `[gates · units × units]`.
    pub(in super::super) fn of(&self, direction: usize) -> [Vec<f64>; 4] {
        let rows = self.cell.gates() * self.units;
        let part = |values: &[f64], len: usize| {
            values.get(direction * len..(direction + 1) * len).unwrap_or_default().to_vec()
        };
        let both = self.bias.map_or_else(|| vec![0.0; 2 * rows], |bias| part(&bias.values, 2 * rows));
        let (of_x, of_h) = both.split_at(rows.min(both.len()));
        [
            part(&self.weight.values, rows * self.inputs),
            part(&self.recurrent.values, rows * self.units),
            of_x.to_vec(),
            of_h.to_vec(),
        ]
    }
}

pub(super) fn evaluate(inputs: &Inputs, budget: &mut Budget) -> Option<Result<Vec<Array>, String>> {
    let cell = Cell::of(inputs.node)?;
    Some(Recurrent::new(inputs, cell).and_then(|node| run(&node, inputs, budget)))
}

/// `z + Wᵀ x`, of rows of W.
fn add_product(w: &[f64], x: &[f64], z: &mut [f64]) {
    for (z, row) in z.iter_mut().zip(w.chunks(x.len().max(1))) {
        *z += row.iter().zip(x).map(|(w, x)| w * x).sum::<f64>();
    }
}

fn run(node: &Recurrent, inputs: &Inputs, budget: &mut Budget) -> Result<Vec<Array>, String> {
    let &Recurrent { steps, batch, units, directions, .. } = node;
    let x = inputs.need(0)?;
    let len = budget.numbers(Some(steps).and_then(|n| n.checked_mul(batch * directions)?.checked_mul(units)))?;
    budget.work(&[steps * batch * directions, node.cell.gates() * units, node.inputs + units])?;
    let states = |array: Option<&Array>| match array {
        None => Ok(vec![0.0; directions * batch * units]),
        Some(array) if array.shape == [directions, batch, units] => Ok(array.values.clone()),
        Some(array) => Err(format!("its first state is {}", show(&array.shape))),
    };
    let (mut h, mut c) = (states(inputs.get(5))?, states(inputs.get(6))?);
    let mut all = vec![0.0; len];
    for direction in 0..directions {
        let [w, r, of_x, of_h] = node.of(direction);
        let back = node.reverse || direction == 1;
        for k in 0..steps {
            let t = if back { steps - 1 - k } else { k };
            for b in 0..batch {
                let state = (direction * batch + b) * units;
                let at = (t * batch + b) * node.inputs;
                let x = x.values.get(at..at + node.inputs).unwrap_or_default();
                let (Some(h), Some(c)) = (h.get_mut(state..state + units), c.get_mut(state..state + units)) else {
                    return Err("its states do not fit".to_owned());
                };
                step(node, direction, [&w, &r, &of_x, &of_h], x, h, c);
                let to = ((t * directions + direction) * batch + b) * units;
                if let Some(y) = all.get_mut(to..to + units) {
                    y.copy_from_slice(h);
                }
            }
        }
    }
    let last = vec![directions, batch, units];
    let mut outputs =
        vec![Array::new(x.number, vec![steps, directions, batch, units], all)?, Array::new(x.number, last.clone(), h)?];
    if node.cell == Cell::Lstm {
        outputs.push(Array::new(x.number, last, c)?);
    }
    Ok(outputs)
}

/// The next state; of an LSTM with its cells.
fn step(node: &Recurrent, direction: usize, [w, r, of_x, of_h]: [&[f64]; 4], x: &[f64], h: &mut [f64], c: &mut [f64]) {
    let units = node.units;
    let (mut zx, mut zh) = (of_x.to_vec(), of_h.to_vec());
    add_product(w, x, &mut zx);
    add_product(r, h, &mut zh);
    let at = |z: &[f64], gate: usize, k: usize| z.get(gate * units + k).copied().unwrap_or(f64::NAN);
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let before = h.to_vec();
    match node.cell {
        Cell::Rnn => {
            let activation = node.activations.get(direction);
            for (k, h) in h.iter_mut().enumerate() {
                let z = at(&zx, 0, k) + at(&zh, 0, k);
                *h = activation.and_then(|activation| activation.value(z)).unwrap_or(f64::NAN);
            }
        }
        Cell::Lstm => {
            for (k, (h, c)) in h.iter_mut().zip(c).enumerate() {
                let gate = |gate| at(&zx, gate, k) + at(&zh, gate, k);
                *c = sigmoid(gate(2)) * *c + sigmoid(gate(0)) * gate(3).tanh();
                *h = sigmoid(gate(1)) * c.tanh();
            }
        }
        Cell::Gru => {
            let reset: Vec<f64> = (0..units).map(|k| sigmoid(at(&zx, 1, k) + at(&zh, 1, k))).collect();
            let mut new: Vec<f64> = of_h.get(2 * units..).unwrap_or_default().to_vec();
            if node.after {
                new = zh.get(2 * units..).unwrap_or_default().to_vec();
                new.iter_mut().zip(&reset).for_each(|(new, reset)| *new *= reset);
            } else {
                let kept: Vec<f64> = before.iter().zip(&reset).map(|(h, reset)| h * reset).collect();
                add_product(r.get(2 * units * units..).unwrap_or_default(), &kept, &mut new);
            }
            for (k, (h, new)) in h.iter_mut().zip(&new).enumerate() {
                let z = sigmoid(at(&zx, 0, k) + at(&zh, 0, k));
                *h = (1.0 - z) * (at(&zx, 2, k) + new).tanh() + z * *h;
            }
        }
    }
}
