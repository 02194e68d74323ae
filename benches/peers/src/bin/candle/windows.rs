//! The networks over windows: convolutions of `Tensor`, the gates of `candle_nn::rnn`. candle has no streams: a step gets the
//! state before, and of a causal convolution that is the steps which its windows still read.

use std::collections::HashMap;

use candle_core::{D, DType, Device, Result, Tensor, Var};
use candle_nn::ops::{log_softmax, softmax};
use candle_nn::rnn::{GRU, GRUConfig, GRUState, LSTM, LSTMConfig, LSTMState, RNN, gru, lstm};
use candle_nn::{Optimizer, SGD, VarBuilder};
use nanoprop_peers::{BATCH, Data, Layer, POOL, Peer, Quantity, RATE, SAMPLES};

/// What was written, and the state of each layer.
#[derive(Default)]
struct Past {
    lstm: Option<LSTMState>,
    gru: Option<GRUState>,
    steps: Vec<Tensor>,
}

/// A layer with gates, as candle makes it.
enum Cell {
    Lstm(LSTM),
    Gru(GRU),
}

pub(crate) struct Windows {
    net: nanoprop_peers::Network,
    /// Of each layer, for training.
    vars: Vec<Vec<Var>>,
    /// The same memory without a history.
    plain: Vec<Vec<Tensor>>,
    cell: Option<Cell>,
    optimizer: SGD,
    singles: Vec<(Tensor, Tensor)>,
    batches: Vec<(Tensor, Tensor)>,
    steps: Vec<Tensor>,
    past: Past,
    out: Option<Tensor>,
}

const AT: Device = Device::Cpu;

/// Rows `[rows × gates · hidden]`, transposed, the gates in another order.
fn gates(numbers: &[f32], hidden: usize, order: &[usize]) -> Result<Tensor> {
    let all = Tensor::from_slice(numbers, (numbers.len() / (order.len() * hidden), order.len(), hidden), &AT)?;
    let order = Tensor::from_iter(order.iter().map(|&g| g as u32), &AT)?;
    all.index_select(&order, 1)?.flatten_from(1)?.t()?.contiguous()
}

/// The parameters of each layer in candle's layout, which is PyTorch's; dense weights lie as `[in × out]`.
fn parameters(data: &Data) -> Result<Vec<Vec<Tensor>>> {
    let mut channels = None;
    let layer = |(layer, bias, weight): (Layer, &[f32], &[f32])| {
        let of = |bias: &[f32]| Tensor::from_slice(bias, bias.len(), &AT);
        Ok(match layer {
            Layer::Dense { inputs, outputs } => {
                let weight = match channels.take() {
                    // Channels come first there.
                    Some(c) => {
                        Tensor::from_slice(weight, (inputs / c, c, outputs), &AT)?.transpose(0, 1)?.contiguous()?
                    }
                    None => Tensor::from_slice(weight, (inputs, outputs), &AT)?,
                };
                vec![weight.reshape((inputs, outputs))?, of(bias)?]
            }
            Layer::Conv1d { inputs, outputs, window, .. } => {
                channels = Some(outputs);
                let weight = Tensor::from_slice(weight, (window, inputs, outputs), &AT)?;
                vec![weight.permute((2, 1, 0))?.contiguous()?, of(bias)?.reshape((1, outputs, 1))?]
            }
            Layer::Conv2d { inputs, outputs, window, .. } => {
                channels = Some(outputs);
                let weight = Tensor::from_slice(weight, (window, window, inputs, outputs), &AT)?;
                vec![weight.permute((3, 2, 0, 1))?.contiguous()?, of(bias)?.reshape((1, outputs, 1, 1))?]
            }
            Layer::Pool => Vec::new(),
            Layer::Lstm { hidden, .. } => {
                let order = [0, 1, 3, 2];
                let (x, h) = weight.split_at(4 * hidden);
                let bias = gates(bias, hidden, &order)?.flatten_all()?;
                vec![gates(x, hidden, &order)?, gates(h, hidden, &order)?, bias]
            }
            Layer::Gru { hidden, .. } => {
                let (bias, beside) = bias.split_at(3 * hidden);
                let (x, h) = weight.split_at(3 * hidden);
                let bias = gates(bias, hidden, &[1, 2, 0])?.flatten_all()?;
                vec![gates(x, hidden, &[1, 2, 0])?, gates(h, hidden, &[0, 1, 2])?, bias, of(beside)?]
            }
        })
    };
    data.windows().map(layer).collect()
}

