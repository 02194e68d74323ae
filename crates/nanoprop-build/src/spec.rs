//! One network's spec: TOML text → [`Network`], or everything that is wrong with it.

mod keys;
mod kinds;
mod layer;
mod word;

use std::fmt;

use toml::de::DeTable;

use crate::error::Report;
use keys::Keys;
pub(crate) use word::is_crate;

/// The longest chain, as in nanoprop's tuples of layers.
const MOST_LAYERS: usize = 16;

/// A spec in which everything is right, as far as it can be seen without the layers.
pub(crate) struct Network {
    pub(crate) name: String,
    pub(crate) doc: Option<String>,
    /// The loss's path and its line.
    pub(crate) loss: (String, usize),
    /// The scalar as in `network!`, where it is not `f32`.
    pub(crate) scalar: Option<String>,
    pub(crate) layers: Chain,
    pub(crate) file: String,
}

pub(crate) type Chain = Vec<Layer>;

/// One layer, as in `network!`, with the shapes that the spec gives it and their lines.
pub(crate) struct Layer {
    pub(crate) kind: String,
    /// The arguments that have a key, and their values.
    pub(crate) arguments: Vec<(&'static str, String)>,
    pub(crate) text: String,
    pub(crate) line: usize,
    pub(crate) reads: (Shape, usize),
    pub(crate) writes: Option<(Shape, usize)>,
    /// The layers of a Residual.
    pub(crate) within: Chain,
    /// The layer of a Bidirectional, a KeepFloat or a FakeQuantize.
    pub(crate) half: Chain,
}

/// A vector's width, a matrix's rows and columns, or a volume's height, width and channels.
#[derive(Clone, PartialEq)]
pub(crate) struct Shape(pub(crate) Vec<u64>);

impl Shape {
    fn is_vector(&self) -> bool {
        self.0.len() == 1
    }

    fn values(&self) -> u64 {
        self.0.iter().product()
    }

    fn last(&self) -> u64 {
        self.0.last().copied().unwrap_or(1)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths: Vec<_> = self.0.iter().map(u64::to_string).collect();
        f.write_str(&widths.join("×"))
    }
}

/// Gives the network's name and where it stands, if it has a good one, and the network, if all of it is good. The names of
/// nanoprop's items are prefixed by `krate`.
pub(crate) fn parse(
    file: &str,
    text: &str,
    krate: &str,
    report: &Report<'_>,
) -> (Option<(String, usize)>, Option<Network>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        not_toml(&errors, report);
        return (None, None);
    }
    let keys = Keys::new(document.get_ref(), 0, "a network", String::new(), report);
    keys.only(&["name", "doc", "loss", "scalar", "layer"]);
    let name = keys.type_name("name");
    let doc = keys.doc("doc");
    let loss = keys.item("loss", None);
    let scalar = keys.choice("scalar", "f32", &["f32", "f64", "Fused"]);
    let drafts = layer::chain(&keys, 1, krate, report);
    layer::check(&drafts, report);

    let name_only = name.as_ref().map(|(name, _)| name.clone());
    let network = || {
        let loss = loss?;
        let scalar = match scalar? {
            "f32" => None,
            "f64" => Some("::core::primitive::f64".to_owned()),
            scalar => Some(format!("{krate}::{scalar}")),
        };
        let loss = if loss.contains("::") { loss } else { format!("{krate}::{loss}") };
        let loss = (loss, report.line(keys.at("loss")));
        let layers = drafts.into_iter().map(|draft| draft.finish(report)).collect::<Option<_>>()?;
        Some(Network { name: name_only?, doc: doc?, loss, scalar, layers, file: file.to_owned() })
    };
    (name, network())
}

/// Reports what the TOML parser found. It goes on after an error; what it then finds on the same line is mostly a
/// consequence, and left out.
fn not_toml(errors: &[toml::de::Error], report: &Report<'_>) {
    let mut lines = Vec::new();
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        let line = report.line(at);
        if !lines.contains(&line) {
            lines.push(line);
            let message = error.message().replace(char::is_control, " ");
            report.push(at, format!("not TOML: {}", message.trim_end_matches(", expected nothing")));
        }
    }
}
