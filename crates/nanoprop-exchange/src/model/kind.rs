//! What layers there are: the words of `network!`.

use super::Activation;

/// A kind of layer, with what its shapes do not tell.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// `y = g(b + Wᵀ x)`.
    Dense {
        /// How many outputs.
        units: usize,
        /// g.
        activation: Activation,
        /// Whether there is b.
        bias: bool,
    },
    /// `hₜ = g(b + Wᵀ xₜ + Uᵀ hₜ₋₁)`.
    Elman {
        /// The width of h.
        units: usize,
        /// g.
        activation: Activation,
        /// Whether it writes h of all steps, or that of the last.
        all: bool,
    },
    /// Long short-term memory.
    Lstm {
        /// The width of h.
        units: usize,
        /// Whether it writes h of all steps, or that of the last.
        all: bool,
    },
    /// The gated recurrent unit.
    Gru {
        /// The width of h.
        units: usize,
        /// Whether it writes h of all steps, or that of the last.
        all: bool,
        /// Where the reset gate is applied.
        reset: Reset,
    },
    /// A convolution of a sequence or an image.
    Conv {
        /// How many channels it writes.
        channels: usize,
        /// Where it reads.
        windows: Windows,
        /// What it applies to each sum.
        activation: Activation,
        /// Whether there is a bias.
        bias: bool,
    },
    /// A convolution of each channel by itself.
    DepthwiseConv {
        /// Where it reads.
        windows: Windows,
        /// What it applies to each sum.
        activation: Activation,
        /// Whether there is a bias.
        bias: bool,
    },
    /// A transposed convolution of a sequence: each step is spread over a window of what is written.
    ConvTranspose {
        /// How many channels it writes.
        channels: usize,
        /// Where it writes; the padding is what is cut off.
        windows: Windows,
        /// What it applies to each sum.
        activation: Activation,
        /// Whether there is a bias.
        bias: bool,
    },
    /// A row of weights for each number of a class; only the first layer can be one. What is no class has zeros.
    Embedding {
        /// How many classes there are.
        classes: usize,
        /// How many numbers a row has.
        units: usize,
        /// Whether the numbers of classes are `u16`, which tells 65536 apart, or `u8`, which tells 256.
        wide: bool,
    },
    /// The largest number of each channel in each window.
    MaxPool(Windows),
    /// The mean of each channel in each window, of the places that are not padding.
    AvgPool(Windows),
    /// The mean of each channel.
    GlobalAvgPool,
    /// An array as a vector.
    Flatten,
    /// A vector as an array of these widths.
    Unflatten(Vec<usize>),
    /// `x Φ(x)`, of each number.
    Gelu,
    /// `x σ(x)`, of each number.
    Silu,
    /// `x tanh(ln(1 + eˣ))`, of each number.
    Mish,
    /// `eˣ / Σ eˣ` of a vector.
    Softmax,
    /// Layer normalisation over the channels of each place, with ε = 10⁻⁵.
    LayerNorm,
    /// Normalisation over all places of the channels in a group of neighbours, with ε = 10⁻⁵. With a group for each channel it
    /// is nanoprop's `InstanceNorm`.
    GroupNorm {
        /// How many groups.
        groups: usize,
    },
    /// Normalisation of each channel by statistics that were measured, with ε = 10⁻⁵.
    BatchNorm,
    /// `(x − μ) / σ` of each channel, where a σ of 0 counts as 1.
    Standardize,
    /// Leaves values out while it learns.
    Dropout {
        /// How many of a hundred.
        percent: u32,
    },
    /// The layers, and what they read added to what they write.
    Residual(Vec<Kind>),
    /// A layer, and another that reads the steps from the last to the first.
    Bidirectional(Box<Kind>),
}

/// Where a [`Kind::Gru`] applies its reset gate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reset {
    /// To the product with the state: PyTorch's, and Keras's by default.
    #[default]
    After,
    /// To the state, before the product.
    Before,
}

/// Windows that slide over a sequence or an image, the same stride, dilation and padding along both axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// Rows and columns of a window; rows is 1 over a sequence.
    pub size: [usize; 2],
    /// From one window to the next.
    pub stride: usize,
    /// From one number of a window to the next.
    pub dilation: usize,
    /// What stands around the array.
    pub padding: Padding,
}

