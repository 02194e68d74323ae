//! What a training leaves in the folder `report`.

use std::path::Path;

use nanoprop_host::data::{Csv, Table, TableSpec};
use serde::{Deserialize, Serialize};

use super::judgement::Judgement;
use crate::error::Error;
use crate::file;

/// All that the report is made of.
pub(super) struct Left {
    pub(super) target: String,
    pub(super) facts: Facts,
    /// The losses of what is learned from and of what is held out, after each epoch; NaN where there is none.
    pub(super) epochs: Vec<[f64; 2]>,
    pub(super) judgement: Judgement,
}

/// `report/facts.toml`.
#[derive(Deserialize)]
pub(super) struct Facts {
    /// How the training ended.
    pub(super) end: String,
    /// Rows to learn from, to choose by, to judge by.
    pub(super) rows: [u64; 3],
    pub(super) parameters: u64,
    pub(super) fingerprint: String,
    pub(super) digest: String,
    pub(super) plan: String,
    pub(super) footprint: Vec<Footprint>,
}

/// The bytes of a way to use the network, as its type says.
#[derive(Deserialize, Serialize)]
pub(super) struct Footprint {
    pub(super) way: String,
    pub(super) weights: u64,
    pub(super) gradient: u64,
    pub(super) tape: u64,
    pub(super) optimizer: u64,
}

impl Footprint {
    pub(super) fn total(&self) -> u64 {
        [self.gradient, self.tape, self.optimizer].iter().fold(self.weights, |sum, part| sum.saturating_add(*part))
    }
}

impl Left {
    pub(super) fn read(folder: &Path) -> Result<Left, Error> {
        let spec = folder.join("table.toml");
        if !spec.is_file() {
            return Err(Error::at(&spec)("not there: expected a folder that `nanoprop new` made"));
        }
        let spec = TableSpec::open(spec)?;
        let [facts, log, held_out] =
            ["facts.toml", "log.csv", "held_out.csv"].map(|name| folder.join("report").join(name));
        if !facts.is_file() {
            return Err(Error::at(&facts)("not there: the training writes it, `nanoprop train`"));
        }
        let text = file::read_text(&facts)?;
        let facts: Facts = toml::from_str(&text).map_err(Error::at(&facts))?;
        let log = table(&log)?;
        // What is not known of an epoch is left empty.
        let losses = |name: &str| log.number_column(name).unwrap_or_else(|_| vec![f64::NAN; log.len()]);
        let epochs = losses("loss").into_iter().zip(losses("validation"));
        let epochs = epochs.map(|(learned, validated)| [learned, validated]).collect();
        let rows = table(&held_out)?;
        let (targets, predicted) = (rows.number_column("target")?, rows.number_column("predicted")?);
        let pairs = targets.into_iter().zip(predicted).map(|(target, predicted)| [target, predicted]).collect();
        let judgement = Judgement::of(pairs, spec.target.classes.as_deref()).map_err(Error::at(&held_out))?;
        Ok(Left { target: spec.target.column, facts, epochs, judgement })
    }
}

fn table(path: &Path) -> Result<Table, Error> {
    Ok(Csv::new().read(path, file::read(path)?.as_slice())?)
}
