//! A network's derivatives, as it is linked, against differences of its cost.

#[cfg(feature = "checkpoint")]
use core::hint::black_box;

use super::SelfTestError;
use crate::array::{ArrayLike, Plain};
use crate::layer::{Batch, Cue, InputOf, Layer, OutputOf, Parameters, Role, Tape, TapeOf, errors_of_one};
use crate::loss::{Loss, Target};
use crate::network::{Layers, Network};
use crate::scalar::{Number, Real, Scalar, power_of_two};

/// How many inputs are tried, and parameters of each tensor.
const INPUTS: usize = 8;
const PER_TENSOR: usize = 2;

/// # Differences
///
/// [`check_errors`](Network::check_errors) and [`check_step`](Network::check_step) compare a slope with
/// `l = (J(v) − J(v − h)) / h` and `r = (J(v + h) − J(v)) / h`, for `h = 2⁻⁷ max(1, |v|)`: it lies between the two
/// where J is convex or concave over 2h, also if there is a kink, as a ReLU has. They allow `2⁻¹⁰ max(1, |J|)` more on
/// both sides. That is four times what rounding does: J of a few layers is wrong by 16 units of 2⁻²⁴ at most, which
/// `2/h` makes `2⁻¹² max(1, |J|)`; and where J bends both ways, l or r are off by `h²/6 |J‴| ≈ 10⁻⁵ |J‴|`.
impl<L: Layers, E: Loss> Network<L, E> {
    /// Checks that the weights have this [`digest`](Network::digest): a constant of a [`load!`](crate::load)ed network,
    /// or what was noted when they were saved.
    ///
    /// # Errors
    ///
    /// [`Weights`](SelfTestError::Weights).
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// type Net = Network<Dense<U2, U1>, SquaredError>;
    /// static NET: Net = Net::ZERO; // or load!(Net, "net.nprp")
    /// const DIGEST: u64 = NET.digest();
    /// assert_eq!(NET.check_weights(DIGEST), Ok(()));
    /// ```
    #[cfg(feature = "checkpoint")]
    pub fn check_weights(&self, digest: u64) -> Result<(), SelfTestError> {
        // Or else the compiler computes it.
        if black_box(self).digest() == digest { Ok(()) } else { Err(SelfTestError::Weights) }
    }

    /// Checks some of ∂J/∂x of one sample against differences of J, by the network's weights as they are: its forward
    /// pass, its loss, and the errors of all its layers. For weights in flash too. A network that reads classes has no
    /// ∂J/∂x, and passes.
    ///
    /// # Memory
    ///
    /// The tape; two inputs on the stack.
    ///
    /// # Errors
    ///
    /// [`Gradient`](SelfTestError::Gradient).
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::OutOfRange;
    ///
    /// network! { type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy; }
    /// let (mut net, mut tape) = (Digits::ZERO, Digits::TAPE);
    /// net.initialize(&Xavier, &mut Pcg32::new(1));
    /// assert_eq!(net.check_errors(&[0.5; 64], &Class::<U10>::new(7)?, &mut tape), Ok(()));
    /// # Ok::<(), OutOfRange>(())
    /// ```
    pub fn check_errors<X: ArrayLike<InputOf<Self>>, Y: Target<OutputOf<Self>>>(
        &self,
        x: &X,
        y: &Y,
        tape: &mut TapeOf<Self>,
    ) -> Result<(), SelfTestError> {
        let ((), ()) = (X::FITS, Y::FITS);
        if <InputOf<Self> as Plain>::Scalar::CLASS {
            return Ok(());
        }
        let (mut x, mut dx) = (x.view().clone(), InputOf::<Self>::ZERO);
        tape.cue(Cue::Predict, 0);
        self.record(&x, tape);
        Self::delta(y, tape, |_, _, _| ());
        errors_of_one(self, &x, tape, Some(&mut dx));
        for index in (0..INPUTS).map(|k| k * InputOf::<Self>::COUNT / INPUTS) {
            let slope = dx.flat().get(index).map_or(L::Scalar::ZERO, |&slope| number(slope));
            let range = Range::of(&mut x, index, |x| self.loss(x, y));
            range.check(index, slope)?;
        }
        Ok(())
    }

