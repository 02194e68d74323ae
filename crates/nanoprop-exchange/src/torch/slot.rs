//! Which arrays PyTorch has for a layer.

use crate::model::{Activation, Kind, Layer, Reset};

/// One array of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    /// Its name in the module, without `_l0` and `_reverse`.
    pub(super) name: &'static str,
    pub(super) shape: Vec<usize>,
    /// Whether it is one of a recurrent module, and of its other direction.
    pub(super) recurrent: bool,
    pub(super) reverse: bool,
    /// Whether it counts as zeros where it is left out.
    pub(super) optional: bool,
}

/// The arrays of a layer's module, or why there is no such module.
pub(super) fn slots(layer: &Layer) -> Result<Vec<Slot>, String> {
    of(layer.kind(), layer.reads())
}

fn of(kind: &Kind, reads: &[usize]) -> Result<Vec<Slot>, String> {
    let last = reads.last().copied().unwrap_or(1);
    let one = |name, shape| Slot { name, shape, recurrent: false, reverse: false, optional: false };
    let weighted = |weight: Vec<usize>, outputs: usize, bias: bool| {
        let bias = bias.then(|| one("bias", vec![outputs]));
        [one("weight", weight)].into_iter().chain(bias).collect()
    };
    let gates = |units: usize, times: usize| {
        let part = |name, shape, optional| Slot { optional, recurrent: true, ..one(name, shape) };
        let row = units * times;
        vec![
            part("weight_ih", vec![row, last], false),
            part("weight_hh", vec![row, units], false),
            part("bias_ih", vec![row], true),
            part("bias_hh", vec![row], true),
        ]
    };
    // A sequence's window has a width only.
    let places = |size: [usize; 2]| if reads.len() < 3 { vec![size[1]] } else { size.to_vec() };
    Ok(match kind {
        Kind::Dense { units, bias, .. } => weighted(vec![*units, last], *units, *bias),
        Kind::Conv { channels, windows, bias, .. } => {
            weighted([vec![*channels, last], places(windows.size)].concat(), *channels, *bias)
        }
        Kind::DepthwiseConv { windows, bias, .. } => {
            weighted([vec![last, 1], places(windows.size)].concat(), last, *bias)
        }
        Kind::ConvTranspose { channels, windows, bias, .. } => {
            weighted(vec![last, *channels, windows.size[1]], *channels, *bias)
        }
        Kind::Embedding { classes, units, .. } => vec![one("weight", vec![*classes, *units])],
        Kind::BatchNorm => ["weight", "bias", "running_mean", "running_var"].map(|name| one(name, vec![last])).to_vec(),
        Kind::LayerNorm | Kind::GroupNorm { .. } => weighted(vec![last], last, true),
        Kind::Standardize => vec![one("mean", vec![last]), one("deviation", vec![last])],
        Kind::Elman { activation: Activation::Tanh | Activation::Relu, units, .. } => gates(*units, 1),
        Kind::Elman { activation, .. } => {
            return Err(format!("torch.nn.RNN has the activations Tanh and Relu, not {}", activation.word()));
        }
        Kind::Lstm { units, .. } => gates(*units, 4),
        Kind::Gru { units, reset: Reset::After, .. } => gates(*units, 3),
        Kind::Gru { reset: Reset::Before, .. } => {
            return Err("torch.nn.GRU applies its reset gate to the product: it has no ResetBefore".to_owned());
        }
        Kind::Bidirectional(half) => {
            let slots = of(half, reads)?;
            if !slots.iter().all(|slot| slot.recurrent) {
                return Err(format!("PyTorch has no bidirectional {}", half.word(reads)));
            }
            let again = slots.iter().map(|slot| Slot { reverse: true, ..slot.clone() });
            slots.iter().cloned().chain(again).collect()
        }
        _ => Vec::new(),
    })
}
