//! Networks → Rust text.

use crate::spec::{Kind, Layer, Network, Scalar};

/// The whole file: what cargo's `OUT_DIR` gets.
pub(crate) fn file(networks: &[Network]) -> String {
    let aliases: Vec<_> = networks.iter().map(alias).collect();
    format!("// Made by nanoprop-build from the networks' specs: edit those.\n\n{}", aliases.join("\n"))
}

/// One network's documentation, alias and the check that its layers fit.
fn alias(network: &Network) -> String {
    let Network { name, doc, loss, scalar, layers } = network;
    let mut text = String::new();
    if let Some(doc) = doc.as_deref().map(str::trim).filter(|doc| !doc.is_empty()) {
        for line in doc.lines().chain([""]) {
            text += format!("/// {line}").trim_end();
            text += "\n";
        }
    }
    text += &format!("/// {}\npub type {name} = ::nanoprop::Network<\n    (\n", summary(network));
    for layer in layers {
        text += &format!("        {},\n", layer_type(layer, *scalar));
    }
    text + &format!("    ),\n    {},\n>;\nconst _: () = <{name}>::FITS;\n", item(loss))
}

/// `` `64 → Dense 32 Sigmoid → Dense 10`, SigmoidCrossEntropy, f32: 2,410 parameters, 9,640 bytes. ``
fn summary(network: &Network) -> String {
    let mut chain = network.layers.first().map(|layer| layer.reads.to_string()).unwrap_or_default();
    for layer in &network.layers {
        chain += " → ";
        chain += &layer_words(layer);
    }
    let parameters: u64 = network.layers.iter().map(|layer| parameters(&layer.kind)).sum();
    let bytes = parameters * if matches!(network.scalar, Scalar::F64) { 8 } else { 4 };
    let own = network.layers.iter().any(|layer| matches!(layer.kind, Kind::Own(_)));
    format!(
        "`{chain}`, {}, {}: {} parameters, {} bytes{}.",
        last_name(&network.loss),
        scalar_name(network.scalar),
        thousands(parameters),
        thousands(bytes),
        if own { ", without the layers of your own" } else { "" },
    )
}

/// A layer in the summary: what it is, what it writes, and what isn't its default.
fn layer_words(layer: &Layer) -> String {
    let (mut words, mut percents) = (vec![], None);
    let writes = layer.writes.to_string();
    match &layer.kind {
        Kind::Dense { activation, bias, .. } => {
            words.extend(["Dense", &writes]);
            words.extend((activation != "Identity").then(|| last_name(activation)));
            words.extend((!bias).then_some("Unbiased"));
        }
        Kind::Elman { activation, .. } => {
            words.extend(["Elman", &writes]);
            words.extend((activation != "Tanh").then(|| last_name(activation)));
        }
        Kind::Flatten => words.extend(["Flatten", &writes]),
        Kind::Pointwise { name, .. } => words.push(name),
        Kind::Dropout { percent, .. } => words.push(percents.insert(format!("Dropout {percent} %"))),
        Kind::Own(path) => words.extend([last_name(path), &writes]),
    }
    words.join(" ")
}

/// How many numbers a layer has; of a layer of the user's own we can't know, and count none.
fn parameters(kind: &Kind) -> u64 {
    match kind {
        Kind::Dense { inputs, outputs, bias, .. } => (inputs + u64::from(*bias)) * outputs,
        Kind::Elman { inputs, hidden, .. } => (1 + inputs + hidden) * hidden,
        Kind::Pointwise { name: "LayerNorm" | "Standardize", width } => 2 * width,
        Kind::Flatten | Kind::Pointwise { .. } | Kind::Dropout { .. } | Kind::Own(_) => 0,
    }
}

fn layer_type(layer: &Layer, scalar: Scalar) -> String {
    let scalar = (scalar_type(scalar), "f32");
    match &layer.kind {
        Kind::Dense { inputs, outputs, activation, bias } => {
            let biased = item(if *bias { "Biased" } else { "Unbiased" });
            let optional = [(item(activation), "::nanoprop::Identity"), scalar, (biased, "::nanoprop::Biased")];
            spell("Dense", &[width(inputs), width(outputs)], &optional)
        }
        Kind::Elman { steps, inputs, hidden, activation, all } => {
            let emit = item(if *all { "All" } else { "Last" });
            let optional = [(item(activation), "::nanoprop::Tanh"), (emit, "::nanoprop::Last"), scalar];
            spell("Elman", &[width(steps), width(inputs), width(hidden)], &optional)
        }
        Kind::Flatten => {
            let array = if layer.reads.0.len() == 2 { "Matrix" } else { "Volume" };
            let widths: Vec<_> = layer.reads.0.iter().map(width).collect();
            spell("Flatten", &[spell(array, &widths, &[scalar])], &[])
        }
        Kind::Pointwise { name, width: n } => spell(name, &[width(n)], &[scalar]),
        Kind::Dropout { width: n, percent } => {
            let rate = (format!("::nanoprop::Percent<{percent}>"), "::nanoprop::Percent<50>");
            spell("Dropout", &[width(n)], &[rate, scalar])
        }
        Kind::Own(path) => path.clone(),
    }
}

/// `::nanoprop::Name<needed, optional>`, the optional ones up to the last that isn't its default.
fn spell(name: &str, needed: &[String], optional: &[(String, &str)]) -> String {
    let spelled = optional.iter().rposition(|(value, default)| value != default).map_or(0, |last| last + 1);
    let optional = optional.iter().take(spelled).map(|(value, _)| value.as_str());
    let parameters: Vec<_> = needed.iter().map(String::as_str).chain(optional).collect();
    format!("{}<{}>", item(name), parameters.join(", "))
}

/// nanoprop's item of that name, or the user's own path.
fn item(name: &str) -> String {
    if name.contains("::") { name.to_owned() } else { format!("::nanoprop::{name}") }
}

fn width(width: &u64) -> String {
    format!("::nanoprop::width!({width})")
}

fn scalar_name(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::F32 => "f32",
        Scalar::F64 => "f64",
        Scalar::Fused => "Fused",
    }
}

fn scalar_type(scalar: Scalar) -> String {
    let name = scalar_name(scalar);
    if matches!(scalar, Scalar::Fused) { item(name) } else { name.to_owned() }
}

fn last_name(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

/// `2410` → `2,410`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
