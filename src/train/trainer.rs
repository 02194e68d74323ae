mod examine;
mod judge;
mod learn;
mod source;

use examine::fault;
pub use source::NoSamples;
use source::One;

use crate::array::ArrayLike;
use crate::layer::{InputOf, Layer, OutputOf};
use crate::loss::{Loss, Target};
use crate::network::{Layers, Network, Samples};
use crate::penalty::Penalty;
use crate::train::progress::Phase;
use crate::train::{AnyRecipe, Cause, End, Guard, Observer, Optimizer, Recipe, Schedule, Training, TrainingError};

/// Trains a network by a [`Recipe`]: borrows what the caller owns, and keeps nothing itself. Made by [`Recipe::train`].
///
/// All that it knows from one call to the next is in the [`Training`], so a loop that does other things too may make a
/// trainer for each [`step`](Trainer::step), which is bounded: `B` samples, by default one, forward and backward, and
/// where a batch ends, a pass over the parameters. A training that is over goes on where it was as soon as the recipe has
/// more `epochs` or `patience`.
///
/// A trainer that is a field, or an argument, is written `Trainer<'a, Digits, Recipe<Adam>>`; with held-out samples,
/// `Trainer<'a, Digits, Recipe<Adam>, [Sample]>`; with the tapes of 32 samples too,
/// `Trainer<'a, Digits, Recipe<Adam>, [Sample], 32>`, where [`NoSamples`] stands for none held out.
///
/// # Errors
///
/// Its methods refuse, with a [`TrainingError`] and before the first step, what can't work: settings such as `batch: 0`
/// or a rate of NaN, no samples, weights that were never initialised. They end a training that left the finite numbers,
/// and say at which step and in which tensor.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{End, Event, TrainingError};
///
/// network! { type Net = 2 => Dense<8, Tanh> => Dense<1>, loss = SigmoidCrossEntropy; }
/// let samples = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])];
/// const RECIPE: Recipe<Adam> =
///     Recipe { batch: 2, epochs: 100, order: Order::Shuffled(7), ..Recipe::new(Adam::new(0.05)) };
///
/// let (mut net, mut training) = (Net::ZERO, Training::<Net, Adam>::ZERO);
/// net.initialize(&Xavier, &mut Pcg32::new(1));
/// assert_eq!(RECIPE.train(&mut net, &mut training).run(&samples)?, End::Epochs);
/// assert!(net.cost(&samples, NoPenalty) < 0.02);
///
/// // The same, a sample at a time.
/// let (mut other, mut training) = (Net::ZERO, Training::<Net, Adam>::ZERO);
/// other.initialize(&Xavier, &mut Pcg32::new(1));
/// while !matches!(RECIPE.train(&mut other, &mut training).step(&samples)?, Event::End(_)) {
///     // … what else there is to do
/// }
/// assert_eq!(other.digest(), net.digest());
/// assert_eq!(training.progress().steps, 200);
///
/// // What can't work says so.
/// let (mut blank, mut training) = (Net::ZERO, Training::<Net, Adam>::ZERO);
/// let error = RECIPE.train(&mut blank, &mut training).run(&samples).unwrap_err();
/// assert_eq!(error.to_string(), "all weights are 0, so the hidden units would stay equal: initialize the network first");
/// # Ok::<(), TrainingError>(())
/// ```
pub struct Trainer<'a, N: Layer, R: AnyRecipe, V: ?Sized = NoSamples, const B: usize = 1> {
    recipe: R,
    pub(crate) net: &'a mut N,
    pub(crate) training: &'a mut Training<N, R::Optimizer, B>,
    held_out: Option<&'a V>,
    pub(crate) best: Option<&'a mut N>,
    pub(crate) guard: Option<(Guard, &'a mut N)>,
    observer: Option<&'a mut dyn Observer>,
    /// Whether what does not change during the trainer's life was found sound.
    examined: bool,
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
    #[doc(alias("compile", "fit"))]
    pub const fn train<'a, L: Layers, E: Loss, const B: usize>(
        &self,
        net: &'a mut Network<L, E>,
        training: &'a mut Training<Network<L, E>, O, B>,
    ) -> Trainer<'a, Network<L, E>, Self, NoSamples, B> {
        let recipe = *self;
        Trainer { recipe, net, training, held_out: None, best: None, guard: None, observer: None, examined: false }
    }
}

