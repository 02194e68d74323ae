use crate::penalty::descended;
use crate::scalar::{Real, flush};
use crate::train::{Decay, Decayed, Now, Optimizer};

/// Descent by a running sum of slopes: a heavy ball.
///
/// # Equations
///
/// - `m ← μ m + (1 − τ) g`, and `m ← g` in the first step
/// - `w ← w − α m`, after [`Decay`]
///
/// m becomes 0 where |m| is below 2⁻⁹⁶ (2⁻⁹⁶⁰ in f64): arithmetic on subnormal numbers is slow.
///
/// # Memory
///
/// One value of the network's type, m.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Momentum, State};
///
/// type Line = Network<Dense<U1, U1>, SquaredError>;
/// let (mut net, mut grad, mut state) = (Line::ZERO, Line::ZERO, State::ZERO);
/// grad.parameters_mut().copy_from_slice(&[2.0, -4.0]);
/// for _ in 0..2 {
///     net.optimize(&grad, &Momentum { momentum: 0.5, ..Momentum::new(0.25) }, &mut state);
/// }
/// assert_eq!(state.kept()[0].parameters(), [3.0, -6.0]); // g, then 1.5 g
/// assert_eq!(net.parameters(), [-1.25, 2.5]); // −α 2.5 g
/// ```
///
/// # Source
///
/// B. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964, with the rate outside the sum,
/// as PyTorch's `SGD` has it.
#[doc(alias = "SGD")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Momentum {
    /// α.
    #[doc(alias("lr", "learning_rate"))]
    pub rate: f64,
    /// μ, below 1: 0.9 by default.
    pub momentum: f64,
    /// τ: 0 by default.
    pub dampening: f64,
    /// How weights decay: not, by default.
    #[doc(alias = "weight_decay")]
    pub decay: Decay,
}

impl Momentum {
    /// Momentum 0.9 at a rate, without decay.
    pub const fn new(rate: f64) -> Momentum {
        Momentum { rate, momentum: 0.9, dampening: 0.0, decay: Decay::NONE }
    }
}

/// The numbers of one step.
#[derive(Clone, Copy, Debug)]
pub struct MomentumFactors {
    rate: f64,
    momentum: f64,
    share: f64,
    decay: Decayed,
}

impl Optimizer for Momentum {
    const NAME: &'static str = "momentum";
    type Kept<P> = [P; 1];
    type Factors = MomentumFactors;

    fn factors(&self, now: &Now) -> MomentumFactors {
        let (rate, first) = (self.rate * now.factor, now.step == 1);
        let share = if first { 1.0 } else { 1.0 - self.dampening };
        MomentumFactors { rate, momentum: self.momentum, share, decay: self.decay.factors(rate, now) }
    }

    #[inline(always)]
    fn change<V: Real>(f: MomentumFactors, weight: V, slope: V, [m]: &mut [V; 1]) -> V {
        let (weight, slope) = f.decay.of(weight, slope);
        *m = flush(V::of(f.momentum) * *m + V::of(f.share) * slope);
        descended(weight, f.rate, *m)
    }
}
