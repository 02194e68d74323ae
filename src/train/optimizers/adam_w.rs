use crate::scalar::Real;
use crate::train::{Adam, AdamFactors, Decay, Now, Optimizer};

/// [`Adam`] with decoupled decay, 0.01 by default.
///
/// # Equations
///
/// `w ← (1 − α λ) w`, then [`Adam`]'s change.
///
/// # Memory
///
/// Two values of the network's type, as for [`Adam`].
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{AdamW, State};
///
/// type Line = Network<Dense<U1, U1>, SquaredError>;
/// let (mut net, mut grad, mut state) = (Line::ZERO, Line::ZERO, State::ZERO);
/// net.parameters_mut().copy_from_slice(&[1.0, 1.0]);
/// grad.parameters_mut().copy_from_slice(&[2.0, -4.0]);
/// let adam = AdamW { decay: 0.5, beta1: 0.5, beta2: 0.75, epsilon: 0.0, ..AdamW::new(0.25) };
/// net.optimize(&grad, &adam, &mut state);
/// assert_eq!(net.parameters(), [0.75, 0.875 + 0.25]);
/// ```
///
/// # Source
///
/// I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", ICLR 2019; PyTorch's `AdamW`, but for the bias,
/// which does not decay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamW {
    /// α: 0.001 by default.
    #[doc(alias("lr", "learning_rate"))]
    pub rate: f64,
    /// β₁, below 1: 0.9 by default.
    #[doc(alias("betas", "beta_1"))]
    pub beta1: f64,
    /// β₂, below 1: 0.999 by default.
    #[doc(alias("betas", "beta_2"))]
    pub beta2: f64,
    /// ε: 10⁻⁸ by default.
    #[doc(alias = "eps")]
    pub epsilon: f64,
    /// λ: 0.01 by default.
    #[doc(alias = "weight_decay")]
    pub decay: f64,
}

impl AdamW {
    /// PyTorch's.
    pub const DEFAULT: AdamW = AdamW::new(1e-3);

    /// The defaults at a rate.
    pub const fn new(rate: f64) -> AdamW {
        AdamW { rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.01 }
    }
}

impl Optimizer for AdamW {
    const NAME: &'static str = "adam_w";
    type Kept<P> = [P; 2];
    type Factors = AdamFactors;

    fn factors(&self, now: &Now) -> AdamFactors {
        let AdamW { rate, beta1, beta2, epsilon, decay } = *self;
        Adam { rate, beta1, beta2, epsilon, decay: Decay::Decoupled(decay) }.factors(now)
    }

    #[inline(always)]
    fn change<V: Real>(factors: AdamFactors, weight: V, slope: V, kept: &mut [V; 2]) -> V {
        Adam::change(factors, weight, slope, kept)
    }
}
