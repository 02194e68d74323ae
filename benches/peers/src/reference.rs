/// A reference network: sigmoids with the sigmoid cross-entropy, or tangents with half the squared distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// Its name here.
    pub name: &'static str,
    /// Its name in the yardstick.
    pub short: &'static str,
    /// Inputs, hidden units, outputs.
    pub widths: &'static [usize],
    /// Whether its units, outputs included, are tangents.
    pub tanh: bool,
}

/// The reference networks, in the order of the table.
pub const NETWORKS: [Network; 5] = [
    Network { name: "tiny", short: "W1", widths: &[3, 5, 5, 3], tanh: false },
    Network { name: "control", short: "W5", widths: &[13, 64, 64, 4], tanh: true },
    Network { name: "digits", short: "W2", widths: &[64, 32, 10], tanh: false },
    Network { name: "ng", short: "W3", widths: &[400, 25, 10], tanh: false },
    Network { name: "mnist", short: "W4", widths: &[784, 128, 64, 10], tanh: false },
];

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

    /// The widths of each layer, `(in, out)`.
    pub fn layers(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.widths.windows(2).map(|w| (w[0], w[1]))
    }

    /// How many weights, biases included.
    pub fn parameters(&self) -> usize {
        self.layers().map(|(i, o)| (i + 1) * o).sum()
    }

    /// How many multiply-adds a forward pass has.
    pub fn products(&self) -> usize {
        self.layers().map(|(i, o)| i * o).sum()
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
}

impl Quantity {
    /// All, in the order of the table.
    pub const ALL: [Quantity; 4] = [Quantity::Forward, Quantity::Online, Quantity::BatchStep, Quantity::BatchForward];

    /// Its name here.
    pub fn name(self) -> &'static str {
        match self {
            Quantity::Forward => "forward",
            Quantity::Online => "online",
            Quantity::BatchStep => "batch-step",
            Quantity::BatchForward => "batch-forward",
        }
    }

    /// Its name in the yardstick.
    pub fn short(self) -> &'static str {
        match self {
            Quantity::Forward => "a_thr",
            Quantity::Online => "b",
            Quantity::BatchStep => "c",
            Quantity::BatchForward => "d",
        }
    }

    /// The quantity of that name.
    pub fn named(name: &str) -> Option<Quantity> {
        Quantity::ALL.into_iter().find(|q| q.name() == name)
    }

    /// Samples of a call.
    pub fn samples(self) -> usize {
        match self {
            Quantity::Forward | Quantity::Online => 1,
            Quantity::BatchStep => BATCH,
            Quantity::BatchForward => LARGE,
        }
    }

    /// How many different calls there are before they repeat.
    pub fn calls(self) -> usize {
        match self {
            Quantity::Forward | Quantity::Online => POOL,
            Quantity::BatchStep | Quantity::BatchForward => SAMPLES / self.samples(),
        }
    }
}
