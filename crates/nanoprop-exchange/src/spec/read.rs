use nanoprop_build::{Spec, SpecLayer};

use crate::error::Error;
use crate::model::{Activation, Kind, Layer, Loss, Misfit, Model, Padding, Reset, Scalar, Windows};

impl Model {
    /// The model that a spec describes, with tensors that are not set; `file` is its name, for messages.
    ///
    /// # Errors
    ///
    /// Everything that nanoprop-build finds wrong with the spec; a layer that does not read or write what the spec says; a
    /// loss, activation or layer of your own, and `Frozen`, which are known to the compiler only; a `FakeQuantize`. A `KeepFloat` is
    /// its layer.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop_exchange::Model;
    ///
    /// let spec = "name = 'Net'\nloss = 'SquaredError'\n[[layer]]\nkind = 'Dense'\nreads = 3\nwrites = 2";
    /// assert_eq!(Model::from_toml("net.toml", spec).unwrap().parameters(), 4 * 2);
    ///
    /// let error = Model::from_toml("net.toml", &spec.replace("Dense", "crate::Mine")).unwrap_err();
    /// assert_eq!(error.to_string(), "net.toml:3: layer 1: `crate::Mine` is your own: only nanoprop's layers are known here");
    ///
    /// let kept = spec.replace("[[layer]]\n", "[[layer]]\nkind = 'KeepFloat'\n[[layer.layer]]\n");
    /// let (kept, plain) = (Model::from_toml("net.toml", &kept).unwrap(), Model::from_toml("net.toml", spec).unwrap());
    /// assert_eq!(kept.to_toml(), plain.to_toml());
    /// let error = Model::from_toml("net.toml", &spec.replace("Dense", "FakeQuantize")).unwrap_err();
    /// assert!(error.to_string().starts_with("net.toml:3: layer 1: a FakeQuantize is for training"), "{error}");
    /// ```
    pub fn from_toml(file: &str, text: &str) -> Result<Model, Error> {
        let spec = nanoprop_build::read(file, text)
            .map_err(|errors| Error::Spec(errors.iter().map(ToString::to_string).collect()))?;
        let own = |what: &str, name: &str| {
            Error::Spec(vec![format!("{file}: {what} `{name}` is your own: only nanoprop's are known here")])
        };
        let loss = Loss::from_word(&spec.loss).ok_or_else(|| own("the loss", &spec.loss))?;
        let Spec { name, doc, scalar, layers, .. } = spec;
        let input = layers.first().map(first).unwrap_or_default();
        let at = |line: usize, error: String| Error::Spec(vec![format!("{file}:{line}: {error}")]);
        let mut model = Model::new(name, &numbers(input)).map_err(|misfit| at(1, misfit.to_string()))?;
        model.doc = doc.unwrap_or_default();
        model.loss = loss;
        model.scalar = match scalar.as_str() {
            "f64" => Scalar::F64,
            "Fused" => Scalar::Fused,
            _ => Scalar::F32,
        };
        for layer in &layers {
            let number = model.leaves().len() + 1;
            let fail = |misfit: Misfit| at(layer.line, misfit.at(number).to_string());
            let pushed = model.push(kind(layer).map_err(fail)?).map_err(fail)?;
            compare(layer, pushed).map_err(fail)?;
        }
        Ok(model)
    }
}

/// What a layer reads; of one around others, what the first of them does.
fn first(layer: &SpecLayer) -> &[u64] {
    layer.layers.first().map_or(&layer.reads, first)
}

fn numbers(widths: &[u64]) -> Vec<usize> {
    widths.iter().map(|&width| usize::try_from(width).unwrap_or(usize::MAX)).collect()
}

/// Refuses a layer that does not write what the spec says. That it reads what the one before writes, nanoprop-build compares.
fn compare(spec: &SpecLayer, layer: &Layer) -> Result<(), Misfit> {
    spec.layers.iter().zip(layer.within()).try_for_each(|(spec, layer)| compare(spec, layer))?;
    let show = |widths: &[usize]| widths.iter().map(usize::to_string).collect::<Vec<_>>().join("×");
    let said = numbers(&spec.reads);
    if said != layer.reads() {
        return Err(Misfit::new(format!("{} values are before it, but it reads {}", show(layer.reads()), show(&said))));
    }
    match spec.writes.as_deref().map(numbers) {
        Some(said) if said != layer.writes() => {
            let message = format!("the {} writes {} values, not {}", layer.word(), show(layer.writes()), show(&said));
            Err(Misfit::new(message))
        }
        _ => Ok(()),
    }
}

