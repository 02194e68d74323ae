//! Whether a machine computes what the crate promises: checks for the boot of a device.
//!
//! A broken floating-point unit, a compiler flag, a mode of the processor or a bit that fell over in flash are not seen
//! by a network: it goes on, and is wrong. [`self_test`] is of the machine and of what is common to all networks;
//! [`check_weights`](Network::check_weights), [`check_errors`](Network::check_errors) and
//! [`check_step`](Network::check_step) are of one network, as it is linked. All have the same result on every sound
//! target: what passes on a desk fails on a device for a reason.

use core::fmt;
use core::hint::black_box;

use crate::activation::Tanh;
use crate::array::{ArrayLike, Plain};
use crate::layer::{Cue, Dense, Fnv, InputOf, Layer, OutputOf, Parameters, Role, Tape, TapeOf, errors_of_one};
use crate::loss::{Loss, SigmoidCrossEntropy, Target};
use crate::math::{exp, ln_1p, sigmoid, tanh};
use crate::network::{Layers, Network};
use crate::scalar::{Real, Scalar};
use crate::width::{U2, U3, U4};

/// Tries the arithmetic of `f32`, the elementary functions, and a small training, whose bits are known.
///
/// It takes some 9,000 instructions on x86-64, and needs no network. What it finds:
///
/// - another rounding than to nearest, subnormal numbers that are taken for 0 or made 0: modes of a processor;
/// - products and sums that are fused, sums in another order, divisions by way of a reciprocal: flags of a compiler;
/// - functions and kernels that give other bits.
///
/// # Errors
///
/// What is wrong, the first in the order of [`SelfTestError`].
///
/// # Example
///
/// ```
/// assert_eq!(nanoprop::self_test(), Ok(()));
/// ```
pub fn self_test() -> Result<(), SelfTestError> {
    Machine::SOUND.check()?;
    functions(tanh)?;
    training(START)
}

/// The operations of a machine: a field each, so that a test can plant wrong ones.
#[derive(Clone, Copy)]
struct Machine {
    add: fn(f32, f32) -> f32,
    multiply: fn(f32, f32) -> f32,
    divide: fn(f32, f32) -> f32,
    /// a · b + c
    multiply_add: fn(f32, f32, f32) -> f32,
    /// (a + b) − a
    difference: fn(f32, f32) -> f32,
}

impl Machine {
    const SOUND: Machine = Machine {
        add: |a, b| a + b,
        multiply: |a, b| a * b,
        divide: |a, b| a / b,
        multiply_add: |a, b, c| a * b + c,
        difference: |a, b| (a + b) - a,
    };

    fn check(self) -> Result<(), SelfTestError> {
        use SelfTestError as Error;
        let f = f32::from_bits;
        let two = |operation: fn(f32, f32) -> f32, a, b| black_box(operation)(black_box(a), black_box(b)).to_bits();
        // Bits of 1, and of the numbers that follow it.
        let one = 1.0_f32.to_bits();
        // Ties to the even number, below and above, and of a negative number; then no ties.
        let rounds = two(self.add, 1.0, f(0x3380_0000)) == one
            && two(self.add, 1.0, f(0x3440_0000)) == one + 2
            && two(self.add, -1.0, f(0xb440_0000)) == (one + 2) | 1 << 31
            && two(self.multiply, f(one + 1), f(one + 1)) == one + 2
            && two(self.divide, 1.0, 3.0) == 0x3eaa_aaab
            && two(self.divide, -1.0, 3.0) == 0xbeaa_aaab
            && two(self.divide, 1.0, 7.0) == 0x3e12_4925;
        // The largest subnormal's half from a normal one, and sums of the smallest.
        let subnormal = two(self.multiply, f32::MIN_POSITIVE, 0.5) == 0x0040_0000
            && two(self.add, f(1), f(1)) == 2
            && two(self.multiply, f(1), 8_388_608.0) == f32::MIN_POSITIVE.to_bits();
        // (1 + 2⁻¹²)² = 1 + 2⁻¹¹ + 2⁻²⁴, of which a rounded product keeps no 2⁻²⁴.
        let factor = black_box(f(one + (1 << 11)));
        let apart = black_box(self.multiply_add)(factor, factor, black_box(-f(one + (1 << 12)))) == 0.0;
        // 2²⁴ + 1 is no number of f32; 5 · (1/49) is not 5/49; +0 and −0 are two; a NaN is not itself.
        let strict = two(self.difference, 16_777_216.0, 1.0) == 0
            && two(self.divide, RECIPROCAL.0, RECIPROCAL.1) == RECIPROCAL.2
            && two(self.multiply, 0.0, -1.0) == 1 << 31
            && two(self.add, -0.0, 0.0) == 0
            && !is_itself(black_box(f32::NAN));
        match () {
            () if !rounds => Err(Error::Rounding),
            () if !subnormal => Err(Error::Subnormals),
            () if !apart => Err(Error::Contraction),
            () if !strict => Err(Error::Reordered),
            () => Ok(()),
        }
    }
}

#[allow(clippy::eq_op, reason = "that a NaN is not is what is asked")]
fn is_itself(x: f32) -> bool {
    x == x
}

/// A quotient that is another by way of a reciprocal: dividend, divisor and bits.
const RECIPROCAL: (f32, f32, u32) = (5.0, 49.0, 0x3dd0_fac7);

