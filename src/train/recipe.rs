use crate::penalty::{NoPenalty, Penalty};
use crate::train::{Clip, Constant, Optimizer, Permutation, Schedule, sealed};

/// How a network is trained: the optimiser and everything around it. Small and `Copy`, a constant.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{AdamW, Cosine};
///
/// const RECIPE: Recipe<AdamW, Cosine> =
///     Recipe { batch: 64, order: Order::Shuffled(1), ..Recipe::new(AdamW::DEFAULT).schedule(Cosine { steps: 1000, floor: 0.0 }) };
/// assert_eq!((RECIPE.batch, RECIPE.epochs), (64, 10));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recipe<O, S = Constant, P = NoPenalty> {
    /// How the parameters follow their gradient.
    pub optimizer: O,
    /// How its rate changes: not, by default.
    pub schedule: S,
    /// The price on large weights, in each batch's J: none, by default. Each step has the same share of it, also that of a
    /// batch which is not full: with m samples in the batch and b in a full one, which are all samples where `batch` is
    /// more, `∂J/∂w = Δ/m + (λ/b) w`.
    #[doc(alias = "kernel_regularizer")]
    pub penalty: P,
    /// What is done to a gradient that is too large: nothing, by default.
    #[doc(alias("clip_grad_norm_", "clipnorm"))]
    pub clip: Clip,
    /// The most that the norm of the weights into a unit may be: ∞, by default.
    #[doc(alias("MaxNorm", "max_norm_constraint"))]
    pub max_norm: f64,
    /// Samples of a step, at least 1: 32 by default. The last batch of an epoch has what is left.
    #[doc(alias = "batch_size")]
    pub batch: u64,
    /// How often all samples are gone through in all, at least once: 10 times by default. A training that has done so goes
    /// on where this is raised.
    pub epochs: u64,
    /// The order of samples: as they are, by default.
    #[doc(alias = "shuffle")]
    pub order: Order,
    /// After how many epochs in a row that were no better it ends: never, by default. 0 counts as 1, so an epoch that was
    /// better never is the last by this.
    #[doc(alias("EarlyStopping", "early_stopping"))]
    pub patience: u64,
}

/// Any [`Recipe`], so that a [`Trainer`](crate::Trainer) has one parameter for it. Sealed.
pub trait AnyRecipe: Copy + sealed::Recipe {
    /// The recipe's optimiser.
    type Optimizer: Optimizer;
}

impl<O: Optimizer, S: Schedule, P: Penalty> sealed::Recipe for Recipe<O, S, P> {}

impl<O: Optimizer, S: Schedule, P: Penalty> AnyRecipe for Recipe<O, S, P> {
    type Optimizer = O;
}

/// The order in which an epoch goes through its samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As they are.
    AsGiven,
    /// Shuffled by a seed, each epoch in its own way: a [`Permutation`], which takes no memory.
    Shuffled(u64),
}

impl Order {
    /// What random numbers of a training start from.
    pub(crate) const fn seed(self) -> u64 {
        match self {
            Order::AsGiven => 0,
            Order::Shuffled(seed) => seed,
        }
    }

    /// The place of a sample in an epoch.
    #[inline]
    pub(crate) fn place(self, epoch: u64, len: usize, index: usize) -> usize {
        match self {
            Order::AsGiven => index,
            Order::Shuffled(seed) => {
                // Seeds and epochs are small numbers; an odd factor tells them apart.
                let key = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(epoch);
                Permutation::new(len, key).get(index)
            }
        }
    }
}

impl<O: Optimizer> Recipe<O> {
    /// An optimiser with the defaults.
    pub const fn new(optimizer: O) -> Self {
        Recipe {
            optimizer,
            schedule: Constant,
            penalty: NoPenalty,
            clip: Clip::No,
            max_norm: f64::INFINITY,
            batch: 32,
            epochs: 10,
            order: Order::AsGiven,
            patience: u64::MAX,
        }
    }
}

impl<O: Optimizer, S: Schedule, P: Penalty> Recipe<O, S, P> {
    /// The same with another schedule.
    pub const fn schedule<R: Schedule>(self, schedule: R) -> Recipe<O, R, P> {
        let Recipe { optimizer, penalty, clip, max_norm, batch, epochs, order, patience, .. } = self;
        Recipe { optimizer, schedule, penalty, clip, max_norm, batch, epochs, order, patience }
    }

    /// The same with another penalty.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// const RECIPE: Recipe<Adam, nanoprop::Constant, L2> = Recipe::new(Adam::DEFAULT).penalty(L2(0.1));
    /// assert_eq!(RECIPE.penalty, L2(0.1));
    /// ```
    pub const fn penalty<Q: Penalty>(self, penalty: Q) -> Recipe<O, S, Q> {
        let Recipe { optimizer, schedule, clip, max_norm, batch, epochs, order, patience, .. } = self;
        Recipe { optimizer, schedule, penalty, clip, max_norm, batch, epochs, order, patience }
    }
}
