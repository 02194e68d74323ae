//! One `[[layer]]`, and how each kind is written in `network!`.

use toml::Spanned;
use toml::de::DeValue;

use super::keys::Keys;
use super::kinds::{Argument, KINDS};
use super::{Chain, Layer, Shape, word};
use crate::error::Report;

use Argument::{Form, Item, Layers, Not, Padding, Percent, Width, Window, Writes};

/// A layer as far as it could be read, so that one mistake doesn't hide the next.
pub(super) struct Draft {
    /// Its place among the layers, from 1; of a Residual, that of the first within.
    pub(super) number: usize,
    pub(super) kind: String,
    /// The arguments that have a key, and their values.
    pub(super) arguments: Vec<(&'static str, String)>,
    /// As in `network!`.
    pub(super) text: Option<String>,
    pub(super) reads: Option<Shape>,
    pub(super) writes: Option<Shape>,
    /// Where the widths stand.
    pub(super) reads_at: usize,
    pub(super) writes_at: usize,
    /// Where the table stands, and its line.
    pub(super) at: usize,
    pub(super) line: usize,
    /// The layers of a Residual.
    pub(super) within: Vec<Draft>,
    /// The layer of a Bidirectional, a KeepFloat or a FakeQuantize.
    pub(super) half: Vec<Draft>,
}

impl Draft {
    /// Where the layer and those within it end: the number of the next.
    pub(super) fn next(&self) -> usize {
        self.within.last().map_or(self.number + 1, Draft::next)
    }

    pub(super) fn finish(self, report: &Report<'_>) -> Option<Layer> {
        let chain =
            |drafts: Vec<Draft>| drafts.into_iter().map(|draft| draft.finish(report)).collect::<Option<Chain>>();
        let (within, half) = (chain(self.within)?, chain(self.half)?);
        Some(Layer {
            kind: self.kind,
            arguments: self.arguments,
            text: self.text?,
            line: self.line,
            reads: (self.reads?, report.line(self.reads_at)),
            writes: self.writes.map(|writes| (writes, report.line(self.writes_at))),
            within,
            half,
        })
    }
}

/// Reads layer `number` of the chain; names of nanoprop's items are prefixed by `krate`.
pub(super) fn read<'a>(number: usize, table: &'a Spanned<DeValue<'a>>, krate: &str, report: &'a Report<'a>) -> Draft {
    let at = table.span().start;
    let mut draft = Draft {
        number,
        kind: String::new(),
        arguments: Vec::new(),
        text: None,
        reads: None,
        writes: None,
        reads_at: at,
        writes_at: at,
        at,
        line: report.line(at),
        within: Vec::new(),
        half: Vec::new(),
    };
    let DeValue::Table(entries) = table.get_ref() else {
        report.push(at, format!("layer {number} must be a table headed `[[layer]]`"));
        return draft;
    };
    let mut keys = Keys::new(entries, at, "a layer", format!("layer {number}: "), report);
    let names: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
    let Some(kind) = keys.kind("kind", &names) else {
        let arguments = KINDS.iter().flat_map(|(_, arguments)| *arguments).filter_map(key);
        keys.only(&["kind", "reads", "writes"].into_iter().chain(arguments).collect::<Vec<_>>());
        return draft;
    };
    let own: &[Argument] = &[];
    // A FakeQuantize can stand alone.
    let alone = kind == "FakeQuantize" && keys.get("layer").is_none();
    let arguments = KINDS.iter().find(|(name, _)| *name == kind && !alone).map_or(own, |(_, arguments)| *arguments);
    let article = if kind.starts_with(['E', 'A', 'I', 'U']) { "an" } else { "a" };
    keys.is(&if kind.contains("::") { "a layer of your own".to_owned() } else { format!("{article} {kind}") });
    draft.kind.clone_from(&kind);
    if let [Layers] = arguments {
        keys.only(&["kind", "layer"]);
        draft.within = chain(&keys, number, krate, report);
        let within: Option<Vec<_>> = draft.within.iter().map(|draft| draft.text.as_deref()).collect();
        draft.text = within.map(|within| format!("{kind}({})", within.join(" => ")));
        if let (Some(first), Some(last)) = (draft.within.first(), draft.within.last()) {
            (draft.reads, draft.reads_at) = (first.reads.clone(), first.reads_at);
            (draft.writes, draft.writes_at) = (last.writes.clone(), last.writes_at);
        }
        if kind != "Residual" {
            // One layer, whose own table says how wide it is; a Bidirectional has twice the width.
            draft.half = std::mem::take(&mut draft.within);
            if let Some(second) = draft.half.get(1) {
                report.push(second.at, format!("layer {number}: {} has one layer", keys.what()));
            }
            if let (true, Some(writes)) = (kind == "Bidirectional", &mut draft.writes) {
                writes.0.iter_mut().next_back().into_iter().for_each(|width| *width *= 2);
            }
        }
        return draft;
    }
    keys.only(&["kind", "reads", "writes"].into_iter().chain(arguments.iter().filter_map(key)).collect::<Vec<_>>());
    draft.reads = keys.widths("reads").map(Shape);
    let written = arguments.iter().any(|argument| matches!(argument, Writes | Form)) || kind.contains("::");
    if written || keys.get("writes").is_some() {
        draft.writes = keys.widths("writes").map(Shape);
    }
    (draft.reads_at, draft.writes_at) = (keys.at("reads"), keys.at("writes"));
    draft.text =
        if kind.contains("::") { Some(format!("({kind})")) } else { spell(&kind, arguments, &mut draft, &keys, krate) };
    if draft.reads.is_none() || written && draft.writes.is_none() {
        draft.text = None;
    }
    draft
}

