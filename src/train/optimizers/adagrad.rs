use crate::penalty::descended;
use crate::scalar::{Real, flushed_square};
use crate::train::{Decay, Decayed, Now, Optimizer};

/// Descent with a rate of its own for each parameter, which falls as its slopes add up.
///
/// # Equations
///
/// - `s ← s + g²`
/// - `w ← w − α / (1 + (t − 1) η) · g / (√s + ε)`, after [`Decay`]; t is the number of the step, from 1
///
/// g² becomes 0 where |g| is below 2⁻⁴⁸ (2⁻⁴⁸⁰ in f64): arithmetic on subnormal numbers is slow.
///
/// # Memory
///
/// One value of the network's type, s.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Adagrad, State};
///
/// type Line = Network<Dense<U1, U1>, SquaredError>;
/// let (mut net, mut grad, mut state) = (Line::ZERO, Line::ZERO, State::ZERO);
/// grad.parameters_mut().copy_from_slice(&[2.0, -4.0]);
/// net.optimize(&grad, &Adagrad::new(0.25), &mut state);
/// assert_eq!(net.parameters(), [-0.25, 0.25]);
/// ```
///
/// # Source
///
/// J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods for online learning and stochastic optimization", JMLR
/// 12 (2011), in the form of PyTorch's `Adagrad`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adagrad {
    /// α: 0.01 by default.
    #[doc(alias("lr", "learning_rate"))]
    pub rate: f64,
    /// η: 0 by default.
    #[doc(alias = "lr_decay")]
    pub rate_decay: f64,
    /// What s starts from: 0 by default.
    #[doc(alias = "initial_accumulator_value")]
    pub start: f64,
    /// ε: 10⁻¹⁰ by default.
    #[doc(alias = "eps")]
    pub epsilon: f64,
    /// How weights decay: not, by default.
    #[doc(alias = "weight_decay")]
    pub decay: Decay,
}

impl Adagrad {
    /// PyTorch's.
    pub const DEFAULT: Adagrad = Adagrad::new(0.01);

    /// The defaults at a rate.
    pub const fn new(rate: f64) -> Adagrad {
        Adagrad { rate, rate_decay: 0.0, start: 0.0, epsilon: 1e-10, decay: Decay::NONE }
    }
}

/// The numbers of one step.
#[derive(Clone, Copy, Debug)]
pub struct AdagradFactors {
    rate: f64,
    start: f64,
    epsilon: f64,
    decay: Decayed,
}

impl Optimizer for Adagrad {
    const NAME: &'static str = "adagrad";
    type Kept<P> = [P; 1];
    type Factors = AdagradFactors;

    fn factors(&self, now: &Now) -> AdagradFactors {
        let rate = self.rate * now.factor / (1.0 + now.step.saturating_sub(1) as f64 * self.rate_decay);
        let start = if now.step == 1 { self.start } else { 0.0 };
        AdagradFactors { rate, start, epsilon: self.epsilon, decay: self.decay.factors(rate, now) }
    }

    #[inline(always)]
    fn change<V: Real>(f: AdagradFactors, weight: V, slope: V, [s]: &mut [V; 1]) -> V {
        let (weight, slope) = f.decay.of(weight, slope);
        *s = (*s + V::of(f.start)) + flushed_square(slope);
        descended(weight, f.rate, slope / (s.sqrt() + V::of(f.epsilon)))
    }
}
