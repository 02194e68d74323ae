mod line;
mod product;
#[cfg(test)]
mod tests;

use core::fmt;

use crate::array::Plain;
use crate::kernel::{self, Lanewise};
use crate::layer::{Blank, InputOf, Layer, OutputOf, Parameters, TapeOf};
use crate::loss::Loss;
use crate::network::{Gradient, Layers, Network, Samples};
use crate::penalty::Penalty;
use crate::plain::{Few, blank};
use crate::scalar::{Number, Real};
use crate::train::{Descent, Stop};
use line::{Line, Point};
pub(crate) use product::dot;
use product::{exponent, shifted};

/// How a search for the least J turns from one direction to the next: [`ConjugateGradient`](super::ConjugateGradient) or
/// [`Lbfgs`](super::Lbfgs). Sealed.
pub trait Method: Copy + super::sealed::Method {
    /// Pairs of values of the network's type that it keeps.
    type Pairs<P>: Few<[P; 2]>;

    /// By how much a step must flatten the slope along its direction: c₂ of the strong Wolfe conditions.
    #[doc(hidden)]
    const FLATTER: f64;

    /// Whether a step of 1 is the one to try first.
    #[doc(hidden)]
    const SCALED: bool;

    /// The next direction into `direction`. `step` is what the last step changed of the parameters, `before` the gradient
    /// before it; `count` steps were taken.
    #[doc(hidden)]
    fn turn<N: Parameters>(&self, at: Turn<'_, N>, pairs: &mut [[N; 2]]);
}

/// What a [`Method`] turns by.
#[doc(hidden)]
pub struct Turn<'a, N> {
    pub(crate) count: usize,
    pub(crate) net: &'a N,
    pub(crate) grad: &'a N,
    pub(crate) start: &'a N,
    pub(crate) before: &'a N,
    pub(crate) direction: &'a mut N,
}

/// What a search of a network `N` by a method `M` needs: owned by the caller, made by a constant.
///
/// # Memory
///
/// Five values of the network's type, the tapes of `B` samples, and what the method keeps: of
/// [`ConjugateGradient`](super::ConjugateGradient) nothing, of [`Lbfgs<M>`](super::Lbfgs) `2 M` more.
pub struct Search<N: Layer, M: Method, const B: usize = 1> {
    grad: Gradient<N>,
    before: N,
    start: N,
    direction: N,
    tapes: [TapeOf<N>; B],
    pairs: M::Pairs<N>,
}

impl<N: Layer, M: Method, const B: usize> Search<N, M, B> {
    /// Before the first step.
    pub const ZERO: Self = Search {
        grad: Gradient::ZERO,
        before: N::ZERO,
        start: N::ZERO,
        direction: N::ZERO,
        tapes: Blank::<TapeOf<N>, B>::TAPES,
        pairs: blank::<[N; 2], M::Pairs<N>>(),
    };
}

// A network is `Plain`, and pairs are arrays of networks, since `Few` is sealed: zero bytes are their zeros.
#[cfg(feature = "alloc")]
crate::host::boxed! { [N: Layer, M: Method, const B: usize] Search<N, M, B> {
    grad, before, start, direction, pairs; tapes = Blank::<TapeOf<N>, B>::TAPES
} }

impl<N: Layer, M: Method, const B: usize> fmt::Debug for Search<N, M, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Search")
    }
}

