use crate::penalty::descended;
use crate::scalar::{Real, flush, flushed_square};
use crate::train::{Decay, Decayed, Now, Optimizer};

/// Descent in steps of one size: each slope over the root of its running mean square.
///
/// # Equations
///
/// - `v ← ρ v + (1 − ρ) g²`
/// - `w ← w − α g / (√v + ε)`, after [`Decay`]
///
/// v becomes 0 where it is below 2⁻⁹⁶ (2⁻⁹⁶⁰ in f64), and g² where |g| is below 2⁻⁴⁸ (2⁻⁴⁸⁰): arithmetic on
/// subnormal numbers is slow.
///
/// # Memory
///
/// One value of the network's type, v.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{RmsProp, State};
///
/// type Line = Network<Dense<U1, U1>, SquaredError>;
/// let (mut net, mut grad, mut state) = (Line::ZERO, Line::ZERO, State::ZERO);
/// grad.parameters_mut().copy_from_slice(&[2.0, -4.0]);
/// net.optimize(&grad, &RmsProp { smoothing: 0.75, epsilon: 0.0, ..RmsProp::new(0.25) }, &mut state);
/// assert_eq!(net.parameters(), [-0.5, 0.5]); // −α g / √(g²/4)
/// ```
///
/// # Source
///
/// T. Tieleman, G. Hinton, "Lecture 6.5: RMSProp", Coursera, 2012; ε outside the root, as in PyTorch's `RMSprop`.
#[doc(alias = "RMSprop")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsProp {
    /// α: 0.01 by default.
    #[doc(alias("lr", "learning_rate"))]
    pub rate: f64,
    /// ρ, below 1: 0.99 by default. PyTorch calls it alpha.
    #[doc(alias("alpha", "rho"))]
    pub smoothing: f64,
    /// ε: 10⁻⁸ by default.
    #[doc(alias = "eps")]
    pub epsilon: f64,
    /// How weights decay: not, by default.
    #[doc(alias = "weight_decay")]
    pub decay: Decay,
}

impl RmsProp {
    /// PyTorch's.
    pub const DEFAULT: RmsProp = RmsProp::new(0.01);

    /// The defaults at a rate.
    pub const fn new(rate: f64) -> RmsProp {
        RmsProp { rate, smoothing: 0.99, epsilon: 1e-8, decay: Decay::NONE }
    }
}

/// The numbers of one step.
#[derive(Clone, Copy, Debug)]
pub struct RmsPropFactors {
    rate: f64,
    smoothing: f64,
    epsilon: f64,
    decay: Decayed,
}

impl Optimizer for RmsProp {
    const NAME: &'static str = "rms_prop";
    type Kept<P> = [P; 1];
    type Factors = RmsPropFactors;

    fn factors(&self, now: &Now) -> RmsPropFactors {
        let rate = self.rate * now.factor;
        let RmsProp { smoothing, epsilon, .. } = *self;
        RmsPropFactors { rate, smoothing, epsilon, decay: self.decay.factors(rate, now) }
    }

    #[inline(always)]
    fn change<V: Real>(f: RmsPropFactors, weight: V, slope: V, [v]: &mut [V; 1]) -> V {
        let (weight, slope) = f.decay.of(weight, slope);
        *v = flush(V::of(f.smoothing) * *v + V::of(1.0 - f.smoothing) * flushed_square(slope));
        descended(weight, f.rate, slope / (v.sqrt() + V::of(f.epsilon)))
    }
}
