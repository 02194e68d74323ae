use crate::train::Plateau;

/// How far a training is: what schedules and observers see, and a checkpoint keeps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Steps taken, those undone included.
    pub steps: u64,
    /// Epochs completed.
    pub epochs: u64,
    /// Samples seen in this epoch.
    pub samples: u64,
    /// The mean loss of the last batch, before its step.
    pub loss: f64,
    /// The mean loss of the last epoch's samples, each before its step.
    pub epoch_loss: f64,
    /// The mean loss of what is held out, after the last epoch; NaN before.
    pub validation: f64,
    /// The least loss after an epoch: of what is held out or, where that is nothing, of the epoch itself.
    pub best: f64,
    /// After which epoch that was.
    pub best_epoch: u64,
    /// How many epochs since were no better.
    pub stale: u64,
    /// How many steps or epochs were undone or left out.
    pub rollbacks: u64,
    /// What a [`ReduceOnPlateau`](crate::train::ReduceOnPlateau) remembers.
    pub plateau: Plateau,
}

impl Progress {
    /// Before the first step.
    pub const START: Progress = Progress {
        steps: 0,
        epochs: 0,
        samples: 0,
        loss: f64::NAN,
        epoch_loss: f64::NAN,
        validation: f64::NAN,
        best: f64::INFINITY,
        best_epoch: 0,
        stale: 0,
        rollbacks: 0,
        plateau: Plateau::START,
    };
}

/// What a training does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Learning,
    Validating,
    Over(End),
}

/// Why a training is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// It has done its epochs, or there are no samples.
    Epochs,
    /// So many epochs in a row were no better.
    Patience,
    /// An observer asked for it; the next call goes on.
    Stopped,
}

/// What has happened in a batch, an epoch and a validation that are not over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Position {
    pub(crate) phase: Phase,
    /// Samples of the batch, in the gradient already.
    pub(crate) batch: u64,
    /// The sum of their losses.
    pub(crate) batch_sum: f64,
    /// Whether one of them was not finite.
    pub(crate) poisoned: bool,
    /// The same of the epoch's batches that led to a step.
    pub(crate) epoch: u64,
    pub(crate) epoch_sum: f64,
    /// The same of a validation.
    pub(crate) checked: u64,
    pub(crate) checked_sum: f64,
    /// Whether the guard's shadow holds good weights.
    pub(crate) guarded: bool,
}

impl Position {
    pub(crate) const START: Position = Position {
        phase: Phase::Learning,
        batch: 0,
        batch_sum: 0.0,
        poisoned: false,
        epoch: 0,
        epoch_sum: 0.0,
        checked: 0,
        checked_sum: 0.0,
        guarded: false,
    };
}
