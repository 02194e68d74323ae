//! Typed reading of one TOML table. A reader gives `None` only after it has reported why.

use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{layer, word};
use crate::error::Report;

/// The largest number that nanoprop's `width!` takes.
pub(super) const WIDEST: u64 = (1 << 20) - 1;

type Value<'a> = &'a Spanned<DeValue<'a>>;

/// A table, and how messages speak of it: `prefix` says which it is (`layer 2: `), `what` its kind (`a Dense`).
pub(super) struct Keys<'a> {
    table: &'a DeTable<'a>,
    at: usize,
    what: String,
    prefix: String,
    pub(super) report: &'a Report<'a>,
}

impl<'a> Keys<'a> {
    pub(super) fn new(table: &'a DeTable<'a>, at: usize, what: &str, prefix: String, report: &'a Report<'a>) -> Self {
        Self { table, at, what: what.to_owned(), prefix, report }
    }

    /// Speaks of the table as `what` from here on.
    pub(super) fn is(&mut self, what: &str) {
        what.clone_into(&mut self.what);
    }

    pub(super) fn error(&self, at: usize, message: impl fmt::Display) {
        self.report.push(at, format!("{}{message}", self.prefix));
    }

    pub(super) fn get(&self, key: &str) -> Option<Value<'a>> {
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    /// Where the key's value stands; the table's place if it has no such key.
    pub(super) fn at(&self, key: &str) -> usize {
        self.get(key).map_or(self.at, |value| value.span().start)
    }

