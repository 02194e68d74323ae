//! Normalisation of places and of groups, and the softmax.

use super::At;
use crate::model::Kind;
use crate::onnx::array::broadcast;
use crate::onnx::evaluate::group_count;
use crate::onnx::graph::Node;
use crate::onnx::import::chain::Chain;
use crate::onnx::import::plan::Plan;

/// Refuses another ε than nanoprop's.
fn epsilon(at: &At, layer: &str) -> Result<(), String> {
    let epsilon = at.node.float("epsilon", 1e-5);
    if (epsilon - 1e-5).abs() > 1e-9 {
        let epsilon = epsilon as f32;
        return Err(format!("its ε is {epsilon}, but nanoprop's {layer} has 0.00001: train with eps=1e-5"));
    }
    Ok(())
}

/// A normalisation of groups of channels, which are side by side in the file: `[1, groups, …]`, or channels first.
pub(super) fn group_norm(chain: &mut Chain, at: &At) -> Result<(), String> {
    epsilon(at, "GroupNorm")?;
    chain.choose_last()?;
    chain.materialize()?;
    let (gain, bias) = (at.weights(1, "gain")?, at.weights(2, "bias")?);
    let (_, width, behind) = chain.places().around(1);
    let groups = group_count(at.node, width)?;
    let size = chain.index.len().checked_div(groups).unwrap_or(0).max(1);
    let group = |chain: &Chain, place: usize| place % chain.channels() * groups / chain.channels();
    let fits = |chain: &Chain| {
        let mut all = chain.index.iter().enumerate();
        chain.channels().checked_rem(groups) == Some(0) && all.all(|(k, &place)| k / size == group(chain, place))
    };
    if !fits(chain) {
        chain.channels_first()?;
    }
    if !fits(chain) {
        return Err("its groups are no neighbours among the channels, as nanoprop's GroupNorm has them".to_owned());
    }
    let channels = chain.channels();
    let spread = |numbers: &[f64]| {
        let mut sorted = vec![0.0; channels];
        for (k, &place) in chain.index.iter().enumerate() {
            // One number for each channel of the file's, or for each group.
            let at = if numbers.len() == width { k / behind.max(1) } else { k / size };
            if let (Some(to), Some(&number)) = (sorted.get_mut(place % channels), numbers.get(at)) {
                *to = number;
            }
        }
        sorted
    };
    let (gain, bias) = (spread(&gain.values), spread(&bias.values));
    let plan = Plan::new(Kind::GroupNorm { groups }, chain.array.clone()).with("gain", gain).with("bias", bias);
    chain.keep(plan);
    Ok(())
}

pub(super) fn layer_norm(chain: &mut Chain, at: &At) -> Result<(), String> {
    epsilon(at, "LayerNorm")?;
    let axis = chain.places().axis(at.node.int("axis", -1))?;
    let behind = chain.shape.get(axis..).unwrap_or_default().to_vec();
    let size: usize = behind.iter().product();
    let numbers = |k: usize, what: &str, default: f64| -> Result<Vec<f64>, String> {
        match at.node.input(k) {
            Some(_) => {
                let array = at.weights(k, what)?;
                let places = broadcast(&array.shape, &behind)?;
                Ok(places.into_iter().filter_map(|place| array.values.get(place).copied()).collect())
            }
            None => Ok(vec![default; size]),
        }
    };
    let (gain, bias): (Vec<f64>, Vec<f64>) = (numbers(1, "gain", 1.0)?, numbers(2, "bias", 0.0)?);
    normalize(chain, gain, bias, &at.shape())
}

/// Appends a layer normalisation over the last numbers of the value, as many as the gains.
pub(in super::super) fn normalize(
    chain: &mut Chain,
    gain: Vec<f64>,
    bias: Vec<f64>,
    shape: &[usize],
) -> Result<(), String> {
    chain.choose_last()?;
    let (mut gain, mut bias) = (gain, bias);
    if gain.len() == chain.index.len() {
        chain.vector()?;
        let place = |values: &[f64]| {
            let mut sorted = vec![0.0; values.len()];
            for (&value, &place) in values.iter().zip(&chain.index) {
                if let Some(to) = sorted.get_mut(place) {
                    *to = value;
                }
            }
            sorted
        };
        (gain, bias) = (place(&gain), place(&bias));
    } else if chain.shape.last() == Some(&gain.len()) {
        chain.rows()?;
    } else {
        return Err(
            "it normalises several axes of some rows: nanoprop's LayerNorm is over the channels of a place".to_owned()
        );
    }
    chain.materialize()?;
    let plan = Plan::new(Kind::LayerNorm, chain.array.clone()).with("gain", gain).with("bias", bias);
    chain.keep(plan);
    chain.shape = shape.to_vec();
    Ok(())
}

/// Whether a softmax is over all numbers of the value.
pub(in super::super) fn over_all(chain: &Chain, node: &Node) -> Result<(), String> {
    let places = chain.places();
    let axis = places.axis(node.int("axis", if node.opset < 13 { 1 } else { -1 }))?;
    let (_, width, behind) = places.around(axis);
    let width = if node.opset < 13 { width * behind } else { width };
    match width == chain.index.len() {
        true => Ok(()),
        false => {
            Err(format!("it is over {width} of {} numbers, but nanoprop's Softmax is over a vector", chain.index.len()))
        }
    }
}

pub(super) fn softmax(chain: &mut Chain, at: &At) -> Result<(), String> {
    over_all(chain, at.node)?;
    chain.vector()?;
    chain.materialize()?;
    chain.keep(Plan::new(Kind::Softmax, chain.array.clone()));
    Ok(())
}
