//! How a network starts: random weights, the same on every target.
//!
//! [`Xavier`] for sigmoid, tanh and softmax; [`He`] for ReLU and its like; [`LeCun`] for tanh and normalised inputs;
//! [`Uniform`] by a bound of one's own; [`Course`] is the course's, within ±ε. Biases start at 0, but for the course's.

mod pcg32;

pub use pcg32::Pcg32;

use crate::layer::{Role, Tensor};
use crate::scalar::{Real, Scalar};

/// A source of random bits.
///
/// [`Pcg32`] is one; with the feature `rand`, so is every generator of the `rand` crates.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// /// A device's own source, here one that counts.
/// struct Counter(u32);
///
/// impl Random for Counter {
///     fn bits(&mut self) -> u32 {
///         self.0 = self.0.wrapping_add(0x9e37_79b9);
///         self.0
///     }
/// }
///
/// let mut net = Network::<Dense<U2, U1>, SquaredError>::ZERO;
/// net.initialize(&Xavier, &mut Counter(0));
/// assert_ne!(net.parameters()[1], net.parameters()[2]);
/// ```
pub trait Random {
    /// 32 random bits.
    fn bits(&mut self) -> u32;

    /// 64 random bits: by default the first 32 below, the second above.
    #[inline]
    fn bits64(&mut self) -> u64 {
        let low = self.bits() as u64;
        low | (self.bits() as u64) << 32
    }
}

#[cfg(feature = "rand")]
impl<R: rand_core::Rng> Random for R {
    #[inline]
    fn bits(&mut self) -> u32 {
        self.next_u32()
    }

    #[inline]
    fn bits64(&mut self) -> u64 {
        self.next_u64()
    }
}

/// How the weights of a network are drawn.
///
/// An initialiser sees one tensor at a time, with its role and fans.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Initializer, Role, Tensor};
///
/// /// Weights of ±1/√in by a coin, biases 0.
/// struct Signs;
///
/// impl Initializer for Signs {
///     fn fill<T: Scalar>(&self, tensor: &Tensor, values: &mut [T], rng: &mut impl Random) {
///         let Role::Weight { fan_in, .. } = tensor.role else { return };
///         let size = T::of(1.0 / (fan_in as f64).sqrt());
///         values.iter_mut().for_each(|w| *w = if rng.bits() >> 31 == 0 { size } else { -size });
///     }
/// }
///
/// type Net = Network<Dense<U4, U2>, SquaredError>;
/// let mut net = Net::ZERO;
/// net.initialize(&Signs, &mut Pcg32::new(1));
/// assert_eq!(net.parameters()[..2], [0.0, 0.0]);
/// assert!(net.parameters()[2..].iter().all(|w| w.abs() == 0.5));
/// ```
pub trait Initializer {
    /// Fills `values`, the numbers of `tensor`.
    fn fill<T: Scalar>(&self, tensor: &Tensor, values: &mut [T], rng: &mut impl Random);
}

/// For sigmoid and tanh: keeps the variance of values and of errors alike, from layer to layer.
///
/// # Equations
///
/// Weights uniform in `±√6 / √(in + out)`, biases 0.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// let mut net = Network::<Dense<U100, U50, Tanh>, SquaredError>::ZERO;
/// net.initialize(&Xavier, &mut Pcg32::new(7));
/// let largest = net.parameters().iter().fold(0.0, |m: f32, w| m.max(w.abs()));
/// assert!((0.199..=0.2).contains(&largest)); // √6 / √150 = 0.2
/// assert_eq!(net.theta(1, 1, 0), Some(0.0));
/// ```
///
/// # Source
///
/// X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks",
/// AISTATS 2010.
#[derive(Clone, Copy, Debug)]
pub struct Xavier;

/// For ReLU and its kin.
///
/// # Equations
///
/// Weights uniform in `±√(6 / in)`, biases 0.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// let mut net = Network::<Dense<U64, U32>, SquaredError>::ZERO;
/// net.initialize(&He, &mut Pcg32::new(1));
/// let variance = net.parameters()[32..].iter().map(|w| w * w).sum::<f32>() / (64.0 * 32.0);
/// assert!((variance - 2.0 / 64.0).abs() < 0.002);
/// ```
///
/// # Source
///
/// K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV 2015.
#[derive(Clone, Copy, Debug)]
pub struct He;

