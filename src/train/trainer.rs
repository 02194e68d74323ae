mod learn;
mod source;

pub use source::NoSamples;
use source::One;

use crate::array::Like;
use crate::layer::{InputOf, OutputOf};
use crate::loss::{Loss, Target};
use crate::network::{Layers, Network, Samples};
use crate::penalty::{NoPenalty, Penalty};
use crate::train::progress::Phase;
use crate::train::{Cause, Constant, End, Guard, Observer, Optimizer, Recipe, Schedule, Training};

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
    V: ?Sized = NoSamples,
    W = (),
    const B: usize = 1,
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
    pub const fn train<'a, L: Layers, E: Loss, const B: usize>(
        &self,
        net: &'a mut Network<L, E>,
        training: &'a mut Training<Network<L, E>, O, B>,
    ) -> Trainer<'a, L, E, O, S, P, NoSamples, (), B> {
        Trainer { recipe: *self, net, training, held_out: &NoSamples, best: None, guard: None, observer: () }
    }
}

impl<'a, L: Layers, E: Loss, O: Optimizer, S: Schedule, P: Penalty, V: ?Sized, W, const B: usize>
    Trainer<'a, L, E, O, S, P, V, W, B>
{
    /// With samples that are not learned from: after each epoch their mean loss judges the network.
    pub fn validate<H>(self, held_out: &'a H) -> Trainer<'a, L, E, O, S, P, H, W, B>
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
    pub fn observe<X: Observer>(self, observer: X) -> Trainer<'a, L, E, O, S, P, V, X, B> {
        let Trainer { recipe, net, training, held_out, best, guard, .. } = self;
        Trainer { recipe, net, training, held_out, best, guard, observer }
    }
}

impl<L: Layers, E: Loss, O: Optimizer, S: Schedule, P: Penalty, V, W: Observer, const B: usize>
    Trainer<'_, L, E, O, S, P, V, W, B>
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
}
