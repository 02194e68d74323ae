//! Prices on large weights.
//!
//! [`L2`] makes all weights smaller, and is what the tutorial has; [`L1`] makes some of them 0; [`Elastic`] does both;
//! [`NoPenalty`] is free. None counts the biases. λ is divided by the number of samples, so it need not change with it;
//! 0.01 to 10 is a range to try.

use crate::scalar::{Accumulator, Real, Scalar};

/// A price on large weights, added to J. The bias is free   (T 1.2.4).
///
/// Written over [`Real`], as an [`Activation`](crate::Activation) is.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Penalty, Real};
///
/// /// Pulls weights towards 1: `λ/2 (w − 1)²`.
/// #[derive(Clone, Copy)]
/// struct NearOne(f64);
///
/// impl Penalty for NearOne {
///     fn price<V: Real>(self, weight: V) -> V {
///         let away = weight - V::of(1.0);
///         V::of(0.5 * self.0) * away * away
///     }
///
///     fn slope<V: Real>(self, weight: V) -> V {
///         V::of(self.0) * (weight - V::of(1.0))
///     }
/// }
///
/// let mut net = Network::<Dense<U1, U1>, SquaredError>::ZERO;
/// assert_eq!(net.cost(&[([0.0], [0.0])], NearOne(2.0)), 1.0); // the bias is free
/// net.parameters_mut()[1] = 1.0;
/// assert_eq!(net.cost(&[([0.0], [0.0])], NearOne(2.0)), 0.0);
/// ```
#[doc(alias("Regularizer", "kernel_regularizer", "regularization"))]
pub trait Penalty: Copy {
    /// The price of a weight, before the division by the number of samples.
    fn price<V: Real>(self, weight: V) -> V;

    /// The slope of the price.
    fn slope<V: Real>(self, weight: V) -> V;

    /// Whether [`dither`](Penalty::dither) gives some.
    #[doc(hidden)]
    const DITHERS: bool = false;

    /// Random bits for the rounding of one weight, or `None`: to the nearest number.
    #[doc(hidden)]
    #[inline(always)]
    fn dither(self) -> Option<u32> {
        None
    }
}

/// The tutorial's penalty with its λ: `λ/(2m) Σ w²` in J   (T 1.2.4), `λ/m · w` in the gradient   (T 2.6.1).
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// let mut net = Network::<Dense<U2, U1>, SquaredError>::ZERO;
/// net.parameters_mut().copy_from_slice(&[9.0, 3.0, 4.0]); // bias, two weights
/// let samples = [([0.0, 0.0], [9.0]), ([0.0, 0.0], [9.0])];
/// assert_eq!(net.cost(&samples, L2(2.0)), 2.0 / (2.0 * 2.0) * 25.0);
/// ```
#[doc(alias("weight_decay", "ridge"))]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct L2(
    /// λ, at least 0; rounded to the network's scalar.
    pub f64,
);

/// The sum of magnitudes, which makes many weights small: `λ/m Σ |w|` in J, `λ/m sign(w)` in the gradient, 0 at 0.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::L1;
///
/// let mut net = Network::<Dense<U2, U1>, SquaredError>::ZERO;
/// net.parameters_mut().copy_from_slice(&[9.0, 3.0, -4.0]); // bias, two weights
/// let samples = [([0.0, 0.0], [9.0]), ([0.0, 0.0], [9.0])];
/// assert_eq!(net.cost(&samples, L1(2.0)), 2.0 / 2.0 * 7.0);
/// ```
///
/// # Source
///
/// R. Tibshirani, "Regression shrinkage and selection via the lasso", J. R. Statist. Soc. B 58 (1996).
#[doc(alias = "lasso")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct L1(
    /// λ, at least 0; rounded to the network's scalar.
    pub f64,
);

/// Both at once: [`L1`]'s price and [`L2`]'s, each with its λ.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Elastic;
///
/// let mut net = Network::<Dense<U2, U1>, SquaredError>::ZERO;
/// net.parameters_mut().copy_from_slice(&[9.0, 3.0, -4.0]); // bias, two weights
/// let samples = [([0.0, 0.0], [9.0]), ([0.0, 0.0], [9.0])];
/// let elastic = Elastic { l1: 2.0, l2: 4.0 };
/// assert_eq!(net.cost(&samples, elastic), 2.0 / 2.0 * 7.0 + 4.0 / (2.0 * 2.0) * 25.0);
/// ```
///
/// # Source
///
/// H. Zou, T. Hastie, "Regularization and variable selection via the elastic net", J. R. Statist. Soc. B 67 (2005).
#[doc(alias("L1L2", "elastic_net"))]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elastic {
    /// λ of the magnitudes.
    pub l1: f64,
    /// λ of the squares.
    pub l2: f64,
}

/// No price at all: J is the samples' mean cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPenalty;

impl Penalty for L2 {
    #[inline(always)]
    fn price<V: Real>(self, weight: V) -> V {
        V::of(0.5) * V::of(self.0) * (weight * weight)
    }

