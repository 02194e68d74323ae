//! A network, layer by layer, and the bytes that it needs.

use std::path::Path;

use nanoprop_exchange::{Layer, Model};
use serde::Serialize;

use crate::error::Error;
use crate::file;
use crate::output::{self, table, visible};

/// What a network is, whatever its weights.
#[derive(Default, Serialize)]
pub(crate) struct Summary {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    doc: String,
    input: Vec<usize>,
    output: Vec<usize>,
    loss: &'static str,
    scalar: &'static str,
    pub(crate) parameters: usize,
    bytes: usize,
    pub(crate) fingerprint: String,
    layers: Vec<Row>,
    footprint: Vec<Way>,
}

/// A layer.
#[derive(Serialize)]
struct Row {
    layer: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    detail: String,
    /// Within how many residuals it is.
    depth: usize,
    reads: Vec<usize>,
    writes: Vec<usize>,
    parameters: usize,
    bytes: usize,
}

/// The bytes of RAM that a way to use a network takes, on a machine of 64 bits.
#[derive(Serialize)]
struct Way {
    way: String,
    weights: usize,
    gradient: usize,
    tape: usize,
    optimizer: usize,
    total: usize,
}

/// The model of a spec, whose tensors are not set.
pub(crate) fn spec(path: &Path) -> Result<Model, Error> {
    Model::from_toml(&path.display().to_string(), &file::read_text(path)?)
        .map_err(|error| Error::new(error.to_string()))
}

impl Summary {
    pub(crate) fn of(model: &Model) -> Summary {
        let mut layers = vec![];
        rows(model.layers(), 0, model.scalar.bytes(), &mut layers);
        let ways = model.footprints().into_iter().map(|(way, bytes)| Way {
            way,
            weights: bytes.weights,
            gradient: bytes.gradient,
            tape: bytes.tape,
            optimizer: bytes.optimizer,
            total: bytes.total(),
        });
        Summary {
            name: model.name.clone(),
            doc: model.doc.clone(),
            input: model.input().to_vec(),
            output: model.output().to_vec(),
            loss: model.loss.word(),
            scalar: model.scalar.word(),
            parameters: model.parameters(),
            bytes: model.parameters().saturating_mul(model.scalar.bytes()),
            fingerprint: format!("{:016x}", model.fingerprint()),
            layers,
            footprint: ways.collect(),
        }
    }

    /// The layers as a table.
    pub(crate) fn text(&self) -> String {
        let Summary { name, doc, input, output, loss, scalar, parameters, bytes, fingerprint, layers, .. } = self;
        let [input, output] = [input, output].map(|widths| output::widths(widths));
        let mut text = format!("{name}: {input} => {output}, loss {loss}, scalar {scalar}\n");
        if !doc.is_empty() {
            text += &format!("{}\n", visible(doc));
        }
        let mut cells = vec![["layer", "reads", "writes", "parameters", "bytes"].map(str::to_owned)];
        cells.extend(layers.iter().map(|row| {
            let layer = format!("{}{} {}", "  ".repeat(row.depth), row.layer, row.detail);
            let [reads, writes] = [&row.reads, &row.writes].map(|widths| output::widths(widths));
            [layer.trim_end().to_owned(), reads, writes, row.parameters.to_string(), row.bytes.to_string()]
        }));
        text += &table(&cells, [true, false, false, false, false]);
        text + &format!("{parameters} parameters, {bytes} bytes; fingerprint {fingerprint}\n")
    }

    /// The bytes of each way to use it, as a table.
    pub(crate) fn footprint(&self) -> String {
        let head = ["bytes of RAM", "weights", "gradient", "tape", "optimizer", "total"].map(str::to_owned);
        let rows = self.footprint.iter().map(|way| {
            let [weights, gradient, tape, optimizer, total] =
                [way.weights, way.gradient, way.tape, way.optimizer, way.total].map(|bytes| bytes.to_string());
            [way.way.clone(), weights, gradient, tape, optimizer, total]
        });
        let rows: Vec<_> = [head].into_iter().chain(rows).collect();
        table(&rows, [true, false, false, false, false, false])
    }
}

fn rows(layers: &[Layer], depth: usize, width: usize, to: &mut Vec<Row>) {
    for layer in layers {
        to.push(Row {
            layer: layer.word(),
            detail: layer.detail(),
            depth,
            reads: layer.reads().to_vec(),
            writes: layer.writes().to_vec(),
            parameters: layer.parameters(),
            bytes: layer.parameters().saturating_mul(width),
        });
        rows(layer.within(), depth + 1, width, to);
    }
}
