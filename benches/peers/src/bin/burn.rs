//! burn: plain tensors for inference; tensors that record, `backward` and the update written out for training, so
//! that no module is visited. The device is flex, which has taken ndarray's place.

use burn::tensor::activation::{log_softmax, relu, sigmoid, softmax};
use burn::tensor::module::linear;
use burn::tensor::{Device, Tensor, TensorData};
use nanoprop_peers::{BATCH, Data, LARGE, POOL, Peer, Quantity, RATE, Ready, SAMPLES, Units, locked, serve_dense};

struct Burn {
    units: Units,
    layers: Vec<(Tensor<2>, Tensor<1>)>,
    /// The same without a history; made anew when they have changed.
    plain: Vec<(Tensor<2>, Tensor<1>)>,
    singles: Vec<Tensor<2>>,
    large: Vec<Tensor<2>>,
    single_steps: Vec<(Tensor<2>, Tensor<2>)>,
    batch_steps: Vec<(Tensor<2>, Tensor<2>)>,
    out: Option<Tensor<2>>,
}

fn activate(units: Units, z: Tensor<2>) -> Tensor<2> {
    match units {
        Units::Sigmoid => sigmoid(z),
        Units::Tanh => z.tanh(),
        Units::Relu => relu(z),
    }
}

/// The outputs.
fn link(units: Units, z: Tensor<2>) -> Tensor<2> {
    if units == Units::Relu { softmax(z, 1) } else { activate(units, z) }
}

fn logits(units: Units, layers: &[(Tensor<2>, Tensor<1>)], x: Tensor<2>) -> Tensor<2> {
    let mut a = x;
    for (l, (weight, bias)) in layers.iter().enumerate() {
        if l > 0 {
            a = activate(units, a);
        }
        a = linear(a, weight.clone(), Some(bias.clone()));
    }
    a
}

impl Burn {
    fn predict(&mut self, x: Tensor<2>) {
        if self.plain.is_empty() {
            self.plain = self.layers.iter().map(|(w, b)| (w.clone().inner(), b.clone().inner())).collect();
        }
        self.out = Some(link(self.units, logits(self.units, &self.plain, x)));
    }

    fn step(&mut self, x: Tensor<2>, y: Tensor<2>) {
        self.plain.clear();
        let share = 1.0 / x.dims()[0] as f32;
        let z = logits(self.units, &self.layers, x);
        let cost = match self.units {
            Units::Sigmoid => (z.clone().exp().log1p() - y * z).sum() * share,
            Units::Tanh => {
                let off = z.tanh() - y;
                (off.clone() * off).sum() * (0.5 * share)
            }
            Units::Relu => (log_softmax(z, 1) * y).sum() * -share,
        };
        let grads = cost.backward();
        for (weight, bias) in &mut self.layers {
            let (dw, db) = (weight.grad(&grads).expect("it was used"), bias.grad(&grads).expect("it was used"));
            *weight = Tensor::from_inner(weight.clone().inner() - dw * RATE).require_grad();
            *bias = Tensor::from_inner(bias.clone().inner() - db * RATE).require_grad();
        }
    }
}

impl Peer for Burn {
    const DOES: &'static [Quantity] = &Quantity::ALL;

    fn new(data: &'static Data) -> Self {
        let plain = Device::flex();
        let records = plain.clone().autodiff();
        let (inputs, outputs) = (data.net.inputs(), data.net.outputs());
        let x = |at: &Device, i, n| Tensor::from_data(TensorData::new(data.x(i, n).to_vec(), [n, inputs]), at);
        let y = |at: &Device, i, n| Tensor::from_data(TensorData::new(data.y(i, n).to_vec(), [n, outputs]), at);
        let steps = |count, n| (0..count).map(|i| (x(&records, i, n), y(&records, i, n))).collect();
        let layers = data.layers().map(|(i, o, bias, weight)| {
            let weight = Tensor::<2>::from_data(TensorData::new(weight.to_vec(), [i, o]), &records);
            let bias = Tensor::<1>::from_data(TensorData::new(bias.to_vec(), [o]), &records);
            (weight.require_grad(), bias.require_grad())
        });
        Burn {
            units: data.net.units,
            layers: layers.collect(),
            plain: Vec::new(),
            singles: (0..POOL).map(|i| x(&plain, i, 1)).collect(),
            large: (0..SAMPLES / LARGE).map(|i| x(&plain, i, LARGE)).collect(),
            single_steps: steps(POOL, 1),
            batch_steps: steps(SAMPLES / BATCH, BATCH),
            out: None,
        }
    }

    fn forward(&mut self, i: usize) {
        self.predict(self.singles[i].clone());
    }

    fn online(&mut self, i: usize) {
        let (x, y) = self.single_steps[i].clone();
        self.step(x, y);
    }

    fn batch_step(&mut self, i: usize) {
        let (x, y) = self.batch_steps[i].clone();
        self.step(x, y);
    }

    fn batch_forward(&mut self, i: usize) {
        self.predict(self.large[i].clone());
    }

    fn outputs(&self) -> Vec<f32> {
        let out = self.out.clone().expect("there was a forward pass");
        out.into_data().try_to_vec().expect("it holds floats")
    }
}

fn main() -> std::io::Result<()> {
    serve_dense(&format!("{}, flex", locked("burn")), Ready::new::<Burn>)
}
