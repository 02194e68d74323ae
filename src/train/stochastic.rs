//! Fixed-point weights that are rounded at random, so that steps below half of the last digit are not lost.

use core::cell::Cell;
use core::slice::{from_mut, from_ref};

use crate::array::ArrayLike;
use crate::init::Pcg32;
use crate::kernel::Update;
use crate::layer::{Batch, InputOf, OutputOf, ScalarOf, TapeOf, Tensor};
use crate::loss::{Loss, Target};
use crate::network::{Layers, Network, Samples};
use crate::penalty::{NoPenalty, Penalty, Step};
use crate::plain::Few;
use crate::scalar::{Number as _, Real, Scalar};
use crate::train::{Now, Optimizer};

/// An optimiser whose fixed-point weights are rounded at random: to the upper of the two numbers around the exact one with the
/// probability by which it is nearer, so that the mean is exact.
///
/// To nearest, a step below half of the last digit is no step, however often it is taken. On a device,
/// [`descend_stochastic`](Network::descend_stochastic) does this for an online step, in integers and without a gradient.
///
/// # Equations
///
/// `w ← s·⌊w'/s + u⌋`, w' being what the optimiser makes of w, computed in `f64`, s the step between numbers, and u in [0, 1)
/// a random number of 32 bits; the same for each number that the optimiser keeps. Floating-point weights are
/// as without it.
///
/// The numbers of step t are those of [`Pcg32`] with the seed and t, in the order of the parameters. So a training replays to
/// the same bits, and goes on so from a checkpoint.
///
/// # Memory
///
/// That of the optimiser. The formula in `f64` is slow on a processor without an FPU.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Q16, State, Stochastic};
///
/// type Line = Network<Dense<U1, U1, Identity, Q16<12>>, SquaredError>;
/// let mut grad = Line::ZERO;
/// grad.parameters_mut().fill(Q16::new(-0.01)); // a step is a tenth of the last digit
///
/// let (mut nearest, mut state) = (Line::ZERO, State::ZERO);
/// let (mut random, mut other) = (Line::ZERO, State::ZERO);
/// let sgd = Sgd::new(1.0 / 400.0);
/// for _ in 0..4000 {
///     nearest.optimize(&grad, &sgd, &mut state);
///     random.optimize(&grad, &Stochastic { optimizer: sgd, seed: 1 }, &mut other);
/// }
/// assert_eq!(nearest.parameters()[1], Q16::new(0.0));
/// assert!((f64::from(random.parameters()[1]) - 0.1).abs() < 0.02); // 4000 · 0.01 / 400
/// ```
///
/// # Source
///
/// S. Gupta, A. Agrawal, K. Gopalakrishnan, P. Narayanan, "Deep learning with limited numerical precision", ICML 2015.
#[doc(alias = "stochastic_rounding")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stochastic<O> {
    /// The optimiser.
    pub optimizer: O,
    /// What the random numbers start from.
    pub seed: u64,
}

impl<O: Optimizer> Optimizer for Stochastic<O> {
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

    fn factor(&self, tensor: &Tensor) -> f64 {
        self.optimizer.factor(tensor)
    }

    fn dice(&self, step: u64) -> Option<Pcg32> {
        Some(Pcg32::new(self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(step)))
    }
}

/// w ← f(w, g, kept), and what is kept, elementwise, computed in `f64` and rounded at random.
pub(super) fn update<U: Update, T: Scalar>(f: U, w: &mut [T], g: &[T], mut kept: U::Kept<&mut [T]>, rng: &mut Pcg32) {
    for (k, (w, g)) in w.iter_mut().zip(g).enumerate() {
        let old = kept.as_ref();
        let mut now =
            U::Kept::<f64>::make(|m| old.get(m).and_then(|kept| kept.get(k)).map_or(0.0, |kept| kept.to_f64()));
        *w = rounded(f.of(w.to_f64(), g.to_f64(), &mut now), rng);
        let places = kept.as_mut().iter_mut().filter_map(|kept| kept.get_mut(k));
        places.zip(now.as_ref()).for_each(|(kept, &now)| *kept = rounded(now, rng));
    }
}

/// A number next to `x`, at random.
#[inline(always)]
fn rounded<T: Scalar>(x: f64, rng: &mut Pcg32) -> T {
    const UNIT: f64 = 1.0 / (1_u64 << 32) as f64;
    // To nearest after this is down after u.
    T::from_f64(x + (f64::from(rng.output()) * UNIT - 0.5) * T::STEP)
}

/// A penalty that goes with a step, and the dice for its roundings.
#[derive(Clone, Copy)]
struct Dither<'a, P> {
    penalty: P,
    rng: &'a Cell<Pcg32>,
}