    #[inline(always)]
    fn slope<V: Real>(self, weight: V) -> V {
        V::of(self.0) * weight
    }
}

impl Penalty for L1 {
    #[inline(always)]
    fn price<V: Real>(self, weight: V) -> V {
        V::of(self.0) * weight.abs()
    }

    #[inline(always)]
    fn slope<V: Real>(self, weight: V) -> V {
        let (zero, slope) = (V::of(0.0), V::of(self.0));
        V::select(zero.lt(weight), slope, V::select(weight.lt(zero), -slope, zero))
    }
}

impl Penalty for Elastic {
    #[inline(always)]
    fn price<V: Real>(self, weight: V) -> V {
        L1(self.l1).price(weight) + L2(self.l2).price(weight)
    }

    #[inline(always)]
    fn slope<V: Real>(self, weight: V) -> V {
        L1(self.l1).slope(weight) + L2(self.l2).slope(weight)
    }
}

impl Penalty for NoPenalty {
    #[inline(always)]
    fn price<V: Real>(self, _: V) -> V {
        V::of(0.0)
    }

    #[inline(always)]
    fn slope<V: Real>(self, _: V) -> V {
        V::of(0.0)
    }
}

/// One step of gradient descent over a batch: what it does with the sums over the samples.
///
/// # Equations
///
/// With `Δ` the sum, `m` samples and the penalty's `λ Θ`, as [`Network::average`](crate::Network::average) and
/// [`Network::update`](crate::Network::update) do it:
///
/// - `w ← w − α ((1/m) (Δ + λ w))`, and `b ← b − α ((1/m) Δ)`   (T 1.3.2, 2.6.1)
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Step;
///
/// let step = Step { rate: 0.5, share: 0.25, penalty: L2(4.0) };
/// assert_eq!(step.weight(1.0_f32, 2.0), 1.0 - 0.5 * 0.25 * (2.0 + 4.0 * 1.0));
/// assert_eq!((step.bias(1.0_f32, 2.0), step.bias_slope(2.0_f32)), (1.0 - 0.5 * 0.25 * 2.0, 0.25 * 2.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step<P> {
    /// α, a number of the network's scalar.
    pub rate: f64,
    /// 1/m, a number of the network's scalar.
    pub share: f64,
    /// λ and its kind.
    pub penalty: P,
}

impl<P: Penalty> Step<P> {
    /// The new weight, from the old one and its sum Δ.
    #[inline(always)]
    pub fn weight<V: Real>(self, old: V, sum: V) -> V {
        descended(old, self.rate, self.slope(old, sum))
    }

    /// The new bias, or other parameter that is not penalised, from the old one and its sum Δ.
    #[inline(always)]
    pub fn bias<V: Real>(self, old: V, sum: V) -> V {
        descended(old, self.rate, self.bias_slope(sum))
    }

    /// ∂J/∂w of a weight, from its sum Δ   (T 3.1.2, 2.6.1).
    #[inline(always)]
    pub fn slope<V: Real>(self, old: V, sum: V) -> V {
        V::of(self.share) * (sum + self.penalty.slope(old))
    }

    /// ∂J/∂b of a bias, from its sum Δ   (T 3.1.3).
    #[inline(always)]
    pub fn bias_slope<V: Real>(self, sum: V) -> V {
        V::of(self.share) * sum
    }

    /// [`slope`](Step::slope) of a sum in a wide accumulator: divided by m, and rounded once.
    pub(crate) fn wide_slope<T: Scalar>(self, old: T, sum: T::Accumulator) -> T {
        self.wide_bias_slope(sum + T::Accumulator::of(self.penalty.slope(old)))
    }

    /// [`bias_slope`](Step::bias_slope) of a sum in a wide accumulator.
    pub(crate) fn wide_bias_slope<T: Scalar>(self, sum: T::Accumulator) -> T {
        sum.share((1.0 / self.share + 0.5) as usize)
    }

    /// The new weight, or bias, by a sum in a wide accumulator; rounded at random where the penalty draws.
    #[inline(always)]
    pub(crate) fn wide<T: Scalar>(self, penalised: bool, old: T, sum: T::Accumulator) -> T {
        if let Some(bits) = self.penalty.dither() {
            let sum = if penalised { sum + T::Accumulator::of(self.penalty.slope(old)) } else { sum };
            return sum.dithered((1.0 / self.share + 0.5) as usize, T::from_f64(-self.rate), old, bits);
        }
        let slope = if penalised { self.wide_slope(old, sum) } else { self.wide_bias_slope(sum) };
        descended(old, self.rate, slope)
    }
}

/// The step that all plain descent takes: `w ← w + (−α) ∂J/∂w`   (T 1.3.2).
#[inline(always)]
pub(crate) fn descended<V: Real>(old: V, rate: f64, slope: V) -> V {
    V::of(-rate).mul_add(slope, old)
}
