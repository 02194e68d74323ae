//! Each layer of Keras as nanoprop's.

use super::config::Config;
use super::convert::{function, last_axis, must, windows};
use super::weights::Folder;
use super::{normal, recurrent};
use crate::error::Error;
use crate::model::{Activation, Kind, Layer, Model, Padding, Windows};

/// Appends a layer, with its weights.
pub(super) fn push(layer: Config, model: &mut Model, folder: &Folder) -> Result<(), Error> {
    let reads = model.output().to_vec();
    let channels = reads.last().copied().unwrap_or(1);
    match layer.class() {
        "Dense" => {
            let (units, bias) = (layer.width("units"), layer.flag("use_bias", true));
            // At each place of an array: a convolution with windows of one place.
            let kind = match reads.len() {
                1 => Kind::Dense { units, activation: Activation::Identity, bias },
                _ => {
                    Kind::Conv { channels: units, windows: Windows::new(1, 1), activation: Activation::Identity, bias }
                }
            };
            weighted(layer, model, kind, folder, [0, 1])?;
            function(layer, layer.text("activation", "linear"), model)
        }
        "Conv1D" | "Conv2D" => {
            if layer.number("groups", 1.0) != 1.0 {
                return Err(layer.refuse("its channels are in groups: use DepthwiseConv1D or DepthwiseConv2D"));
            }
            let (windows, bias) = (windows(layer, "kernel_size", model)?, layer.flag("use_bias", true));
            let kind = Kind::Conv { channels: layer.width("filters"), windows, activation: Activation::Identity, bias };
            weighted(layer, model, kind, folder, [0, 1])?;
            function(layer, layer.text("activation", "linear"), model)
        }
        "DepthwiseConv1D" | "DepthwiseConv2D" => {
            depthwise(layer, model, layer.flag("use_bias", true), folder)?;
            function(layer, layer.text("activation", "linear"), model)
        }
        "SeparableConv1D" | "SeparableConv2D" => {
            depthwise(layer, model, false, folder)?;
            let (units, bias) = (layer.width("filters"), layer.flag("use_bias", true));
            let windows = Windows::new(1, 1);
            let kind = Kind::Conv { channels: units, windows, activation: Activation::Identity, bias };
            weighted(layer, model, kind, folder, [1, 2])?;
            function(layer, layer.text("activation", "linear"), model)
        }
        "Conv1DTranspose" => {
            if layer.get("output_padding").is_some() {
                return Err(layer.refuse("its `output_padding` must be None"));
            }
            let (windows, bias) = (windows(layer, "kernel_size", model)?, layer.flag("use_bias", true));
            // Keras writes as many steps as the stride has, where windows are narrower.
            let span = windows.dilation.saturating_mul(windows.size[1].saturating_sub(1)).saturating_add(1);
            let narrow = windows.padding == Padding::Valid && span < windows.stride;
            let windows = if narrow { Windows { padding: Padding::Causal, ..windows } } else { windows };
            let (channels, activation) = (layer.width("filters"), Activation::Identity);
            weighted(layer, model, Kind::ConvTranspose { channels, windows, activation, bias }, folder, [0, 1])?;
            function(layer, layer.text("activation", "linear"), model)
        }
        "Embedding" => {
            must(layer, &[("mask_zero", false)])?;
            let (classes, units) = (layer.width("input_dim"), layer.width("output_dim"));
            weighted(layer, model, Kind::Embedding { classes, units, wide: classes > 256 }, folder, [0, 1])
        }
        "MaxPooling1D" | "MaxPooling2D" => add(layer, model, Kind::MaxPool(windows(layer, "pool_size", model)?)),
        "AveragePooling1D" | "AveragePooling2D" => {
            add(layer, model, Kind::AvgPool(windows(layer, "pool_size", model)?))
        }
        "GlobalAveragePooling1D" | "GlobalAveragePooling2D" => {
            must(layer, &[("keepdims", false)])?;
            add(layer, model, Kind::GlobalAvgPool)
        }
        "SimpleRNN" | "LSTM" | "GRU" => {
            must(layer, &[("go_backwards", false)])?;
            let kind = recurrent::kind(layer)?;
            let added = place(layer, model, kind.clone())?;
            let tensors = recurrent::tensors(layer, &kind, channels, folder)?;
            set(added, tensors)
        }
        "Bidirectional" => bidirectional(layer, model, channels, folder),
        "Flatten" if reads.len() == 1 => Ok(()),
        "Flatten" => add(layer, model, Kind::Flatten),
        "Reshape" => reshape(layer, model),
        "Dropout" | "SpatialDropout1D" | "SpatialDropout2D" | "AlphaDropout" => {
            let percent = (layer.number("rate", 0.0) * 100.0).round().clamp(0.0, 99.0) as u32;
            add(layer, model, Kind::Dropout { percent })
        }
        "GaussianNoise" | "GaussianDropout" | "ActivityRegularization" | "Identity" => Ok(()),
        "Activation" => function(layer, layer.text("activation", "linear"), model),
        "Softmax" if last_axis(layer, reads.len()) => function(layer, "softmax", model),
        "ELU" if layer.number("alpha", 1.0) == 1.0 => function(layer, "elu", model),
        "LeakyReLU" => rectifier(layer, layer.number("negative_slope", 0.3), model),
        "ReLU" if layer.get("max_value").is_none() && layer.number("threshold", 0.0) == 0.0 => {
            rectifier(layer, layer.number("negative_slope", 0.0), model)
        }
        "Softmax" | "ELU" | "ReLU" => {
            Err(layer.refuse("its options are not those of nanoprop's: leave them as by default"))
        }
        "LayerNormalization" => normal::layer_norm(layer, model, reads.len(), channels, folder),
        "GroupNormalization" => normal::group_norm(layer, model, reads.len(), channels, folder),
        "BatchNormalization" => normal::batch_norm(layer, model, reads.len(), channels, folder),
        "Normalization" => {
            if !last_axis(layer, reads.len()) || layer.flag("invert", false) {
                return Err(layer.refuse("only the last axis is read, and not inverted"));
            }
            let (mean, variance) = (folder.get(0, channels)?, folder.get(1, channels)?);
            let factor: Vec<f64> = variance.iter().map(|variance| 1.0 / variance.sqrt().max(1e-7)).collect();
            let summand: Vec<f64> = factor.iter().zip(mean).map(|(factor, mean)| -mean * factor).collect();
            affine(layer, model, &factor, &summand)
        }
        "Rescaling" => {
            let [scale, offset] = [layer.number("scale", f64::NAN), layer.number("offset", 0.0)];
            if scale.is_nan() {
                return Err(layer.refuse("its `scale` is not one number"));
            }
            affine(layer, model, &vec![scale; channels], &vec![offset; channels])
        }
        _ => Err(layer.refuse("nanoprop has no such layer: leave it out, or replace it by one that is read")),
    }
}

