use core::fmt;

/// The least magnitude that a relative error is relative to, as a share of `max(1, |J|)`: smaller derivatives
/// drown in the rounding of J.
pub const FLOOR: f64 = 1e-4;

/// How wrong a layer or network is at worst, and where.
///
/// # Equations
///
/// `error = |found − expected| / max(|found|, |expected|, FLOOR · max(1, |J|))`; infinite where one of the
/// two is NaN, or where the bits must be the same and are not. A right gradient in `f64` has an error of
/// 1e-8 or less; where a change by 0.002 of an input or parameter reaches a kink such as ReLU's, 1e-5 or less, since smaller
/// changes are compared there.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// The largest relative error; of errors alike to 1 %, the one that was compared first.
    pub error: f64,
    /// What was compared there.
    pub what: What,
    /// Where it is.
    pub place: Place,
    /// The number under test.
    pub found: f64,
    /// What it was compared with.
    pub expected: f64,
    /// How many numbers were compared.
    pub compared: usize,
}

/// What is compared with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// The gradient of the backward pass with central differences.
    Gradient,
    /// The change by [`Batch::descend`](crate::layer::Batch::descend), divided by the rate, with the gradient of the backward pass.
    Descent,
    /// The output of [`Layer::record`](crate::Layer::record) with that of [`Layer::forward`](crate::Layer::forward), bit for bit.
    Record,
    /// [`Network::cost_and_gradient`](crate::Network::cost_and_gradient) with [`cost`](crate::Network::cost) and
    /// [`gradient`](crate::Network::gradient), bit for bit.
    Together,
}

/// Where a number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// Among the parameters.
    Parameter {
        /// The layer, from 0.
        layer: usize,
        /// The tensor's name.
        tensor: &'static str,
        /// Its index in the tensor, flat.
        index: usize,
    },
    /// In an input.
    Input {
        /// The sample, from 0.
        sample: usize,
        /// Its index in the input, flat.
        index: usize,
    },
    /// In an output.
    Output {
        /// The sample, from 0.
        sample: usize,
        /// Its index in the output, flat.
        index: usize,
    },
    /// The cost J.
    Cost,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Parameter { layer, tensor, index } => write!(f, "{tensor}[{index}] of layer {}", layer + 1),
            Self::Input { sample, index } => write!(f, "input[{index}] of sample {}", sample + 1),
            Self::Output { sample, index } => write!(f, "output[{index}] of sample {}", sample + 1),
            Self::Cost => f.write_str("J"),
        }
    }
}

/// Layers and samples are counted from 1, as in the messages of a network that does not fit:
/// `largest relative error 3.1e-1 of 20 numbers, at weight[3] of layer 2: 0.25 by backward, 0.5 by differences`.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (found, expected) = match self.what {
            What::Gradient => ("backward", "differences"),
            What::Descent => ("descend", "backward"),
            What::Record => ("record", "forward"),
            What::Together => ("cost_and_gradient", "cost and gradient"),
        };
        let Report { error, place, compared, .. } = self;
        write!(f, "largest relative error {error:.1e} of {compared} numbers, at {place}: ")?;
        write!(f, "{} by {found}, {} by {expected}", self.found, self.expected)
    }
}
