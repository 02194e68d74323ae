use core::fmt;

use crate::array::{Array, Like, Plain};
use crate::layer::{Batched, InputOf, OutputOf, Tapes};
use crate::loss::{Loss, Target};
use crate::network::{Layers, Network, Samples, TapesOf};
use crate::penalty::{NoPenalty, Penalty};
use crate::scalar::Scalar;
use crate::train::progress::{Phase, Position};
use crate::train::{Cause, Constant, End, Guard, Observer, Optimizer, Order, Progress, Recipe, Schedule, State};
use crate::width::{U1, Width};

/// All that training a network `N` with an optimiser `O` takes beside the network: a gradient, the tapes of `B` samples,
/// the optimiser's state, and how far it is.
///
/// Owned by the caller. [`ZERO`](Training::ZERO) is a constant, for a `static`; it never passes through the stack. The
/// bits do not depend on `B`, the speed does.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use std::sync::Mutex;
///
/// network! { type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy; }
/// static DESK: Mutex<(Digits, Training<Digits, Adam>)> = Mutex::new((Digits::ZERO, Training::ZERO));
/// # let _ = &DESK;
/// ```
pub struct Training<N: Batched, O: Optimizer, B: Width = U1> {
    pub(crate) grad: N,
    tapes: TapesOf<N, B>,
    pub(crate) state: State<N, O>,
    pub(crate) progress: Progress,
    pub(crate) position: Position,
}

impl<N: Batched, O: Optimizer, B: Width> Training<N, O, B> {
    /// Before the first step.
    pub const ZERO: Self = Training {
        grad: N::ZERO,
        tapes: <TapesOf<N, B> as Tapes>::BLANK,
        state: State::ZERO,
        progress: Progress::START,
        position: Position::START,
    };

    /// How far it is.
    pub const fn progress(&self) -> &Progress {
        &self.progress
    }

    /// What the optimiser remembers.
    pub const fn state(&self) -> &State<N, O> {
        &self.state
    }

    /// Back to before the first step, to train again.
    pub fn restart(&mut self) {
        self.state.reset();
        self.progress = Progress::START;
        self.position = Position::START;
    }
}

impl<N: Batched, O: Optimizer, B: Width> fmt::Debug for Training<N, O, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Training with {:?}: {:?}", self.state, self.progress)
    }
}

/// Trains a network by a [`Recipe`]: borrows what the caller owns, and keeps nothing itself. Made by [`Recipe::train`].
///
/// All that it knows from one call to the next is in the [`Training`], so a loop that does other things too may make a
/// trainer for each [`step`](Trainer::step), which is bounded: `B` samples, by default one, forward and backward, and
/// where a batch ends, a pass over the parameters.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// network! { type Net = 2 => Dense<8, Tanh> => Dense<1>, loss = SigmoidCrossEntropy; }
/// let samples = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])];
/// const RECIPE: Recipe<Adam> =
///     Recipe { batch: 2, epochs: 100, order: Order::Shuffled(7), ..Recipe::new(Adam::new(0.05)) };
///
/// let (mut net, mut training) = (Net::ZERO, Training::<Net, Adam>::ZERO);
/// net.initialize(&Xavier, &mut Pcg32::new(1));
/// assert_eq!(RECIPE.train(&mut net, &mut training).run(&samples), End::Epochs);
/// assert!(net.cost(&samples, NoPenalty) < 0.02);
///
/// // The same, a sample at a time.
/// let (mut other, mut training) = (Net::ZERO, Training::<Net, Adam>::ZERO);
/// other.initialize(&Xavier, &mut Pcg32::new(1));
/// while !matches!(RECIPE.train(&mut other, &mut training).step(&samples), Event::End(_)) {
///     // … what else there is to do
/// }
/// assert_eq!(other.digest(), net.digest());
/// assert_eq!(training.progress().steps, 200);
/// ```
pub struct Trainer<
    'a,
    L: Layers,
    E: Loss,
    O: Optimizer,
    S = Constant,
    P = NoPenalty,
    B: Width = U1,
    V: ?Sized = NoSamples,
    W = (),
