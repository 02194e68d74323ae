use crate::scalar::Real;
use crate::train::{Now, Optimizer};

/// Steps by the sign of the slope alone, of a size that each parameter finds for itself: for full batches, without
/// tuning.
///
/// # Equations
///
/// With the slope before, g′, and the step size s, at first α:
///
/// - `s ← min(η⁺ s, s_max)` where `g g′ > 0`; `s ← max(η⁻ s, s_min)` and `g ← 0` where `g g′ < 0`
/// - `w ← w − sign(g) s`, `g′ ← g`
///
/// This is iRPROP−: a step that went too far is not taken back, but the next one is left out. A [schedule](crate::Schedule)
/// has no part in it but for the first step.
///
/// # Memory
///
/// Two values of the network's type, g′ and s.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Rprop, State};
///
/// type Line = Network<Dense<U1, U1>, SquaredError>;
/// let (mut net, mut grad, mut state) = (Line::ZERO, Line::ZERO, State::ZERO);
/// grad.parameters_mut().copy_from_slice(&[2.0, -4.0]);
/// let rprop = Rprop { grow: 1.5, ..Rprop::new(0.25) };
/// net.optimize(&grad, &rprop, &mut state);
/// assert_eq!(net.parameters(), [-0.25, 0.25]);
/// grad.parameters_mut().copy_from_slice(&[1.0, 1.0]);
/// net.optimize(&grad, &rprop, &mut state);
/// assert_eq!(net.parameters(), [-0.625, 0.25]); // on, half as far again; the sign changed: no step
/// assert_eq!(state.kept()[1].parameters(), [0.375, 0.125]);
/// ```
///
/// # Source
///
/// C. Igel, M. Hüsken, "Empirical evaluation of the improved Rprop learning algorithms", Neurocomputing 50 (2003);
/// PyTorch's `Rprop` is the same.
#[doc(alias = "iRprop")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rprop {
    /// α, the size of the first step: 0.01 by default.
    #[doc(alias("lr", "learning_rate"))]
    pub rate: f64,
    /// η⁻, below 1: 0.5 by default.
    #[doc(alias("etas", "etaminus"))]
    pub shrink: f64,
    /// η⁺, above 1: 1.2 by default.
    #[doc(alias("etas", "etaplus"))]
    pub grow: f64,
    /// s_min: 10⁻⁶ by default.
    #[doc(alias = "step_sizes")]
    pub smallest: f64,
    /// s_max: 50 by default.
    #[doc(alias = "step_sizes")]
    pub largest: f64,
}

impl Rprop {
    /// PyTorch's.
    pub const DEFAULT: Rprop = Rprop::new(0.01);

    /// The defaults with the size of the first step.
    pub const fn new(rate: f64) -> Rprop {
        Rprop { rate, shrink: 0.5, grow: 1.2, smallest: 1e-6, largest: 50.0 }
    }
}

impl Optimizer for Rprop {
    const NAME: &'static str = "rprop";
    type Kept<P> = [P; 2];
    /// The optimiser, and what to add to the sizes.
    type Factors = (Rprop, f64);

    fn factors(&self, now: &Now) -> Self::Factors {
        (*self, if now.step == 1 { self.rate * now.factor } else { 0.0 })
    }

    #[inline(always)]
    fn change<V: Real>((rprop, start): Self::Factors, weight: V, slope: V, [before, size]: &mut [V; 2]) -> V {
        let zero = V::of(0.0);
        // Of the slopes themselves, the product may be 0 where they are not.
        let sign = |x: V| V::select(zero.lt(x), V::of(1.0), V::select(x.lt(zero), V::of(-1.0), zero));
        let product = sign(slope) * sign(*before);
        let (same, turned) = (zero.lt(product), product.lt(zero));
        let factor = V::select(same, V::of(rprop.grow), V::select(turned, V::of(rprop.shrink), V::of(1.0)));
        *size = ((*size + V::of(start)) * factor).max(V::of(rprop.smallest)).min(V::of(rprop.largest));
        let slope = V::select(turned, zero, slope);
        *before = slope;
        weight - V::select(zero.lt(slope), *size, V::select(slope.lt(zero), -*size, zero))
    }
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;
    use crate::{Rprop, State};

    /// The signs of two slopes are compared, not that of their product, which is 0 for small ones.
    #[test]
    fn slopes_of_any_size_have_a_sign() {
        fn sizes<T: Scalar>(size: f64) -> Vec<f64> {
            type Wide<T> = Network<Dense<U8, U8, Identity, T>, SquaredError>; // in registers too
            let (mut net, mut grad, mut state) = (Wide::<T>::ZERO, Wide::<T>::ZERO, State::ZERO);
            let rprop = Rprop { grow: 1.5, ..Rprop::new(0.25) };
            for signs in [[1.0, -1.0, 1.0, -1.0, 0.0], [1.0, -1.0, -1.0, 1.0, 1.0]] {
                let slopes = signs.iter().cycle().map(|sign| T::from_f64(sign * size));
                grad.parameters_mut().iter_mut().zip(slopes).for_each(|(g, slope)| *g = slope);
                net.optimize(&grad, &rprop, &mut state);
            }
            let expected = [-0.625, 0.625, -0.25, 0.25, -0.25];
            let found = net.parameters().iter().map(|w| w.to_f64());
            found.zip(expected.into_iter().cycle()).for_each(|(found, expected)| assert_eq!(found, expected, "{size}"));
            state.kept()[1].parameters()[..5].iter().map(|s| s.to_f64()).collect()
        }
        let expected = [0.375, 0.375, 0.125, 0.125, 0.25];
        for size in [1e-44, 1e-30, 1e-20, 1.0, 1e30] {
            assert_eq!(sizes::<f32>(size), expected, "{size}");
        }
        for size in [5e-324, 1e-200, 1e200] {
            assert_eq!(sizes::<f64>(size), expected, "{size}");
        }
    }
}
