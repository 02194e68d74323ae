use core::fmt;

use crate::array::Plain;
use crate::init::Pcg32;
use crate::kernel::{self, Update};
use crate::layer::{Parameters, Tensor};
use crate::loss::Loss;
use crate::network::{Layers, Network};
use crate::plain::{Few, blank};
use crate::scalar::{Real, is_wide};
use crate::train::stochastic;

/// How a network's parameters follow their gradient: a formula for one parameter, its slope, and the few numbers that
/// are kept beside it.
///
/// A value is the hyper-parameters, small and `Copy`. What is kept from step to step is a [`State`], owned by the
/// caller. The formula is written over [`Real`], as an [`Activation`](crate::Activation) is, and runs over registers.
///
/// # Example
///
/// An optimiser of one's own, descent by the sign of a running mean:
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Now, Optimizer, Real, State};
///
/// #[derive(Clone, Copy)]
/// struct Signs {
///     rate: f64,
/// }
///
/// impl Optimizer for Signs {
///     const NAME: &'static str = "signs";
///     type Kept<P> = [P; 1]; // the mean
///     type Factors = f64;
///
///     fn factors(&self, now: &Now) -> f64 {
///         self.rate * now.factor
///     }
///
///     fn change<V: Real>(rate: f64, weight: V, slope: V, [mean]: &mut [V; 1]) -> V {
///         *mean = V::of(0.5) * (*mean + slope);
///         weight - V::of(rate).copysign(*mean)
///     }
/// }
///
/// type Line = Network<Dense<U1, U1>, SquaredError>;
/// let (mut net, mut grad, mut state) = (Line::ZERO, Line::ZERO, State::<Line, Signs>::ZERO);
/// grad.parameters_mut().copy_from_slice(&[4.0, -2.0]);
/// net.optimize(&grad, &Signs { rate: 0.25 }, &mut state);
/// assert_eq!(net.parameters(), [-0.25, 0.25]);
/// assert_eq!(state.kept()[0].parameters(), [2.0, -1.0]);
/// ```
pub trait Optimizer: Copy {
    /// Its name in checkpoints and messages.
    const NAME: &'static str;

    /// What it keeps of each parameter: `[P; M]`, M numbers.
    type Kept<P>: Few<P>;

    /// The numbers of one step, computed once for each tensor.
    type Factors: Copy;

    /// The numbers of the step.
    fn factors(&self, now: &Now) -> Self::Factors;

    /// The new weight, from the old one, `slope = ∂J/∂w`, and what is kept, which changes in place. No branch on data.
    fn change<V: Real>(factors: Self::Factors, weight: V, slope: V, kept: &mut Self::Kept<V>) -> V;

    /// A factor of the rate for the parameters of one tensor; 0 leaves it as it is, and what is kept of it too.
    fn factor(&self, tensor: &Tensor) -> f64 {
        let _ = tensor;
        1.0
    }

    /// Where fixed-point numbers are rounded at random, the generator for one step.
    #[doc(hidden)]
    fn dice(&self, step: u64) -> Option<Pcg32> {
        let _ = step;
        None
    }
}

/// Which step an optimiser takes, and for which parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Now {
    /// The number of the step, from 1.
    pub step: u64,
    /// What the rate is multiplied with: the schedule's factor times that of the tensor.
    pub factor: f64,
    /// Whether weights decay; the bias does not.
    pub decays: bool,
}

/// What an optimiser `O` remembers of a network `N`: values of the network's own type, and a count of steps.
///
/// Owned by the caller. [`ZERO`](State::ZERO) is a constant, for a `static`; on the heap it is `State::boxed()`, of
/// feature `alloc`.
///
/// # Memory
///
/// 8 bytes, and as many networks as the optimiser keeps numbers of each parameter: one for momentum, two for Adam.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::State;
/// use std::sync::Mutex;
///
/// network! { type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy; }
/// static STATE: Mutex<State<Digits, Adam>> = Mutex::new(State::ZERO);
///
/// assert_eq!(size_of::<State<Digits, Adam>>(), 8 + 2 * size_of::<Digits>());
/// assert_eq!(size_of::<State<Digits, Sgd>>(), 8);
/// assert_eq!(STATE.lock().unwrap().steps(), 0);
/// ```
#[repr(C)]
#[doc(alias = "state_dict")]
pub struct State<N: Parameters, O: Optimizer> {
    steps: u64,
    kept: O::Kept<N>,
}

impl<N: Parameters, O: Optimizer> State<N, O> {
    /// Before the first step.
    pub const ZERO: Self = State { steps: 0, kept: blank::<N, O::Kept<N>>() };

    /// How many steps were taken.
    pub const fn steps(&self) -> u64 {
        self.steps
    }

    /// What is kept, each a value of the network's type.
    pub fn kept(&self) -> &[N] {
        self.kept.as_ref()
    }