/// candle's layer of these tensors, if the first has gates. Biases beside h that do not learn are not there, or 0.
fn cell(layer: Layer, of: &[Tensor]) -> Result<Option<Cell>> {
    let names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0"];
    let mut all: HashMap<String, Tensor> = names.iter().zip(of).map(|(n, t)| (n.to_string(), t.clone())).collect();
    Ok(match layer {
        Layer::Lstm { hidden, .. } => {
            let config = LSTMConfig { b_hh_init: None, ..Default::default() };
            Some(Cell::Lstm(lstm(1, hidden, config, VarBuilder::from_tensors(all, DType::F32, &AT))?))
        }
        Layer::Gru { hidden, .. } => {
            let zero = Tensor::zeros(2 * hidden, DType::F32, &AT)?;
            all.insert("bias_hh_l0".into(), Tensor::cat(&[&zero, &of[3]], 0)?);
            Some(Cell::Gru(gru(1, hidden, GRUConfig::default(), VarBuilder::from_tensors(all, DType::F32, &AT))?))
        }
        _ => None,
    })
}

/// The logits of samples.
fn logits(layers: &[Layer], of: &[Vec<Tensor>], cell: Option<&Cell>, x: &Tensor) -> Result<Tensor> {
    let mut a = x.clone();
    for (l, (layer, of)) in layers.iter().zip(of).enumerate() {
        a = match layer {
            Layer::Dense { .. } => a.flatten_from(1)?.matmul(&of[0])?.broadcast_add(&of[1])?,
            Layer::Conv1d { .. } => a.conv1d(&of[0], 0, 1, 1, 1)?.broadcast_add(&of[1])?,
            Layer::Conv2d { window, same, .. } => {
                a.conv2d(&of[0], if *same { window / 2 } else { 0 }, 1, 1, 1)?.broadcast_add(&of[1])?
            }
            Layer::Pool => a.max_pool2d(2)?,
            Layer::Lstm { .. } | Layer::Gru { .. } => match cell {
                Some(Cell::Lstm(cell)) => cell.seq(&a)?.pop().map(|s| s.h).expect("there are steps"),
                Some(Cell::Gru(cell)) => cell.seq(&a)?.pop().map(|s| s.h).expect("there are steps"),
                None => candle_core::bail!("no cell"),
            },
        };
        let rectified = matches!(layer, Layer::Dense { .. } | Layer::Conv1d { .. } | Layer::Conv2d { .. });
        if rectified && l + 1 < layers.len() {
            a = a.relu()?;
        }
    }
    Ok(a)
}

impl Windows {
    fn load(data: &'static Data) -> Result<Windows> {
        let net = data.net;
        let x = |i: usize, n: usize| match net.windows[0] {
            Layer::Conv2d { size, inputs, .. } => Tensor::from_slice(data.x(i, n), (n, inputs, size, size), &AT),
            Layer::Conv1d { steps, inputs, .. } => {
                Tensor::from_slice(data.x(i, n), (n, steps, inputs), &AT)?.transpose(1, 2)?.contiguous()
            }
            _ => Tensor::from_slice(data.x(i, n), (n, net.inputs(), 1), &AT),
        };
        let y = |i: usize, n: usize| Tensor::from_slice(data.y(i, n), (n, net.outputs()), &AT);
        let pairs = |count: usize, n: usize| (0..count).map(|i| Ok((x(i, n)?, y(i, n)?))).collect::<Result<Vec<_>>>();
        let vars: Vec<Vec<Var>> = parameters(data)?
            .iter()
            .map(|layer| layer.iter().map(Var::from_tensor).collect::<Result<_>>())
            .collect::<Result<_>>()?;
        let plain: Vec<Vec<Tensor>> =
            vars.iter().map(|layer| layer.iter().map(|v| v.as_detached_tensor()).collect()).collect();
        let causal = matches!(net.windows[0], Layer::Conv1d { causal: true, .. });
        let step = |&x: &f32| match causal {
            true => Tensor::from_slice(&[x], (1, 1, 1), &AT),
            false => Tensor::from_slice(&[x], (1, 1), &AT),
        };
        let mut windows = Windows {
            net,
            optimizer: SGD::new(vars.iter().flatten().cloned().collect(), f64::from(RATE))?,
            cell: cell(net.windows[0], &plain[0])?,
            vars,
            plain,
            singles: pairs(POOL, 1)?,
            batches: pairs(SAMPLES / BATCH, BATCH)?,
            steps: data.inputs().iter().take(POOL).map(step).collect::<Result<_>>()?,
            past: Past::default(),
            out: None,
        };
        match &windows.cell {
            Some(Cell::Lstm(cell)) => windows.past.lstm = Some(cell.zero_state(1)?),
            Some(Cell::Gru(cell)) => windows.past.gru = Some(cell.zero_state(1)?),
            None => {}
        }
        for layer in net.windows {
            if let Layer::Conv1d { inputs, window, dilation, causal: true, .. } = *layer {
                windows.past.steps.push(Tensor::zeros((1, inputs, dilation * (window - 1)), DType::F32, &AT)?);
            }
        }
        Ok(windows)
    }

