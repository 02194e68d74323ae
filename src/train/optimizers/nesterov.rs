use crate::penalty::descended;
use crate::scalar::{Real, flush};
use crate::train::{Decay, Decayed, Now, Optimizer};

/// Momentum that looks ahead: the slope counts once more.
///
/// # Equations
///
/// - `m ← μ m + g`
/// - `w ← w − α (g + μ m)`, after [`Decay`]
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
/// use nanoprop::{Nesterov, State};
///
/// type Line = Network<Dense<U1, U1>, SquaredError>;
/// let (mut net, mut grad, mut state) = (Line::ZERO, Line::ZERO, State::ZERO);
/// grad.parameters_mut().copy_from_slice(&[2.0, -4.0]);
/// net.optimize(&grad, &Nesterov { momentum: 0.5, ..Nesterov::new(0.25) }, &mut state);
/// assert_eq!(net.parameters(), [-0.75, 1.5]); // −α 1.5 g
/// ```
///
/// # Source
///
/// I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On the importance of initialization and momentum in deep learning",
/// ICML 2013, in the form of PyTorch's `SGD(nesterov=True)`.
#[doc(alias("SGD", "NAG"))]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nesterov {
    /// α.
    #[doc(alias("lr", "learning_rate"))]
    pub rate: f64,
    /// μ, below 1: 0.9 by default.
    pub momentum: f64,
    /// How weights decay: not, by default.
    #[doc(alias = "weight_decay")]
    pub decay: Decay,
}

impl Nesterov {
    /// Momentum 0.9 at a rate, without decay.
    pub const fn new(rate: f64) -> Nesterov {
        Nesterov { rate, momentum: 0.9, decay: Decay::NONE }
    }
}

impl Optimizer for Nesterov {
    const NAME: &'static str = "nesterov";
    type Kept<P> = [P; 1];
    type Factors = (f64, f64, Decayed);

    fn factors(&self, now: &Now) -> Self::Factors {
        let rate = self.rate * now.factor;
        (rate, self.momentum, self.decay.factors(rate, now))
    }

    #[inline(always)]
    fn change<V: Real>((rate, momentum, decay): Self::Factors, weight: V, slope: V, [m]: &mut [V; 1]) -> V {
        let (weight, slope) = decay.of(weight, slope);
        *m = flush(V::of(momentum) * *m + slope);
        descended(weight, rate, slope + V::of(momentum) * *m)
    }
}
