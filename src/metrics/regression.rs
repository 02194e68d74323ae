use core::fmt;

use crate::array::Plain;
use crate::layer::{InputOf, OutputOf};
use crate::loss::{Loss, Target};
use crate::math::Squares;
use crate::network::{Layers, Network, Samples};
use crate::scalar::Scalar;

/// The mean of the squared distances between predictions and targets, over all numbers of all samples.
///
/// # Equations
///
/// `1/n Σ (h − y)²`, and 0 for an empty set.
///
/// # Example
///
/// ```
/// use nanoprop::metrics::MeanSquaredError;
///
/// let mut error = MeanSquaredError::NEW;
/// error.add(&[1.0, 2.0], &[1.0, 4.0]);
/// error.add(&[0.0, 0.0], &[2.0, 0.0]);
/// assert_eq!((error.value(), error.root()), (2.0, 2.0_f64.sqrt()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanSquaredError {
    sum: Squares,
    count: u64,
}

impl MeanSquaredError {
    /// No samples yet.
    pub const NEW: Self = MeanSquaredError { sum: Squares::ZERO, count: 0 };

    /// Adds a prediction and its target, up to the length of the shorter.
    pub fn add<T: Scalar>(&mut self, h: &[T], y: &[T]) {
        for (h, y) in h.iter().zip(y) {
            let distance = h.to_f64() - y.to_f64();
            self.sum.add(distance, distance);
            self.count += 1;
        }
    }

    /// Adds a network's predictions for some samples.
    pub fn measure<L: Layers, E: Loss, S>(&mut self, net: &Network<L, E>, samples: &S)
    where
        S: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        let () = S::FITS;
        samples.each(|x, y| y.with_outputs(E::OUTPUTS, |y| self.add(net.predict(x).flat(), y)));
    }

    /// The mean squared error.
    pub fn value(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum.mean(self.count as f64) }
    }

    /// Its root, in the unit of the targets.
    pub fn root(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum.root_mean(self.count as f64) }
    }
}

/// The coefficient of determination of one number: the share of the targets' variance that predictions explain.
///
/// A network with several outputs needs one `R2` for each; their mean is scikit-learn's `uniform_average`.
///
/// # Equations
///
/// `R² = 1 − Σ (y − h)² / Σ (y − ȳ)²`, the denominator by Welford's updates, as in [`Moments`](crate::Moments). If all
/// targets are equal, R² is 1 if all predictions are right and 0 otherwise, as in scikit-learn. It is NaN for fewer than
/// two samples.
///
/// # Example
///
/// ```
/// use nanoprop::metrics::R2;
///
/// let mut r2 = R2::NEW;
/// [(1.0, 1.0), (2.0, 2.5), (3.0, 3.0), (4.0, 3.5)].iter().for_each(|&(h, y)| r2.add(h, y));
/// assert_eq!(r2.value(), 1.0 - 0.5 / 3.5);
/// assert_eq!(format!("{r2:.2}"), "0.86");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct R2 {
    count: u64,
    mean: f64,
    squares: Squares,
    residual: Squares,
}

impl R2 {
    /// No samples yet.
    pub const NEW: Self = R2 { count: 0, mean: 0.0, squares: Squares::ZERO, residual: Squares::ZERO };

    /// Adds a prediction and its target.
    pub fn add<T: Scalar>(&mut self, h: T, y: T) {
        let (h, y) = (h.to_f64(), y.to_f64());
        self.count += 1;
        let d = y - self.mean;
        self.mean += d / self.count as f64;
        self.squares.add(d, y - self.mean);
        self.residual.add(y - h, y - h);
    }

    /// Adds the predictions of a network with one output.
    pub fn measure<L: Layers, E: Loss, S>(&mut self, net: &Network<L, E>, samples: &S)
    where
        S: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        const {
            let one = OutputOf::<Network<L, E>>::COUNT == 1;
            assert!(one, "R2 is of one number: of several outputs, give each a value of its own and `measure_output`");
        }
        self.measure_output(0, net, samples);
    }

    /// Adds a network's predictions for one of its outputs, counted from 0. An index beyond the outputs adds nothing.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::metrics::R2;
    /// use nanoprop::prelude::*;
    ///
    /// let mut net = Network::<Dense<U1, U2>, SquaredError>::ZERO;
    /// net.parameters_mut().copy_from_slice(&[0.0, 0.0, 1.0, 0.0]); // x, and 0
    /// let samples = [([1.0], [1.0, 4.0]), ([2.0], [2.0, 6.0])];
    /// let mut score = R2::NEW;
    /// score.measure_output(0, &net, &samples);
    /// assert_eq!(score.value(), 1.0);
    /// ```
    pub fn measure_output<L: Layers, E: Loss, S>(&mut self, output: usize, net: &Network<L, E>, samples: &S)
    where
        S: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        let () = S::FITS;
        samples.each(|x, y| {
            y.with_outputs(E::OUTPUTS, |y| {
                if let (Some(&h), Some(&y)) = (net.predict(x).flat().get(output), y.get(output)) {
                    self.add(h, y);
                }
            });
        });
    }

    /// R², at most 1.
    pub fn value(&self) -> f64 {
        match (self.count, self.squares.is_zero(), self.residual.is_zero()) {
            (0..2, ..) => f64::NAN,
            (_, true, true) => 1.0,
            (_, true, false) if !self.residual.is_nan() => 0.0,
            _ => 1.0 - self.residual.over(self.squares),
        }
    }
}

/// Prints the mean squared error; a precision applies: `{:.3}`.
impl fmt::Display for MeanSquaredError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value(), f)
    }
}

/// Prints R²; a precision applies: `{:.3}`.
impl fmt::Display for R2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value(), f)
    }
}
