use super::examine::{fault, first_fault, is_symmetric};
use super::source::Ordered;
use super::{Event, Trainer};
use crate::array::Plain;
use crate::layer::{Cue, InputOf, OutputOf, cue_all};
use crate::loss::{self, Loss};
use crate::network::{Layers, Network, Samples};
use crate::penalty::Penalty;
use crate::scalar::{Number, Real};
use crate::train::{Cause, Divergence, Optimizer, Part, Recipe, Schedule, Training, TrainingError};

/// Batches and their steps.
impl<L: Layers, E: Loss, O: Optimizer, S: Schedule, P: Penalty, V, const B: usize>
    Trainer<'_, Network<L, E>, Recipe<O, S, P>, V, B>
where
    V: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
{
    /// The next samples of an epoch; the step where they end a batch; and what is to be done where they end the epoch.
    pub(super) fn learn_next<T>(&mut self, samples: &T) -> Result<Event, TrainingError>
    where
        T: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        let Recipe { batch, order, .. } = self.recipe;
        let Training { progress, position, .. } = &mut *self.training;
        let len = samples.len();
        let first = usize::try_from(progress.samples).unwrap_or(len).min(len);
        let left = batch.saturating_sub(position.batch).min(B as u64);
        let n = (left as usize).min(len - first);
        let ordered = Ordered { samples, order, epoch: progress.epochs };
        progress.samples = (first + n) as u64;
        self.add(&ordered, first, n);

        let (end, in_batch) = (first + n, self.training.position.batch);
        let (mut event, mut better) = (Event::Sample, false);
        if in_batch >= batch || (end >= len && in_batch > 0) {
            let last = end >= len && self.held_out.is_none();
            let culprit = |m: u64| {
                let (place, part) = first_fault(&ordered, end.saturating_sub(m as usize)..end)?;
                Some((order.place(ordered.epoch, len, place as usize) as u64, part))
            };
            (event, better) = self.finish_batch(batch.min(len as u64), last, culprit)?;
        }
        if end >= len { self.finish_learning(event, better) } else { Ok(event) }
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
        position.batch = position.batch.saturating_add(n as u64);
        if self.guard.is_some() && (first..first + n).any(|index| fault(samples, index).is_some()) {
            position.poisoned = true;
        }
        let sum = &mut position.batch_sum;
        let look = |z: &[_], y: &[_], weight| *sum += loss::cost::<E, _>(z, y, weight);
        self.net.accumulate_some::<T, B>(Cue::Learn, samples, first, n, grad, tapes, look);
    }

    /// The step at the end of a batch; `full` is how many samples share the penalty. Of the `last` batch of an epoch that is
    /// judged by its own loss, also whether the epoch is the best so far.
    ///
    /// `culprit` finds the sample of the batch that is not finite. Where no step can be taken, the batch is not begun.
    pub(super) fn finish_batch(
        &mut self,
        full: u64,
        last: bool,
        culprit: impl FnOnce(u64) -> Option<(u64, Part)>,
    ) -> Result<(Event, bool), TrainingError> {
        let Training { grad, progress, position, .. } = &mut *self.training;
        let (m, sum, poisoned) = (position.batch, position.batch_sum, position.poisoned);
        position.start_batch();
        if poisoned {
            progress.rollbacks = progress.rollbacks.saturating_add(1);
            self.report_rollback(Cause::Sample);
            return Ok((Event::Rollback(Cause::Sample), last && self.judge_epoch(0.0, 0, true)));
        }
        let (loss, step) = (sum / m as f64, progress.steps.saturating_add(1));
        let penalty = Shared { penalty: self.recipe.penalty, share: m as f64 / full as f64 };
        self.net.average(m as usize, penalty, grad);
        let finite = loss.is_finite() && Number::all_finite(grad.flat());
        if !finite && self.guard.is_some() {
            progress.loss = loss;
            return Ok((self.roll_back(Cause::Divergence), last && self.judge_epoch(0.0, 0, true)));
        }
        let factor = self.recipe.schedule.factor(progress);
        let error = match () {
            () if !finite => Some(match (culprit(m), self.net.not_finite(), grad.not_finite()) {
                (Some((index, part)), ..) => TrainingError::Sample { index, part },
                (_, Some(tensor), _) => TrainingError::Diverged { step, what: Divergence::Weights(tensor) },
                (.., Some(tensor)) if loss.is_finite() => {
                    TrainingError::Diverged { step, what: Divergence::Gradient(tensor) }
                }
                _ => TrainingError::Diverged { step, what: Divergence::Loss },
            }),
            () if !(factor.is_finite() && factor >= 0.0) => Some(TrainingError::Schedule { step, factor }),
            () if progress.steps == 0 && is_symmetric(self.net, grad) => Some(TrainingError::Uninitialized),
            () => None,
        };
        if let Some(error) = error {
            progress.samples = progress.samples.saturating_sub(m);
            return Err(error);
        }
        progress.loss = loss;
        if let Some((_, good)) = &mut self.guard
            && self.held_out.is_none()
        {
            good.copy_from(self.net);
        }
        // Before the step: the loss is of the weights as they are.
        let better = last && self.judge_epoch(sum, m, false);

        let Training { grad, state, progress, position, .. } = &mut *self.training;
        grad.clip(self.recipe.clip);
        self.net.optimize_at(grad, &self.recipe.optimizer, factor, state);
        if self.recipe.max_norm < f64::INFINITY {
            self.net.limit_norms(self.recipe.max_norm);
        }
        progress.steps = step;
        if self.guard.is_some() && !Number::all_finite(self.net.flat()) {
            return Ok((self.roll_back(Cause::Parameters), better));
        }
        position.epoch = position.epoch.saturating_add(m);
        position.epoch_sum += sum;
        if let Some(observer) = &mut self.observer {
            observer.batch(progress);
        }
        Ok((Event::Batch, better))
    }

    /// Back to the last good weights, with nothing remembered of those that were bad.
    pub(super) fn roll_back(&mut self, cause: Cause) -> Event {
        if let Some((_, good)) = &self.guard {
            self.net.copy_from(good);
        }
        let Training { state, progress, position, .. } = &mut *self.training;
        state.reset();
        position.start_batch();
        progress.rollbacks = progress.rollbacks.saturating_add(1);
        self.report_rollback(cause);
        Event::Rollback(cause)
    }

    fn report_rollback(&mut self, cause: Cause) {
        if let Some(observer) = &mut self.observer {
            observer.rollback(cause, &self.training.progress);
        }
    }
}

/// The share of a penalty that falls to a batch which is not full.
///
/// # Equations
///
/// `∂J/∂w = (1/m) (Δ + (m/b) λ w) = Δ/m + (λ/b) w`, with m samples in the batch and b in a full one: each step has the same
/// penalty, so weights do not depend on how many samples are left for the last batch. With `m = b` it is (T 2.6.1).
#[derive(Clone, Copy)]
struct Shared<P> {
    penalty: P,
    /// `m/b`.
    share: f64,
}

impl<P: Penalty> Penalty for Shared<P> {
    #[inline(always)]
    fn price<V: Real>(self, weight: V) -> V {
        V::of(self.share) * self.penalty.price(weight)
    }

    #[inline(always)]
    fn slope<V: Real>(self, weight: V) -> V {
        V::of(self.share) * self.penalty.slope(weight)
    }
}
