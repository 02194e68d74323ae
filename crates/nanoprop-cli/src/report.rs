//! One HTML file of what a training left in a project.

mod judgement;
mod page;
mod read;

use std::path::PathBuf;

use serde::Serialize;

use crate::error::Error;
use crate::file;
use crate::output;
use judgement::Judgement;
use read::{Footprint, Left};

#[derive(clap::Args)]
pub(crate) struct Report {
    /// The project's folder
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// The file to write; else report/report.html in the project, anew each time
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replaces the file of --out
    #[arg(long)]
    force: bool,
    /// Prints the facts of the report as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  nanoprop report flowers                              flowers/report/report.html
  nanoprop report flowers --out flowers.html --json";

/// What the report says.
#[derive(Serialize)]
struct Facts<'a> {
    file: String,
    target: &'a str,
    rows: [u64; 3],
    end: &'a str,
    epochs: usize,
    judgement: &'a Judgement,
    parameters: u64,
    fingerprint: &'a str,
    digest: &'a str,
    footprint: &'a [Footprint],
}

pub(crate) fn report(asked: &Report) -> Result<(), Error> {
    let left = Left::read(&asked.folder)?;
    let page = page::page(&left)?;
    let (path, force) = match &asked.out {
        Some(path) => (path.clone(), asked.force),
        None => (asked.folder.join("report/report.html"), true),
    };
    file::write(&path, page.as_bytes(), force)?;
    let facts = Facts {
        file: path.display().to_string(),
        target: &left.target,
        rows: left.facts.rows,
        end: &left.facts.end,
        epochs: left.epochs.len(),
        judgement: &left.judgement,
        parameters: left.facts.parameters,
        fingerprint: &left.facts.fingerprint,
        digest: &left.facts.digest,
        footprint: &left.facts.footprint,
    };
    output::facts(&facts, asked.json, || format!("{}\nwrote {}\n", left.judgement.sentence(), facts.file))
}
