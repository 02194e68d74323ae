//! A spec as TOML, with comments for whoever changes it.

use std::fmt;

use super::{ColumnSpec, Kind, TableSpec};
use crate::data::Missing;

impl fmt::Display for TableSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, separator, decimal_comma, comments, missing, target, split, columns } = self;
        writeln!(f, "file = {}", quoted(&file.display().to_string()))?;
        writeln!(f, "separator = {}", quoted(&separator.to_string()))?;
        writeln!(f, "decimal_comma = {decimal_comma}")?;
        match comments {
            Some(start) => writeln!(f, "comments = {}", quoted(&start.to_string()))?,
            None => writeln!(f, "# comments = \"#\"")?,
        }
        writeln!(f, "# Values that are missing ones; an empty one is too.\nmissing = {}\n", list(missing))?;
        writeln!(f, "[target]\ncolumn = {}", quoted(&target.column))?;
        match &target.classes {
            Some(classes) => writeln!(f, "# In the order of the network's outputs.\nclasses = {}", list(classes))?,
            None => writeln!(f, "# Numbers. With `classes = [\"…\", \"…\"]` it would be a classification.")?,
        }
        writeln!(f, "\n# Shares of the rows: to choose by, and to judge by. The rest is learned from.\n[split]")?;
        writeln!(f, "validation = {:?}\ntest = {:?}\nseed = {}", split.validation, split.test, split.seed)?;
        writeln!(f, "\n# The inputs, in their order. kind: number, category, or ignore.")?;
        writeln!(f, "# missing, what stands for a missing value: refuse, mean (of numbers), most_frequent, or")?;
        writeln!(f, "# indicator, which is an input more that is 1 where the value is missing.")?;
        columns.iter().try_for_each(|column| write!(f, "\n{column}"))
    }
}

impl fmt::Display for ColumnSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, kind, missing, values, note } = self;
        writeln!(f, "[[column]]\nname = {}", quoted(name))?;
        let word = match kind {
            Kind::Number => "number",
            Kind::Category => "category",
            Kind::Ignore => "ignore",
        };
        let note: String = note.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let note = if note.is_empty() { note } else { format!(" # {note}") };
        writeln!(f, "kind = \"{word}\"{note}")?;
        if *kind == Kind::Category {
            writeln!(f, "values = {}", list(values))?;
        }
        if *kind == Kind::Ignore {
            return Ok(());
        }
        let word = match missing {
            Missing::Refuse => "refuse",
            Missing::Mean => "mean",
            Missing::MostFrequent => "most_frequent",
            Missing::Indicator => "indicator",
        };
        writeln!(f, "missing = \"{word}\"")
    }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted += &format!("\\u{:04X}", c as u32),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}
