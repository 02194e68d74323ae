//! The facts of each kind of file.

use std::path::Path;

use nanoprop::Progress;
use nanoprop_exchange::{Arrays, Checkpoint, Learning, Model, keras, numpy, safetensors};
use serde::Serialize;

use super::statistics::{Tensor, of_arrays, of_model};
use super::summary::{Summary, spec};
use super::{Facts, Inspect};
use crate::error::Error;
use crate::file::Kind;
use crate::onnx;

/// How far the training in a checkpoint is. A loss that is not known is none.
#[derive(Serialize)]
pub(super) struct Learned {
    optimizer: Option<&'static str>,
    steps: u64,
    epochs: u64,
    epoch_loss: Option<f64>,
    validation: Option<f64>,
    best: Option<f64>,
    best_epoch: u64,
    stale: u64,
    rollbacks: u64,
    parts: Vec<String>,
    #[serde(skip)]
    progress: String,
}

impl Learned {
    fn of(learning: &Learning) -> Learned {
        let Progress { steps, epochs, epoch_loss, validation, best, best_epoch, stale, rollbacks, .. } =
            learning.progress;
        let [epoch_loss, validation, best] =
            [epoch_loss, validation, best].map(|loss| Some(loss).filter(|loss| loss.is_finite()));
        Learned {
            optimizer: learning.optimizer,
            steps,
            epochs,
            epoch_loss,
            validation,
            best,
            best_epoch,
            stale,
            rollbacks,
            parts: learning.parts.iter().map(|(name, _)| name.clone()).collect(),
            progress: learning.progress.to_string(),
        }
    }

    pub(super) fn text(&self) -> String {
        let optimizer = self.optimizer.unwrap_or("an optimiser that is not nanoprop's");
        format!("a training with {optimizer}: {}\n", self.progress)
    }
}

/// How far a network is from the file that it is read from.
#[derive(Serialize)]
pub(super) struct Compared {
    inputs: usize,
    largest_difference: f64,
}

impl Compared {
    pub(super) fn text(&self) -> String {
        let Compared { inputs, largest_difference } = self;
        format!("largest difference from the file, for {inputs} inputs: {largest_difference:.1e}\n")
    }
}

/// Adds what is in the file of a kind.
pub(super) fn fill(facts: &mut Facts, asked: &Inspect, bytes: &[u8]) -> Result<(), Error> {
    let path = asked.file.as_path();
    let at = |error: nanoprop_exchange::Error| Error::at(path)(error);
    match facts.kind {
        Kind::Checkpoint => {
            return checkpoint(facts, path, asked.spec.as_deref(), Checkpoint::read(bytes).map_err(at)?);
        }
        Kind::Spec => network(facts, &super::summary::spec(path)?),
        Kind::Onnx => {
            let import = onnx::read(path, bytes, None, &asked.open)?;
            network(facts, &import.model);
            facts.notes = import.report.notes;
            let (inputs, largest_difference) = (import.report.inputs, import.report.difference);
            facts.compared = Some(Compared { inputs, largest_difference });
        }
        Kind::Keras => network(facts, &keras::read(bytes).map_err(at)?),
        Kind::Safetensors => arrays(facts, &safetensors::read(bytes).map_err(at)?),
        Kind::Npz => arrays(facts, &numpy::read_npz(bytes).map_err(at)?),
        Kind::Npy => arrays(facts, &Arrays::from([("array".to_owned(), numpy::read_npy(bytes).map_err(at)?)])),
    }
    Ok(())
}

fn arrays(facts: &mut Facts, arrays: &Arrays) {
    facts.parameters = arrays.values().map(|array| array.values().len()).sum();
    facts.tensors = of_arrays(arrays);
}

fn network(facts: &mut Facts, model: &Model) {
    facts.parameters = model.parameters();
    facts.network = Some(Summary::of(model));
    facts.digest = model.digest().ok().map(|digest| format!("{digest:016x}"));
    facts.tensors = of_model(model);
}

fn checkpoint(facts: &mut Facts, path: &Path, asked: Option<&Path>, checkpoint: Checkpoint) -> Result<(), Error> {
    let count = checkpoint.parameters.len();
    facts.parameters = count;
    facts.digest = Some(format!("{:016x}", checkpoint.digest));
    facts.fingerprint = Some(format!("{:016x}", checkpoint.fingerprint));
    facts.training = checkpoint.training.as_ref().map(Learned::of);
    match owner(path, asked, &checkpoint)? {
        Some(mut model) => {
            model.set_parameters(&checkpoint.parameters).map_err(Error::at(path))?;
            facts.network = Some(Summary::of(&model));
            facts.tensors = of_model(&model);
        }
        None => {
            facts.tensors = vec![Tensor::new("parameters", &[count], &checkpoint.parameters)];
            let scalar = if checkpoint.width == 4 { "f32" } else { "f64" };
            facts
                .notes
                .push(format!("without --spec, its layers are not known, and its numbers are taken for {scalar}"));
        }
    }
    let parts = checkpoint.training.iter().flat_map(|training| &training.parts);
    facts.tensors.extend(parts.map(|(name, values)| Tensor::new(name, &[count], values)));
    Ok(())
}

/// The network that a checkpoint is of: of the spec that is named, or else of the one beside it, if that is the same.
fn owner(path: &Path, asked: Option<&Path>, checkpoint: &Checkpoint) -> Result<Option<Model>, Error> {
    let Some(asked) = asked else {
        return Ok(spec(&path.with_extension("toml")).ok().filter(|model| same(model, checkpoint)));
    };
    let model = spec(asked)?;
    check(path, asked, &model, checkpoint)?;
    Ok(Some(model))
}

/// Whether a checkpoint is of a network.
fn same(model: &Model, checkpoint: &Checkpoint) -> bool {
    model.fingerprint() == checkpoint.fingerprint && model.parameters() == checkpoint.parameters.len()
}

/// Refuses a checkpoint of another network than a spec's.
pub(crate) fn check(path: &Path, asked: &Path, model: &Model, checkpoint: &Checkpoint) -> Result<(), Error> {
    if same(model, checkpoint) {
        return Ok(());
    }
    let (theirs, found) = (model.parameters(), checkpoint.parameters.len());
    let problem = format!(
        "the checkpoint is of another network than {}: {found} parameters and fingerprint {:016x}, not {theirs} and {:016x}",
        asked.display(),
        checkpoint.fingerprint,
        model.fingerprint()
    );
    Err(Error::at(path)(problem))
}
