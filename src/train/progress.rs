use core::fmt;

use crate::train::Plateau;

/// How far a training is: what schedules and observers see, and a checkpoint keeps.
///
/// # Example
///
/// ```
/// use nanoprop::Progress;
///
/// let progress = Progress { epochs: 3, steps: 96, epoch_loss: 0.5, best: 0.25, best_epoch: 2, ..Progress::START };
/// assert_eq!(progress.to_string(), "epoch 3, step 96: loss 0.5, best 0.25 after epoch 2");
/// ```
#[doc(alias = "History")]
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
    #[doc(alias = "val_loss")]
    pub validation: f64,
    /// The least loss after an epoch: of what is held out or, where that is nothing, of the epoch itself.
    pub best: f64,
    /// After which epoch that was.
    pub best_epoch: u64,
    /// How many epochs since were no better.
    #[doc(alias = "wait")]
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

/// Epoch, step, and the losses that are known.
impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Progress { steps, epochs, epoch_loss, validation, best, best_epoch, rollbacks, .. } = self;
        write!(f, "epoch {epochs}, step {steps}")?;
        let mut sign = ":";
        for (name, loss) in [("loss", epoch_loss), ("held out", validation), ("best", best)] {
            if loss.is_finite() {
                write!(f, "{sign} {name} {loss}")?;
                sign = ",";
            }
        }
        if best.is_finite() {
            write!(f, " after epoch {best_epoch}")?;
        }
        if *rollbacks > 0 { write!(f, "; {rollbacks} undone or left out") } else { Ok(()) }
    }
}

/// What a training does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Learning,
    Validating,
}

/// How a training ended that did what was asked of it; all else is a [`TrainingError`](crate::TrainingError).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// It has done its epochs; with more of them in the recipe, the next call goes on.
    Epochs,
    /// As many epochs in a row as the recipe's patience were no better; with more patience, the next call goes on.
    #[doc(alias = "EarlyStopping")]
    Patience,
    /// An observer asked for it; the next call goes on.
    Stopped,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            End::Epochs => "all epochs are done",
            End::Patience => "no better for as many epochs as its patience allows",
            End::Stopped => "stopped by an observer",
        })
    }
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
    /// Whether the room for the best has the weights that it started with, or better ones.
    pub(crate) keeps: bool,
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
        keeps: false,
    };

    /// Before the first sample of a batch.
    pub(crate) fn start_batch(&mut self) {
        (self.batch, self.batch_sum, self.poisoned) = (0, 0.0, false);
    }

    /// Before the first sample of what is held out.
    pub(crate) fn start_check(&mut self) {
        (self.checked, self.checked_sum) = (0, 0.0);
    }
}
