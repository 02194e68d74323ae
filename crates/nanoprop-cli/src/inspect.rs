//! What is in a file.

pub(crate) mod contents;
pub(crate) mod statistics;
pub(crate) mod summary;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::Error;
use crate::file::{self, Kind};
use crate::onnx::Open;
use crate::output;
use contents::{Compared, Learned};
use statistics::Tensor;
use summary::Summary;

#[derive(clap::Args)]
pub(crate) struct Inspect {
    /// The file
    file: PathBuf,
    /// The spec of the network that a checkpoint is of, for its layers; else the one beside it, with the same fingerprint
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    #[command(flatten)]
    open: Open,
    /// Prints the facts as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  nanoprop inspect model.onnx
  nanoprop inspect digits.toml                         sizes and footprint of a network without weights
  nanoprop inspect digits.nprp --spec digits.toml
  nanoprop inspect model.safetensors --json | jq .tensors";

/// What is said of a file. What its kind does not have is left out.
#[derive(Serialize)]
struct Facts {
    file: String,
    kind: Kind,
    file_bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<Summary>,
    /// Of a checkpoint whose network is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    parameters: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    training: Option<Learned>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<Compared>,
    tensors: Vec<Tensor>,
    finite: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

impl Facts {
    fn new(path: &Path, kind: Kind, bytes: &[u8]) -> Facts {
        Facts {
            file: path.display().to_string(),
            kind,
            file_bytes: bytes.len(),
            network: None,
            fingerprint: None,
            parameters: 0,
            digest: None,
            training: None,
            compared: None,
            tensors: vec![],
            finite: true,
            notes: vec![],
        }
    }

    fn text(&self) -> String {
        let mut text = format!("{}: {}, {} bytes\n", output::visible(&self.file), self.kind.name(), self.file_bytes);
        if let Some(network) = &self.network {
            text += &network.text();
        } else if let Some(fingerprint) = &self.fingerprint {
            text += &format!("{} parameters; fingerprint {fingerprint}\n", self.parameters);
        } else {
            text += &format!("{} arrays, {} numbers\n", self.tensors.len(), self.parameters);
        }
        if let Some(digest) = &self.digest {
            text += &format!("digest {digest}\n");
        }
        if let Some(training) = &self.training {
            text += &training.text();
        }
        if let Some(compared) = &self.compared {
            text += &compared.text();
        }
        self.notes.iter().for_each(|note| text += &format!("note: {}\n", output::visible(note)));
        if !self.tensors.is_empty() {
            text += &format!("\n{}", statistics::text(&self.tensors));
        }
        if let Some(network) = &self.network {
            text += &format!("\n{}", network.footprint());
        }
        text
    }
}

pub(crate) fn inspect(asked: &Inspect) -> Result<(), Error> {
    let path = asked.file.as_path();
    let bytes = file::read(path)?;
    let kind = Kind::of(path, &bytes)?;
    if asked.spec.is_some() && kind != Kind::Checkpoint {
        return Err(Error::at(path)(format!("--spec is for checkpoints, but this is a {}", kind.name())));
    }
    let mut facts = Facts::new(path, kind, &bytes);
    contents::fill(&mut facts, asked, &bytes)?;
    facts.finite = !facts.tensors.iter().any(Tensor::is_bad);
    output::facts(&facts, asked.json, || facts.text())
}
