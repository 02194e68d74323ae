use super::source::Ordered;
use super::{Event, Trainer};
use crate::array::Plain;
use crate::layer::{Cue, InputOf, OutputOf, cue_all};
use crate::loss::{Loss, Target};
use crate::network::{Layers, Network, Samples};
use crate::penalty::Penalty;
use crate::scalar::Scalar;
use crate::train::progress::Phase;
use crate::train::{Cause, End, Observer, Optimizer, Recipe, Schedule, Training};

impl<L: Layers, E: Loss, O: Optimizer, S: Schedule, P: Penalty, V, W: Observer, const B: usize>
    Trainer<'_, L, E, O, S, P, V, W, B>
where
    V: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
{
    pub(super) fn learn_next<T>(&mut self, samples: &T) -> Event
    where
        T: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        let Recipe { batch, epochs, order, .. } = self.recipe;
        let Training { progress, position, .. } = &mut *self.training;
        let (len, first) = (samples.len(), progress.samples as usize);
        if len == 0 || progress.epochs >= epochs {
            position.phase = Phase::Over(End::Epochs);
            return Event::End(End::Epochs);
        }
        let left = batch.max(1).saturating_sub(position.batch).min(B as u64);
        let n = (left as usize).min(len.saturating_sub(first));
        let ordered = Ordered { samples, order, epoch: progress.epochs };
        progress.samples += n as u64;
        self.add(&ordered, first, n);

        let over = first + n >= len;
        let event = match over || self.training.position.batch >= batch {
            true => self.finish_batch(),
            false => Event::Sample,
        };
        if !over {
            return event;
        }
        let Training { progress, position, .. } = &mut *self.training;
        progress.epoch_loss = position.epoch_sum / position.epoch as f64;
        if self.held_out.is_empty() {
            return self.finish_epoch(self.training.progress.epoch_loss, true);
        }
        position.phase = Phase::Validating;
        (position.checked, position.checked_sum) = (0, 0.0);
        event
    }

    /// Adds `n` samples from the `first` to the batch.
    pub(super) fn add<T>(&mut self, samples: &T, first: usize, n: usize)
    where
        T: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        let Training { grad, tapes, position, progress, .. } = &mut *self.training;
        if position.batch == 0 {
            grad.flat_mut().fill(L::Scalar::ZERO);
        }
        // By what a checkpoint has: a resumed training drops out the same.
        let sample = progress.steps.wrapping_mul(self.recipe.batch).wrapping_add(position.batch);
        cue_all(tapes, Cue::Seek { seed: self.recipe.order.seed(), sample });
        position.batch += n as u64;
        let finite = |index| samples.get(index).is_none_or(|(x, y)| is_finite(x.flat()) && y.with(is_finite));
        if self.guard.is_some() && !(first..first + n).all(finite) {
            position.poisoned = true;
        }
        let sum = &mut position.batch_sum;
        let look = |z: &[L::Scalar], y: &[L::Scalar], weight: L::Scalar| {
            *sum += crate::loss::share(weight, E::value(z, y)).to_f64()
        };
        self.net.accumulate_batch::<T, B>(samples, first, n, grad, tapes, look);
    }

    /// The step at the end of a batch.
    pub(super) fn finish_batch(&mut self) -> Event {
        let Training { grad, state, progress, position, .. } = &mut *self.training;
        let (m, sum, poisoned) = (position.batch, position.batch_sum, position.poisoned);
        (position.batch, position.batch_sum, position.poisoned) = (0, 0.0, false);
        if poisoned {
            progress.rollbacks += 1;
            self.observer.rollback(Cause::Sample, progress);
            return Event::Rollback(Cause::Sample);
        }
        progress.loss = sum / m.max(1) as f64;
        self.net.average(m as usize, self.recipe.penalty, grad);
        if let Some((_, good)) = &mut self.guard {
            if !progress.loss.is_finite() || !grad.is_finite() {
                return self.roll_back(Cause::Divergence);
            }
            if self.held_out.is_empty() {
                good.copy_from(self.net);
            }
        }
        grad.clip(self.recipe.clip);
        let factor = self.recipe.schedule.factor(progress);
        self.net.optimize_at(grad, &self.recipe.optimizer, factor, state);
        if self.recipe.max_norm < f64::INFINITY {
            self.net.limit_norms(self.recipe.max_norm);
        }
        progress.steps += 1;
        if self.guard.is_some() && !self.net.is_finite() {
            return self.roll_back(Cause::Parameters);
        }
        position.epoch += m;
        position.epoch_sum += sum;
        self.observer.batch(progress);
        Event::Batch
    }

    pub(super) fn validate_next(&mut self) -> Event {
        if self.validate_some() {
            return Event::Sample;
        }
        let accepted = self.judge();
        self.finish_epoch(self.training.progress.validation, accepted)
    }

    /// Adds some of what is held out to its loss; whether there is more.
    pub(super) fn validate_some(&mut self) -> bool {
        let Training { tapes, position, .. } = &mut *self.training;
        let first = position.checked as usize;
        let n = self.held_out.len().saturating_sub(first).min(B);
        let sum = &mut position.checked_sum;
        let look = |z: &[L::Scalar], y: &[L::Scalar], weight: L::Scalar| {
            *sum += crate::loss::share(weight, E::value(z, y)).to_f64()
        };
        self.net.look_batch::<V, B>(self.held_out, first, n, tapes, look);
        position.checked += n as u64;
        (position.checked as usize) < self.held_out.len()
    }

    /// Whether the guard accepts the loss of what is held out; what it does not is undone.
    pub(super) fn judge(&mut self) -> bool {
        let Training { progress, position, .. } = &mut *self.training;
        progress.validation = position.checked_sum / position.checked as f64;
        self.observer.validation(progress);
        let Some((guard, good)) = &mut self.guard else { return true };
        let accepted = guard.accepts(progress.validation, progress.best);
        if accepted {
            good.copy_from(self.net);
        } else {
            self.roll_back(Cause::Validation);
        }
        accepted
    }

    /// Notes the loss and the weights where they are the best so far; whether they are.
    pub(super) fn keep(&mut self, loss: f64) -> bool {
        let progress = &mut self.training.progress;
        let better = loss < progress.best;
        if better {
            (progress.best, progress.best_epoch) = (loss, progress.epochs);
            if let Some(best) = &mut self.best {
                best.copy_from(self.net);
            }
        }
        better
    }

    fn finish_epoch(&mut self, loss: f64, accepted: bool) -> Event {
        self.training.progress.epochs += 1;
        let better = accepted && self.keep(loss);
        let Training { progress, position, .. } = &mut *self.training;
        progress.samples = 0;
        progress.stale = if better { 0 } else { progress.stale + 1 };
        (position.epoch, position.epoch_sum) = (0, 0.0);
        self.recipe.schedule.judged(loss, &mut progress.plateau);
        position.phase = match () {
            () if progress.epochs >= self.recipe.epochs => Phase::Over(End::Epochs),
            () if progress.stale >= self.recipe.patience => Phase::Over(End::Patience),
            () => Phase::Learning,
        };
        self.observer.epoch(progress);
        Event::Epoch
    }

    /// Back to the last good weights, with nothing remembered of those that were bad.
    fn roll_back(&mut self, cause: Cause) -> Event {
        if let Some((_, good)) = &self.guard {
            self.net.copy_from(good);
        }
        self.training.state.reset();
        self.training.progress.rollbacks += 1;
        self.observer.rollback(cause, &self.training.progress);
        Event::Rollback(cause)
    }
}

fn is_finite<T: Scalar>(numbers: &[T]) -> bool {
    numbers.iter().all(|number| number.is_finite())
}
