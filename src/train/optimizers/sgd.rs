use crate::penalty::descended;
use crate::scalar::Real;
use crate::train::{Decay, Decayed, Now, Optimizer};

/// Plain gradient descent   (T 1.3.2).
///
/// # Equations
///
/// `w ← w − α g`, after [`Decay`].
///
/// # Memory
///
/// Nothing is kept. Without decay [`Network::step_batch`](crate::Network::step_batch) has the same bits and needs no
/// gradient.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Decay, State};
///
/// type Line = Network<Dense<U1, U1>, SquaredError>;
/// let (mut net, mut grad, mut state) = (Line::ZERO, Line::ZERO, State::ZERO);
/// net.parameters_mut().copy_from_slice(&[1.0, 1.0]);
/// grad.parameters_mut().copy_from_slice(&[2.0, 2.0]);
/// let sgd = Sgd { decay: Decay::Coupled(0.5), ..Sgd::new(0.25) };
/// net.optimize(&grad, &sgd, &mut state);
/// assert_eq!(net.parameters(), [0.5, 0.375]); // no decay of the bias
/// ```
#[doc(alias = "SGD")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd {
    /// α.
    #[doc(alias("lr", "learning_rate"))]
    pub rate: f64,
    /// How weights decay: not, by default.
    #[doc(alias = "weight_decay")]
    pub decay: Decay,
}

impl Sgd {
    /// Descent at a rate, without decay.
    pub const fn new(rate: f64) -> Sgd {
        Sgd { rate, decay: Decay::NONE }
    }
}

impl Optimizer for Sgd {
    const NAME: &'static str = "sgd";
    type Kept<P> = [P; 0];
    type Factors = (f64, Decayed);

    fn factors(&self, now: &Now) -> Self::Factors {
        let rate = self.rate * now.factor;
        (rate, self.decay.factors(rate, now))
    }

    #[inline(always)]
    fn change<V: Real>((rate, decay): Self::Factors, weight: V, slope: V, _: &mut [V; 0]) -> V {
        let (weight, slope) = decay.of(weight, slope);
        descended(weight, rate, slope)
    }
}
