use core::fmt;

use crate::train::TensorName;

/// Why a training was refused, or can't go on.
///
/// What is refused before the first step leaves network and training as they were. A [`Trainer`](crate::Trainer) can go on
/// after each of these, once the cause is removed.
#[derive(Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum TrainingError {
    /// A number of the recipe, or of the guard, that no training can have: `batch: 0`, `epochs: 0`, a limit of NaN.
    Setting {
        /// Which number.
        name: &'static str,
        /// Its value.
        value: f64,
    },
    /// The optimizer does not go down: its rate, or another of its numbers, is NaN, infinite, negative or 0.
    Optimizer {
        /// By how much three steps with a slope of 1 change a weight of 0; it has to be below 0.
        change: f64,
    },
    /// The schedule's factor of the rate is NaN, infinite or negative.
    Schedule {
        /// The step that was not taken, from 1.
        step: u64,
        /// The factor.
        factor: f64,
    },
    /// There are no samples to learn from.
    NoSamples,
    /// There are no samples to judge by: [`validate`](crate::Trainer::validate) was given none, or
    /// [`check`](crate::Trainer::check) was called without it.
    NothingHeldOut,
    /// All weights are 0 and all hidden units get the same gradient, so they would stay equal.
    Uninitialized,
    /// The network had a number that is not finite before the first step.
    Weights(TensorName),
    /// A sample to learn from has a number that is not finite. It changed nothing.
    Sample {
        /// The index of the sample, from 0; of a stream, its number.
        index: u64,
        /// Where the number is.
        part: Part,
    },
    /// A sample to judge by has a number that is not finite.
    HeldOut {
        /// The index of the sample, from 0.
        index: u64,
        /// Where the number is.
        part: Part,
    },
    /// The training left the finite numbers, though its samples are finite.
    Diverged {
        /// The step that could not be taken or that led there, from 1.
        step: u64,
        /// What is not finite.
        what: Divergence,
    },
    /// Every step of an epoch was undone or left out by the guard.
    NothingLearned {
        /// The epoch, from 1.
        epoch: u64,
    },
    /// The training is over, and no epoch was better than the weights before the first.
    NeverImproved {
        /// How many epochs there were.
        epochs: u64,
    },
}

/// A part of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The input.
    Input,
    /// The target.
    Target,
    /// The target's [weight](crate::Target::weight).
    Weight,
}

/// What is not finite in a training that diverged.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Divergence, TrainingError};
///
/// network! { type Net = 1 => Dense<1>, loss = SquaredError; }
/// let (mut net, mut training) = (Net::ZERO, Training::<Net, Sgd>::ZERO);
/// let recipe = Recipe { batch: 1, epochs: 100, ..Recipe::new(Sgd::new(1e20)) };
/// match recipe.train(&mut net, &mut training).run(&[([2.0], [1.0])]) {
///     Err(TrainingError::Diverged { what: Divergence::Weights(tensor), .. }) => println!("{tensor} is not finite"),
///     Err(other) => println!("{other}"),
///     Ok(end) => unreachable!("{end}"),
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Divergence {
    /// A parameter of this tensor.
    Weights(TensorName),
    /// The loss of a batch; all parameters are finite.
    Loss,
    /// The gradient of this tensor; all parameters are finite.
    Gradient(TensorName),
    /// The loss of what is held out; all parameters are finite.
    HeldOut,
}

impl fmt::Display for TrainingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Setting { name, value } => write!(f, "{name} can't be {value}"),
            Self::Optimizer { change } if !change.is_finite() => {
                f.write_str("the optimizer's step is not finite: its rate or another of its numbers is NaN or infinite")
            }
            Self::Optimizer { change: 0.0 } => f.write_str("the optimizer changes no weight: its rate is 0"),
            Self::Optimizer { .. } => f.write_str("the optimizer goes up the slope: its rate is negative"),
            Self::Schedule { step, factor } => {
                write!(f, "the schedule's factor for step {step} is {factor}; it has to be finite and at least 0")
            }
            Self::NoSamples => f.write_str("there are no samples to learn from"),
            Self::NothingHeldOut => f.write_str("there are no held-out samples to judge by"),
            Self::Uninitialized => {
                f.write_str("all weights are 0, so the hidden units would stay equal: initialize the network first")
            }
            Self::Weights(tensor) => write!(f, "{tensor} is not finite before the first step"),
            Self::Sample { index, part } => write!(f, "the {part} of sample {index} is not finite"),
            Self::HeldOut { index, part } => write!(f, "the {part} of held-out sample {index} is not finite"),
            Self::Diverged { step, what } => {
                write!(f, "diverged at step {step}: {what} is not finite; try a smaller rate or clip the gradient")
            }
            Self::NothingLearned { epoch } => write!(f, "every step of epoch {epoch} was undone or left out"),
            Self::NeverImproved { epochs } => {
                write!(f, "no epoch of {epochs} was better than the weights before the first")
            }
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Input => "input",
            Part::Target => "target",
            Part::Weight => "weight",
        })
    }
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Divergence::Weights(tensor) => write!(f, "{tensor}"),
            Divergence::Loss => f.write_str("the loss of the batch"),
            Divergence::Gradient(tensor) => write!(f, "the gradient of {tensor}"),
            Divergence::HeldOut => f.write_str("the loss of the held-out samples"),
        }
    }
}

/// The message: what is printed where `main` returns the error.
impl fmt::Debug for TrainingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for TrainingError {}