/// Bits of elementary functions at some places, hashed; `tanh` is an argument for the tests.
fn functions(tanh: fn(f32) -> f32) -> Result<(), SelfTestError> {
    let mut hash = Fnv::new();
    for x in black_box([-90.0_f32, -9.5, -1.25, -0.4, -1e-4, 0.3, 0.7, 1.9, 5.5, 17.0, 88.5]) {
        for y in [exp(x), tanh(x), sigmoid(x), ln_1p(x.abs()), Real::sqrt(x.abs())] {
            hash = hash.number64(y.to_bits() as u64);
        }
    }
    if hash.0 == FUNCTIONS { Ok(()) } else { Err(SelfTestError::Functions) }
}

const FUNCTIONS: u64 = 0xe5d9_5db0_6759_21e0;

/// A few steps of a small network, hashed; `start` is its first weight in 64ths.
fn training(start: i16) -> Result<(), SelfTestError> {
    type Net = Network<(Dense<U3, U4, Tanh>, Dense<U4, U2>), SigmoidCrossEntropy>;
    let (mut net, mut tape) = (Net::ZERO, Net::TAPE);
    for (i, weight) in (0..).zip(net.parameters_mut()) {
        *weight = (((start + 37 * i) & 63) - 32) as f32 / 64.0;
    }
    let samples = [([0.5, -1.0, 0.25], [1.0, 0.0]), ([-0.75, 0.5, 1.0], [0.0, 1.0]), ([0.1, 0.2, 0.3], [0.5, 0.25])];
    for (x, y) in black_box(&samples).iter().cycle().take(12) {
        net.descend(x, y, 0.5, &mut tape);
    }
    let hash = net.parameters().iter().fold(Fnv::new(), |hash, w| hash.number64(w.to_bits() as u64));
    if hash.0 == TRAINED { Ok(()) } else { Err(SelfTestError::Training) }
}

const START: i16 = 5;
const TRAINED: u64 = 0x740b_69e0_1275_39fc;

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
    /// pass, its loss, and the errors of all its layers. For weights in flash too.
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
        let (mut x, mut dx) = (x.view().clone(), InputOf::<Self>::ZERO);
        tape.cue(Cue::Predict, 0);
        self.record(&x, tape);
        Self::delta(y, tape, |_, _, _| ());
        errors_of_one(self, &x, tape, &mut dx);
        for index in (0..INPUTS).map(|k| k * InputOf::<Self>::COUNT / INPUTS) {
            let slope = dx.flat().get(index).copied().unwrap_or(L::Scalar::ZERO);
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
        scatter(x.flat_mut(), 0);
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
            self.descend(x, y, rate, tape);
            let after = self.flat().get(index).copied().unwrap_or(L::Scalar::ZERO);
            range.check(index, (before - after) / rate)?;
        }
        Ok(())
    }
}

/// Numbers in ±2^−shift, the same each time.
fn scatter<T: Scalar>(values: &mut [T], shift: i32) {
    let scale = T::pow2(T::from_f64(-(15 + shift) as f64));
    for (i, value) in (1_u32..).zip(values) {
        let number = (i.wrapping_mul(0x9e37_79b1) >> 16) as i32 - (1 << 15);
        *value = scale * T::from_f64(number as f64);
    }
}

/// Where a slope of J lies.
struct Range<T> {
    low: T,
    high: T,
    slack: T,
}

impl<T: Scalar> Range<T> {
    /// Between the differences of J, by number `index` of `v`.
    fn of<V: Plain<Scalar = T>>(v: &mut V, index: usize, cost: impl Fn(&V) -> T) -> Range<T> {
        let at = v.flat().get(index).copied().unwrap_or(T::ZERO);
        let h = T::of(1.0 / 128.0) * at.abs().max(T::ONE);
        let mut moved = |number: T| {
            v.flat_mut().iter_mut().skip(index).take(1).for_each(|v| *v = number);
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

/// What a self-test found.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum SelfTestError {
    /// Sums, products or quotients are not rounded to the nearest number.
    Rounding,
    /// Subnormal numbers are taken for 0 or made 0.
    Subnormals,
    /// A product and a sum are rounded once, as one operation.
    Contraction,
    /// Operations are not those that the program names, as with a compiler's flags for fast arithmetic.
    Reordered,
    /// An elementary function gives other bits.
    Functions,
    /// Forward pass, backward pass or step of a small network give other bits.
    Training,
    /// The weights are not those that they were.
    Weights,
    /// A slope of J is not what J's differences say.
    Gradient {
        /// Which number of the input, or of the flat slice of parameters.
        index: usize,
        /// The slope.
        found: f32,
        /// The smaller difference.
        low: f32,
        /// The larger difference.
        high: f32,
    },
}

impl fmt::Display for SelfTestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rounding => f.write_str("f32 is not rounded to the nearest"),
            Self::Subnormals => f.write_str("subnormal numbers are flushed to zero"),
            Self::Contraction => f.write_str("products and sums are fused"),
            Self::Reordered => f.write_str("arithmetic is not done as it is written"),
            Self::Functions => f.write_str("an elementary function gives other bits"),
            Self::Training => f.write_str("training gives other bits"),
            Self::Weights => f.write_str("the weights have changed"),
            Self::Gradient { index, found, low, high } => {
                write!(f, "the slope by number {index} is {found}, but differences say {low} to {high}")
            }
        }
    }
}

impl core::error::Error for SelfTestError {}

#[cfg(test)]
mod tests;