    /// Checks the step that [`descend`](Network::descend) takes against differences of J, two parameters of each tensor:
    /// forward and backward passes of the network as it is linked.
    ///
    /// For a network that learns, before its weights are there: they are overwritten, and 0 at the end. Input, target
    /// and weights of the check are numbers of its own, the same each time.
    ///
    /// # Memory
    ///
    /// The tape; an input and an output on the stack.
    ///
    /// # Errors
    ///
    /// [`Gradient`](SelfTestError::Gradient).
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy; }
    /// let (mut net, mut tape) = (Digits::ZERO, Digits::TAPE);
    /// assert_eq!(net.check_step(&mut tape), Ok(()));
    /// net.initialize(&Xavier, &mut Pcg32::new(1));
    /// ```
    pub fn check_step(&mut self, tape: &mut TapeOf<Self>) -> Result<(), SelfTestError> {
        let (mut x, mut y) = (InputOf::<Self>::ZERO, OutputOf::<Self>::ZERO);
        for (i, x) in x.flat_mut().iter_mut().enumerate() {
            *x = number(scattered::<L::Scalar>(i as u32, 0));
        }
        y.flat_mut().fill(L::Scalar::ONE / L::Scalar::from_f64(OutputOf::<Self>::COUNT as f64));
        let result = self.check_steps(&x, &y, tape);
        self.flat_mut().fill(L::Scalar::ZERO);
        result
    }

    fn check_steps(
        &mut self,
        x: &InputOf<Self>,
        y: &OutputOf<Self>,
        tape: &mut TapeOf<Self>,
    ) -> Result<(), SelfTestError> {
        let rate = L::Scalar::of(0.25);
        for check in 0.. {
            let mut found = None;
            let mut first = 0;
            Self::tensors(|t| {
                if (first..first + PER_TENSOR).contains(&check) {
                    found = Some(t.start + (check - first + 1) * t.shape.count() / (PER_TENSOR + 1));
                }
                first += PER_TENSOR;
                // Outputs neither vanish nor saturate where a tensor sums up many inputs.
                let inputs = if let Role::Weight { fan_in, .. } = t.role { fan_in } else { 1 };
                scatter(t.of_mut(self.flat_mut()), (inputs.max(1).ilog2() / 2) as i32);
            });
            let Some(index) = found else { break };
            let range = Range::of(self, index, |net| net.loss(x, y));
            let before = self.flat().get(index).copied().unwrap_or(L::Scalar::ZERO);
            // As `descend` does, but that a `Dropout` leaves nothing out, as in the cost.
            tape.cue(Cue::Predict, 0);
            self.record(x, tape);
            Self::delta(y, tape, |_, _, _| ());
            Batch::descend(self, x, tape, rate, None);
            let after = self.flat().get(index).copied().unwrap_or(L::Scalar::ZERO);
            range.check(index, (before - after) / rate)?;
        }
        Ok(())
    }
}

/// Numbers in ±2^−shift, the same each time.
fn scatter<T: Scalar>(values: &mut [T], shift: i32) {
    for (i, value) in (0..).zip(values) {
        *value = scattered(i, shift);
    }
}

/// Number `i` of those.
fn scattered<T: Scalar>(i: u32, shift: i32) -> T {
    let number = (i.wrapping_add(1).wrapping_mul(0x9e37_79b1) >> 16) as i32 - (1 << 15);
    T::from_f64(f64::from(number) * power_of_two(-i64::from(15 + shift)))
}

/// A number as one of another kind.
fn number<A: Number, B: Number>(number: A) -> B {
    B::from_f64(number.to_f64())
}

/// Where a slope of J lies.
struct Range<T> {
    low: T,
    high: T,
    slack: T,
}

impl<T: Scalar> Range<T> {
    /// Between the differences of J, by number `index` of `v`.
    fn of<V: Plain>(v: &mut V, index: usize, cost: impl Fn(&V) -> T) -> Range<T> {
        let at: T = v.flat().get(index).map_or(T::ZERO, |&v| number(v));
        let h = T::of(1.0 / 128.0) * at.abs().max(T::ONE);
        let mut moved = |to: T| {
            v.flat_mut().iter_mut().skip(index).take(1).for_each(|v| *v = number(to));
            cost(v)
        };
        let (below, above, here) = (moved(at - h), moved(at + h), moved(at));
        let (left, right) = ((here - below) / h, (above - here) / h);
        let slack = T::of(1.0 / 1024.0) * here.abs().max(T::ONE);
        Range { low: left.min(right), high: left.max(right), slack }
    }

    fn check(&self, index: usize, slope: T) -> Result<(), SelfTestError> {
        // So that a NaN is refused.
        if self.low - self.slack <= slope && slope <= self.high + self.slack {
            Ok(())
        } else {
            let [found, low, high] = [slope, self.low, self.high].map(|number| number.to_f64() as f32);
            Err(SelfTestError::Gradient { index, found, low, high })
        }
    }
}