/// The key of an argument that has one of its own.
fn key(argument: &Argument) -> Option<&'static str> {
    match *argument {
        Item(key, _) | Not(key, _) | Percent(key) | Width(key) | Window(key) | Argument::Option(key) => Some(key),
        Argument::Choice(key, _) => Some(key),
        Padding => Some("padding"),
        Layers => Some("layer"),
        Writes | Form => None,
    }
}

/// `Dense<32, ::nanoprop::Relu>`: the arguments up to the last that isn't its default.
fn spell(kind: &str, arguments: &[Argument], draft: &mut Draft, keys: &Keys<'_>, krate: &str) -> Option<String> {
    let item = |name: &str| if name.contains("::") { name.to_owned() } else { format!("{krate}::{name}") };
    let (writes, values) = (draft.writes.clone(), &mut draft.arguments);
    // Each with whether it may be left out. All are read, so that one that is wrong doesn't hide the next.
    let spelled: Vec<Option<(String, bool)>> = arguments
        .iter()
        .map(|&argument| match argument {
            Writes => writes.as_ref().map(|writes| (writes.last().to_string(), false)),
            Form => writes.as_ref().map(|writes| (format!("{:?}", writes.0), false)),
            Item(key, default) => {
                let name = keys.item(key, default)?;
                values.push((key, name.clone()));
                Some((item(&name), Some(&*name) == default))
            }
            Not(key, name) => {
                let flag = keys.flag(key, true)?;
                values.push((key, flag.to_string()));
                Some((item(name), flag))
            }
            Percent(key) => {
                let percent = keys.percent(key)?.to_string();
                values.push((key, percent.clone()));
                Some((percent, false))
            }
            Window(key) => {
                let window = keys.window(key, None)?;
                values.push((key, window.clone()));
                Some((window, false))
            }
            Width(key) => {
                let width = keys.width(key)?.to_string();
                values.push((key, width.clone()));
                Some((width, false))
            }
            Argument::Choice(key, words) => {
                let first = words.first().copied().unwrap_or_default();
                let word = keys.choice(key, first, words)?;
                values.push((key, word.to_owned()));
                Some((word.to_owned(), word == first))
            }
            Argument::Option(key) => {
                let spelled = keys.window(key, Some(1))?;
                let default = keys.get(key).is_none();
                if !default {
                    values.push((key, spelled.clone()));
                }
                Some((format!("{key} = {spelled}"), default))
            }
            Padding => {
                let padding = keys.padding("padding")?;
                values.push(("padding", padding.clone()));
                Some((format!("padding = {padding}"), padding == "valid"))
            }
            Layers => None,
        })
        .collect();
    let mut spelled = spelled.into_iter().collect::<Option<Vec<_>>>()?;
    // Behind a window, arguments say what they are.
    if arguments.iter().any(|argument| matches!(argument, Window(_))) {
        spelled.retain(|(_, default)| !default);
    }
    while spelled.pop_if(|(_, default)| *default).is_some() {}
    let spelled: Vec<_> = spelled.into_iter().map(|(text, _)| text).collect();
    Some(match arguments {
        [Percent(_)] => format!("{kind}({}%)", spelled.concat()),
        [Item(_, None)] => format!("{kind}({})", spelled.concat()),
        _ if spelled.is_empty() => kind.to_owned(),
        _ => format!("{kind}<{}>", spelled.join(", ")),
    })
}

