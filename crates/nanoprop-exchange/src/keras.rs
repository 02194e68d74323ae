//! Keras 3's `.keras` files: a zip of `config.json` and `model.weights.h5`.

mod config;
mod convert;
mod layer;
mod normal;
mod recurrent;
mod weights;

use crate::error::Error;
use crate::model::Model;
use crate::zip;
use config::Config;
use weights::Weights;

pub(crate) fn error(message: impl ToString) -> Error {
    Error::file(".keras file", message)
}

/// Reads a `Sequential` or a `Functional` model without branches, with its weights.
///
/// Read are `Dense`, `Embedding`, `Conv1D`, `Conv2D`, `Conv1DTranspose`, `DepthwiseConv1D`, `DepthwiseConv2D`, `SeparableConv1D`,
/// `SeparableConv2D`, max and average pooling, `GlobalAveragePooling1D` and `2D`, `SimpleRNN`, `LSTM`, `GRU` with `reset_after` or without, `Bidirectional`
/// that concatenates, `BatchNormalization`, `Normalization` and `Rescaling` (folded into the layer before, or a `BatchNorm` and a
/// `Standardize`), `LayerNormalization`, `GroupNormalization`, `Activation`, `ReLU`, `LeakyReLU`, `ELU`, `Softmax`, `Flatten`, `Reshape`, `Dropout`, and
/// `Sequential` within these. A softmax or sigmoid at the end becomes the loss's link.
///
/// # Errors
///
/// If the bytes are no such file, or a layer is another or has options that nanoprop's layers can't have: with its name, its
/// class, and what can be done.
pub fn read(bytes: &[u8]) -> Result<Model, Error> {
    let files = zip::read(bytes)?;
    let file =
        |name: &str| files.get(name).ok_or_else(|| error(format!("it has no `{name}`: was it saved by Keras 3?")));
    read_parts(file("config.json")?, file("model.weights.h5")?)
}

/// [`read`] of what is in the zip: `config.json` and `model.weights.h5`.
///
/// # Errors
///
/// As there.
pub fn read_parts(config: &[u8], weights: &[u8]) -> Result<Model, Error> {
    let config: serde_json::Value =
        serde_json::from_slice(config).map_err(|problem| error(format!("`config.json`: {problem}")))?;
    let weights = Weights::open(weights)?;
    let config = Config::new(&config);
    let mut model = None;
    config::chain(config, "layers", &mut model, &weights)?;
    let mut model = model.ok_or_else(|| error("the model has no layers"))?;
    model.take_link();
    Ok(model)
}
