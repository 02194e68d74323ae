//! Transposed convolutions.

use super::At;
use super::window::push_first;
use crate::layout::permute;
use crate::model::{Activation, Kind, Padding, Windows};
use crate::onnx::evaluate::Spread;
use crate::onnx::evaluate::window::planes;
use crate::onnx::import::chain::Chain;
use crate::onnx::import::plan::Plan;

pub(super) fn conv_transpose(chain: &mut Chain, at: &At) -> Result<(), String> {
    chain.channels_first()?;
    let weight = at.weights(1, "kernel")?;
    let (inputs, outputs, kernel) = planes(weight)?;
    let bias = at.node.input(2).map(|_| at.weights(2, "bias").map(|bias| bias.values.clone())).transpose()?;
    let places = chain.shape.get(2..).unwrap_or_default().to_vec();
    let windows = windows(&Spread::new(at.node, &places, kernel)?, places.first().copied().unwrap_or(1))?;
    let mut values = permute(&weight.values, &[inputs, outputs, kernel.iter().product()], &[2, 1, 0]);
    // A summand would reach the places by different numbers of windows.
    if let Some(affine) = chain.take_affine(true)? {
        for row in values.chunks_mut(inputs.max(1)) {
            row.iter_mut().zip(&affine.scale).for_each(|(w, scale)| *w *= scale);
        }
    }
    let activation = Activation::Identity;
    let kind = Kind::ConvTranspose { channels: outputs, windows, activation, bias: bias.is_some() };
    let writes: Vec<usize> = at.shape().get(1..).unwrap_or_default().iter().rev().copied().collect();
    push_first(chain, Plan::new(kind, writes).biased(bias).with("weight", values), &at.shape());
    Ok(())
}

/// The windows in nanoprop's words.
fn windows(spread: &Spread, steps: usize) -> Result<Windows, String> {
    let &Spread { window, stride, dilation, cut: (before, after), more, len } = spread;
    let padding = match after.checked_sub(more) {
        Some(0) if before == 0 => Padding::Valid,
        _ if before == 0 && len == steps * stride => Padding::Causal,
        Some(after) => Padding::Pad(before, after),
        None => {
            return Err(format!(
                "it adds {more} steps behind, by `output_padding`, and cuts off {after}: nanoprop's ConvTranspose1d adds none"
            ));
        }
    };
    Ok(Windows { size: [1, window], stride, dilation, padding })
}
