//! The cost of samples, its gradient, and gradient steps, one sample after the other.

use crate::array::{ArrayLike, Plain};
use crate::kernel::{self, Update};
use crate::layer::{Batch as _, Cue, InputOf, Layer as _, OutputOf, Parameters, Tape, TapeOf};
use crate::loss::{self, Loss, Target};
use crate::math::share;
use crate::network::{Gradient, Layers, Network, Samples};
use crate::penalty::{Penalty, Step, descended};
use crate::scalar::{Accumulator, Number, Real, Scalar, inverse, is_wide};

/// Costs, gradients and steps.
impl<L: Layers, E: Loss> Network<L, E> {
    /// The cost of one sample, without a penalty   (T 1.2.1).
    pub fn loss<X: ArrayLike<InputOf<Self>>, Y: Target<OutputOf<Self>>>(&self, x: &X, y: &Y) -> L::Scalar {
        let ((), ()) = (X::FITS, Y::FITS);
        let z = self.logits(x);
        share(y.weight(), y.with_outputs(E::OUTPUTS, |y| E::value(z.flat(), y)))
    }

    /// `J(Θ)`: the mean cost of m samples   (T 1.2.2) and the penalty   (T 1.2.5–1.2.6). Returns 0 for an empty set.
    ///
    /// # Order
    ///
    /// The samples' costs are added in their order, in `f64`; then the division by m, and the penalty.
    pub fn cost<S>(&self, samples: &S, penalty: impl Penalty) -> L::Scalar
    where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let () = S::FITS;
        let mut sum = 0.0;
        samples.each(|x, y| sum += self.loss(x, y).to_f64());
        self.mean_cost(sum, samples.len(), penalty)
    }

    /// `∂J/∂Θ` of m samples with a penalty, into `grad`   (T 3.1.1–3.1.3, 2.6.1). Writes 0 for an empty set.
    ///
    /// # Order
    ///
    /// Each element is summed over the samples in the order of [`Gradient`], whose error does not grow with m; then it is
    /// `(1/m) (Δ + λ Θ)`, with `1/m` rounded.
    ///
    /// # Memory
    ///
    /// `grad` and `tape`, for any m.
    pub fn gradient<S>(&self, samples: &S, penalty: impl Penalty, grad: &mut Gradient<Self>, tape: &mut TapeOf<Self>)
    where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let () = S::FITS;
        grad.begin();
        samples.each(|x, y| {
            self.accumulate(x, y, grad.block(), tape);
            grad.count(1);
        });
        self.mean(grad, penalty);
    }

    /// [`gradient`](Network::gradient) and [`cost`](Network::cost) in one pass over the samples.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// type Line = Network<Dense<U1, U1>, SquaredError>;
    /// let (net, mut grad, mut tape) = (Line::ZERO, Line::GRADIENT, Line::TAPE);
    /// let cost = net.cost_and_gradient(&[([1.0], [4.0])], NoPenalty, &mut grad, &mut tape);
    /// assert_eq!((cost, grad.parameters()), (8.0, &[-4.0, -4.0][..]));
    /// ```
    pub fn cost_and_gradient<S>(
        &self,
        samples: &S,
        penalty: impl Penalty,
        grad: &mut Gradient<Self>,
        tape: &mut TapeOf<Self>,
    ) -> L::Scalar
    where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let () = S::FITS;
        let mut sum = 0.0;
        grad.begin();
        samples.each(|x, y| {
            self.errors(x, y, tape, |z, y, weight| sum += loss::cost::<E, _>(z, y, weight));
            self.layers.backward(x, tape, &mut grad.block().layers, None);
            grad.count(1);
        });
        self.mean(grad, penalty);
        self.mean_cost(sum, samples.len(), penalty)
    }

    /// From the sums over all samples to `∂J/∂Θ`.
    pub(crate) fn mean(&self, grad: &mut Gradient<Self>, penalty: impl Penalty) {
        let samples = grad.end();
        self.average(samples, penalty, grad);
    }

    /// Adds one sample's share to a gradient: `Δ ← Δ + δ aᵀ` in all layers   (T 3.1.1).
    ///
    /// For samples that are not in memory at once. [`average`](Network::average) turns the sum into `∂J/∂Θ`.
    #[inline]
    pub fn accumulate<X: ArrayLike<InputOf<Self>>, Y: Target<OutputOf<Self>>>(
        &self,
        x: &X,
        y: &Y,
        grad: &mut Self,
        tape: &mut TapeOf<Self>,
    ) {
        let ((), ()) = (X::FITS, Y::FITS);
        let x = x.view();
        self.errors(x, y, tape, |_, _, _| ());
        self.layers.backward(x, tape, &mut grad.layers, None);
    }

    /// Turns the sum over m samples into `∂J/∂Θ`: `(1/m) (Δ + λ Θ)`, without λ for the bias   (T 2.6.1, 3.1.2–3.1.3). Writes 0
    /// if m is 0.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// type Line = Network<Dense<U1, U1>, SquaredError>;
    /// let (net, mut sum, mut tape) = (Line::ZERO, Line::ZERO, Line::TAPE);
    /// for (x, y) in [([1.0], [4.0]), ([3.0], [2.0])] {
    ///     net.accumulate(&x, &y, &mut sum, &mut tape); // as they come
    /// }
    /// net.average(2, NoPenalty, &mut sum);
    /// assert_eq!(sum.parameters(), [-3.0, -5.0]);
    /// ```
    pub fn average(&self, m: usize, penalty: impl Penalty, grad: &mut Self) {
        if m == 0 {
            return grad.flat_mut().fill(L::Scalar::ZERO);
        }
        self.average_part(m, penalty, 0, grad.flat_mut());
    }

    /// [`average`](Network::average) of the numbers `start` and on of the flat gradient, over at least one sample.
    #[inline(always)]
    pub(super) fn average_part(&self, m: usize, penalty: impl Penalty, start: usize, grad: &mut [L::Scalar]) {
        let step = Step { rate: 0.0, share: inverse::<L::Scalar>(m), penalty };
        Self::tensors(|t| {
            let weight = t.of(self.flat()).get(start.saturating_sub(t.start)..).unwrap_or_default();
            let dw = grad.get_mut(t.start.saturating_sub(start)..).unwrap_or_default();
            if const { is_wide::<L::Scalar>() } {
                return wide_mean(step, t.penalised(), weight, dw);
            }
            kernel::update(Mean { step, penalised: t.penalised() }, dw, weight, []);
        });
    }

    /// A step of gradient descent: `Θ ← Θ − α ∂J/∂Θ`   (T 1.3.2).
    #[inline]
    pub fn update(&mut self, grad: &Self, rate: L::Scalar) {
        kernel::update(Descent { rate: rate.to_f64() }, self.flat_mut(), grad.flat(), []);
    }

    /// One online step: forward, backward, and `Θ ← Θ − α ∂J/∂Θ` of this sample, without a gradient buffer.
    ///
    /// Errors propagate through the weights as they were before the step. So the step is that by the exact gradient of one
    /// sample, but for one rounding: it computes `w − (α x) δ`.
    ///
    /// # Memory
    ///
    /// The tape.
    #[inline]
    pub fn descend<X: ArrayLike<InputOf<Self>>, Y: Target<OutputOf<Self>>>(
        &mut self,
        x: &X,
        y: &Y,
        rate: L::Scalar,
        tape: &mut TapeOf<Self>,
    ) {
        let ((), ()) = (X::FITS, Y::FITS);
        let x = x.view();
        self.errors(x, y, tape, |_, _, _| ());
        self.layers.descend(x, tape, rate, None);
    }

    /// Forward, then δ of the output layer   (T 2.4.6); `look` is shown the logits, the target and its weight.
    #[inline]
    pub(crate) fn errors(
        &self,
        x: &InputOf<Self>,
        y: &impl Target<OutputOf<Self>>,
        tape: &mut TapeOf<Self>,
        look: impl FnOnce(&[L::Scalar], &[L::Scalar], L::Scalar),
    ) {
        tape.cue(Cue::Learn, 0);
        self.layers.record(x, tape);
        Self::delta(y, tape, look);
    }

    /// From the recorded logits to δ of the output layer.
    ///
    /// Inlined before it is optimised, lest it reads the logits in other pieces than they were written in.
    #[inline(always)]
    pub(crate) fn delta(
        y: &impl Target<OutputOf<Self>>,
        tape: &mut TapeOf<Self>,
        look: impl FnOnce(&[L::Scalar], &[L::Scalar], L::Scalar),
    ) {
        let (z, dz) = tape.split();
        loss::delta::<E, _>(z, y, dz, look);
    }

    /// J from the sum of the samples' costs: both it and the penalty divided by m. Returns 0 if m is 0.
    pub(crate) fn mean_cost(&self, sum: f64, m: usize, penalty: impl Penalty) -> L::Scalar {
        if m == 0 {
            return L::Scalar::ZERO;
        }
        let mut price = L::Scalar::ZERO;
        Self::tensors(|t| {
            if t.penalised() {
                price = price + kernel::sum(t.of(self.flat()).iter().map(|&w| penalty.price(w)));
            }
        });
        L::Scalar::from_f64((sum + price.to_f64()) / m as f64)
    }
}

