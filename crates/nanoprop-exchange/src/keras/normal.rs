//! Layers of Keras that normalise.

use super::config::Config;
use super::convert::last_axis;
use super::layer::{affine, place, set};
use super::weights::Folder;
use crate::error::Error;
use crate::model::{Kind, Model};

/// γ and β, or 1 and 0 where there are none, and the number of the next array.
fn gain_and_bias(layer: Config, channels: usize, folder: &Folder) -> Result<(Vec<f64>, Vec<f64>, usize), Error> {
    let (scale, center) = (layer.flag("scale", true), layer.flag("center", true));
    let gain = if scale { folder.get(0, channels)? } else { vec![1.0; channels] };
    let bias = if center { folder.get(usize::from(scale), channels)? } else { vec![0.0; channels] };
    Ok((gain, bias, usize::from(scale) + usize::from(center)))
}

/// With its own ε, which a `BatchNorm` has beside the variance.
pub(super) fn batch_norm(
    layer: Config,
    model: &mut Model,
    rank: usize,
    channels: usize,
    folder: &Folder,
) -> Result<(), Error> {
    if !last_axis(layer, rank) {
        return Err(layer.refuse("only the last axis is normalised by nanoprop: use `axis=-1`"));
    }
    let (gain, bias, next) = gain_and_bias(layer, channels, folder)?;
    let (mean, variance) = (folder.get(next, channels)?, folder.get(next + 1, channels)?);
    let epsilon = layer.number("epsilon", 1e-3);
    model.push_batch_norm([gain, bias, mean, variance], epsilon).map_err(|misfit| layer.refuse(&misfit.message))
}

/// Lets the layer to come have nanoprop's ε, 10⁻⁵: another is that of numbers which are multiplied by √(10⁻⁵/ε) before.
fn rescale(layer: Config, model: &mut Model, channels: usize) -> Result<(), Error> {
    let epsilon = layer.number("epsilon", 1e-3);
    if epsilon.is_nan() || epsilon <= 0.0 {
        return Err(layer.refuse("its `epsilon` must be positive"));
    }
    if (epsilon - 1e-5).abs() > 1e-12 {
        affine(layer, model, &vec![(1e-5 / epsilon).sqrt(); channels], &vec![0.0; channels])?;
    }
    Ok(())
}

pub(super) fn group_norm(
    layer: Config,
    model: &mut Model,
    rank: usize,
    channels: usize,
    folder: &Folder,
) -> Result<(), Error> {
    if !last_axis(layer, rank) {
        return Err(layer.refuse("only groups of the last axis are normalised by nanoprop: use `axis=-1`"));
    }
    let (gain, bias, _) = gain_and_bias(layer, channels, folder)?;
    // −1 is a group for each channel.
    let groups = match layer.number("groups", 32.0) {
        -1.0 => channels,
        _ => layer.width("groups"),
    };
    rescale(layer, model, channels)?;
    set(place(layer, model, Kind::GroupNorm { groups })?, vec![gain, bias])
}

pub(super) fn layer_norm(
    layer: Config,
    model: &mut Model,
    rank: usize,
    channels: usize,
    folder: &Folder,
) -> Result<(), Error> {
    if !last_axis(layer, rank) || layer.flag("rms_scaling", false) {
        return Err(layer.refuse("only the last axis is normalised by nanoprop, with its mean: use `axis=-1`"));
    }
    let (gain, bias, _) = gain_and_bias(layer, channels, folder)?;
    rescale(layer, model, channels)?;
    set(place(layer, model, Kind::LayerNorm)?, vec![gain, bias])
}
