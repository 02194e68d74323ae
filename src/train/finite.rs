use core::fmt;

use crate::array::Plain;
use crate::layer::Parameters;
use crate::loss::Loss;
use crate::network::{Layers, Network};
use crate::scalar::Number;

/// A tensor of a network by its layer and name, for messages: `the weight of layer 2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TensorName {
    /// The layer, from 0; printed from 1, as the messages of the fit check are.
    pub layer: usize,
    /// The name in that layer, such as `"weight"`.
    pub name: &'static str,
}

impl fmt::Display for TensorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} of layer {}", self.name, self.layer.saturating_add(1))
    }
}

impl<L: Layers, E: Loss> Network<L, E> {
    /// The first tensor with a number that is NaN or infinite.
    pub(crate) fn not_finite(&self) -> Option<TensorName> {
        if Number::all_finite(self.flat()) {
            return None;
        }
        let mut found = None;
        Self::tensors(|t| {
            if found.is_none() && !Number::all_finite(t.of(self.flat())) {
                found = Some(TensorName { layer: t.layer, name: t.name });
            }
        });
        found
    }
}

#[cfg(test)]
mod tests {
    use super::TensorName;
    use crate::prelude::*;

    #[test]
    fn every_place_is_looked_at() {
        for len in 0..100 {
            let mut numbers = vec![f32::MAX; len];
            assert!(Number::all_finite(&numbers));
            for at in 0..len {
                for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                    numbers[at] = bad;
                    assert!(!Number::all_finite(&numbers), "{bad} at {at} of {len}");
                }
                numbers[at] = -f32::MIN_POSITIVE;
            }
        }
    }

    #[test]
    fn the_tensor_is_named() {
        type Net = Network<(Dense<U2, U3, Tanh>, Dense<U3, U1>), SquaredError>;
        for (at, layer, name, text) in [
            (0, 0, "bias", "the bias of layer 1"),
            (8, 0, "weight", "the weight of layer 1"),
            (9, 1, "bias", "the bias of layer 2"),
        ] {
            let mut net = Net::ZERO;
            assert_eq!(net.not_finite(), None);
            net.parameters_mut()[at] = f32::NAN;
            assert_eq!(net.not_finite(), Some(TensorName { layer, name }));
            assert_eq!(TensorName { layer, name }.to_string(), text);
        }
    }
}
