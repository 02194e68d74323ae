//! A spec as values, for tools that don't make Rust text of it.

use crate::error::{Error, Report};
use crate::spec::{self, Layer};

/// What a spec says of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Spec {
    /// The network's name.
    pub name: String,
    /// Its documentation.
    pub doc: Option<String>,
    /// A loss of nanoprop, or the path of the user's own.
    pub loss: String,
    /// `f32`, `f64` or `Fused`.
    pub scalar: String,
    /// The layers.
    pub layers: Vec<SpecLayer>,
}

/// What a spec says of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SpecLayer {
    /// Its kind, or the path of the user's own.
    pub kind: String,
    /// The line of its table.
    pub line: usize,
    /// The widths that it reads.
    pub reads: Vec<u64>,
    /// The widths that it writes, where the spec gives them.
    pub writes: Option<Vec<u64>>,
    /// The other keys of the kind and their values: names, `true` and `false`, numbers, and pairs of these as `[3, 5]`.
    /// Defaults are there, but of `stride` and `dilation`.
    pub arguments: Vec<(&'static str, String)>,
    /// The layers within, of a `Residual`, `Bidirectional`, `KeepFloat` or `FakeQuantize`.
    pub layers: Vec<SpecLayer>,
}

impl SpecLayer {
    /// The value of a key.
    ///
    /// # Example
    ///
    /// ```
    /// let text = "name = 'Net'\nloss = 'Huber'\n[[layer]]\nkind = 'Dense'\nreads = 3\nwrites = 2";
    /// let spec = nanoprop_build::read("net.toml", text).unwrap();
    /// assert_eq!(spec.layers[0].argument("activation"), Some("Identity"));
    /// ```
    #[must_use]
    pub fn argument(&self, key: &str) -> Option<&str> {
        self.arguments.iter().find(|(name, _)| *name == key).map(|(_, value)| value.as_str())
    }
}

/// Reads one spec, a file's name and its text, as values.
///
/// # Errors
///
/// Every error of the spec, by line.
pub fn read(file: &str, text: &str) -> Result<Spec, Vec<Error>> {
    const KRATE: &str = "::nanoprop";
    let report = Report::new(file, text);
    let (_, network) = spec::parse(file, text, KRATE, &report);
    let errors = report.into_errors();
    match network {
        Some(network) if errors.is_empty() => {
            let (loss, _) = network.loss;
            let plain = |path: &str| path.rsplit("::").next().unwrap_or(path).to_owned();
            let own = loss.strip_prefix(KRATE).and_then(|rest| rest.strip_prefix("::"));
            Ok(Spec {
                name: network.name,
                doc: network.doc,
                loss: own.unwrap_or(&loss).to_owned(),
                scalar: network.scalar.as_deref().map_or("f32".to_owned(), plain),
                layers: network.layers.into_iter().map(layer).collect(),
            })
        }
        _ => Err(errors),
    }
}

fn layer(layer: Layer) -> SpecLayer {
    let within = if layer.half.is_empty() { layer.within } else { layer.half };
    SpecLayer {
        kind: layer.kind,
        line: layer.line,
        reads: layer.reads.0.0,
        writes: layer.writes.map(|(writes, _)| writes.0),
        arguments: layer.arguments,
        layers: within.into_iter().map(self::layer).collect(),
    }
}
