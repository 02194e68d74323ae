use super::examine::held_out_fault;
use super::{Event, Trainer};
use crate::layer::{InputOf, OutputOf};
use crate::loss::{self, Loss};
use crate::network::{Layers, Network, Samples};
use crate::penalty::Penalty;
use crate::train::progress::Phase;
use crate::train::{Cause, Divergence, End, Optimizer, Recipe, Schedule, Training, TrainingError};

/// Epochs: what they are judged by, the best of them, and the last.
impl<L: Layers, E: Loss, O: Optimizer, S: Schedule, P: Penalty, V, const B: usize>
    Trainer<'_, Network<L, E>, Recipe<O, S, P>, V, B>
where
    V: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
{
    /// Whether the training is over. It follows from recipe and progress alone, so that a recipe with more goes on.
    pub(super) fn over(&self) -> Result<Option<End>, TrainingError> {
        let (Recipe { epochs, patience, .. }, progress) = (&self.recipe, &self.training.progress);
        let end = match () {
            () if progress.epochs >= *epochs => End::Epochs,
            () if progress.stale >= (*patience).max(1) => End::Patience,
            () => return Ok(None),
        };
        match progress.best_epoch {
            0 => Err(TrainingError::NeverImproved { epochs: progress.epochs }),
            _ => Ok(Some(end)),
        }
    }

    /// The end of an epoch's last batch, which was this event.
    pub(super) fn finish_learning(&mut self, event: Event, better: bool) -> Result<Event, TrainingError> {
        let Training { progress, position, .. } = &mut *self.training;
        if position.epoch == 0 {
            progress.epochs = progress.epochs.saturating_add(1);
            (progress.samples, progress.stale) = (0, progress.stale.saturating_add(1));
            return Err(TrainingError::NothingLearned { epoch: progress.epochs });
        }
        if self.guard.is_none()
            && let Some(tensor) = self.net.not_finite()
        {
            return Err(TrainingError::Diverged { step: progress.steps, what: Divergence::Weights(tensor) });
        }
        if self.held_out.is_none() {
            return Ok(self.finish_epoch(self.training.progress.epoch_loss, better));
        }
        progress.epoch_loss = position.epoch_sum / position.epoch as f64;
        position.phase = Phase::Validating;
        position.start_check();
        Ok(event)
    }

    /// The loss of an epoch whose last batch has `m` samples more, with the sum `sum` of their losses; whether it is the
    /// best so far. Called before the step, so that the weights that are kept are judged.
    pub(super) fn judge_epoch(&mut self, sum: f64, m: u64, undone: bool) -> bool {
        let Training { progress, position, .. } = &mut *self.training;
        progress.epoch_loss = (position.epoch_sum + sum) / position.epoch.saturating_add(m) as f64;
        let (loss, epoch) = (progress.epoch_loss, progress.epochs.saturating_add(1));
        self.keep(loss, epoch, undone)
    }

    /// Some of what is held out; after the last, the end of the epoch.
    pub(super) fn validate_next(&mut self) -> Result<Event, TrainingError> {
        if self.held_out.is_none() {
            // Resumed without what it was to be judged by.
            return Ok(self.finish_epoch(self.training.progress.epoch_loss, false));
        }
        if self.validate_some() {
            return Ok(Event::Sample);
        }
        let accepted = self.judge()?;
        let Training { progress, .. } = &*self.training;
        let (loss, epoch) = (progress.validation, progress.epochs.saturating_add(1));
        let better = accepted && self.keep(loss, epoch, false);
        Ok(self.finish_epoch(loss, better))
    }

    /// Adds some of what is held out to its loss; whether there is more.
    pub(super) fn validate_some(&mut self) -> bool {
        let Some(held_out) = self.held_out else { return false };
        let Training { tapes, position, .. } = &mut *self.training;
        let len = held_out.len();
        let first = usize::try_from(position.checked).unwrap_or(len).min(len);
        let n = (len - first).min(B);
        let sum = &mut position.checked_sum;
        let look = |z: &[_], y: &[_], weight| *sum += loss::cost::<E, _>(z, y, weight);
        self.net.look_batch::<V, B>(held_out, first, n, tapes, look);
        position.checked = (first + n) as u64;
        first + n < len
    }

    /// Whether the guard accepts the loss of what is held out; what it does not is undone.
    pub(super) fn judge(&mut self) -> Result<bool, TrainingError> {
        let Training { progress, position, .. } = &mut *self.training;
        let loss = position.checked_sum / position.checked as f64;
        if !loss.is_finite() {
            position.start_check();
            self.held_out.map_or(Ok(()), held_out_fault)?;
            if self.guard.is_none() {
                return Err(TrainingError::Diverged { step: progress.steps, what: Divergence::HeldOut });
            }
        }
        progress.validation = loss;
        if let Some(observer) = &mut self.observer {
            observer.validation(progress);
        }
        let Some((guard, good)) = &mut self.guard else { return Ok(true) };
        let accepted = guard.accepts(loss, progress.best);
        if accepted {
            good.copy_from(self.net);
        } else {
            self.roll_back(Cause::Validation);
        }
        Ok(accepted)
    }

    /// Notes the loss of an epoch, and keeps the weights that it judges, where it is the best so far; whether it is. Those
    /// of an `undone` step are the guard's.
    pub(super) fn keep(&mut self, loss: f64, epoch: u64, undone: bool) -> bool {
        let progress = &mut self.training.progress;
        let better = loss < progress.best;
        if better {
            (progress.best, progress.best_epoch) = (loss, epoch);
            if let Some(best) = &mut self.best {
                best.copy_from(match &self.guard {
                    Some((_, good)) if undone => good,
                    _ => self.net,
                });
            }
        }
        better
    }

    fn finish_epoch(&mut self, loss: f64, better: bool) -> Event {
        let Training { progress, position, .. } = &mut *self.training;
        progress.epochs = progress.epochs.saturating_add(1);
        progress.samples = 0;
        progress.stale = if better { 0 } else { progress.stale.saturating_add(1) };
        (position.epoch, position.epoch_sum) = (0, 0.0);
        position.phase = Phase::Learning;
        let at = *progress;
        self.recipe.schedule.judged(loss, &at, &mut progress.plateau);
        if let Some(observer) = &mut self.observer {
            observer.epoch(progress);
        }
        Event::Epoch
    }
}
