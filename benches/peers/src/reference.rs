mod layer;

pub use layer::Layer;

/// The units of a chain of dense layers, and the cost that goes with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
    /// Sigmoids, outputs included; the sigmoid cross-entropy.
    Sigmoid,
    /// Tangents, outputs included; half the squared distance.
    Tanh,
    /// ReLU, and softmax outputs; the softmax cross-entropy.
    Relu,
}

/// A reference network: a chain of dense layers; or one over windows, of ReLU where it has convolutions, of classes with the
/// softmax cross-entropy or of a number with half the squared distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// Its name here.
    pub name: &'static str,
    /// Its name in the first yardstick, which has not all.
    pub short: &'static str,
    /// Inputs, hidden units, outputs; of a network over windows, inputs and outputs.
    pub widths: &'static [usize],
    /// The units of a chain of dense layers.
    pub units: Units,
    /// The layers of a network over windows; none of a chain of dense layers.
    pub windows: &'static [Layer],
}

/// The reference networks, in the order of the table.
pub const NETWORKS: [Network; 12] = [
    dense("tiny", "W1", &[3, 5, 5, 3], Units::Sigmoid),
    dense("control", "W5", &[13, 64, 64, 4], Units::Tanh),
    dense("digits", "W2", &[64, 32, 10], Units::Sigmoid),
    dense("ng", "W3", &[400, 25, 10], Units::Sigmoid),
    dense("mnist", "W4", &[784, 128, 64, 10], Units::Sigmoid),
    dense("relu", "-", &[128, 256, 10], Units::Relu),
    windows("lstm-16", &[64, 1], &[Layer::Lstm { steps: 64, hidden: 16 }, Layer::Dense { inputs: 16, outputs: 1 }]),
    windows("lstm-40", &[64, 1], &[Layer::Lstm { steps: 64, hidden: 40 }, Layer::Dense { inputs: 40, outputs: 1 }]),
    windows("gru-8", &[64, 1], &[Layer::Gru { steps: 64, hidden: 8 }, Layer::Dense { inputs: 8, outputs: 1 }]),
    windows(
        "sensor",
        &[64 * 3, 5],
        &[conv(64, 3, 16, 5), conv(60, 16, 32, 3), Layer::Dense { inputs: 58 * 32, outputs: 5 }],
    ),
    windows(
        "lenet",
        &[784, 10],
        &[
            Layer::Conv2d { size: 28, inputs: 1, outputs: 6, window: 5, same: true },
            Layer::Pool,
            Layer::Conv2d { size: 14, inputs: 6, outputs: 16, window: 5, same: false },
            Layer::Pool,
            Layer::Dense { inputs: 400, outputs: 120 },
            Layer::Dense { inputs: 120, outputs: 84 },
            Layer::Dense { inputs: 84, outputs: 10 },
        ],
    ),
    windows("causal", &[64, 1], &[causal(1, 1), causal(16, 2), causal(16, 4), causal(16, 8), conv(64, 16, 1, 1)]),
];

const fn dense(name: &'static str, short: &'static str, widths: &'static [usize], units: Units) -> Network {
    Network { name, short, widths, units, windows: &[] }
}

const fn windows(name: &'static str, widths: &'static [usize], windows: &'static [Layer]) -> Network {
    Network { name, short: "-", widths, units: Units::Relu, windows }
}

const fn conv(steps: usize, inputs: usize, outputs: usize, window: usize) -> Layer {
    Layer::Conv1d { steps, inputs, outputs, window, dilation: 1, causal: false }
}

/// To 16 channels, windows of 3 steps.
const fn causal(inputs: usize, dilation: usize) -> Layer {
    Layer::Conv1d { steps: 64, inputs, outputs: 16, window: 3, dilation, causal: true }
}

/// How many different samples a single-sample measurement cycles through.
pub const POOL: usize = 64;
/// Samples of a step of a batch.
pub const BATCH: usize = 32;
/// Samples of the forward pass of a batch.
pub const LARGE: usize = 256;
/// All samples.
pub const SAMPLES: usize = 512;
/// The learning rate.
pub const RATE: f32 = 0.05;
/// What outputs may differ by.
pub const TOLERANCE: f64 = 1e-4;
/// Steps of a check, before the outputs are compared.
pub const STEPS: usize = 8;