> {
    recipe: Recipe<O, S, P>,
    pub(crate) net: &'a mut Network<L, E>,
    pub(crate) training: &'a mut Training<Network<L, E>, O, B>,
    held_out: &'a V,
    pub(crate) best: Option<&'a mut Network<L, E>>,
    pub(crate) guard: Option<(Guard, &'a mut Network<L, E>)>,
    observer: W,
}

/// What a step of a [`Trainer`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Some samples were added to a batch, or to the loss of what is held out.
    Sample,
    /// A batch is over, its step taken.
    Batch,
    /// An epoch is over, and judged.
    Epoch,
    /// A step was undone or left out, in the middle of an epoch; the network has good weights.
    Rollback(Cause),
    /// Nothing, the training is over.
    End(End),
}

impl<O: Optimizer, S: Schedule, P: Penalty> Recipe<O, S, P> {
    /// A trainer by this recipe.
    pub const fn train<'a, L: Layers, E: Loss, B: Width>(
        &self,
        net: &'a mut Network<L, E>,
        training: &'a mut Training<Network<L, E>, O, B>,
    ) -> Trainer<'a, L, E, O, S, P, B> {
        Trainer { recipe: *self, net, training, held_out: &NoSamples, best: None, guard: None, observer: () }
    }
}

impl<'a, L: Layers, E: Loss, O: Optimizer, S: Schedule, P: Penalty, B: Width, V: ?Sized, W>
    Trainer<'a, L, E, O, S, P, B, V, W>
{
    /// With samples that are not learned from: after each epoch their mean loss judges the network.
    pub fn validate<H>(self, held_out: &'a H) -> Trainer<'a, L, E, O, S, P, B, H, W>
    where
        H: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        let () = H::FITS;
        let Trainer { recipe, net, training, best, guard, observer, .. } = self;
        Trainer { recipe, net, training, held_out, best, guard, observer }
    }

    /// With room for the weights after the best epoch.
    pub fn keep_best(self, best: &'a mut Network<L, E>) -> Self {
        Trainer { best: Some(best), ..self }
    }

    /// With a [`Guard`] and room for the last good weights; before the first step, those are the network's.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// type Line = Network<Dense<U1, U1>, SquaredError>;
    /// let (mut net, mut good, mut training) = (Line::ZERO, Line::ZERO, Training::<Line, Sgd>::ZERO);
    /// let recipe = Recipe { batch: 1, ..Recipe::new(Sgd::new(0.25)) };
    /// let mut trainer = recipe.train(&mut net, &mut training).guard(Guard::FINITE, &mut good);
    /// assert_eq!(trainer.learn(&[2.0], &[1.0]), Event::Batch);
    /// assert_eq!(trainer.learn(&[f32::NAN], &[1.0]), Event::Rollback(Cause::Sample));
    /// assert_eq!(net.parameters(), [0.25, 0.5]);
    /// assert_eq!(training.progress().rollbacks, 1);
    /// ```
    pub fn guard(self, guard: Guard, good: &'a mut Network<L, E>) -> Self {
        if !self.training.position.guarded {
            self.training.position.guarded = true;
            good.copy_from(self.net);
        }
        Trainer { guard: Some((guard, good)), ..self }
    }

    /// What it is working on.
    pub fn training(&self) -> &Training<Network<L, E>, O, B> {
        self.training
    }

    /// With an observer.
    pub fn observe<X: Observer>(self, observer: X) -> Trainer<'a, L, E, O, S, P, B, V, X> {
        let Trainer { recipe, net, training, held_out, best, guard, .. } = self;
        Trainer { recipe, net, training, held_out, best, guard, observer }
    }
}

impl<L: Layers, E: Loss, O: Optimizer, S: Schedule, P: Penalty, B: Width, V, W: Observer>
    Trainer<'_, L, E, O, S, P, B, V, W>