/// [`Mean`] of fixed-point numbers: each divided by m, and rounded once.
fn wide_mean<T: Scalar, P: Penalty>(step: Step<P>, penalised: bool, weight: &[T], dw: &mut [T]) {
    for (dw, &w) in dw.iter_mut().zip(weight) {
        let sum = T::Accumulator::of(*dw);
        *dw = if penalised { step.wide_slope(w, sum) } else { step.wide_bias_slope(sum) };
    }
}

/// From the sum over samples to ∂J/∂w, in its place, beside w.
#[derive(Clone, Copy)]
struct Mean<P> {
    step: Step<P>,
    penalised: bool,
}

impl<P: Penalty> Update for Mean<P> {
    type Kept<Q> = [Q; 0];

    #[inline(always)]
    fn of<V: Real>(self, sum: V, weight: V, _: &mut [V; 0]) -> V {
        if self.penalised { self.step.slope(weight, sum) } else { self.step.bias_slope(sum) }
    }
}

/// A step down the slope.
#[derive(Clone, Copy)]
struct Descent {
    rate: f64,
}

impl Update for Descent {
    type Kept<Q> = [Q; 0];

    #[inline(always)]
    fn of<V: Real>(self, weight: V, slope: V, _: &mut [V; 0]) -> V {
        descended(weight, self.rate, slope)
    }
}