impl<'a, L: Layers, E: Loss, O: Optimizer, S: Schedule, P: Penalty, V: ?Sized, const B: usize>
    Trainer<'a, Network<L, E>, Recipe<O, S, P>, V, B>
{
    /// Judges the network after each epoch by the mean loss of samples that are not learned from.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// type Line = Network<Dense<U1, U1>, SquaredError>;
    /// let (mut net, mut training) = (Line::ZERO, Training::<Line, Sgd>::ZERO);
    /// let recipe = Recipe { batch: 2, epochs: 20, ..Recipe::new(Sgd::new(0.5)) };
    /// let held_out = [([0.5], [2.0])];
    /// recipe.train(&mut net, &mut training).validate(&held_out).run(&[([0.0], [1.0]), ([1.0], [3.0])])?;
    /// assert!(training.progress().validation < 0.01);
    /// # Ok::<(), nanoprop::TrainingError>(())
    /// ```
    #[doc(alias("validation_data"))]
    pub fn validate<H>(self, held_out: &'a H) -> Trainer<'a, Network<L, E>, Recipe<O, S, P>, H, B>
    where
        H: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        let () = H::FITS;
        let Trainer { recipe, net, training, best, guard, observer, .. } = self;
        Trainer { recipe, net, training, held_out: Some(held_out), best, guard, observer, examined: false }
    }

    /// Keeps the weights with the least loss in `best`; until there are any, the weights that the network has now.
    ///
    /// The weights are always those that the loss is of. Held-out samples judge the weights after an epoch. Where nothing
    /// is held out, the loss of an epoch is the mean over its samples, each before its step, and the last weights that it
    /// has judged are those before the last step of the epoch.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// type Line = Network<Dense<U1, U1>, SquaredError>;
    /// let (mut net, mut best, mut training) = (Line::ZERO, Line::ZERO, Training::<Line, Sgd>::ZERO);
    /// let recipe = Recipe { batch: 1, epochs: 20, ..Recipe::new(Sgd::new(0.9)) };
    /// let held_out = [([1.0], [1.0])];
    /// let contradiction = [([1.0], [0.0]), ([1.0], [2.0])]; // the weights go to and fro
    /// recipe.train(&mut net, &mut training).validate(&held_out).keep_best(&mut best).run(&contradiction)?;
    /// assert!(best.loss(&[1.0], &[1.0]) <= net.loss(&[1.0], &[1.0]));
    /// # Ok::<(), nanoprop::TrainingError>(())
    /// ```
    #[doc(alias("restore_best_weights", "ModelCheckpoint", "save_best_only"))]
    pub fn keep_best(self, best: &'a mut Network<L, E>) -> Self {
        if !self.training.position.keeps {
            self.training.position.keeps = true;
            best.copy_from(self.net);
        }
        Trainer { best: Some(best), ..self }
    }

    /// With a [`Guard`] and room for the last good weights; before the first step, those are the network's.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::{Cause, Event, Guard, TrainingError};
    ///
    /// type Line = Network<Dense<U1, U1>, SquaredError>;
    /// let (mut net, mut good, mut training) = (Line::ZERO, Line::ZERO, Training::<Line, Sgd>::ZERO);
    /// let recipe = Recipe { batch: 1, ..Recipe::new(Sgd::new(0.25)) };
    /// let mut trainer = recipe.train(&mut net, &mut training).guard(Guard::FINITE, &mut good);
    /// assert_eq!(trainer.learn(&[2.0], &[1.0])?, Event::Batch);
    /// assert_eq!(trainer.learn(&[f32::NAN], &[1.0])?, Event::Rollback(Cause::Sample));
    /// assert_eq!(net.parameters(), [0.25, 0.5]);
    /// assert_eq!(training.progress().rollbacks, 1);
    /// # Ok::<(), TrainingError>(())
    /// ```
    #[doc(alias("TerminateOnNaN"))]
    pub fn guard(self, guard: Guard, good: &'a mut Network<L, E>) -> Self {
        if !self.training.position.guarded {
            self.training.position.guarded = true;
            good.copy_from(self.net);
        }
        Trainer { guard: Some((guard, good)), examined: false, ..self }
    }

    /// With an observer; a pair of observers is one.
    #[doc(alias("callbacks"))]
    pub fn observe(self, observer: &'a mut dyn Observer) -> Self {
        Trainer { observer: Some(observer), ..self }
    }

    /// What it is working on.
    pub fn training(&self) -> &Training<Network<L, E>, O, B> {
        self.training
    }
}