/// Reads the `[[layer]]` tables, good or not, so that each has its number, from `number` on.
pub(super) fn chain<'a>(keys: &Keys<'a>, mut number: usize, krate: &str, report: &'a Report<'a>) -> Vec<Draft> {
    let Some(value) = keys.get("layer") else {
        keys.error(keys.at("layer"), format!("{} needs layers: add a `[[layer]]`", keys.what()));
        return Vec::new();
    };
    let DeValue::Array(tables) = value.get_ref() else {
        keys.error(value.span().start, "`layer` must be tables, each headed `[[layer]]`");
        return Vec::new();
    };
    if tables.is_empty() {
        keys.error(value.span().start, format!("{} needs layers: add a `[[layer]]`", keys.what()));
    }
    if let Some(surplus) = tables.get(super::MOST_LAYERS) {
        let count = tables.len();
        keys.error(surplus.span().start, format!("{count} layers, but a chain has at most {}", super::MOST_LAYERS));
    }
    let mut drafts = Vec::new();
    for table in tables.iter() {
        let draft = read(number, table, krate, report);
        number = draft.next();
        drafts.push(draft);
    }
    drafts
}

/// Reports every pair of neighbours whose numbers are not the same. This compares what the spec says twice; whether the
/// layers do read and write it is compared by the compiler.
pub(super) fn check(drafts: &[Draft], report: &Report<'_>) {
    for draft in drafts {
        check(&draft.within, report);
        if let (Some(_), Some(last), Some(reads), Some(writes)) =
            (draft.within.first(), draft.within.last(), &draft.reads, &draft.writes)
            && reads != writes
        {
            let (first, last) = (draft.number, last.next() - 1);
            let (layers, read, write) = match first == last {
                true => (format!("layer {first}"), "reads", "writes"),
                false => (format!("layers {first} to {last}"), "read", "write"),
            };
            let message = format!("{layers} in a Residual {read} {reads} values, but {write} {writes}");
            report.push(draft.writes_at, message);
        }
    }
    for pair in drafts.windows(2) {
        if let [before, layer] = pair
            && let (Some(writes), Some(reads)) = (&before.writes, &layer.reads)
            && writes != reads
        {
            let number = layer.number;
            let flatten = reads.is_vector() && !writes.is_vector() && reads.values() == writes.values();
            let unflatten = !reads.is_vector() && writes.is_vector() && reads.values() == writes.values();
            let hint = match (flatten, unflatten) {
                (true, _) => "; put a Flatten between them",
                (_, true) => "; put an Unflatten between them",
                _ => "",
            };
            let message =
                format!("layer {number} reads {reads} values, but layer {} writes {writes}{hint}", number - 1);
            report.push(layer.reads_at, message);
        }
    }
}

/// Whether `word` may name a kind, activation, loss or weights: a type of nanoprop's, or a path.
pub(super) fn is_item(word: &str) -> bool {
    word::is_type_name(word) || word::is_path(word)
}
