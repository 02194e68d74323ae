//! A model of another library, as a spec and a checkpoint.

use std::path::{Path, PathBuf};

use heck::ToSnakeCase;
use nanoprop_exchange::model::type_name;
use nanoprop_exchange::{Arrays, Mapping, Model, keras, numpy, safetensors};
use serde::Serialize;

use crate::error::Error;
use crate::file::{self, Kind};
use crate::inspect::summary::{Summary, spec};
use crate::onnx::{self, Open};
use crate::output;

#[derive(clap::Args)]
pub(crate) struct Import {
    /// The model: .onnx, .keras, .safetensors or .npz
    file: PathBuf,
    /// The folder that the spec and the checkpoint are written to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The spec of the network that the weights are for; safetensors and .npz files have none
    ///
    /// With a model that has layers of its own, the weights go to the layers of this spec, as far as these are the same: a
    /// Dropout may be left out.
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// Which names of a safetensors or .npz file are which layers, in TOML: 1 = "encoder", 2.weight = "head_w"
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// The network's name, such as Digits; else that of the spec or of the file
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    open: Open,
    /// Replaces files that are there
    #[arg(long)]
    force: bool,
    /// Prints the report as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  nanoprop import digits.onnx --out networks          networks/digits.toml and networks/digits.nprp
  nanoprop import gru.keras --out networks --name Gestures
  nanoprop import mlp.safetensors --spec mlp.toml --out networks
  nanoprop import mlp.safetensors --spec mlp.toml --mapping names.toml --out networks --json";

/// What was read, and from where.
#[derive(Serialize)]
struct Report {
    file: String,
    kind: Kind,
    spec: String,
    checkpoint: String,
    network: Summary,
    digest: String,
    /// Of an ONNX file, what its nodes became.
    #[serde(skip_serializing_if = "Option::is_none")]
    onnx: Option<Compared>,
    /// From which arrays or layers the tensors are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    loaded: Vec<[String; 2]>,
    notes: Vec<String>,
    #[serde(skip)]
    text: String,
}

#[derive(Serialize)]
struct Compared {
    inputs: usize,
    largest_difference: f64,
    largest_difference_f64: f64,
    input_order: Vec<usize>,
    output_order: Vec<usize>,
}

pub(crate) fn import(asked: &Import) -> Result<(), Error> {
    let bytes = file::read(&asked.file)?;
    let kind = Kind::of(&asked.file, &bytes)?;
    let (model, mut report) = read(asked, kind, &bytes)?;
    let stem = model.name.to_snake_case();
    let [spec, checkpoint] = ["toml", "nprp"].map(|end| asked.out.join(format!("{stem}.{end}")));
    // A spec that is there already stays as it is, with its comments.
    let given = asked.spec.as_ref().is_some_and(|given| same(given, &spec));
    if !given {
        file::check_free(&[&spec], asked.force)?;
    }
    file::check_free(&[&checkpoint], asked.force)?;
    let (text, weights) = (model.to_toml(), model.checkpoint().map_err(Error::at(&asked.file))?);
    if let Err(error) = Model::from_toml(&spec.display().to_string(), &text) {
        report.notes.push(format!("no type can be made of the spec: {error}"));
    }
    if !given {
        file::write(&spec, text.as_bytes(), asked.force)?;
    }
    file::write(&checkpoint, &weights, asked.force)?;
    report.spec = spec.display().to_string();
    report.checkpoint = checkpoint.display().to_string();
    output::facts(&report, asked.json, || report.text())
}

/// Whether two paths are one file.
fn same(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// The model of a file, and what is said of it.
fn read(asked: &Import, kind: Kind, bytes: &[u8]) -> Result<(Model, Report), Error> {
    let path = asked.file.as_path();
    let at = |error: nanoprop_exchange::Error| Error::at(path)(error);
    let mut report = Report {
        file: path.display().to_string(),
        kind,
        spec: String::new(),
        checkpoint: String::new(),
        network: Summary::default(),
        digest: String::new(),
        onnx: None,
        loaded: vec![],
        notes: vec![],
        text: String::new(),
    };
    let mut model = match kind {
        Kind::Onnx => {
            let name = asked.name.clone().unwrap_or_else(|| stem(path));
            let import = onnx::read(path, bytes, Some(name), &asked.open)?;
            report.text = format!("{}\n", import.report);
            report.notes.clone_from(&import.report.notes);
            report.onnx = Some(Compared {
                inputs: import.report.inputs,
                largest_difference: import.report.difference,
                largest_difference_f64: import.report.difference_f64,
                input_order: import.report.input_order,
                output_order: import.report.output_order,
            });
            import.model
        }
        Kind::Keras => {
            let mut model = keras::read(bytes).map_err(at)?;
            model.name = type_name(&stem(path));
            model
        }
        Kind::Safetensors => weights(asked, &safetensors::read(bytes).map_err(at)?, &mut report)?,
        Kind::Npz => weights(asked, &numpy::read_npz(bytes).map_err(at)?, &mut report)?,
        Kind::Checkpoint | Kind::Spec | Kind::Npy => {
            let problem = format!("a {}: expected a model of another library", kind.name());
            return Err(Error::at(path)(problem));
        }
    };
    if let (Kind::Onnx | Kind::Keras, Some(file)) = (kind, &asked.spec) {
        model = transfer(&model, file, path, &mut report)?;
    }
    if let Some(name) = &asked.name {
        model.name = type_name(name);
    }
    report.network = Summary::of(&model);
    report.digest = format!("{:016x}", model.digest().map_err(at)?);
    if report.text.is_empty() {
        report.text = report.network.text();
    }
    Ok((model, report))
}

/// The model of a spec with the weights of some arrays.
fn weights(asked: &Import, arrays: &Arrays, report: &mut Report) -> Result<Model, Error> {
    let Some(file) = &asked.spec else {
        let problem = "it has weights and no architecture: --spec FILE names the spec of the network, in TOML";
        return Err(Error::at(&asked.file)(problem));
    };
    let mut model = spec(file)?;
    let from = model.load_torch(arrays, &mapping(asked.mapping.as_deref())?).map_err(Error::at(&asked.file))?;
    report.loaded = from.into_iter().map(|(name, place)| [format!("layer {}", place.layer), name]).collect();
    Ok(model)
}

/// Names for layers, from a file or by default.
pub(crate) fn mapping(path: Option<&Path>) -> Result<Mapping, Error> {
    let Some(path) = path else { return Ok(Mapping::default()) };
    let text = file::read_text(path)?;
    Mapping::from_toml(&path.display().to_string(), &text).map_err(|error| Error::new(error.to_string()))
}

/// The model of another spec with the weights of `from`, as far as its layers are the same.
fn transfer(from: &Model, file: &Path, path: &Path, report: &mut Report) -> Result<Model, Error> {
    let mut model = spec(file)?;
    let transfer = model.load_partial(from);
    if let Some(place) = transfer.kept.first() {
        let (count, spec) = (transfer.kept.len(), file.display());
        let problem =
            format!("{place}, of {spec} gets no numbers, nor do {} other tensors: the layers differ there", count - 1);
        return Err(Error::at(path)(problem));
    }
    report.loaded = transfer.loaded.iter().map(|(to, from)| [to.to_string(), from.to_string()]).collect();
    report.notes.extend(transfer.unused.iter().map(|place| format!("{place}, of the file is not used")));
    report.notes.extend(transfer.notes);
    // What the file's own layers became is no longer what is written.
    report.text.clear();
    Ok(model)
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

impl Report {
    fn text(&self) -> String {
        let mut text = output::visible_lines(&self.text);
        for [to, from] in &self.loaded {
            text += &format!("{to} from {}\n", output::visible(from));
        }
        // The report of an ONNX file has them already.
        if self.onnx.is_none() || !self.loaded.is_empty() {
            self.notes.iter().for_each(|note| text += &format!("note: {}\n", output::visible(note)));
        }
        text + &format!("wrote {} and {}\n", self.spec, self.checkpoint)
    }
}
