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
    /// The outputs of [`Batch::record_batch`](crate::layer::Batch::record_batch) with those of
    /// [`Layer::record`](crate::Layer::record), bit for bit.
    RecordBatch {
        /// How many samples the batch has.
        samples: usize,
    },
    /// `∂J/∂x` of [`Batch::errors`](crate::layer::Batch::errors) with that of [`Layer::backward`](crate::Layer::backward),
    /// bit for bit.
    Errors {
        /// How many samples the batch has.
        samples: usize,
    },
    /// The gradient of [`Batch::sums`](crate::layer::Batch::sums), whole or in parts, with that of
    /// [`Layer::backward`](crate::Layer::backward) of each sample in order, bit for bit.
    Sums {
        /// How many samples the batch has.
        samples: usize,
    },
    /// The parameters after [`Batch::step`](crate::layer::Batch::step) with the [`Step`](crate::Step) by the gradient of
    /// [`Layer::backward`](crate::Layer::backward), bit for bit.
    Step {
        /// How many samples the batch has.
        samples: usize,
    },
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
        /// The layer, from 0.
        layer: usize,
        /// The sample, from 0.
        sample: usize,
        /// Its index in the input, flat.
        index: usize,
    },
    /// In an output.
    Output {
        /// The layer, from 0.
        layer: usize,
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
            Self::Input { layer, sample, index } => {
                write!(f, "input[{index}] of layer {}, sample {}", layer + 1, sample + 1)
            }
            Self::Output { layer, sample, index } => {
                write!(f, "output[{index}] of layer {}, sample {}", layer + 1, sample + 1)
            }
            Self::Cost => f.write_str("J"),
        }
    }
}

/// Layers and samples are counted from 1, as in the messages of a network that does not fit:
/// `largest relative error 3.1e-1 of 20 numbers, at weight[3] of layer 2: 0.25 by backward, 0.5 by differences`, or
/// `largest relative error inf of 900 numbers, at weight[3] of layer 2: 0.25 by sums of 17 samples, 0.5 by backward`.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (found, samples, expected) = match self.what {
            What::Gradient => ("backward", None, "differences"),
            What::Descent => ("descend", None, "backward"),
            What::Record => ("record", None, "forward"),
            What::Together => ("cost_and_gradient", None, "cost and gradient"),
            What::RecordBatch { samples } => ("record_batch", Some(samples), "record"),
            What::Errors { samples } => ("errors", Some(samples), "backward"),
            What::Sums { samples } => ("sums", Some(samples), "backward"),
            What::Step { samples } => ("step", Some(samples), "backward"),
        };
        let Report { error, place, compared, .. } = self;
        write!(f, "largest relative error {error:.1e} of {compared} numbers, at {place}: {} by {found}", self.found)?;
        match samples {
            None => {}
            Some(1) => f.write_str(" of 1 sample")?,
            Some(samples) => write!(f, " of {samples} samples")?,
        }
        write!(f, ", {} by {expected}", self.expected)
    }
}