    fn predict(&mut self, i: usize) -> Result<()> {
        let z = logits(self.net.windows, &self.plain, self.cell.as_ref(), &self.singles[i].0)?;
        self.out = Some(if self.net.classes() { softmax(&z, D::Minus1)? } else { z });
        Ok(())
    }

    fn next(&mut self, i: usize) -> Result<()> {
        let mut a = self.steps[i].clone();
        let past = &mut self.past;
        match (&self.cell, &mut past.lstm, &mut past.gru) {
            (Some(Cell::Lstm(cell)), Some(state), _) => {
                *state = cell.step(&a, state)?;
                a = state.h.clone();
            }
            (Some(Cell::Gru(cell)), _, Some(state)) => {
                *state = cell.step(&a, state)?;
                a = state.h.clone();
            }
            _ => {
                for ((layer, of), past) in self.net.windows.iter().zip(&self.plain).zip(&mut past.steps) {
                    let Layer::Conv1d { dilation, .. } = *layer else { break };
                    let joined = Tensor::cat(&[&*past, &a], 2)?;
                    a = joined.conv1d(&of[0], 0, 1, dilation, 1)?.add(&of[1])?.relu()?;
                    *past = joined.narrow(2, 1, joined.dim(2)? - 1)?;
                }
            }
        }
        let last = &self.plain[self.plain.len() - 1];
        self.out = Some(if self.cell.is_some() {
            a.matmul(&last[0])?.broadcast_add(&last[1])?
        } else {
            a.conv1d(&last[0], 0, 1, 1, 1)?.add(&last[1])?
        });
        Ok(())
    }

    fn step(&mut self, x: &Tensor, y: &Tensor) -> Result<()> {
        let of: Vec<Vec<Tensor>> =
            self.vars.iter().map(|layer| layer.iter().map(|v| v.as_tensor().clone()).collect()).collect();
        let cell = cell(self.net.windows[0], &of[0])?;
        let z = logits(self.net.windows, &of, cell.as_ref(), x)?;
        let samples = z.dim(0)? as f64;
        let cost = match self.net.classes() {
            true => log_softmax(&z, D::Minus1)?.mul(y)?.sum_all()?.affine(-1.0 / samples, 0.0)?,
            false => z.sub(y)?.sqr()?.sum_all()?.affine(0.5 / samples, 0.0)?,
        };
        self.optimizer.backward_step(&cost)?;
        Ok(())
    }

    /// A cell of gates holds a copy of the bias that it got in two parts.
    fn renew(&mut self) -> Result<()> {
        self.cell = cell(self.net.windows[0], &self.plain[0])?;
        Ok(())
    }
}

impl Peer for Windows {
    const DOES: &'static [Quantity] = &[Quantity::Forward, Quantity::Online, Quantity::BatchStep, Quantity::Stream];

    fn new(data: &'static Data) -> Self {
        Windows::load(data).expect("the shapes fit")
    }

    fn forward(&mut self, i: usize) {
        if self.cell.is_some() {
            self.renew().expect("the shapes fit");
        }
        self.predict(i).expect("the shapes fit");
    }

    fn stream(&mut self, i: usize) {
        self.next(i).expect("the shapes fit");
    }

    fn online(&mut self, i: usize) {
        let (x, y) = self.singles[i].clone();
        self.step(&x, &y).expect("the shapes fit");
    }

    fn batch_step(&mut self, i: usize) {
        let (x, y) = self.batches[i].clone();
        self.step(&x, &y).expect("the shapes fit");
    }

    fn outputs(&self) -> Vec<f32> {
        let out = self.out.as_ref().expect("there was a forward pass");
        out.flatten_all().and_then(|h| h.to_vec1()).expect("it holds floats")
    }
}