impl Network {
    /// The network of that name.
    pub fn named(name: &str) -> Option<Network> {
        NETWORKS.into_iter().find(|n| n.name == name)
    }

    /// How many inputs.
    pub fn inputs(&self) -> usize {
        self.widths[0]
    }

    /// How many outputs.
    pub fn outputs(&self) -> usize {
        self.widths[self.widths.len() - 1]
    }

    /// Whether an output is a class's probability.
    pub fn classes(&self) -> bool {
        if self.windows.is_empty() { self.units != Units::Tanh } else { self.outputs() > 1 }
    }

    /// The widths of each layer, `(in, out)`.
    pub fn layers(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.widths.windows(2).map(|w| (w[0], w[1]))
    }

    /// Of each layer the biases, the weights, how many terms a sum has, and how often each weight is used for a sample.
    pub fn sizes(&self) -> Vec<(usize, usize, usize, usize)> {
        match self.windows {
            [] => self.layers().map(|(i, o)| (o, i * o, i, 1)).collect(),
            layers => layers.iter().map(|l| (l.sizes().0, l.sizes().1, l.fan_in(), l.uses())).collect(),
        }
    }

    /// How many weights, biases included.
    pub fn parameters(&self) -> usize {
        self.sizes().iter().map(|(biases, weights, ..)| biases + weights).sum()
    }

    /// How many multiply-adds a forward pass has.
    pub fn products(&self) -> usize {
        self.sizes().iter().map(|(_, weights, _, uses)| weights * uses).sum()
    }

    /// What is measured of it.
    pub fn quantities(&self) -> &'static [Quantity] {
        match self.windows {
            [] => &[Quantity::Forward, Quantity::Online, Quantity::BatchStep, Quantity::BatchForward],
            [Layer::Lstm { .. } | Layer::Gru { .. }, ..] => &[Quantity::Stream, Quantity::Online],
            [Layer::Conv1d { causal: true, .. }, ..] => &[Quantity::Stream],
            _ => &[Quantity::Forward, Quantity::BatchStep],
        }
    }
}

/// What is measured, and what a check of it compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Forward of one sample, back to back. Check: the outputs of the first 64 samples.
    Forward,
    /// Forward, backward and update of one sample. Check: the outputs of the first 64 samples after 8 steps,
    /// on samples 0 to 7.
    Online,
    /// A step by the mean gradient of 32 samples. Check: the same after 8 steps, on samples 0 to 31, 32 to 63 and so on.
    BatchStep,
    /// Forward of 256 samples. Check: the outputs of the first 256 samples.
    BatchForward,
    /// One step of a stream of single numbers, which goes on from call to call. Check: the outputs of the first 64 steps.
    Stream,
}

impl Quantity {
    /// All, in the order of the table.
    pub const ALL: [Quantity; 5] =
        [Quantity::Forward, Quantity::Online, Quantity::BatchStep, Quantity::BatchForward, Quantity::Stream];

    /// Its name here.
    pub fn name(self) -> &'static str {
        match self {
            Quantity::Forward => "forward",
            Quantity::Online => "online",
            Quantity::BatchStep => "batch-step",
            Quantity::BatchForward => "batch-forward",
            Quantity::Stream => "stream",
        }
    }

    /// Its name in the first yardstick.
    pub fn short(self) -> &'static str {
        match self {
            Quantity::Forward => "a_thr",
            Quantity::Online => "b",
            Quantity::BatchStep => "c",
            Quantity::BatchForward => "d",
            Quantity::Stream => "-",
        }
    }

    /// The quantity of that name.
    pub fn named(name: &str) -> Option<Quantity> {
        Quantity::ALL.into_iter().find(|q| q.name() == name)
    }

    /// Samples of a call.
    pub fn samples(self) -> usize {
        match self {
            Quantity::Forward | Quantity::Online | Quantity::Stream => 1,
            Quantity::BatchStep => BATCH,
            Quantity::BatchForward => LARGE,
        }
    }

    /// How many different calls there are before they repeat.
    pub fn calls(self) -> usize {
        match self {
            Quantity::Forward | Quantity::Online | Quantity::Stream => POOL,
            Quantity::BatchStep | Quantity::BatchForward => SAMPLES / self.samples(),
        }
    }
}
