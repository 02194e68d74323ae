//! candle on the processor: plain tensors for inference, so that nothing is recorded; variables, `backward` and
//! `SGD` for training. Weights lie as `[in × out]`, which its matrix product reads as they are.

mod windows;

use candle_core::{D, Device, Result, Tensor, Var};
use candle_nn::ops::{log_softmax, sigmoid, softmax};
use candle_nn::{Optimizer, SGD};
use nanoprop_peers::{BATCH, Data, LARGE, POOL, Peer, Quantity, RATE, Ready, SAMPLES, Units, locked, serve};

struct Candle {
    units: Units,
    /// Weights and biases, for training.
    vars: Vec<(Var, Var)>,
    /// The same memory without a history.
    plain: Vec<(Tensor, Tensor)>,
    optimizer: SGD,
    singles: Vec<(Tensor, Tensor)>,
    batches: Vec<(Tensor, Tensor)>,
    large: Vec<Tensor>,
    out: Option<Tensor>,
}

fn logits<T: AsRef<Tensor>>(units: Units, layers: &[(T, T)], x: &Tensor) -> Result<Tensor> {
    let mut a = x.clone();
    for (l, (weight, bias)) in layers.iter().enumerate() {
        if l > 0 {
            a = activate(units, &a)?;
        }
        let z = a.matmul(weight.as_ref())?;
        // One row needs no broadcast.
        a = if z.dim(0)? == 1 { z.add(bias.as_ref())? } else { z.broadcast_add(bias.as_ref())? };
    }
    Ok(a)
}

fn activate(units: Units, z: &Tensor) -> Result<Tensor> {
    match units {
        Units::Sigmoid => sigmoid(z),
        Units::Tanh => z.tanh(),
        Units::Relu => z.relu(),
    }
}

/// The outputs.
fn link(units: Units, z: &Tensor) -> Result<Tensor> {
    if units == Units::Relu { softmax(z, D::Minus1) } else { activate(units, z) }
}

/// The sum over outputs of the cost, the mean over samples, in the form that keeps `log(0)` away.
fn cost(units: Units, z: &Tensor, y: &Tensor) -> Result<Tensor> {
    let samples = z.dim(0)? as f64;
    match units {
        // ln(1 + eᶻ) − y z
        Units::Sigmoid => {
            let softplus = z.exp()?.affine(1.0, 1.0)?.log()?;
            softplus.sub(&y.mul(z)?)?.sum_all()?.affine(1.0 / samples, 0.0)
        }
        Units::Tanh => z.tanh()?.sub(y)?.sqr()?.sum_all()?.affine(0.5 / samples, 0.0),
        Units::Relu => log_softmax(z, D::Minus1)?.mul(y)?.sum_all()?.affine(-1.0 / samples, 0.0),
    }
}

impl Candle {
    fn load(data: &'static Data) -> Result<Candle> {
        let at = Device::Cpu;
        let (inputs, outputs) = (data.net.inputs(), data.net.outputs());
        let x = |i: usize, n: usize| Tensor::from_slice(data.x(i, n), (n, inputs), &at);
        let y = |i: usize, n: usize| Tensor::from_slice(data.y(i, n), (n, outputs), &at);
        let pairs = |count: usize, n: usize| (0..count).map(|i| Ok((x(i, n)?, y(i, n)?))).collect::<Result<Vec<_>>>();
        let vars = data
            .layers()
            .map(|(i, o, bias, weight)| {
                let weight = Var::from_tensor(&Tensor::from_slice(weight, (i, o), &at)?)?;
                Ok((weight, Var::from_tensor(&Tensor::from_slice(bias, (1, o), &at)?)?))
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Candle {
            units: data.net.units,
            plain: vars.iter().map(|(w, b)| (w.as_detached_tensor(), b.as_detached_tensor())).collect(),
            optimizer: SGD::new(vars.iter().flat_map(|(w, b)| [w.clone(), b.clone()]).collect(), f64::from(RATE))?,
            vars,
            singles: pairs(POOL, 1)?,
            batches: pairs(SAMPLES / BATCH, BATCH)?,
            large: (0..SAMPLES / LARGE).map(|i| x(i, LARGE)).collect::<Result<_>>()?,
            out: None,
        })
    }

    fn predict(&mut self, x: &Tensor) -> Result<()> {
        let h = link(self.units, &logits(self.units, &self.plain, x)?)?;
        self.out = Some(h);
        Ok(())
    }

    fn step(&mut self, x: &Tensor, y: &Tensor) -> Result<()> {
        let layers: Vec<(&Tensor, &Tensor)> = self.vars.iter().map(|(w, b)| (w.as_tensor(), b.as_tensor())).collect();
        let cost = cost(self.units, &logits(self.units, &layers, x)?, y)?;
        self.optimizer.backward_step(&cost)
    }
}

impl Peer for Candle {
    const DOES: &'static [Quantity] = &Quantity::ALL;

    fn new(data: &'static Data) -> Self {
        Candle::load(data).expect("the shapes fit")
    }

    fn forward(&mut self, i: usize) {
        let x = self.singles[i].0.clone();
        self.predict(&x).expect("the shapes fit");
    }

    fn online(&mut self, i: usize) {
        let (x, y) = self.singles[i].clone();
        self.step(&x, &y).expect("the shapes fit");
    }

    fn batch_step(&mut self, i: usize) {
        let (x, y) = self.batches[i].clone();
        self.step(&x, &y).expect("the shapes fit");
    }

    fn batch_forward(&mut self, i: usize) {
        let x = self.large[i].clone();
        self.predict(&x).expect("the shapes fit");
    }

    fn outputs(&self) -> Vec<f32> {
        let out = self.out.as_ref().expect("there was a forward pass");
        out.flatten_all().and_then(|h| h.to_vec1()).expect("it holds floats")
    }
}

fn main() -> std::io::Result<()> {
    serve(&locked("candle-core"), |data| match data.net.windows {
        [] => Ready::new::<Candle>(data),
        _ => Ready::new::<windows::Windows>(data),
    })
}
