//! The layers of `config.json`, in the order of the data.

use std::collections::BTreeMap;

use serde_json::Value;

use super::weights::Weights;
use super::{error, layer};
use crate::error::Error;
use crate::model::Model;

/// A layer as it was configured.
#[derive(Clone, Copy)]
pub(super) struct Config<'a>(&'a Value);

impl<'a> Config<'a> {
    pub(super) fn new(value: &'a Value) -> Self {
        Config(value)
    }

    pub(super) fn class(self) -> &'a str {
        self.0.get("class_name").and_then(Value::as_str).unwrap_or("")
    }

    pub(super) fn name(self) -> &'a str {
        self.get("name").and_then(Value::as_str).unwrap_or("")
    }

    /// What it says of an option; `None` where it is null.
    pub(super) fn get(self, key: &str) -> Option<&'a Value> {
        self.0.get("config").and_then(|config| config.get(key)).filter(|value| !value.is_null())
    }

    pub(super) fn flag(self, key: &str, default: bool) -> bool {
        self.get(key).and_then(Value::as_bool).unwrap_or(default)
    }

    pub(super) fn number(self, key: &str, default: f64) -> f64 {
        self.get(key).and_then(Value::as_f64).unwrap_or(default)
    }

    pub(super) fn text(self, key: &str, default: &'static str) -> &'a str {
        self.get(key).map_or(default, |value| value.as_str().unwrap_or("?"))
    }

    /// A number, or a list of them.
    pub(super) fn widths(self, key: &str) -> Vec<usize> {
        let one = |value: &Value| value.as_u64().and_then(|n| usize::try_from(n).ok());
        match self.get(key) {
            Some(Value::Array(list)) => list.iter().filter_map(one).collect(),
            Some(value) => one(value).into_iter().collect(),
            None => Vec::new(),
        }
    }

    pub(super) fn width(self, key: &str) -> usize {
        self.widths(key).first().copied().unwrap_or(0)
    }

    /// The layer that stands behind a key.
    pub(super) fn inner(self, key: &str) -> Option<Config<'a>> {
        self.get(key).map(Config)
    }

    /// The message that this layer can't be read.
    pub(super) fn refuse(self, why: &str) -> Error {
        error(format!("layer `{}`, a {}: {why}", self.name(), self.class()))
    }

    /// The name of the layer whose output it reads, if it is one, read once.
    fn reads(self) -> Option<&'a str> {
        let [node] = self.0.get("inbound_nodes")?.as_array()?.as_slice() else { return None };
        let [tensor] = node.get("args")?.as_array()?.as_slice() else { return None };
        tensor.get("config")?.get("keras_history")?.get(0)?.as_str()
    }
}

/// How deep models may lie in each other.
const DEEPEST: usize = 8;

/// Appends the layers of a `Sequential` or `Functional` model, whose weights are at `path`.
pub(super) fn chain(config: Config, path: &str, model: &mut Option<Model>, weights: &Weights) -> Result<(), Error> {
    if path.matches("layers").count() > DEEPEST {
        return Err(config.refuse("models lie too deep in each other"));
    }
    let functional = match config.class() {
        "Sequential" => false,
        "Functional" | "Model" => true,
        "" => return Err(error("`config.json` has no `class_name`: was it saved by Keras 3?")),
        _ => return Err(config.refuse("only Sequential and Functional models are read: build one of the same layers")),
    };
    let none = Vec::new();
    let layers = config.get("layers").and_then(Value::as_array).unwrap_or(&none);
    let (mut counts, mut before): (BTreeMap<String, usize>, Option<&str>) = (BTreeMap::new(), None);
    for value in layers {
        let layer = Config(value);
        if functional && before.is_some() && layer.reads() != before {
            let why = "its input is not the one layer before it: only chains are read; import branches by ONNX";
            return Err(layer.refuse(why));
        }
        before = Some(layer.name());
        if layer.class() == "InputLayer" {
            input(layer, config, model)?;
            continue;
        }
        let folder = snake(layer.class());
        let count = counts.entry(folder.clone()).or_insert(0);
        let folder = if *count == 0 { folder } else { format!("{folder}_{count}") };
        *count += 1;
        let path = format!("{path}/{folder}");
        if matches!(layer.class(), "Sequential" | "Functional") {
            chain(layer, &format!("{path}/layers"), model, weights)?;
            continue;
        }
        let model = model.as_mut().ok_or_else(|| layer.refuse("no InputLayer is before it: build the model first"))?;
        let first = model.layers().len();
        layer::push(layer, model, &weights.at(&path))?;
        for added in model.layers_mut().iter_mut().skip(first).filter(|added| added.label.is_empty()) {
            layer.name().clone_into(&mut added.label);
        }
    }
    Ok(())
}

/// Begins the model, unless it is one within another.
fn input(layer: Config, config: Config, model: &mut Option<Model>) -> Result<(), Error> {
    let Some(shape) = layer.get("batch_shape").and_then(Value::as_array) else {
        return Err(layer.refuse("it has no `batch_shape`"));
    };
    let widths: Option<Vec<usize>> =
        shape.iter().skip(1).map(|width| width.as_u64().and_then(|width| usize::try_from(width).ok())).collect();
    let Some(widths) = widths else {
        return Err(layer.refuse("a width is not known: a nanoprop network has fixed widths, so give it all of them"));
    };
    match model {
        Some(model) if model.output() == widths => {}
        Some(_) => return Err(layer.refuse("a second input: only chains are read")),
        None => {
            let name: String = config.name().split(|c: char| !c.is_ascii_alphanumeric()).map(capital).collect();
            let name = if name.starts_with(|c: char| c.is_ascii_uppercase()) { name } else { "Net".to_owned() };
            *model = Some(Model::new(name, &widths)?);
        }
    }
    Ok(())
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

/// Keras's folder of a class: `LayerNormalization` is `layer_normalization`, `ReLU` is `re_lu`, `SimpleRNN` is `simple_rnn`.
fn snake(class: &str) -> String {
    let chars: Vec<char> = class.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    let upper = |k: usize| chars.get(k).is_some_and(char::is_ascii_uppercase);
    let lower = |k: usize| chars.get(k).is_some_and(char::is_ascii_lowercase);
    let mut name = String::new();
    for (k, c) in chars.iter().enumerate() {
        if k > 0 && upper(k) && (lower(k + 1) || lower(k - 1)) && !name.ends_with('_') {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    /// As Keras 3.15.1 names them.
    #[test]
    fn folders() {
        for (class, folder) in [
            ("Dense", "dense"),
            ("Conv2D", "conv2d"),
            ("DepthwiseConv1D", "depthwise_conv1d"),
            ("ReLU", "re_lu"),
            ("LeakyReLU", "leaky_re_lu"),
            ("SimpleRNN", "simple_rnn"),
            ("GRU", "gru"),
            ("ELU", "elu"),
            ("GlobalAveragePooling1D", "global_average_pooling1d"),
            ("LayerNormalization", "layer_normalization"),
        ] {
            assert_eq!(super::snake(class), folder);
        }
    }
}
