//! Training beyond one step, and less than one: optimisers, one a file, and what drives them.
//!
//! | when | what |
//! | --- | --- |
//! | a first try | [`Recipe`] with [`Adam`], its rate 0.001 to 0.01 |
//! | weights should stay small as well | [`AdamW`] |
//! | there is time to find a rate, memory is short | [`Sgd`], nothing kept; [`Momentum`], [`Nesterov`], one value a weight |
//! | slopes change with time, as in a stream | [`RmsProp`] |
//! | few inputs are not 0 | [`Adagrad`] |
//! | all samples at once | [`Rprop`]; [`minimize`](crate::Network::minimize) with [`Lbfgs`] or [`ConjugateGradient`], to many digits |
//! | one sample at a time, on a device | [`Network::descend`](crate::Network::descend); [`OnlineStep`] where interrupts have to be served |
//! | weights of 16 bits, and small steps | [`Stochastic`], [`Network::descend_stochastic`](crate::Network::descend_stochastic) |
//! | it must not unlearn | a [`Guard`] |
//!
//! A rate that falls, by a [`Schedule`] such as [`Cosine`], nearly always ends better than one that
//! stays.

mod clip;
mod conjugate_gradient;
mod decay;
mod error;
mod finite;
mod guard;
mod layerwise;
mod lbfgs;
mod observer;
mod online;
mod optimizer;
pub(crate) mod optimizers;
mod permutation;
mod progress;
mod recipe;
#[cfg(feature = "checkpoint")]
pub(crate) mod resume;
mod schedule;
mod search;
mod stochastic;
#[cfg(feature = "storage")]
mod stored;
mod trainer;
mod training;
mod way;

pub use crate::plain::Few;
pub use clip::Clip;
pub use conjugate_gradient::ConjugateGradient;
pub use decay::{Decay, Decayed};
pub use error::{Divergence, Part, TrainingError};
pub use finite::TensorName;
pub use guard::{Cause, Guard};
pub use layerwise::Layerwise;
pub use lbfgs::Lbfgs;
pub use observer::Observer;
pub use online::OnlineStep;
pub use optimizer::{Now, Optimizer, State};
pub use optimizers::adagrad::AdagradFactors;
pub use optimizers::adam::AdamFactors;
pub use optimizers::momentum::MomentumFactors;
pub use optimizers::rms_prop::RmsPropFactors;
pub use optimizers::*;
pub use permutation::Permutation;
pub use progress::{End, Progress};
pub use recipe::{AnyRecipe, Order, Recipe};
pub use schedule::{
    Constant, Cosine, Exponential, OneCycle, PerEpoch, Plateau, ReduceOnPlateau, Schedule, StepDecay, Switch, WarmUp,
};
pub use search::{Method, Search};
pub use stochastic::Stochastic;
pub use trainer::{Event, NoSamples, Trainer};
pub use training::Training;

use crate::layer::{InputOf, OutputOf, TapeOf};
use crate::loss::Loss;
use crate::network::{Gradient, Layers, Network, Samples};
use crate::penalty::Penalty;
use crate::scalar::{Number, Real};

/// When batch gradient descent ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stop<T> {
    /// After so many steps.
    Steps(usize),
    /// When a step changes J by at most `tolerance · |J|`, or after `steps`.
    #[doc(alias = "tol")]
    Tolerance {
        /// The smallest change of J, as a share of J, that is worth another step.
        #[doc(alias("tolerance_change", "ftol"))]
        tolerance: T,
        /// The most steps.
        steps: usize,
    },
}

/// How batch gradient descent ended.
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Descent, Stop};
///
/// network! { type Line = 1 => Dense<1>, loss = SquaredError; }
/// let (mut net, mut grad, mut tape) = (Line::ZERO, Line::GRADIENT, Line::TAPE);
/// let samples = [([0.0], [1.0]), ([1.0], [3.0])];
/// let stop = Stop::Tolerance { tolerance: 1e-9, steps: 1000 };
/// let Descent { steps, cost, converged } = net.descend_batch(&samples, NoPenalty, 0.5, stop, &mut grad, &mut tape);
/// assert!(converged && steps < 1000 && cost < 1e-6);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Descent<T> {
    /// Steps taken.
    #[doc(alias("nit", "n_iter"))]
    pub steps: usize,
    /// J of the parameters as they are now.
    pub cost: T,
    /// Whether the tolerance was reached or, in [`minimize`](Network::minimize), the gradient was 0.
    #[doc(alias = "success")]
    pub converged: bool,
}

