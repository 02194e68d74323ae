//! Networks → Rust text: an invocation of `network!` for each, with where each layer stands in its spec.

use crate::spec::{Layer, Network, Shape};

/// The whole file: what cargo's `OUT_DIR` gets.
pub(crate) fn file(networks: &[Network], krate: &str) -> String {
    let aliases: Vec<_> = networks.iter().map(|network| alias(network, krate)).collect();
    format!("// Made by nanoprop-build from the networks' specs: edit those.\n\n{}", aliases.join("\n"))
}

/// One network. A comment at the end of each line says where the compiler's complaint about it belongs.
fn alias(network: &Network, krate: &str) -> String {
    let Network { name, doc, loss: (loss, loss_line), scalar, layers, file } = network;
    let mut text = format!("{krate}::network! {{\n");
    if let Some(doc) = doc.as_deref().map(str::trim).filter(|doc| !doc.is_empty()) {
        for line in doc.lines().chain([""]) {
            text += format!("    /// {line}").trim_end();
            text += "\n";
        }
    }
    let input = layers.first().map(|layer| layer.reads.0.0.as_slice()).unwrap_or_default();
    let input = if let [width] = input { width.to_string() } else { format!("{input:?}") };
    let last = |path: &str| path.rsplit("::").next().unwrap_or(path).to_owned();
    let chain: Vec<_> = layers.iter().map(|layer| layer.text.replace(&format!("{krate}::"), "")).collect();
    let scalar_name = scalar.as_deref().map_or("f32".to_owned(), last);
    text += &format!("    /// `{input} => {}`, {}, {scalar_name}.\n", chain.join(" => "), last(loss));
    text += &format!("    #[allow(dead_code)]\n    pub type {name} = {input}");
    let place = one_line(file);
    for layer in layers {
        text += &format!("\n        => {} // {place}:{}", layer.text, layer.line);
    }
    text += &format!("\n        , loss = {loss} // {place}:{loss_line}\n");
    if let Some(scalar) = scalar {
        text += &format!("        , scalar = {scalar}\n");
    }
    text + &format!("        , in {file:?} {};\n}}\n", shapes(layers, "        "))
}

/// The shapes that the spec gives, each with its line: `[(5, [64], 6, [32], []), …]`; `[]` is what it leaves out.
fn shapes(layers: &[Layer], indent: &str) -> String {
    let mut text = "[".to_owned();
    for layer in layers {
        let (Shape(reads), reads_line) = &layer.reads;
        let (writes, writes_line) = layer.writes.as_ref().map_or((&[][..], 0), |(writes, line)| (&writes.0, *line));
        let within = shapes(&layer.within, &format!("{indent}    "));
        text += &format!("\n{indent}    ({reads_line}, {reads:?}, {writes_line}, {writes:?}, {within}),");
    }
    if !layers.is_empty() {
        text += &format!("\n{indent}");
    }
    text + "]"
}

/// A file's name in a comment.
fn one_line(file: &str) -> String {
    file.replace(char::is_control, "?")
}