where
    V: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
{
    /// To the end: all epochs, or as many as patience and the observer allow.
    pub fn run<T>(&mut self, samples: &T) -> End
    where
        T: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        loop {
            match self.step(samples) {
                Event::End(end) => return end,
                _ if self.observer.stop() => return End::Stopped,
                _ => (),
            }
        }
    }

    /// The next `B` samples at most, of the batch, or of what is held out; and where a batch ends, its step.
    pub fn step<T>(&mut self, samples: &T) -> Event
    where
        T: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        let () = T::FITS;
        match self.training.position.phase {
            Phase::Learning => self.learn_next(samples),
            Phase::Validating => self.validate_next(),
            Phase::Over(end) => Event::End(end),
        }
    }

    /// One sample of a stream, which has no epochs: adds it to the batch and, where that is full, takes the step.
    pub fn learn<X: Like<InputOf<Network<L, E>>>, Y: Target<OutputOf<Network<L, E>>>>(
        &mut self,
        x: &X,
        y: &Y,
    ) -> Event {
        let ((), ()) = (X::FITS, Y::FITS);
        self.training.progress.samples += 1;
        self.add(&One(x.view(), y), 0, 1);
        if self.training.position.batch < self.recipe.batch { Event::Sample } else { self.finish_batch() }
    }

    /// The mean loss of what is held out, of the network as it is now; the guard undoes what is too bad, and counts it.
    /// For a stream, and for the first weights, which so become the best so far.
    pub fn check(&mut self) -> f64 {
        self.training.position.checked = 0;
        self.training.position.checked_sum = 0.0;
        while self.validate_some() {}
        if self.judge() {
            self.keep(self.training.progress.validation);
        }
        self.training.progress.validation
    }

    fn learn_next<T>(&mut self, samples: &T) -> Event
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
        let left = batch.max(1).saturating_sub(position.batch).min(B::USIZE as u64);
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
    fn add<T>(&mut self, samples: &T, first: usize, n: usize)
    where
        T: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        let Training { grad, tapes, position, progress, .. } = &mut *self.training;
        if position.batch == 0 {
            grad.flat_mut().fill(L::Scalar::ZERO);
        }
        // By what a checkpoint has: a resumed training drops out the same.
        let sample = progress.steps.wrapping_mul(self.recipe.batch).wrapping_add(position.batch);
        tapes.seek(self.recipe.order.seed(), sample);
        position.batch += n as u64;
        let finite = |index| samples.get(index).is_none_or(|(x, y)| is_finite(x.flat()) && y.with(is_finite));
        if self.guard.is_some() && !(first..first + n).all(finite) {
            position.poisoned = true;
        }
        let sum = &mut position.batch_sum;
        let look = |z: &[L::Scalar], y: &[L::Scalar], weight: L::Scalar| *sum += (weight * E::value(z, y)).to_f64();
        self.net.accumulate_batch::<T, B>(samples, first, n, grad, tapes, look);
    }

    /// The step at the end of a batch.
    fn finish_batch(&mut self) -> Event {
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
                return self.roll_back(Cause::Loss);
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

    fn validate_next(&mut self) -> Event {
        if self.validate_some() {
            return Event::Sample;
        }
        let accepted = self.judge();
        self.finish_epoch(self.training.progress.validation, accepted)
    }

    /// Adds some of what is held out to its loss; whether there is more.
    fn validate_some(&mut self) -> bool {
        let Training { tapes, position, .. } = &mut *self.training;
        let first = position.checked as usize;
        let n = self.held_out.len().saturating_sub(first).min(B::USIZE);
        let sum = &mut position.checked_sum;
        let look = |z: &[L::Scalar], y: &[L::Scalar], weight: L::Scalar| *sum += (weight * E::value(z, y)).to_f64();
        self.net.look_batch::<V, B>(self.held_out, first, n, tapes, look);
        position.checked += n as u64;
        (position.checked as usize) < self.held_out.len()
    }

    /// Whether the guard accepts the loss of what is held out; what it does not is undone.
    fn judge(&mut self) -> bool {
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
    fn keep(&mut self, loss: f64) -> bool {
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

/// No samples: what is held out where nothing is.
#[derive(Clone, Copy, Debug)]
pub struct NoSamples;

impl<X: Array, Y: Array> Samples<X, Y> for NoSamples {
    type Target = Y;

    fn len(&self) -> usize {
        0
    }

    fn get(&self, _: usize) -> Option<(&X, &Y)> {
        None
    }
}

/// One sample.
struct One<'a, X, Y>(&'a X, &'a Y);

impl<X: Array, Y: Array, Q: Target<Y>> Samples<X, Y> for One<'_, X, Q> {
    type Target = Q;

    fn len(&self) -> usize {
        1
    }

    fn get(&self, index: usize) -> Option<(&X, &Q)> {
        (index == 0).then_some((self.0, self.1))
    }
}

/// Samples in the order of an epoch.
struct Ordered<'a, T: ?Sized> {
    samples: &'a T,
    order: Order,
    epoch: u64,
}

impl<X: Array, Y: Array, T: Samples<X, Y> + ?Sized> Samples<X, Y> for Ordered<'_, T> {
    type Target = T::Target;

    fn len(&self) -> usize {
        self.samples.len()
    }

    #[inline]
    fn get(&self, index: usize) -> Option<(&X, &T::Target)> {
        self.samples.get(self.order.place(self.epoch, self.samples.len(), index))
    }
}