impl<L: Layers, E: Loss> Network<L, E> {
    /// Batch gradient descent: `Θ ← Θ − α ∂J/∂Θ` over all samples, again and again   (T 1.3.2).
    ///
    /// Ends early where J is no longer finite, for a rate that is too large. Does nothing where there are no samples.
    ///
    /// # Memory
    ///
    /// `grad` and `tape`; no other.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::Stop;
    ///
    /// type Line = Network<Dense<U1, U1>, SquaredError>;
    /// let samples = [([0.0], [1.0]), ([1.0], [3.0]), ([2.0], [5.0])]; // y = 1 + 2x
    ///
    /// let (mut net, mut grad, mut tape) = (Line::ZERO, Line::GRADIENT, Line::TAPE);
    /// let stop = Stop::Tolerance { tolerance: 1e-6, steps: 1000 };
    /// let end = net.descend_batch(&samples, NoPenalty, 0.4, stop, &mut grad, &mut tape);
    ///
    /// assert!(end.cost < 1e-10);
    /// assert!((net.predict(&[10.0])[0] - 21.0).abs() < 1e-3);
    /// ```
    pub fn descend_batch<S>(
        &mut self,
        samples: &S,
        penalty: impl Penalty,
        rate: L::Scalar,
        stop: Stop<L::Scalar>,
        grad: &mut Gradient<Self>,
        tape: &mut TapeOf<Self>,
    ) -> Descent<L::Scalar>
    where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let () = S::FITS;
        let (limit, tolerance) = match stop {
            Stop::Steps(steps) => (steps, None),
            Stop::Tolerance { tolerance, steps } => (steps, Some(tolerance)),
        };
        let mut end = Descent { steps: 0, cost: L::Scalar::of(0.0), converged: false };
        if samples.len() == 0 {
            return end;
        }
        loop {
            let before = end.cost;
            end.cost = self.cost_and_gradient(samples, penalty, grad, tape);
            let change = (before - end.cost).abs();
            end.converged = end.steps > 0 && tolerance.is_some_and(|tolerance| change <= tolerance * end.cost.abs());
            if end.converged || end.steps == limit || !end.cost.is_finite() {
                return end;
            }
            self.update(grad, rate);
            end.steps += 1;
        }
    }
}

mod sealed {
    pub trait Method {}
    pub trait Recipe {}
}

