use crate::init::Pcg32;
use crate::layer::Tensor;
use crate::scalar::Real;
use crate::train::{Now, Optimizer};

/// An optimiser with a factor of the rate for each layer, from the first; where there are fewer factors than layers,
/// the last stands for the rest. A layer whose factor is 0 does not learn.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Layerwise, State};
///
/// type Net = Network<(Dense<U1, U1>, Dense<U1, U1>), SquaredError>;
/// let (mut net, mut grad, mut state) = (Net::ZERO, Net::ZERO, State::ZERO);
/// grad.parameters_mut().fill(1.0);
/// net.optimize(&grad, &Layerwise { optimizer: Sgd::new(0.5), factors: [0.0, 0.5] }, &mut state);
/// assert_eq!(net.parameters(), [0.0, 0.0, -0.25, -0.25]);
/// ```
#[doc(alias("param_groups", "discriminative"))]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layerwise<O, const LAYERS: usize> {
    /// The optimiser of all layers.
    pub optimizer: O,
    /// A factor for each.
    pub factors: [f64; LAYERS],
}

impl<O: Optimizer, const LAYERS: usize> Optimizer for Layerwise<O, LAYERS> {
    const NAME: &'static str = O::NAME;
    type Kept<P> = O::Kept<P>;
    type Factors = O::Factors;

    fn factors(&self, now: &Now) -> O::Factors {
        self.optimizer.factors(now)
    }

    #[inline(always)]
    fn change<V: Real>(factors: O::Factors, weight: V, slope: V, kept: &mut O::Kept<V>) -> V {
        O::change(factors, weight, slope, kept)
    }

    fn dice(&self, step: u64) -> Option<Pcg32> {
        self.optimizer.dice(step)
    }

    fn factor(&self, tensor: &Tensor) -> f64 {
        let own = self.factors.get(tensor.layer).or(self.factors.last()).copied().unwrap_or(1.0);
        own * self.optimizer.factor(tensor)
    }
}