    /// Back to before the first step.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::State;
    ///
    /// type Line = Network<Dense<U1, U1>, SquaredError>;
    /// let (mut net, mut grad, mut state) = (Line::ZERO, Line::ZERO, State::ZERO);
    /// grad.parameters_mut().fill(1.0);
    /// net.optimize(&grad, &Adam::new(0.1), &mut state);
    /// state.reset();
    /// assert_eq!((state.steps(), state.kept()[0].parameters()), (0, &[0.0, 0.0][..]));
    /// ```
    pub fn reset(&mut self) {
        self.steps = 0;
        self.kept.as_mut().iter_mut().for_each(|kept| kept.flat_mut().fill(N::Scalar::of(0.0)));
    }

    /// The count and what is kept, for a checkpoint to fill.
    #[cfg(feature = "checkpoint")]
    pub(crate) fn parts(&mut self) -> (&mut u64, &mut [N]) {
        (&mut self.steps, self.kept.as_mut())
    }
}

// A count, and an array of networks, since `Few` is sealed: zero bytes are their zeros.
#[cfg(feature = "alloc")]
crate::host::boxed! { [N: Parameters, O: Optimizer] State<N, O> { steps, kept; } }

impl<N: Parameters, O: Optimizer> fmt::Debug for State<N, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "State of {} after {} steps", O::NAME, self.steps)
    }
}

/// An optimiser's formula with the factors of a step.
struct Apply<O: Optimizer>(O::Factors);

impl<O: Optimizer> Clone for Apply<O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<O: Optimizer> Copy for Apply<O> {}

impl<O: Optimizer> Update for Apply<O> {
    type Kept<P> = O::Kept<P>;

    #[inline(always)]
    fn of<V: Real>(self, weight: V, slope: V, kept: &mut O::Kept<V>) -> V {
        O::change(self.0, weight, slope, kept)
    }
}

impl<L: Layers, E: Loss> Network<L, E> {
    /// One step of an optimiser by `grad`, which is ∂J/∂Θ of any samples.
    ///
    /// # Order
    ///
    /// Elementwise: none. The bits are the same at every [`Level`](crate::Level).
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::State;
    ///
    /// network! { type Net = 2 => Dense<8, Tanh> => Dense<1>, loss = SigmoidCrossEntropy; }
    /// let samples = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])];
    ///
    /// let (mut net, mut grad, mut tape) = (Net::ZERO, Net::GRADIENT, Net::TAPE);
    /// net.initialize(&Xavier, &mut Pcg32::new(1));
    /// let (adam, mut state) = (Adam::new(0.05), State::ZERO);
    /// for _ in 0..200 {
    ///     net.gradient(&samples, NoPenalty, &mut grad, &mut tape);
    ///     net.optimize(&grad, &adam, &mut state);
    /// }
    /// assert!(net.cost(&samples, NoPenalty) < 0.01);
    /// ```
    pub fn optimize<O: Optimizer>(&mut self, grad: &Self, optimizer: &O, state: &mut State<Self, O>) {
        self.optimize_at(grad, optimizer, 1.0, state);
    }

    /// [`optimize`](Network::optimize) at the optimiser's rate times `factor`, such as a
    /// [`Schedule`](crate::train::Schedule)'s.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::State;
    ///
    /// type Line = Network<Dense<U1, U1>, SquaredError>;
    /// let (mut net, mut grad, mut state) = (Line::ZERO, Line::ZERO, State::ZERO);
    /// grad.parameters_mut().copy_from_slice(&[1.0, -1.0]);
    /// net.optimize_at(&grad, &Sgd::new(0.5), 0.25, &mut state); // a quarter of the rate
    /// assert_eq!(net.parameters(), [-0.125, 0.125]);
    /// ```
    pub fn optimize_at<O: Optimizer>(&mut self, grad: &Self, optimizer: &O, factor: f64, state: &mut State<Self, O>) {
        state.steps = state.steps.saturating_add(1);
        let (step, kept) = (state.steps, &mut state.kept);
        let mut dice = if const { is_wide::<L::Scalar>() } { optimizer.dice(step) } else { None };
        Self::tensors(|t| {
            let share = optimizer.factor(&t);
            if share == 0.0 {
                return;
            }
            let now = Now { step, factor: factor * share, decays: t.penalised() };
            let mut values = kept.as_mut().iter_mut();
            let kept = O::Kept::<&mut [L::Scalar]>::make(|_| match values.next() {
                Some(value) => t.of_mut(value.flat_mut()),
                None => &mut [],
            });
            let rule = Apply::<O>(optimizer.factors(&now));
            match &mut dice {
                Some(rng) => stochastic::update(rule, t.of_mut(self.flat_mut()), t.of(grad.flat()), kept, rng),
                None => kernel::update(rule, t.of_mut(self.flat_mut()), t.of(grad.flat()), kept),
            }
        });
    }
}