fn kind(layer: &SpecLayer) -> Result<Kind, Misfit> {
    let refuse = |message: String| Err(Misfit::new(message));
    let last = layer.writes.as_deref().map(numbers).and_then(|writes| writes.last().copied()).unwrap_or(0);
    let activation = || {
        let word = layer.argument("activation").unwrap_or("Identity");
        let own = || Misfit::new(format!("the activation `{word}` is your own: only nanoprop's are known here"));
        Activation::from_word(word).ok_or_else(own)
    };
    let name = |key: &str, names: [&str; 2]| match layer.argument(key) {
        Some(word) if word == names[1] => Ok(true),
        Some(word) if word != names[0] => {
            Err(Misfit::new(format!("`{key}` is `{word}`, but must be {} or {}", names[0], names[1])))
        }
        _ => Ok(false),
    };
    let number = |key: &str| layer.argument(key).and_then(|text| text.parse().ok()).unwrap_or(0);
    let all = || name("emit", ["Last", "All"]);
    let bias = layer.argument("bias") != Some("false");
    let within = || layer.layers.iter().map(kind).collect::<Result<Vec<_>, _>>();
    Ok(match layer.kind.as_str() {
        "Dense" => Kind::Dense { units: last, activation: activation()?, bias },
        "Elman" => Kind::Elman { units: last, activation: activation()?, all: all()? },
        "Lstm" => Kind::Lstm { units: last, all: all()? },
        "Gru" => {
            let before = name("reset", ["ResetAfter", "ResetBefore"])?;
            Kind::Gru { units: last, all: all()?, reset: if before { Reset::Before } else { Reset::After } }
        }
        "Conv1d" | "Conv2d" => {
            Kind::Conv { channels: last, windows: windows(layer, false)?, activation: activation()?, bias }
        }
        "ConvTranspose1d" => {
            let windows = windows(layer, false)?;
            Kind::ConvTranspose { channels: last, windows, activation: activation()?, bias }
        }
        "Embedding" => {
            let wide = name("numbers", ["u8", "u16"])?;
            Kind::Embedding { classes: number("classes"), units: last, wide }
        }
        "DepthwiseConv1d" | "DepthwiseConv2d" => {
            Kind::DepthwiseConv { windows: windows(layer, false)?, activation: activation()?, bias }
        }
        "MaxPool1d" | "MaxPool2d" => Kind::MaxPool(windows(layer, true)?),
        "AvgPool1d" | "AvgPool2d" => Kind::AvgPool(windows(layer, true)?),
        "GlobalAvgPool" => Kind::GlobalAvgPool,
        "Flatten" => Kind::Flatten,
        "Unflatten" => Kind::Unflatten(layer.writes.as_deref().map(numbers).unwrap_or_default()),
        "Gelu" => Kind::Gelu,
        "Silu" => Kind::Silu,
        "Mish" => Kind::Mish,
        "Softmax" => Kind::Softmax,
        "LayerNorm" => Kind::LayerNorm,
        "GroupNorm" => Kind::GroupNorm { groups: number("groups") },
        "InstanceNorm" => Kind::GroupNorm { groups: numbers(&layer.reads).last().copied().unwrap_or(0) },
        "BatchNorm" => Kind::BatchNorm,
        "Standardize" => Kind::Standardize,
        "Dropout" => {
            Kind::Dropout { percent: layer.argument("percent").and_then(|text| text.parse().ok()).unwrap_or(0) }
        }
        "Residual" => Kind::Residual(within()?),
        "Bidirectional" => match within()?.pop() {
            Some(half) => Kind::Bidirectional(Box::new(half)),
            None => return refuse("a Bidirectional needs a layer".to_owned()),
        },
        // The same in floating point.
        "KeepFloat" => match within()?.pop() {
            Some(kept) => kept,
            None => return refuse("a KeepFloat needs a layer".to_owned()),
        },
        "FakeQuantize" => {
            return refuse("a FakeQuantize is for training here: write the network without it".to_owned());
        }
        "Frozen" => {
            let why = "its weights are a constant of a Rust program, which is not read here";
            return refuse(format!("this layer is Frozen, and {why}: write the layer itself"));
        }
        own if own.contains("::") => {
            return refuse(format!("`{own}` is your own: only nanoprop's layers are known here"));
        }
        other => return refuse(format!("the kind `{other}` is not known here")),
    })
}

fn windows(layer: &SpecLayer, pooling: bool) -> Result<Windows, Misfit> {
    let image = layer.kind.ends_with("2d");
    let pair = |key: &str| {
        let text = layer.argument(key)?.trim_matches(['[', ']']);
        text.split(',').map(|number| number.trim().parse::<usize>().ok()).collect::<Option<Vec<_>>>()
    };
    let one = |key: &str, default: usize| match pair(key).as_deref() {
        None => Ok(default),
        Some(&[one]) => Ok(one),
        Some(_) => Err(Misfit::new(format!("`{key}` must be one number, for both axes"))),
    };
    let size = match pair("window").as_deref() {
        Some(&[side]) if image => [side, side],
        Some(&[width]) => [1, width],
        Some(&[rows, columns]) if image && !pooling => [rows, columns],
        _ => return Err(Misfit::new("`window` must be one number")),
    };
    let padding = match layer.argument("padding") {
        None | Some("valid") => Padding::Valid,
        Some("same") => Padding::Same,
        Some("causal") => Padding::Causal,
        Some(_) => match pair("padding").as_deref() {
            Some(&[both]) => Padding::Pad(both, both),
            Some(&[before, after]) => Padding::Pad(before, after),
            _ => return Err(Misfit::new("`padding` must be a number or two")),
        },
    };
    let stride = one("stride", if pooling { size[1] } else { 1 })?;
    Ok(Windows { size, stride, dilation: one("dilation", 1)?, padding })
}
