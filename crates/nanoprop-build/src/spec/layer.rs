//! One `[[layer]]`.

use toml::Spanned;
use toml::de::DeValue;

use super::keys::{Keys, WIDEST};
use super::{Kind, Layer, Shape, word};
use crate::error::Report;

/// A layer as far as it could be read, so that one mistake doesn't hide the next.
pub(super) struct Draft {
    pub(super) kind: Option<Kind>,
    pub(super) reads: Option<Shape>,
    pub(super) writes: Option<Shape>,
    /// Where the number that it reads stands.
    pub(super) reads_at: usize,
}

impl Draft {
    pub(super) fn finish(self) -> Option<Layer> {
        Some(Layer { kind: self.kind?, reads: self.reads?, writes: self.writes? })
    }
}

/// Reads layer `number` of the chain.
pub(super) fn read<'a>(number: usize, table: &'a Spanned<DeValue<'a>>, report: &'a Report<'a>) -> Draft {
    let (at, nothing) = (table.span().start, Draft { kind: None, reads: None, writes: None, reads_at: 0 });
    let DeValue::Table(entries) = table.get_ref() else {
        report.push(at, format!("layer {number} must be a table headed `[[layer]]`"));
        return nothing;
    };
    let mut keys = Keys::new(entries, at, "a layer", format!("layer {number}: "), report);
    let Some(kind) = keys.known("kind", "kind", word::KINDS) else {
        keys.only(&["kind", "reads", "writes", "activation", "bias", "steps", "emit", "percent"]);
        return nothing;
    };
    let (kind, reads, writes) = match kind.as_str() {
        word::DENSE => dense(&mut keys),
        word::ELMAN => elman(&mut keys),
        word::FLATTEN => flatten(&mut keys),
        word::DROPOUT => dropout(&mut keys),
        other => match word::POINTWISE.iter().find(|name| **name == other) {
            Some(name) => pointwise(&mut keys, name),
            None => own(&mut keys, kind),
        },
    };
    Draft { kind, reads, writes, reads_at: keys.at("reads") }
}

type Parts = (Option<Kind>, Option<Shape>, Option<Shape>);

fn vector(width: u64) -> Shape {
    Shape(vec![width])
}

/// What a layer that reads a vector reads; one that reads more needs a Flatten.
fn vector_width(keys: &Keys<'_>, layer: &str) -> Option<u64> {
    if let Some(list) = keys.get("reads").and_then(|value| value.get_ref().as_array()) {
        let shape: Vec<_> =
            list.iter().map_while(|value| value.get_ref().as_integer()).map(ToString::to_string).collect();
        if list.len() > 1 && shape.len() == list.len() {
            let shape = shape.join("×");
            keys.error(keys.at("reads"), format!("{layer} reads a vector, not {shape}: put a Flatten before it"));
            return None;
        }
    }
    keys.width("reads")
}

/// `reads: [In]`, `writes: [Out]`.
fn dense(keys: &mut Keys<'_>) -> Parts {
    keys.is("a Dense");
    keys.only(&["kind", "reads", "writes", "activation", "bias"]);
    let (reads, writes) = (vector_width(keys, "a Dense"), keys.width("writes"));
    let activation = keys.known_or("activation", "Identity", "activation", word::ACTIVATIONS);
    let bias = keys.flag("bias", true);
    let kind = || Some(Kind::Dense { inputs: reads?, outputs: writes?, activation: activation?, bias: bias? });
    (kind(), reads.map(vector), writes.map(vector))
}

/// `reads: [Steps × In]`, `writes: [Hidden]` for the last step, `[Steps × Hidden]` for all.
fn elman(keys: &mut Keys<'_>) -> Parts {
    keys.is("an Elman");
    keys.only(&["kind", "steps", "reads", "writes", "activation", "emit"]);
    let (steps, reads, writes) = (keys.width("steps"), keys.width("reads"), keys.width("writes"));
    let activation = keys.known_or("activation", "Tanh", "Elman activation", word::ELMAN_ACTIVATIONS);
    let all = keys.choice("emit", "Last", word::EMITS).map(|emit| emit == "All");
    let kind = || {
        let (steps, inputs, hidden) = (steps?, reads?, writes?);
        Some(Kind::Elman { steps, inputs, hidden, activation: activation?, all: all? })
    };
    let rows = |width: Option<u64>| Some(Shape(vec![steps?, width?]));
    let emitted = all.and_then(|all| if all { rows(writes) } else { writes.map(vector) });
    (kind(), rows(reads), emitted)
}

/// `reads: [R × C]` or `[C × H × W]`, `writes` their product.
fn flatten(keys: &mut Keys<'_>) -> Parts {
    keys.is("a Flatten");
    keys.only(&["kind", "reads", "writes"]);
    let mut reads = keys.widths("reads").map(Shape);
    if reads.as_ref().is_some_and(Shape::is_vector) {
        keys.error(keys.at("reads"), "a Flatten reads [rows, columns] or [channels, height, width], not a vector");
        reads = None;
    }
    if let Some(shape) = &reads {
        let (product, what) = (shape.values(), format!("a Flatten that reads {shape} writes"));
        if product > WIDEST {
            keys.error(keys.at("reads"), format!("{what} {product} values, but a width is at most 1,048,575"));
        } else if keys.get("writes").is_some() && keys.width("writes").is_some_and(|width| width != product) {
            keys.error(keys.at("writes"), format!("{what} {product} values"));
        }
    }
    let writes = reads.as_ref().map(|shape| vector(shape.values()));
    (reads.is_some().then_some(Kind::Flatten), reads, writes)
}

/// `reads: [N]`, `writes: [N]`.
fn pointwise(keys: &mut Keys<'_>, name: &'static str) -> Parts {
    let what = format!("a {name}");
    keys.is(&what);
    keys.only(&["kind", "reads", "writes"]);
    let width = same_width(keys, &what);
    (width.map(|width| Kind::Pointwise { name, width }), width.map(vector), width.map(vector))
}

/// `reads: [N]`, `writes: [N]`.
fn dropout(keys: &mut Keys<'_>) -> Parts {
    keys.is("a Dropout");
    keys.only(&["kind", "reads", "writes", "percent"]);
    let (width, percent) = (same_width(keys, "a Dropout"), keys.percent("percent"));
    let kind = || Some(Kind::Dropout { width: width?, percent: percent? });
    (kind(), width.map(vector), width.map(vector))
}

/// The width of a layer that writes as many values as it reads.
fn same_width(keys: &Keys<'_>, what: &str) -> Option<u64> {
    let width = vector_width(keys, what);
    if let Some(reads) = width
        && keys.get("writes").is_some()
        && keys.width("writes").is_some_and(|writes| writes != reads)
    {
        keys.error(keys.at("writes"), format!("{what} that reads {reads} writes {reads} values"));
    }
    width
}

/// The user's own type, whose shapes are taken at their word here and checked by the compiler.
fn own(keys: &mut Keys<'_>, path: String) -> Parts {
    keys.is("a layer of your own");
    keys.only(&["kind", "reads", "writes"]);
    (Some(Kind::Own(path)), keys.widths("reads").map(Shape), keys.widths("writes").map(Shape))
}