impl Windows {
    /// Windows of this size, of stride and dilation 1, without padding.
    #[must_use]
    pub const fn new(rows: usize, columns: usize) -> Self {
        Windows { size: [rows, columns], stride: 1, dilation: 1, padding: Padding::Valid }
    }
}

/// What stands around the array that windows slide over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Padding {
    /// Nothing.
    #[default]
    Valid,
    /// As much as lets a stride of 1 keep the widths; Keras's `same`.
    Same,
    /// As much in front as lets no window read ahead.
    Causal,
    /// So much before and behind.
    Pad(usize, usize),
}

impl Kind {
    /// The word of `network!`, given what the layer reads.
    ///
    /// ```
    /// use nanoprop_exchange::{Kind, Reset, Windows};
    ///
    /// let pool = Kind::MaxPool(Windows::new(2, 2));
    /// assert_eq!((pool.word(&[28, 28, 1]), pool.activation()), ("MaxPool2d", None));
    /// assert_eq!(Kind::Gru { units: 8, all: true, reset: Reset::After }.word(&[64, 3]), "Gru");
    /// ```
    #[must_use]
    pub fn word(&self, reads: &[usize]) -> &'static str {
        let flat = reads.len() < 3;
        match self {
            Kind::Dense { .. } => "Dense",
            Kind::Elman { .. } => "Elman",
            Kind::Lstm { .. } => "Lstm",
            Kind::Gru { .. } => "Gru",
            Kind::Conv { .. } if flat => "Conv1d",
            Kind::Conv { .. } => "Conv2d",
            Kind::DepthwiseConv { .. } if flat => "DepthwiseConv1d",
            Kind::DepthwiseConv { .. } => "DepthwiseConv2d",
            Kind::ConvTranspose { .. } => "ConvTranspose1d",
            Kind::Embedding { .. } => "Embedding",
            Kind::MaxPool(_) if flat => "MaxPool1d",
            Kind::MaxPool(_) => "MaxPool2d",
            Kind::AvgPool(_) if flat => "AvgPool1d",
            Kind::AvgPool(_) => "AvgPool2d",
            Kind::GlobalAvgPool => "GlobalAvgPool",
            Kind::Flatten => "Flatten",
            Kind::Unflatten(_) => "Unflatten",
            Kind::Gelu => "Gelu",
            Kind::Silu => "Silu",
            Kind::Mish => "Mish",
            Kind::Softmax => "Softmax",
            Kind::LayerNorm => "LayerNorm",
            Kind::GroupNorm { groups } if *groups > 1 && reads.last() == Some(groups) => "InstanceNorm",
            Kind::GroupNorm { .. } => "GroupNorm",
            Kind::BatchNorm => "BatchNorm",
            Kind::Standardize => "Standardize",
            Kind::Dropout { .. } => "Dropout",
            Kind::Residual(_) => "Residual",
            Kind::Bidirectional(_) => "Bidirectional",
        }
    }

    /// The activation, of a kind that has one.
    #[must_use]
    pub fn activation(&self) -> Option<Activation> {
        match self {
            Kind::Dense { activation, .. }
            | Kind::Elman { activation, .. }
            | Kind::Conv { activation, .. }
            | Kind::ConvTranspose { activation, .. }
            | Kind::DepthwiseConv { activation, .. } => Some(*activation),
            Kind::Bidirectional(half) => half.activation(),
            _ => None,
        }
    }

    /// How many channels it writes, of a kind that says so.
    pub(crate) fn last_width(&self) -> Option<usize> {
        match self {
            Kind::Dense { units, .. }
            | Kind::Elman { units, .. }
            | Kind::Lstm { units, .. }
            | Kind::Gru { units, .. } => Some(*units),
            Kind::Conv { channels, .. } | Kind::ConvTranspose { channels, .. } => Some(*channels),
            Kind::Bidirectional(half) => half.last_width().map(|width| width.saturating_mul(2)),
            _ => None,
        }
    }

    /// The activation, to change it.
    pub(crate) fn activation_mut(&mut self) -> Option<&mut Activation> {
        match self {
            Kind::Dense { activation, .. }
            | Kind::Elman { activation, .. }
            | Kind::Conv { activation, .. }
            | Kind::ConvTranspose { activation, .. }
            | Kind::DepthwiseConv { activation, .. } => Some(activation),
            Kind::Bidirectional(half) => half.activation_mut(),
            _ => None,
        }
    }
}
