//! A new project: the table's columns, and a file for each template.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use nanoprop_host::data::{Guess, Kind, TableSpec};
use serde::Serialize;

use crate::error::Error;
use crate::facts::Facts;
use crate::file::{executable, write};
use crate::output::{self, visible};
use crate::template::{C, PROJECT, place, render};

#[derive(clap::Args)]
pub(crate) struct New {
    /// Of the folder and of the packages in it: small letters, digits, `-` and `_`
    pub(crate) name: String,
    /// The table: CSV with a line of names, which gzip may have packed
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// The column to predict
    #[arg(long, value_name = "COLUMN")]
    target: String,
    /// Widths of the hidden layers
    #[arg(long, value_name = "WIDTHS", value_delimiter = ',', default_value = "32,16")]
    pub(crate) hidden: Vec<u32>,
    /// What the target is
    #[arg(long, value_enum, default_value_t = Task::Auto)]
    task: Task,
    /// Where nanoprop's repository is; without it, packages of crates.io are named
    #[arg(long, value_name = "FOLDER")]
    pub(crate) nanoprop: Option<PathBuf>,
    /// Prints what was found in the table as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Task {
    /// Classes where it is text or a few whole numbers, else numbers
    Auto,
    /// Numbers
    Regression,
    /// Classes
    Classes,
}

impl From<Task> for Guess {
    fn from(task: Task) -> Guess {
        match task {
            Task::Auto => Guess::Auto,
            Task::Regression => Guess::Numbers,
            Task::Classes => Guess::Classes,
        }
    }
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  nanoprop new flowers --data iris.csv --target species
  nanoprop new prices --data homes.csv --target price --hidden 64,32 --task regression";

/// What was found in a table.
#[derive(Serialize)]
struct Report<'a> {
    project: &'a str,
    table: String,
    rows: usize,
    target: &'a str,
    classes: Option<&'a [String]>,
    inputs: Vec<String>,
    columns: Vec<Column<'a>>,
}

#[derive(Serialize)]
struct Column<'a> {
    name: &'a str,
    kind: &'static str,
    note: &'a str,
}

pub(crate) fn new(asked: &New) -> Result<(), Error> {
    let spec = TableSpec::guess(&asked.data, &asked.target, asked.task.into())?;
    let folder = asked.data.parent().unwrap_or(Path::new(""));
    let rows = spec.table(folder)?.len();
    let facts = Facts::of(asked, &spec, rows)?;
    let root = Path::new(&asked.name);
    if root.exists() {
        return Err(Error::new(format!("{} is there already", root.display())));
    }
    let put = |name: &str, text: &str| write(&root.join(name), text.as_bytes(), false);
    for (template, text) in PROJECT.iter().chain(&C) {
        put(place(template), &render(text, &facts.values, &facts.holds))?;
    }
    put("c/install", nanoprop_c::INSTALL)?;
    executable(&root.join("c/install"))?;
    put("model/model.toml", &facts.spec)?;
    put(
        "table.toml",
        &format!("# What the columns of the table are. The inputs stand in model/src/network.rs too.\n\n{spec}"),
    )?;
    let copy = root.join(&spec.file);
    fs::copy(&asked.data, &copy).map_err(Error::at(&copy))?;
    // The versions that this nanoprop is tested with.
    if let Some(lock) = asked.nanoprop.as_ref().map(|root| root.join("Cargo.lock")).filter(|lock| lock.is_file()) {
        fs::copy(&lock, root.join("Cargo.lock")).map_err(Error::at(&lock))?;
    }
    let column = |column: &'_ nanoprop_host::data::ColumnSpec| match column.kind {
        Kind::Number => "number",
        Kind::Category => "category",
        Kind::Ignore => "ignored",
    };
    let columns = spec.columns.iter().map(|c| Column { name: &c.name, kind: column(c), note: &c.note });
    let report = Report {
        project: &asked.name,
        table: asked.data.display().to_string(),
        rows,
        target: &spec.target.column,
        classes: spec.target.classes.as_deref(),
        inputs: spec.inputs(),
        columns: columns.collect(),
    };
    output::facts(&report, asked.json, || report.text())
}

impl Report<'_> {
    /// What was found in the table, and what comes next.
    fn text(&self) -> String {
        let Report { project, table, rows, target, classes, columns, .. } = self;
        let kind = match classes {
            Some(classes) => format!("{} classes: {}", classes.len(), classes.join(", ")),
            None => "a number".to_owned(),
        };
        let mut text = format!("{table}: {rows} rows; the target `{}` is {}\n", visible(target), visible(&kind));
        for Column { name, kind, note } in columns {
            let note = if note.is_empty() { String::new() } else { format!("  ({})", visible(note)) };
            text += &format!("  {kind:8} {}{note}\n", visible(name));
        }
        text + &format!(
            "wrote {project}; {project}/table.toml says what the columns are. Next: nanoprop train {project}\n"
        )
    }
}