impl<L: Layers, E: Loss> Network<L, E> {
    /// Minimises J over all samples, by steps each of which goes along a line to where it has flattened.
    ///
    /// Every step lowers J, which is that of [`cost`](Network::cost): a [`Dropout`](crate::Dropout) leaves nothing out,
    /// since masks that change would make J another function at each point. It has converged where the gradient is 0,
    /// or by the tolerance of `stop`. It also ends where no step along a direction lowers J. That is no convergence, unless
    /// the slope promises at most the tolerance: J may be least as far as rounding shows it, or the gradient is not that of
    /// J. Where J or the gradient is not finite from the start, or where there are no samples, it does nothing.
    ///
    /// # Equations
    ///
    /// `Θ ← Θ + a d` for the direction d of the method, with a such that, in the slope `s(a) = d · ∂J/∂Θ`,
    /// `J(a) ≤ J(0) + c₁ a s(0)` and `|s(a)| ≤ c₂ |s(0)|`: the strong Wolfe conditions, c₁ = 10⁻⁴.
    ///
    /// The first a is 1 for L-BFGS from its second step on, else `min(1, 2.02 (J − J′) / s(0))`, with J′ that of the step
    /// before, at first `J + ‖∂J/∂Θ‖ / 2`. It is doubled until a minimum is passed. Between two points, the next one is
    /// where the cubic through both and their slopes is least or, where that is within 1/20 of either, the middle. Of 25
    /// points out and 25 in, the lowest is taken where none keeps the conditions.
    ///
    /// # Order
    ///
    /// J: the samples' costs in `f64`, in their order, then the division by m, then the penalty. Scalar products: in
    /// `f64`, each tensor in sixteen partial sums, joined by halves, then tensor by tensor. Where the greatest magnitude of a
    /// factor is beyond 2^±400, it is first multiplied by a power of two.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::{ConjugateGradient, Search, Stop};
    ///
    /// network! { type Net = 2 => Dense<4, Tanh> => Dense<1>, loss = SigmoidCrossEntropy; }
    /// let samples = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])];
    ///
    /// let mut net = Net::ZERO;
    /// net.initialize(&Xavier, &mut Pcg32::new(1));
    /// let mut search = Search::<Net, ConjugateGradient>::ZERO;
    /// let end = net.minimize(&samples, NoPenalty, &ConjugateGradient, Stop::Steps(40), &mut search);
    /// assert!(end.cost < 1e-4, "{end:?}");
    /// ```
    ///
    /// # Source
    ///
    /// J. Nocedal, S. Wright, *Numerical Optimization*, 2nd ed. (2006), algorithms 3.5 and 3.6.
    #[doc(alias("LBFGS", "fminunc", "fmincg"))]
    pub fn minimize<S, M: Method, const B: usize>(
        &mut self,
        samples: &S,
        penalty: impl Penalty,
        method: &M,
        stop: Stop<L::Scalar>,
        search: &mut Search<Self, M, B>,
    ) -> Descent<L::Scalar>
    where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let () = S::FITS;
        let (steps, tolerance) = match stop {
            Stop::Steps(steps) => (steps, None),
            Stop::Tolerance { tolerance, steps } => (steps, Some(tolerance.to_f64())),
        };
        if samples.len() == 0 {
            return Descent { steps: 0, cost: L::Scalar::ZERO, converged: false };
        }
        let mut line = Line { net: self, samples, penalty, search, unit: 0 };
        let mut cost = line.evaluate();
        let mut end = Descent { steps: 0, cost: L::Scalar::from_f64(cost), converged: false };
        if !cost.is_finite() || !line.search.grad.is_finite() {
            return end;
        }
        // As if the step before had lowered J by half the gradient's norm, which makes the first step 1 long.
        let mut before = cost + 0.5 * line.search.grad.norm().to_f64();
        while end.steps < steps {
            let Line { net, search, unit, .. } = &mut line;
            let Search { grad, before: earlier, start, direction, pairs, .. } = &mut **search;
            method.turn(
                Turn { count: end.steps, net: &**net, grad: &**grad, start, before: earlier, direction },
                pairs.as_mut(),
            );
            let falls = |slope: f64| slope < 0.0 && slope.is_finite();
            *unit = exponent(direction.flat());
            let mut slope = dot(&**grad, direction).times(*unit);
            if !falls(slope) {
                kernel::map(Negative, grad.flat(), grad.flat(), direction.flat_mut());
                *unit = exponent(direction.flat());
                slope = dot(&**grad, direction).times(*unit);
            }
            if !falls(slope) {
                end.converged = grad.flat().iter().all(|&g| g == L::Scalar::ZERO);
                break;
            }
            earlier.copy_from(grad);
            start.copy_from(net);
            let whole = shifted(1.0, -*unit);
            let guess = if M::SCALED && end.steps > 0 { whole } else { (2.02 * (cost - before) / slope).min(whole) };
            let guess = if guess > 0.0 { guess } else { whole };
            let Some(point) = line.search(Point { at: 0.0, cost, slope }, guess) else {
                // Nothing between here and the guess is lower by as much as can be seen; the slope promised this.
                end.converged = tolerance.is_some_and(|tolerance| -slope * guess <= tolerance * cost.abs());
                break;
            };
            (before, cost) = (cost, point.cost);
            end = Descent { steps: end.steps + 1, cost: L::Scalar::from_f64(cost), ..end };
            if tolerance.is_some_and(|tolerance| before - cost <= tolerance * cost.abs()) {
                end.converged = true;
                break;
            }
        }
        end
    }
}

/// x + a y.
#[derive(Clone, Copy)]
pub(crate) struct Along(pub(crate) f64);

impl Lanewise for Along {
    #[inline(always)]
    fn of<V: Real>(self, x: V, y: V) -> V {
        x + V::of(self.0) * y
    }
}

/// −x.
#[derive(Clone, Copy)]
pub(crate) struct Negative;

impl Lanewise for Negative {
    #[inline(always)]
    fn of<V: Real>(self, x: V, _: V) -> V {
        -x
    }
}

/// a x − y.
#[derive(Clone, Copy)]
pub(crate) struct Less(pub(crate) f64);

impl Lanewise for Less {
    #[inline(always)]
    fn of<V: Real>(self, x: V, y: V) -> V {
        V::of(self.0) * x - y
    }
}