pub(super) fn place<'a>(layer: Config, model: &'a mut Model, kind: Kind) -> Result<&'a mut Layer, Error> {
    model.push(kind).map_err(|misfit| layer.refuse(&misfit.message))
}

fn add(layer: Config, model: &mut Model, kind: Kind) -> Result<(), Error> {
    place(layer, model, kind).map(|_| ())
}

pub(super) fn set(layer: &mut Layer, tensors: Vec<Vec<f64>>) -> Result<(), Error> {
    for (tensor, values) in layer.tensors_mut().iter_mut().zip(tensors) {
        tensor.set(values)?;
    }
    Ok(())
}

/// A layer with a weight and maybe a bias, which are arrays of these numbers; their layout is nanoprop's.
fn weighted(layer: Config, model: &mut Model, kind: Kind, folder: &Folder, at: [usize; 2]) -> Result<(), Error> {
    let added = place(layer, model, kind)?;
    for tensor in added.tensors_mut() {
        let k = if tensor.name() == "weight" { at[0] } else { at[1] };
        tensor.set(folder.get(k, tensor.count())?)?;
    }
    Ok(())
}

fn depthwise(layer: Config, model: &mut Model, bias: bool, folder: &Folder) -> Result<(), Error> {
    if layer.number("depth_multiplier", 1.0) != 1.0 {
        return Err(layer.refuse("its `depth_multiplier` must be 1"));
    }
    let windows = windows(layer, "kernel_size", model)?;
    weighted(layer, model, Kind::DepthwiseConv { windows, activation: Activation::Identity, bias }, folder, [0, 1])
}

fn bidirectional(layer: Config, model: &mut Model, inputs: usize, folder: &Folder) -> Result<(), Error> {
    let (Some(ahead), Some(back)) = (layer.inner("layer"), layer.inner("backward_layer")) else {
        return Err(layer.refuse("it has not two layers"));
    };
    if layer.text("merge_mode", "concat") != "concat" {
        return Err(layer.refuse("its `merge_mode` must be `concat`: nanoprop's puts both halves side by side"));
    }
    let kind = recurrent::kind(ahead)?;
    if recurrent::kind(back)? != kind || ahead.flag("go_backwards", false) || !back.flag("go_backwards", true) {
        return Err(layer.refuse("its two layers must be the same, one of them backwards"));
    }
    let mut tensors = recurrent::tensors(ahead, &kind, inputs, &folder.part("forward_layer"))?;
    tensors.extend(recurrent::tensors(back, &kind, inputs, &folder.part("backward_layer"))?);
    set(place(layer, model, Kind::Bidirectional(Box::new(kind)))?, tensors)
}

fn reshape(layer: Config, model: &mut Model) -> Result<(), Error> {
    let reads = model.output().to_vec();
    let all: usize = reads.iter().product();
    let shape = layer.get("target_shape").and_then(|shape| shape.as_array()).cloned().unwrap_or_default();
    let known: usize = shape
        .iter()
        .filter_map(serde_json::Value::as_u64)
        .fold(1, |product, width| product.saturating_mul(usize::try_from(width).unwrap_or(usize::MAX)));
    let width = |value: &serde_json::Value| match value.as_u64() {
        Some(width) => usize::try_from(width).unwrap_or(usize::MAX),
        None => all.checked_div(known).unwrap_or(0),
    };
    let shape: Vec<usize> = shape.iter().map(width).collect();
    if shape == reads {
        return Ok(());
    }
    if reads.len() > 1 {
        add(layer, model, Kind::Flatten)?;
    }
    if shape.len() > 1 { add(layer, model, Kind::Unflatten(shape)) } else { Ok(()) }
}

fn rectifier(layer: Config, slope: f64, model: &mut Model) -> Result<(), Error> {
    let activation = match slope as f32 {
        0.0 => Activation::Relu,
        0.01 => Activation::LeakyRelu,
        _ => return Err(layer.refuse("its slope of negative numbers must be 0 or 0.01, as nanoprop's: train it so")),
    };
    Ok(model.push_activation(activation)?)
}

pub(super) fn affine(layer: Config, model: &mut Model, factor: &[f64], summand: &[f64]) -> Result<(), Error> {
    model.push_affine(factor, summand).map_err(|misfit| layer.refuse(&misfit.message))
}