impl<P: Penalty> Penalty for Dither<'_, P> {
    const DITHERS: bool = true;

    #[inline(always)]
    fn price<V: Real>(self, weight: V) -> V {
        self.penalty.price(weight)
    }

    #[inline(always)]
    fn slope<V: Real>(self, weight: V) -> V {
        self.penalty.slope(weight)
    }

    #[inline(always)]
    fn dither(self) -> Option<u32> {
        let mut rng = self.rng.replace(const { Pcg32::new(0) });
        let bits = rng.output();
        self.rng.set(rng);
        Some(bits)
    }
}

/// Steps whose fixed-point weights are rounded at random.
impl<L: Layers, E: Loss> Network<L, E> {
    /// [`descend`](Network::descend), but that each fixed-point weight is rounded once, at random, so that the mean of many such
    /// steps is exact: steps below half of the last digit are learned, too. Integers only.
    ///
    /// # Equations
    ///
    /// `w ← s·⌊(w − α ∂J/∂w)/s + u⌋` with the exact ∂J/∂w of the sample's δ and x, s the step between numbers, and u in [0, 1)
    /// a random number of 32 bits. Floating-point weights take the step of [`step_batch`](Network::step_batch) and draw nothing.
    ///
    /// # Memory
    ///
    /// The tape, as for [`descend`](Network::descend).
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::Q16;
    ///
    /// type Line = Network<Dense<U1, U1, Identity, Q16<12>, nanoprop::Unbiased>, SquaredError>;
    /// type T = Q16<12>;
    /// let (x, y, rate) = ([T::new(0.125)], [T::new(0.125)], T::new(0.005)); // y = x: w should become 1
    ///
    /// let (mut net, mut tape, mut rng) = (Line::ZERO, Line::TAPE, Pcg32::new(1));
    /// (0..9).for_each(|_| net.descend(&x, &y, rate, &mut tape));
    /// assert_eq!(net.parameters(), [T::new(0.0)]); // each step is a third of the last digit
    ///
    /// (0..40_000).for_each(|_| net.descend_stochastic(&x, &y, rate, &mut tape, &mut rng));
    /// assert!((f64::from(net.parameters()[0]) - 1.0).abs() < 0.1);
    /// ```
    pub fn descend_stochastic<X: ArrayLike<InputOf<Self>>, Y: Target<OutputOf<Self>>>(
        &mut self,
        x: &X,
        y: &Y,
        rate: ScalarOf<Self>,
        tape: &mut TapeOf<Self>,
        rng: &mut Pcg32,
    ) {
        let ((), ()) = (X::FITS, Y::FITS);
        let x = x.view();
        let dice = Cell::new(rng.clone());
        let penalty = Dither { penalty: NoPenalty, rng: &dice };
        self.errors(x, y, tape, |_, _, _| ());
        Batch::errors(self, from_ref(x).into(), from_mut(tape).into(), None);
        self.step(from_ref(x).into(), from_ref(&*tape).into(), Step { rate: rate.to_f64(), share: 1.0, penalty });
        *rng = dice.into_inner();
    }

    /// [`step_batch`](Network::step_batch), but that each fixed-point weight is rounded once a step, at random, as by
    /// [`descend_stochastic`](Network::descend_stochastic).
    ///
    /// The mean over the batch is rounded to twice as many bits behind the point as numbers have, and the penalty's slope to a
    /// number.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::Q16;
    ///
    /// type T = Q16<12>;
    /// network! { type Net = 2 => Dense<4, Tanh> => Dense<1>, loss = SigmoidCrossEntropy, scalar = Q16<12>; }
    /// let samples = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])]
    ///     .map(|(x, y)| (x.map(T::new), y.map(T::new)));
    /// let (mut net, mut tapes, mut rng) = (Net::ZERO, [Net::TAPE; 4], Pcg32::new(1));
    /// net.initialize(&Xavier, &mut rng);
    /// for _ in 0..2000 {
    ///     net.step_batch_stochastic(&samples, NoPenalty, T::new(0.5), &mut tapes, &mut rng);
    /// }
    /// assert!(net.cost(&samples, NoPenalty) < T::new(0.1));
    /// ```
    pub fn step_batch_stochastic<S, const B: usize>(
        &mut self,
        samples: &S,
        penalty: impl Penalty,
        rate: ScalarOf<Self>,
        tapes: &mut [TapeOf<Self>; B],
        rng: &mut Pcg32,
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let dice = Cell::new(rng.clone());
        self.step_batch(samples, Dither { penalty, rng: &dice }, rate, tapes);
        *rng = dice.into_inner();
    }
}