/// Outputs as varied as inputs.
///
/// # Equations
///
/// Weights uniform in `±√(3 / in)`, biases 0.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::LeCun;
///
/// let mut net = Network::<Dense<U64, U32>, SquaredError>::ZERO;
/// net.initialize(&LeCun, &mut Pcg32::new(1));
/// let variance = net.parameters()[32..].iter().map(|w| w * w).sum::<f32>() / (64.0 * 32.0);
/// assert!((variance - 1.0 / 64.0).abs() < 0.001);
/// ```
///
/// # Source
///
/// Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, "Efficient BackProp", 1998.
#[derive(Clone, Copy, Debug)]
pub struct LeCun;

/// Weights and biases uniform in `±ε`.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Uniform;
///
/// let mut net = Network::<Dense<U4, U2>, SquaredError>::ZERO;
/// net.initialize(&Uniform(0.1), &mut Pcg32::new(1));
/// assert!(net.parameters().iter().all(|w| w.abs() <= 0.1));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Uniform(
    /// ε.
    pub f64,
);

/// Weights and biases uniform in `±ε` with the course's `ε = √6 / √(in + out)` of their layer.
///
/// The limits of [`Xavier`], but for the bias, which is drawn too, as the classic exercise does.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Course;
///
/// let mut net = Network::<Dense<U4, U2>, SquaredError>::ZERO;
/// net.initialize(&Course, &mut Pcg32::new(1));
/// assert!(net.parameters().iter().all(|w| w.abs() <= 1.0 && *w != 0.0)); // ε = √6 / √(4 + 2)
/// ```
///
/// # Source
///
/// A. Ng, "Machine Learning", exercise 4, section 2.2.
#[derive(Clone, Copy, Debug)]
pub struct Course;

impl Initializer for Xavier {
    fn fill<T: Scalar>(&self, tensor: &Tensor, values: &mut [T], rng: &mut impl Random) {
        by_fans(tensor, values, rng, |fan_in, fan_out| 6.0 / (fan_in + fan_out));
    }
}

impl Initializer for He {
    fn fill<T: Scalar>(&self, tensor: &Tensor, values: &mut [T], rng: &mut impl Random) {
        by_fans(tensor, values, rng, |fan_in, _| 6.0 / fan_in);
    }
}

impl Initializer for LeCun {
    fn fill<T: Scalar>(&self, tensor: &Tensor, values: &mut [T], rng: &mut impl Random) {
        by_fans(tensor, values, rng, |fan_in, _| 3.0 / fan_in);
    }
}

impl Initializer for Uniform {
    fn fill<T: Scalar>(&self, tensor: &Tensor, values: &mut [T], rng: &mut impl Random) {
        match tensor.role {
            Role::Weight { .. } | Role::Bias { .. } => uniform(self.0, values, rng),
            Role::Gain => values.fill(T::ONE),
            Role::Statistic => {}
        }
    }
}

impl Initializer for Course {
    fn fill<T: Scalar>(&self, tensor: &Tensor, values: &mut [T], rng: &mut impl Random) {
        match tensor.role {
            Role::Weight { fan_in, fan_out } | Role::Bias { fan_in, fan_out } => {
                uniform(Real::sqrt(6.0 / (fan_in + fan_out) as f64), values, rng);
            }
            Role::Gain => values.fill(T::ONE),
            Role::Statistic => {}
        }
    }
}

/// Weights uniform in ±√square(in, out), biases 0, gains 1.
fn by_fans<T: Scalar>(tensor: &Tensor, values: &mut [T], rng: &mut impl Random, square: impl Fn(f64, f64) -> f64) {
    match tensor.role {
        Role::Weight { fan_in, fan_out } => {
            uniform(Real::sqrt(square(fan_in as f64, fan_out as f64)), values, rng);
        }
        Role::Bias { .. } => values.fill(T::ZERO),
        Role::Gain => values.fill(T::ONE),
        Role::Statistic => {}
    }
}

/// values ← limit · (2u − 1), with u in [0, 1) of as many random bits as the scalar has digits; of 24 in fixed point.
fn uniform<T: Scalar>(limit: f64, values: &mut [T], rng: &mut impl Random) {
    let limit = T::from_f64(limit);
    for value in values {
        let u = match T::DIGITS {
            24 => T::from_f64((rng.bits() >> 8) as f64) * T::of(1.0 / (1_u64 << 24) as f64),
            53 => T::from_f64((rng.bits64() >> 11) as f64) * T::of(1.0 / (1_u64 << 53) as f64),
            // In fixed point 2²⁴ is beyond: the numbers of f32, rounded.
            _ => T::from_f64((rng.bits() >> 8) as f64 * (1.0 / (1_u64 << 24) as f64)),
        };
        *value = limit * (T::of(2.0) * u - T::ONE);
    }
}