/// `baseⁿ` by repeated squaring, from the lowest bit of n: the same bits everywhere, within about `2 log₂ n` roundings.
fn power(base: f64, n: u64) -> f64 {
    let (mut square, mut n, mut product) = (base, n, 1.0);
    while n > 0 {
        if n & 1 == 1 {
            product *= square;
        }
        square *= square;
        n >>= 1;
    }
    product
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;
    use crate::{Adagrad, AdamW, ConjugateGradient, Momentum, Nesterov, Optimizer, RmsProp, Search, State, Stop};

    type Line = Network<Dense<U1, U1>, SquaredError>;

    /// J of a network with dropout is that of `cost`: the search sees it, and lowers it.
    #[test]
    fn minimize_leaves_nothing_out() {
        network! { type Net = 3 => Dense<6, Tanh> => Dropout(50%) => Dense<1>, loss = SquaredError; }
        let samples = [([0.0, 0.5, 1.0], [1.0]), ([1.0, -0.5, 0.0], [-1.0]), ([0.5, 0.5, -1.0], [0.5])];
        let (mut net, mut search) = (Net::ZERO, Search::<Net, ConjugateGradient, 2>::ZERO);
        net.initialize(&Xavier, &mut Pcg32::new(1));
        let mut before = net.cost(&samples, L2(0.01));
        for _ in 0..5 {
            let end = net.minimize(&samples, L2(0.01), &ConjugateGradient, Stop::Steps(3), &mut search);
            let cost = net.cost(&samples, L2(0.01));
            assert!((end.cost - cost).abs() <= 1e-6 * cost, "{end:?}, but J is {cost}");
            assert!(cost < before || end.converged, "{before} to {cost}, {end:?}");
            before = cost;
        }
        assert!(before < 0.02, "{before}");
    }

    /// A tolerance is a share of the size of J, whatever its sign.
    #[test]
    fn tolerances_of_negative_costs() {
        struct Shifted;
        impl crate::Loss for Shifted {
            const NAME: &'static str = "shifted";
            fn value<T: Scalar>(z: &[T], y: &[T]) -> T {
                SquaredError::value(z, y) - T::of(10.0)
            }
            fn delta<T: Scalar>(z: &[T], y: &[T], dz: &mut [T]) {
                SquaredError::delta(z, y, dz);
            }
        }
        type Net = Network<Dense<U1, U1>, Shifted>;
        let samples = [([0.0], [1.0]), ([1.0], [3.0])];
        let stop = Stop::Tolerance { tolerance: 1e-4, steps: 1000 };
        let (mut net, mut grad, mut tape) = (Net::ZERO, Net::GRADIENT, Net::TAPE);
        let end = net.descend_batch(&samples, NoPenalty, 0.5, stop, &mut grad, &mut tape);
        assert!(end.converged && end.steps > 3 && end.cost < -9.99, "{end:?}");
        let (mut net, mut search) = (Net::ZERO, Search::<Net, ConjugateGradient>::ZERO);
        let end = net.minimize(&samples, NoPenalty, &ConjugateGradient, stop, &mut search);
        assert!(end.converged && end.cost < -9.99, "{end:?}");
    }

    #[test]
    fn no_samples_change_nothing() {
        let (mut net, mut grad, mut tape) = (Line::ZERO, Line::GRADIENT, Line::TAPE);
        net.parameters_mut().fill(2.0);
        let none: [([f32; 1], [f32; 1]); 0] = [];
        let end = net.descend_batch(&none, L2(40.0), 0.1, Stop::Steps(5), &mut grad, &mut tape);
        assert_eq!((end.steps, end.cost, net.parameters()), (0, 0.0, &[2.0; 2][..]));
        let mut search = Search::<Line, ConjugateGradient>::ZERO;
        let end = net.minimize(&none, L2(40.0), &ConjugateGradient, Stop::Steps(5), &mut search);
        assert_eq!((end.steps, end.cost, end.converged, net.parameters()), (0, 0.0, false, &[2.0; 2][..]));
    }

    /// Of slopes whose squares are subnormal, no optimiser keeps a subnormal sum.
    #[test]
    fn squares_of_small_slopes_are_not_kept() {
        fn keeps<T: Scalar>(slope: f64, least: f64, optimizer: impl Optimizer) {
            type Double<T> = Network<Dense<U8, U8, Identity, T>, SquaredError>;
            let (mut net, mut grad, mut state) = (Double::<T>::ZERO, Double::<T>::ZERO, State::ZERO);
            for slope in [slope, -slope, 2.0 * slope] {
                grad.parameters_mut().fill(T::from_f64(slope));
                net.optimize(&grad, &optimizer, &mut state);
            }
            let kept = state.kept().as_ref().iter().flat_map(|kept| kept.parameters());
            kept.for_each(|x| assert!(*x == T::of(0.0) || x.abs().to_f64() >= least, "{x}"));
            assert!(net.is_finite());
        }
        fn all<T: Scalar>(slope: f64, least: f64) {
            keeps::<T>(slope, least, Adagrad::new(0.1));
            keeps::<T>(slope, least, Adam::new(0.1));
            keeps::<T>(slope, least, AdamW::new(0.1));
            keeps::<T>(slope, least, RmsProp::new(0.1));
        }
        all::<f32>(1e-20, f32::MIN_POSITIVE.into());
        all::<f64>(1e-156, f64::MIN_POSITIVE);
    }

    #[test]
    fn states_decay_to_zero_and_are_never_subnormal() {
        fn decays(optimizer: impl Optimizer) {
            let (mut net, mut grad, mut state) = (Line::ZERO, Line::ZERO, State::ZERO);
            grad.parameters_mut().fill(1e-3);
            net.optimize(&grad, &optimizer, &mut state);
            grad.parameters_mut().fill(0.0);
            for _ in 0..1000 {
                net.optimize(&grad, &optimizer, &mut state);
                let kept = state.kept().as_ref().iter().flat_map(|kept| kept.parameters());
                kept.for_each(|x| assert!(*x == 0.0 || x.abs() > 1e-29, "{x}"));
            }
            assert!(state.kept().as_ref().iter().all(|kept| kept.parameters() == [0.0; 2]));
        }
        decays(Adam { beta2: 0.9, ..Adam::new(0.1) });
        decays(AdamW { beta2: 0.9, ..AdamW::new(0.1) });
        decays(Momentum { momentum: 0.5, ..Momentum::new(0.1) });
        decays(Nesterov { momentum: 0.5, ..Nesterov::new(0.1) });
        decays(RmsProp { smoothing: 0.9, ..RmsProp::new(0.1) });
    }
}
