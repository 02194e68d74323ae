//! Training beyond one step, and less than one.

mod online;

pub use online::OnlineStep;

use crate::layer::{InputOf, OutputOf, TapeOf};
use crate::loss::Loss;
use crate::network::{Layers, Network, Samples};
use crate::penalty::Penalty;
use crate::scalar::{Real, Scalar};

/// When batch gradient descent ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stop<T> {
    /// After so many steps.
    Steps(usize),
    /// When a step changes J by at most `tolerance · J`, or after `steps`.
    Tolerance {
        /// The smallest change of J, as a share of J, that is worth another step.
        tolerance: T,
        /// The most steps.
        steps: usize,
    },
}

/// How batch gradient descent ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Descent<T> {
    /// Steps taken.
    pub steps: usize,
    /// J of the parameters as they are now.
    pub cost: T,
    /// Whether the tolerance was reached.
    pub converged: bool,
}

impl<L: Layers, E: Loss> Network<L, E> {
    /// Batch gradient descent: `Θ ← Θ − α ∂J/∂Θ` over all samples, again and again   (T 1.3.2).
    ///
    /// Ends early where J is no longer finite, for a rate that is too large.
    ///
    /// # Memory
    ///
    /// `grad` and `tape`; no other.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// type Line = Network<Dense<U1, U1>, SquaredError>;
    /// let samples = [([0.0], [1.0]), ([1.0], [3.0]), ([2.0], [5.0])]; // y = 1 + 2x
    ///
    /// let (mut net, mut grad, mut tape) = (Line::ZERO, Line::ZERO, Line::TAPE);
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
        grad: &mut Self,
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
        loop {
            let before = end.cost;
            end.cost = self.cost_and_gradient(samples, penalty, grad, tape);
            let change = (before - end.cost).abs();
            end.converged = end.steps > 0 && tolerance.is_some_and(|tolerance| change <= tolerance * end.cost);
            if end.converged || end.steps == limit || !end.cost.is_finite() {
                return end;
            }
            self.update(grad, rate);
            end.steps += 1;
        }
    }
}
