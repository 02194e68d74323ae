//! dfdx: modules whose widths are types, as here; gradients kept and cleared between steps, `Sgd`.

use dfdx::optim::{Optimizer, Sgd, SgdConfig};
use dfdx::prelude::*;
use dfdx::tensor::{AsArray, Cpu, Gradients, TensorFrom};
use nanoprop_peers::{BATCH, Data, LARGE, POOL, Peer, Quantity, RATE, Ready, SAMPLES, locked, serve_dense};

type Rows<const B: usize, const N: usize> = Tensor<Rank2<B, N>, f32, Cpu>;

/// The peer for one network: a name, its layers before the last activation, that activation, its widths, the
/// places of its linear layers, and the cost of logits.
macro_rules! peer {
    ($name:ident, $layers:ty, $activation:ty, $i:literal, $o:literal, [$($l:tt),+], $cost:expr) => {
        struct $name {
            model: <$layers as BuildOnDevice<Cpu, f32>>::Built,
            link: $activation,
            grads: Option<Gradients<f32, Cpu>>,
            sgd: Sgd<<$layers as BuildOnDevice<Cpu, f32>>::Built, f32, Cpu>,
            singles: Vec<(Rows<1, $i>, Rows<1, $o>)>,
            batches: Vec<(Rows<BATCH, $i>, Rows<BATCH, $o>)>,
            large: Vec<Rows<LARGE, $i>>,
            out: Vec<f32>,
        }

        impl $name {
            fn step<const B: usize>(&mut self, x: Rows<B, $i>, y: Rows<B, $o>) {
                let grads = self.grads.take().unwrap_or_else(|| self.model.alloc_grads());
                let z = self.model.forward(x.traced(grads));
                let cost = $cost;
                let mut grads = cost(z, y).backward();
                self.sgd.update(&mut self.model, &grads).expect("all parameters were used");
                self.model.zero_grads(&mut grads);
                self.grads = Some(grads);
            }
        }

        impl Peer for $name {
            const DOES: &'static [Quantity] = &Quantity::ALL;

            fn new(data: &'static Data) -> Self {
                let at = Cpu::default();
                let mut model = at.build_module::<$layers, f32>();
                let mut layers = data.layers();
                $(
                    let (inputs, outputs, bias, weight) = layers.next().expect("as many as here");
                    let turned = (0..outputs * inputs).map(|k| weight[k % inputs * outputs + k / inputs]);
                    model.$l.weight.copy_from(&turned.collect::<Vec<_>>());
                    model.$l.bias.copy_from(bias);
                )+
                let x = |i| at.tensor(data.x(i, 1).to_vec());
                let y = |i| at.tensor(data.y(i, 1).to_vec());
                let xs = |i| at.tensor(data.x(i, BATCH).to_vec());
                let ys = |i| at.tensor(data.y(i, BATCH).to_vec());
                let config = SgdConfig { lr: f64::from(RATE), momentum: None, weight_decay: None };
                $name {
                    sgd: Sgd::new(&model, config),
                    model,
                    link: Default::default(),
                    grads: None,
                    singles: (0..POOL).map(|i| (x(i), y(i))).collect(),
                    batches: (0..SAMPLES / BATCH).map(|i| (xs(i), ys(i))).collect(),
                    large: (0..SAMPLES / LARGE).map(|i| at.tensor(data.x(i, LARGE).to_vec())).collect(),
                    out: Vec::new(),
                }
            }

            fn forward(&mut self, i: usize) {
                let h = self.link.forward(self.model.forward(self.singles[i].0.clone()));
                self.out.clear();
                self.out.extend_from_slice(h.array().as_flattened());
            }

            fn online(&mut self, i: usize) {
                let (x, y) = self.singles[i].clone();
                self.step(x, y);
            }

            fn batch_step(&mut self, i: usize) {
                let (x, y) = self.batches[i].clone();
                self.step(x, y);
            }

            fn batch_forward(&mut self, i: usize) {
                let h = self.link.forward(self.model.forward(self.large[i].clone()));
                self.out.clear();
                self.out.extend_from_slice(h.array().as_flattened());
            }

            fn outputs(&self) -> Vec<f32> {
                self.out.clone()
            }
        }
    };
}

/// dfdx means over outputs too, of sigmoids.
macro_rules! cross_entropy {
    ($o:literal) => {
        |z, y| binary_cross_entropy_with_logits_loss(z, y) * $o
    };
}

use dfdx::nn::builders::Linear as L;

peer!(OfTiny, (L<3, 5>, Sigmoid, L<5, 5>, Sigmoid, L<5, 3>), Sigmoid, 3, 3, [0, 2, 4], cross_entropy!(3.0));
peer!(OfControl, (L<13, 64>, Tanh, L<64, 64>, Tanh, L<64, 4>), Tanh, 13, 4, [0, 2, 4], |z, y| mse_loss(tanh(z), y)
    * 2.0);
peer!(OfDigits, (L<64, 32>, Sigmoid, L<32, 10>), Sigmoid, 64, 10, [0, 2], cross_entropy!(10.0));
peer!(OfNg, (L<400, 25>, Sigmoid, L<25, 10>), Sigmoid, 400, 10, [0, 2], cross_entropy!(10.0));
peer!(
    OfMnist,
    (L<784, 128>, Sigmoid, L<128, 64>, Sigmoid, L<64, 10>),
    Sigmoid,
    784,
    10,
    [0, 2, 4],
    cross_entropy!(10.0)
);
peer!(OfRelu, (L<128, 256>, ReLU, L<256, 10>), Softmax, 128, 10, [0, 2], |z, y| cross_entropy_with_logits_loss(z, y));

fn main() -> std::io::Result<()> {
    serve_dense(&locked("dfdx"), |data| match data.net.name {
        "tiny" => Ready::new::<OfTiny>(data),
        "control" => Ready::new::<OfControl>(data),
        "digits" => Ready::new::<OfDigits>(data),
        "ng" => Ready::new::<OfNg>(data),
        "mnist" => Ready::new::<OfMnist>(data),
        _ => Ready::new::<OfRelu>(data),
    })
}
