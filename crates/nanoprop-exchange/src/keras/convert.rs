//! Options of Keras as nanoprop's.

use serde_json::Value;

use super::config::Config;
use crate::error::Error;
use crate::model::{Activation, Kind, Model, Padding, Windows};

/// Applies the function that Keras calls so.
pub(super) fn function(layer: Config, name: &str, model: &mut Model) -> Result<(), Error> {
    let kind = match name {
        "linear" => return Ok(()),
        "gelu" => Kind::Gelu,
        "silu" | "swish" => Kind::Silu,
        "mish" => Kind::Mish,
        "softmax" => Kind::Softmax,
        name => {
            let activation = named(name).ok_or_else(|| {
                layer.refuse(&format!("nanoprop has no activation `{name}`: train with another, such as `relu`"))
            })?;
            return Ok(model.push_activation(activation)?);
        }
    };
    model.push(kind).map_err(|misfit| layer.refuse(&misfit.message))?;
    Ok(())
}

/// The activation that Keras calls so.
pub(super) fn named(name: &str) -> Option<Activation> {
    Some(match name {
        "linear" => Activation::Identity,
        "relu" => Activation::Relu,
        "sigmoid" => Activation::Sigmoid,
        "tanh" => Activation::Tanh,
        "elu" => Activation::Elu,
        "softplus" => Activation::Softplus,
        "softsign" => Activation::Softsign,
        "hard_sigmoid" => Activation::HardSigmoid,
        "hard_tanh" => Activation::HardTanh,
        _ => return None,
    })
}

/// The windows of a convolution or a pooling over what the model writes; `size` is the key of the size.
pub(super) fn windows(layer: Config, size: &str, model: &Model) -> Result<Windows, Error> {
    let axes = model.output().len().saturating_sub(1);
    if layer.text("data_format", "channels_last") != "channels_last" {
        return Err(layer.refuse("its channels come first: build it with `data_format=\"channels_last\"`"));
    }
    let sides = |key: &str, default: usize| {
        let widths = layer.widths(key);
        match *widths.as_slice() {
            [] => Ok([default; 2]),
            [one] if axes == 1 => Ok([1, one]),
            [one] => Ok([one, one]),
            [rows, columns] if axes == 2 => Ok([rows, columns]),
            _ => Err(layer.refuse(&format!("its `{key}` has not the axes of what it reads"))),
        }
    };
    let one = |key: &str| {
        let [rows, columns] = sides(key, 1)?;
        if axes == 2 && rows != columns {
            return Err(layer.refuse(&format!("its `{key}` is not the same along both axes")));
        }
        Ok(columns)
    };
    let window = sides(size, 0)?;
    let pooling = layer.get("strides").is_none() && size == "pool_size";
    let stride = if pooling { window[1] } else { one("strides")? };
    let padding = match layer.text("padding", "valid") {
        "valid" => Padding::Valid,
        "same" => Padding::Same,
        "causal" => Padding::Causal,
        other => return Err(layer.refuse(&format!("the padding `{other}` is not known here"))),
    };
    Ok(Windows { size: window, stride, dilation: one("dilation_rate")?, padding })
}

/// Refuses options that must have these values.
pub(super) fn must(layer: Config, options: &[(&str, bool)]) -> Result<(), Error> {
    for &(key, value) in options {
        if layer.flag(key, value) != value {
            return Err(layer.refuse(&format!("`{key}` is {}, but only {value} is read", !value)));
        }
    }
    Ok(())
}

/// Whether an axis is the last.
pub(super) fn last_axis(layer: Config, rank: usize) -> bool {
    let axis = match layer.get("axis") {
        Some(Value::Array(list)) if list.len() == 1 => list.first().and_then(Value::as_i64),
        Some(value) => value.as_i64(),
        None => Some(-1),
    };
    axis == Some(-1) || axis.is_some_and(|axis| usize::try_from(axis).is_ok_and(|axis| axis == rank))
}
