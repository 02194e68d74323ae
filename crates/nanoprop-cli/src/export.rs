//! A network for other programs.

use std::path::{Path, PathBuf};

use clap::ArgGroup;
use heck::ToKebabCase;
use nanoprop_exchange::numpy::{self, Width};
use nanoprop_exchange::{Arrays, Checkpoint, Model, Scalar, onnx, safetensors};
use serde::Serialize;

use crate::error::Error;
use crate::facts::{check_name, dependency};
use crate::file;
use crate::import::mapping;
use crate::inspect::contents::check;
use crate::inspect::summary::spec;
use crate::output;
use crate::template::{C, place, render};

#[derive(clap::Args)]
#[command(group(ArgGroup::new("formats").multiple(true).required(true)))]
pub(crate) struct Export {
    /// The network's spec, in TOML
    spec: PathBuf,
    /// Its weights, as `Network::save` and `nanoprop import` write them; of a training, those of its last step
    checkpoint: PathBuf,
    /// An ONNX file of it
    #[arg(long, value_name = "FILE", group = "formats")]
    onnx: Option<PathBuf>,
    /// Its weights as a state_dict of PyTorch
    #[arg(long, value_name = "FILE", group = "formats")]
    safetensors: Option<PathBuf>,
    /// The same arrays, for NumPy
    #[arg(long, value_name = "FILE", group = "formats")]
    npz: Option<PathBuf>,
    /// A crate that builds a C library of it: archive, header, packages for CMake and pkg-config
    #[arg(long, value_name = "DIR", group = "formats")]
    c: Option<PathBuf>,
    /// The names of layers in a state_dict, in TOML: 1 = "encoder", 2.weight = "head_w"
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Where nanoprop's repository is, for the crate; without it, packages of crates.io are named
    #[arg(long, value_name = "FOLDER")]
    nanoprop: Option<PathBuf>,
    /// Replaces files that are there
    #[arg(long)]
    force: bool,
    /// Prints what was written as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  nanoprop export digits.toml digits.nprp --onnx digits.onnx
  nanoprop export digits.toml digits.nprp --safetensors digits.safetensors --npz digits.npz
  nanoprop export digits.toml digits.nprp --c digits-c && cd digits-c && ./install prefix digits_c digits";

/// What was written.
#[derive(Serialize)]
struct Report {
    network: String,
    parameters: usize,
    fingerprint: String,
    digest: String,
    files: Vec<File>,
    /// Of which step of a training the weights are.
    #[serde(skip_serializing_if = "Option::is_none")]
    training: Option<String>,
    #[serde(skip)]
    next: String,
}

#[derive(Serialize)]
struct File {
    file: String,
    format: &'static str,
    bytes: usize,
}

pub(crate) fn export(asked: &Export) -> Result<(), Error> {
    let mut model = spec(&asked.spec)?;
    let (bytes, training) = weights(asked, &mut model)?;
    let digest = model.digest().map_err(Error::at(&asked.checkpoint))?;
    let (files, next) = formats(asked, &model, &bytes)?;
    let paths: Vec<&PathBuf> = files.iter().map(|(path, ..)| path).collect();
    file::check_free(&paths, asked.force)?;
    for (path, _, bytes) in &files {
        file::write(path, bytes, asked.force)?;
        if path.ends_with(INSTALL) {
            file::executable(path)?;
        }
    }
    let report = Report {
        network: model.name.clone(),
        parameters: model.parameters(),
        fingerprint: format!("{:016x}", model.fingerprint()),
        digest: format!("{digest:016x}"),
        files: files
            .iter()
            .map(|(path, format, bytes)| File { file: path.display().to_string(), format, bytes: bytes.len() })
            .collect(),
        training,
        next,
    };
    output::facts(&report, asked.json, || report.text())
}

/// Loads the weights; gives the checkpoint of the network alone, and of a training how far it is.
fn weights(asked: &Export, model: &mut Model) -> Result<(Vec<u8>, Option<String>), Error> {
    let (path, bytes) = (&asked.checkpoint, file::read(&asked.checkpoint)?);
    let read = Checkpoint::read(&bytes).map_err(Error::at(path))?;
    let Some(training) = &read.training else {
        model.load_checkpoint(&bytes).map_err(Error::at(path))?;
        return Ok((bytes, None));
    };
    check(path, &asked.spec, model, &read)?;
    model.set_parameters(&read.parameters).map_err(Error::at(path))?;
    let best = training.parts.iter().any(|(name, _)| name == "best");
    let best = if best { "; the training keeps others as its best, which are not taken" } else { "" };
    let text = format!("the weights of a training's last step: {}{best}", training.progress);
    Ok((model.checkpoint().map_err(Error::at(path))?, Some(text)))
}

/// A file, its format, and its bytes.
type Written = (PathBuf, &'static str, Vec<u8>);

/// A file of a crate, and its bytes.
type Named = (String, Vec<u8>);

const INSTALL: &str = "install";

/// The files of all formats that are asked for, and what comes next.
fn formats(asked: &Export, model: &Model, checkpoint: &[u8]) -> Result<(Vec<Written>, String), Error> {
    let (mut files, mut next) = (vec![], String::new());
    if let Some(path) = &asked.onnx {
        files.push((path.clone(), "onnx", onnx::write(model).map_err(Error::at(path))?));
    }
    let width = if model.scalar == Scalar::F64 { Width::Double } else { Width::Single };
    if let Some(path) = &asked.safetensors {
        let bytes = safetensors::write(&arrays(asked, model, path)?, width).map_err(Error::at(path))?;
        files.push((path.clone(), "safetensors", bytes));
    }
    if let Some(path) = &asked.npz {
        let bytes = numpy::write_npz(&arrays(asked, model, path)?, width).map_err(Error::at(path))?;
        files.push((path.clone(), "npz", bytes));
    }
    if let Some(folder) = &asked.c {
        let (crate_files, ident) = library(asked, model, checkpoint)?;
        files.extend(crate_files.into_iter().map(|(name, bytes)| (folder.join(name), "c", bytes)));
        next = format!("Next: cd {} && ./install prefix {ident}_c {ident}\n", folder.display());
    }
    Ok((files, next))
}

fn arrays(asked: &Export, model: &Model, path: &Path) -> Result<Arrays, Error> {
    model.to_torch(&mapping(asked.mapping.as_deref())?).map_err(Error::at(path))
}

/// The files of a crate that builds a C library, and the network's name in C.
fn library(asked: &Export, model: &Model, checkpoint: &[u8]) -> Result<(Vec<Named>, String), Error> {
    let name = model.name.to_kebab_case();
    check_name(&name).map_err(|error| Error::at(&asked.spec)(format!("{error}; the name is the spec's")))?;
    let ident = name.replace('-', "_");
    let shown = asked.spec.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let network = nanoprop_build::aliases(&[(&shown, &model.to_toml())])
        .map_err(|errors| Error::new(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
    let root = asked.nanoprop.as_deref();
    let values = [
        ("name", name),
        ("ident", ident.clone()),
        ("type", model.name.clone()),
        ("nanoprop", dependency(root, "nanoprop", ".")?),
        ("nanoprop-c", dependency(root, "nanoprop-c", "crates/nanoprop-c")?),
    ];
    let mut files: Vec<Named> = vec![
        ("src/network.rs".to_owned(), network.into_bytes()),
        ("model.nprp".to_owned(), checkpoint.to_vec()),
        (INSTALL.to_owned(), nanoprop_c::INSTALL.into()),
        (".gitignore".to_owned(), b"target\n".to_vec()),
    ];
    for (template, text) in C {
        let name = place(template.strip_prefix("c/").unwrap_or(template));
        files.push((name.to_owned(), render(text, &values, &["exported"]).into_bytes()));
    }
    Ok((files, ident))
}

impl Report {
    fn text(&self) -> String {
        let Report { network, parameters, fingerprint, digest, files, training, next } = self;
        let mut text = format!("{network}: {parameters} parameters; fingerprint {fingerprint}, digest {digest}\n");
        training.iter().for_each(|line| text += &format!("{line}\n"));
        files.iter().for_each(|File { file, bytes, .. }| text += &format!("wrote {file}, {bytes} bytes\n"));
        text + next
    }
}
