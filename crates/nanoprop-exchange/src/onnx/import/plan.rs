use crate::model::{Activation, Kind};

/// A layer that is to be, with its numbers.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) kind: Kind,
    pub(super) tensors: Vec<(&'static str, Vec<f64>)>,
    /// The layers within a residual.
    pub(super) within: Vec<Plan>,
    /// What it writes.
    pub(super) writes: Vec<usize>,
    /// The nodes that it comes from.
    pub(super) nodes: Vec<String>,
}

impl Plan {
    pub(super) fn new(kind: Kind, writes: Vec<usize>) -> Self {
        Plan { kind, tensors: Vec::new(), within: Vec::new(), writes, nodes: Vec::new() }
    }

    pub(super) fn with(mut self, name: &'static str, values: Vec<f64>) -> Self {
        self.tensors.push((name, values));
        self
    }

    /// A bias, if there is one.
    pub(super) fn biased(self, bias: Option<Vec<f64>>) -> Self {
        match bias {
            Some(bias) => self.with("bias", bias),
            None => self,
        }
    }

    pub(super) fn tensor_mut(&mut self, name: &str) -> Option<&mut Vec<f64>> {
        self.tensors.iter_mut().find(|(key, _)| *key == name).map(|(_, values)| values)
    }

    /// Whether it only gives the array another shape.
    pub(super) fn renames(&self) -> bool {
        matches!(self.kind, Kind::Flatten | Kind::Unflatten(_))
    }

    /// The activation of its sums, of a layer whose function ends in it.
    pub(super) fn activation_mut(&mut self) -> Option<&mut Activation> {
        match &mut self.kind {
            Kind::Dense { activation, .. }
            | Kind::Conv { activation, .. }
            | Kind::ConvTranspose { activation, .. }
            | Kind::DepthwiseConv { activation, .. } => Some(activation),
            _ => None,
        }
    }

    /// Multiplies what it writes, and adds to it, each channel by its numbers; says whether it can.
    pub(super) fn absorb(&mut self, scale: &[f64], shift: &[f64]) -> bool {
        let linear = self.activation_mut().is_some_and(|activation| *activation == Activation::Identity);
        let (factor, summand) = match &self.kind {
            Kind::LayerNorm | Kind::GroupNorm { .. } | Kind::BatchNorm => ("gain", "bias"),
            _ if linear => ("weight", "bias"),
            _ => return false,
        };
        // The rows of a transposed convolution are what is written, those of others what is read.
        let row = match (&self.kind, self.tensors.iter().find(|(key, _)| *key == factor)) {
            (Kind::ConvTranspose { channels, windows, .. }, Some((_, values))) => {
                values.len().checked_div(channels.saturating_mul(windows.size[1])).unwrap_or(1)
            }
            _ => 1,
        };
        if let Some(values) = self.tensor_mut(factor) {
            let rows = values.chunks_mut(row.max(1)).zip(scale.iter().cycle());
            rows.for_each(|(row, scale)| row.iter_mut().for_each(|value| *value *= scale));
        }
        if let Some(values) = self.tensor_mut(summand) {
            let rest = scale.iter().zip(shift);
            values.iter_mut().zip(rest).for_each(|(value, (scale, shift))| *value = *value * scale + shift);
        } else if shift.iter().any(|&shift| shift != 0.0) || scale.iter().all(|&scale| scale == 1.0) {
            // A sum is a bias, also of zeros.
            self.tensors.push((summand, shift.to_vec()));
            if let Kind::Dense { bias, .. }
            | Kind::Conv { bias, .. }
            | Kind::ConvTranspose { bias, .. }
            | Kind::DepthwiseConv { bias, .. } = &mut self.kind
            {
                *bias = true;
            }
        }
        true
    }

    /// The least and greatest number of the function that it ends in, and whether that is a rectifier.
    pub(super) fn ends(&self) -> (f64, f64, bool) {
        let all = (f64::NEG_INFINITY, f64::INFINITY, false);
        let activation = match &self.kind {
            Kind::Dense { activation, .. }
            | Kind::Conv { activation, .. }
            | Kind::ConvTranspose { activation, .. }
            | Kind::DepthwiseConv { activation, .. }
            | Kind::Elman { activation, .. } => *activation,
            Kind::Lstm { .. } | Kind::Gru { .. } | Kind::Bidirectional(_) => Activation::Tanh,
            Kind::Softmax => Activation::Sigmoid,
            Kind::Gelu | Kind::Silu | Kind::Mish => return (-0.5, f64::INFINITY, false),
            Kind::Residual(_) => return self.within.last().map_or(all, Plan::ends),
            _ => return all,
        };
        match activation {
            Activation::Identity | Activation::LeakyRelu => all,
            Activation::Elu => (-1.0, f64::INFINITY, false),
            Activation::HardSigmoid | Activation::Sigmoid => (0.0, 1.0, false),
            Activation::HardTanh | Activation::Softsign | Activation::Tanh => (-1.0, 1.0, false),
            Activation::Relu => (0.0, f64::INFINITY, true),
            Activation::Softplus => (0.0, f64::INFINITY, false),
        }
    }
}