    pub(super) fn need(&self, key: &str) -> Option<Value<'a>> {
        let value = self.get(key);
        if value.is_none() {
            self.error(self.at, format!("{} needs the key `{key}`", self.what));
        }
        value
    }

    /// Reports every key that is not one of `known`.
    pub(super) fn only(&self, known: &[&str]) {
        for (key, _) in self.table.iter() {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let (quoted, instead) = (word::quote(name), word::instead(name, known, ""));
                self.error(key.span().start, format!("unknown key {quoted} of {}: {instead}", self.what));
            }
        }
    }

    fn mistyped(&self, key: &str, wanted: &str, value: Value<'_>) {
        let (at, found) = (value.span().start, value.get_ref().type_str());
        let article = if found.starts_with(['a', 'i']) { "an" } else { "a" };
        self.error(at, format!("`{key}` must be {wanted}, but is {article} {found}"));
    }

    fn string(&self, key: &str, value: Value<'a>) -> Option<&'a str> {
        let string = value.get_ref().as_str();
        if string.is_none() {
            self.mistyped(key, "a string", value);
        }
        string
    }

    /// How messages speak of the table.
    pub(super) fn what(&self) -> &str {
        &self.what
    }

    /// The name of one of nanoprop's items, or the path of the user's own. Which names nanoprop has is for the compiler to
    /// say.
    pub(super) fn item(&self, key: &str, default: Option<&str>) -> Option<String> {
        let value = match (self.get(key), default) {
            (None, Some(default)) => return Some(default.to_owned()),
            _ => self.need(key)?,
        };
        let text = self.string(key, value)?;
        if layer::is_item(text) {
            return Some(text.to_owned());
        }
        let named = capital(text);
        if named != text && word::is_type_name(&named) {
            self.error(
                value.span().start,
                format!("`{key}` is {}, but types begin with a capital: write `{named}`", word::quote(text)),
            );
            return None;
        }
        let example =
            "a name such as `Relu`, or the path of your own, identifiers joined by `::`, such as `crate::Mine`";
        self.error(value.span().start, format!("`{key}` is {}, but must be {example}", word::quote(text)));
        None
    }

    /// The needed name of a kind of layer, one of `known`, or the path of the user's own.
    pub(super) fn kind(&self, key: &str, known: &[&str]) -> Option<String> {
        let value = self.need(key)?;
        let text = self.string(key, value)?;
        if known.contains(&text) || word::is_path(text) {
            return Some(text.to_owned());
        }
        let quoted = word::quote(text);
        let problem = if text.contains("::") {
            format!("kind {quoted} is not a path: write identifiers joined by `::`, such as `crate::layers::Mine`")
        } else {
            let instead = word::instead(text, known, ", or the path of your own, such as `crate::Mine`");
            let case = known.iter().any(|known| known.eq_ignore_ascii_case(text));
            let activation = if case { "" } else { " (an activation is a key of a Dense or Elman)" };
            format!("unknown kind {quoted}: {instead}{activation}")
        };
        self.error(value.span().start, problem);
        None
    }

    /// One of `known` and nothing else.
    pub(super) fn choice(&self, key: &str, default: &'a str, known: &[&str]) -> Option<&'a str> {
        let Some(value) = self.get(key) else { return Some(default) };
        let text = self.string(key, value)?;
        if known.contains(&text) {
            return Some(text);
        }
        let (quoted, instead) = (word::quote(text), word::instead(text, known, ""));
        self.error(value.span().start, format!("unknown {key} {quoted}: {instead}"));
        None
    }

    pub(super) fn flag(&self, key: &str, default: bool) -> Option<bool> {
        let Some(value) = self.get(key) else { return Some(default) };
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.mistyped(key, "true or false", value);
        }
        flag
    }

    /// A needed number of percent, less than 100.
    pub(super) fn percent(&self, key: &str) -> Option<u64> {
        let value = self.need(key)?;
        let Some(integer) = value.get_ref().as_integer() else {
            self.mistyped(key, "a whole number from 0 to 99", value);
            return None;
        };
        let percent = u64::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|&percent| percent < 100);
        if percent.is_none() {
            let quoted = word::quote(&integer.to_string());
            self.error(value.span().start, format!("`{key}` is {quoted}, but must be from 0 to 99"));
        }
        percent
    }

    /// A needed width.
    pub(super) fn width(&self, key: &str) -> Option<u64> {
        self.width_value(key, "a whole number", self.need(key)?)
    }

    /// A width, `default` where the key is not there; or a pair of them, as `[3, 5]`.
    pub(super) fn window(&self, key: &str, default: Option<u64>) -> Option<String> {
        if let (None, Some(default)) = (self.get(key), default) {
            return Some(default.to_string());
        }
        match self.widths(key)?.as_slice() {
            [one] => Some(one.to_string()),
            [rows, columns] => Some(format!("[{rows}, {columns}]")),
            _ => {
                self.error(self.at(key), format!("`{key}` must be a width or [rows, columns]"));
                None
            }
        }
    }

    /// A padding, `valid` where the key is not there: a word, a number, or how many before and behind.
    pub(super) fn padding(&self, key: &str) -> Option<String> {
        let Some(value) = self.get(key) else { return Some("valid".to_owned()) };
        if value.get_ref().is_str() {
            return self.choice(key, "valid", &["valid", "same", "causal"]).map(str::to_owned);
        }
        let count = |value: Value<'_>| {
            let count = value.get_ref().as_integer();
            let count = count.and_then(|count| u32::from_str_radix(count.as_str(), count.radix()).ok());
            if count.is_none() {
                let wanted = "\"same\", \"causal\", \"valid\", a number, or [before, behind]";
                self.mistyped(key, wanted, value);
            }
            count
        };
        match value.get_ref().as_array().map(|list| list.iter().collect::<Vec<_>>()).as_deref() {
            Some([before, behind]) => Some(format!("[{}, {}]", count(before)?, count(behind)?)),
            _ => count(value).map(|count| count.to_string()),
        }
    }

    /// A needed width, or a list of two or three.
    pub(super) fn widths(&self, key: &str) -> Option<Vec<u64>> {
        let value = self.need(key)?;
        let Some(list) = value.get_ref().as_array() else {
            return Some(vec![self.width_value(key, "whole numbers", value)?]);
        };
        if !(2..=3).contains(&list.len()) {
            let wanted = "[rows, columns] or [height, width, channels]";
            self.error(value.span().start, format!("`{key}` must be {wanted}, but lists {}", list.len()));
            return None;
        }
        // Not straight into an `Option`: that would stop at the first that is wrong.
        let widths: Vec<_> = list.iter().map(|value| self.width_value(key, "whole numbers", value)).collect();
        widths.into_iter().collect()
    }

    fn width_value(&self, key: &str, wanted: &str, value: Value<'_>) -> Option<u64> {
        let Some(integer) = value.get_ref().as_integer() else {
            self.mistyped(key, wanted, value);
            return None;
        };
        let (digits, at) = (integer.as_str(), value.span().start);
        let quoted = word::quote(&integer.to_string());
        match u64::from_str_radix(digits, integer.radix()) {
            Ok(width @ 1..=WIDEST) => return Some(width),
            Ok(1..) => self.error(at, format!("`{key}` is {quoted}, but a width is at most 1,048,575")),
            Ok(0) => self.error(at, format!("`{key}` is `0`, but a width is at least 1")),
            Err(_) if digits.starts_with('-') => {
                self.error(at, format!("`{key}` is {quoted}, but a width is at least 1"))
            }
            Err(_) => self.error(at, format!("`{key}` is {quoted}, but a width is at most 1,048,575")),
        }
        None
    }

    /// The needed name of a type, and where it stands.
    pub(super) fn type_name(&self, key: &str) -> Option<(String, usize)> {
        let value = self.need(key)?;
        let name = self.string(key, value)?;
        let camel: String = name.split('_').map(capital).collect();
        let problem = if word::is_type_name(name) {
            return Some((name.to_owned(), value.span().start));
        } else if word::is_keyword(name) {
            "is a keyword of Rust: choose another".to_owned()
        } else if word::is_type_name(&camel) {
            format!("is not how Rust names types: write `{camel}`")
        } else {
            "is not the name of a Rust type: write a capital, then letters and digits".to_owned()
        };
        self.error(value.span().start, format!("{key} {} {problem}", word::quote(name)));
        None
    }

    /// Documentation, if there is any: the inner `None` says that there is none.
    pub(super) fn doc(&self, key: &str) -> Option<Option<String>> {
        let Some(value) = self.get(key) else { return Some(None) };
        let doc = self.string(key, value)?;
        // rustc refuses a lone carriage return and characters that turn the direction of text.
        let refused = |c: &char| {
            (c.is_control() && !['\n', '\t'].contains(c))
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        let doc = doc.replace("\r\n", "\n");
        if let Some(c) = doc.chars().find(refused) {
            let code = u32::from(c);
            self.error(value.span().start, format!("`{key}` has the invisible character U+{code:04X}: leave it out"));
            return None;
        }
        Some(Some(doc))
    }
}

/// `tiny` → `Tiny`.
fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}
