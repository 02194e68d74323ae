//! One network's spec: TOML text → [`Network`], or everything that is wrong with it.

mod fit;
mod keys;
mod layer;
mod word;

use std::fmt;

use toml::de::{DeTable, DeValue};

use crate::error::Report;
use keys::Keys;
use layer::Draft;

/// The longest chain, as in nanoprop's tuples of layers.
const MOST_LAYERS: usize = 16;

/// A spec in which everything is right.
pub(crate) struct Network {
    pub(crate) name: String,
    pub(crate) doc: Option<String>,
    pub(crate) loss: String,
    pub(crate) scalar: Scalar,
    pub(crate) layers: Vec<Layer>,
}

#[derive(Clone, Copy)]
pub(crate) enum Scalar {
    F32,
    F64,
    Fused,
}

/// One layer and the shapes around it.
pub(crate) struct Layer {
    pub(crate) kind: Kind,
    pub(crate) reads: Shape,
    pub(crate) writes: Shape,
}

pub(crate) enum Kind {
    Dense { inputs: u64, outputs: u64, activation: String, bias: bool },
    Elman { steps: u64, inputs: u64, hidden: u64, activation: String, all: bool },
    Flatten,
    Pointwise { name: &'static str, width: u64 },
    Dropout { width: u64, percent: u64 },
    Own(String),
}

/// A vector's width, a matrix's rows and columns, or a volume's channels, height and width.
#[derive(Clone, PartialEq)]
pub(crate) struct Shape(pub(crate) Vec<u64>);

impl Shape {
    pub(crate) fn is_vector(&self) -> bool {
        self.0.len() == 1
    }

    pub(crate) fn values(&self) -> u64 {
        self.0.iter().product()
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths: Vec<_> = self.0.iter().map(u64::to_string).collect();
        f.write_str(&widths.join("×"))
    }
}

/// Gives the network's name and where it stands, if it has a good one, and the network, if all of it is good.
pub(crate) fn parse(text: &str, report: &Report<'_>) -> (Option<(String, usize)>, Option<Network>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        not_toml(&errors, report);
        return (None, None);
    }
    let keys = Keys::new(document.get_ref(), 0, "a network", String::new(), report);
    keys.only(&["name", "doc", "loss", "scalar", "layer"]);
    let name = keys.type_name("name");
    let doc = keys.doc("doc");
    let loss = keys.known("loss", "loss", word::LOSSES);
    let scalar = keys.choice("scalar", "f32", word::SCALARS);
    let drafts = drafts(&keys);
    fit::check(&drafts, report);

    let name_only = name.as_ref().map(|(name, _)| name.clone());
    let network = || {
        let scalar = match scalar? {
            "f64" => Scalar::F64,
            "Fused" => Scalar::Fused,
            _ => Scalar::F32,
        };
        let layers = drafts.into_iter().map(Draft::finish).collect::<Option<_>>()?;
        Some(Network { name: name_only?, doc: doc?, loss: loss?, scalar, layers })
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

/// Reads the `[[layer]]` tables, good or not, so that each has its number.
fn drafts(keys: &Keys<'_>) -> Vec<Draft> {
    let Some(value) = keys.get("layer") else {
        keys.error(0, "a network needs layers: add a `[[layer]]`");
        return Vec::new();
    };
    let DeValue::Array(tables) = value.get_ref() else {
        keys.error(value.span().start, "`layer` must be tables, each headed `[[layer]]`");
        return Vec::new();
    };
    if tables.is_empty() {
        keys.error(value.span().start, "a network needs layers: add a `[[layer]]`");
    }
    if let Some(surplus) = tables.get(MOST_LAYERS) {
        let count = tables.len();
        keys.error(surplus.span().start, format!("{count} layers, but a network has at most {MOST_LAYERS}"));
    }
    tables.iter().enumerate().map(|(index, table)| layer::read(index + 1, table, keys.report)).collect()
}