impl<L: Layers, E: Loss, O: Optimizer, S: Schedule, P: Penalty, V, const B: usize>
    Trainer<'_, Network<L, E>, Recipe<O, S, P>, V, B>
where
    V: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
{
    /// Trains to the end: all epochs, or as many as patience and the observer allow.
    ///
    /// # Errors
    ///
    /// A [`TrainingError`]. Without a guard, all samples are looked at before the first step; a guard leaves out those that
    /// are not finite.
    #[doc(alias("fit", "train"))]
    pub fn run<T>(&mut self, samples: &T) -> Result<End, TrainingError>
    where
        T: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        self.examine()?;
        self.look_through(samples)?;
        loop {
            match self.step(samples)? {
                Event::End(end) => return Ok(end),
                _ if self.observer.as_mut().is_some_and(|observer| observer.stop()) => return Ok(End::Stopped),
                _ => (),
            }
        }
    }

    /// Takes the next `B` samples at most, of the batch, or of what is held out; and where a batch ends, its step.
    ///
    /// # Errors
    ///
    /// A [`TrainingError`]; a batch that can't be learned from is then not begun, and the network is as it was before it.
    #[doc(alias("train_on_batch"))]
    pub fn step<T>(&mut self, samples: &T) -> Result<Event, TrainingError>
    where
        T: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        let () = T::FITS;
        self.examine()?;
        if samples.is_empty() {
            return Err(TrainingError::NoSamples);
        }
        match self.training.position.phase {
            Phase::Learning => match self.over()? {
                Some(end) => Ok(Event::End(end)),
                None => self.learn_next(samples),
            },
            Phase::Validating => self.validate_next(),
        }
    }

    /// Takes one sample of a stream, which has no epochs: adds it to the batch and, where that is full, takes the step.
    ///
    /// # Errors
    ///
    /// A [`TrainingError`]. A sample that is not finite is not added; a batch whose step can't be taken is forgotten.
    #[doc(alias("partial_fit"))]
    pub fn learn<X: ArrayLike<InputOf<Network<L, E>>>, Y: Target<OutputOf<Network<L, E>>>>(
        &mut self,
        x: &X,
        y: &Y,
    ) -> Result<Event, TrainingError> {
        let ((), ()) = (X::FITS, Y::FITS);
        self.examine()?;
        let (one, index) = (One(x.view(), y), self.training.progress.samples);
        if self.guard.is_none()
            && let Some(part) = fault(&one, 0)
        {
            return Err(TrainingError::Sample { index, part });
        }
        self.training.progress.samples = index.saturating_add(1);
        self.add(&one, 0, 1);
        if self.training.position.batch < self.recipe.batch {
            return Ok(Event::Sample);
        }
        self.finish_batch(self.recipe.batch, false, |_| None).map(|(event, _)| event)
    }

    /// The mean loss of what is held out, of the network as it is now; the guard undoes what is too bad, and counts it.
    ///
    /// For a stream, and before the first epoch, so that the first weights are the best so far.
    ///
    /// # Errors
    ///
    /// [`NothingHeldOut`](TrainingError::NothingHeldOut), with nothing done; [`HeldOut`](TrainingError::HeldOut) or, without
    /// a guard, [`Diverged`](TrainingError::Diverged), where the loss is not finite.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// type Line = Network<Dense<U1, U1>, SquaredError>;
    /// let (mut net, mut training) = (Line::ZERO, Training::<Line, Sgd>::ZERO);
    /// let held_out = [([1.0], [4.0])];
    /// let mut trainer = Recipe::new(Sgd::new(0.5)).train(&mut net, &mut training).validate(&held_out);
    /// assert_eq!(trainer.check()?, 8.0);
    /// # Ok::<(), nanoprop::TrainingError>(())
    /// ```
    #[doc(alias("evaluate"))]
    pub fn check(&mut self) -> Result<f64, TrainingError> {
        self.examine()?;
        if self.held_out.is_none() {
            return Err(TrainingError::NothingHeldOut);
        }
        self.training.position.start_check();
        while self.validate_some() {}
        if self.judge()? {
            let Training { progress, .. } = &*self.training;
            self.keep(progress.validation, progress.epochs, false);
        }
        Ok(self.training.progress.validation)
    }
}
