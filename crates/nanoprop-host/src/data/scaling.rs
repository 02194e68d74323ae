use std::fmt;
use std::str::FromStr;

use nanoprop::{ArrayLike, Dense, Identity, Plain, Scalar, Vector, Width};

use super::DataError;
use super::error::cut;

/// Targets with a mean of 0 and a deviation of 1: what a regression learns best, and the way back.
///
/// # Equations
///
/// `y′ = (y − μ) / σ` for each of the `M` targets, with σ the deviation, over m; σ = 1 where all are equal. Back:
/// `h = μ + σ h′`. After the training, [`fold`](Scaling::fold) gives the way back to the network: `W ← W σ`,
/// `b ← b σ + μ` of the last layer, so that it predicts in the units of the data, and a checkpoint has all of it.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop_host::data::Scaling;
///
/// network! { type Net = 1 => Dense<3, Tanh> => Dense<1>, loss = SquaredError; }
/// let prices = [[100_000.0_f32], [300_000.0]];
/// let scaling = Scaling::of(&prices);
/// assert_eq!(scaling.scale(&prices[1]), [1.0]);
/// assert_eq!(scaling.unscale(&[1.0_f32]), [300_000.0]);
///
/// let mut net = Net::ZERO; // trained on `scaling.scale(&y)`
/// net.initialize(&Xavier, &mut Pcg32::new(1));
/// let before = scaling.unscale(&net.predict(&[0.5]).into_array());
/// scaling.fold(net.layers_mut().1);
/// assert!((net.predict(&[0.5])[0] - before[0]).abs() < 0.1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[doc(alias("StandardScaler", "TransformedTargetRegressor"))]
pub struct Scaling<const M: usize> {
    mean: [f64; M],
    deviation: [f64; M],
}

impl<const M: usize> Scaling<M> {
    /// Of some targets: those that are learned from.
    pub fn of<T: Scalar>(targets: &[[T; M]]) -> Scaling<M> {
        let count = targets.len().max(1) as f64;
        let (mut mean, mut deviation) = ([0.0; M], [1.0; M]);
        for (k, (mean, deviation)) in mean.iter_mut().zip(&mut deviation).enumerate() {
            let column = || targets.iter().map(|target| target[k].to_f64());
            *mean = self::mean(column());
            let largest = column().map(|y| (y - *mean).abs()).fold(0.0, f64::max);
            // What is left of equal numbers is rounding.
            if largest > mean.abs() * 1e-12 {
                *deviation = largest * column().map(|y| ((y - *mean) / largest).powi(2) / count).sum::<f64>().sqrt();
            }
        }
        Scaling { mean, deviation }
    }

    /// A target as it is learned.
    pub fn scale<T: Scalar>(&self, y: &[T; M]) -> [T; M] {
        std::array::from_fn(|k| T::from_f64((y[k].to_f64() - self.mean[k]) / self.deviation[k]))
    }

    /// A prediction of what is learned, in the units of the data.
    pub fn unscale<T: Scalar>(&self, h: &[T; M]) -> [T; M] {
        std::array::from_fn(|k| T::from_f64(self.mean[k] + self.deviation[k] * h[k].to_f64()))
    }

    /// Makes a network whose last layer this is predict in the units of the data.
    pub fn fold<In: Width, Out: Width, T: Scalar>(&self, layer: &mut Dense<In, Out, Identity, T>)
    where
        [f64; M]: ArrayLike<Vector<Out, f64>>,
    {
        let () = <[f64; M] as ArrayLike<Vector<Out, f64>>>::FITS;
        let (bias, weights) = layer.flat_mut().split_at_mut(M);
        for (k, b) in bias.iter_mut().enumerate() {
            *b = T::from_f64(self.mean[k] + self.deviation[k] * b.to_f64());
        }
        for row in weights.chunks_mut(M) {
            for (w, deviation) in row.iter_mut().zip(&self.deviation) {
                *w = T::from_f64(w.to_f64() * deviation);
            }
        }
    }
}

/// The mean of some numbers, 0 of none: their sum in their order, over their count; where the sum overflows, the sum of their
/// shares.
pub(super) fn mean(numbers: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = numbers.clone().count().max(1) as f64;
    let sum: f64 = numbers.clone().sum();
    if sum.is_finite() {
        sum / count
    } else {
        numbers.map(|number| number / count).sum::<f64>().clamp(f64::MIN, f64::MAX)
    }
}

/// A line for each target, `mean deviation`.
impl<const M: usize> fmt::Display for Scaling<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.mean.iter().zip(&self.deviation).try_for_each(|(mean, deviation)| writeln!(f, "{mean:?} {deviation:?}"))
    }
}

impl<const M: usize> FromStr for Scaling<M> {
    type Err = DataError;

    fn from_str(text: &str) -> Result<Scaling<M>, DataError> {
        let mut scaling = Scaling { mean: [0.0; M], deviation: [1.0; M] };
        let wrong = |line: u64, problem: String| DataError::new("scaling".as_ref(), problem).line(line);
        if text.lines().count() != M {
            return Err(wrong(
                1,
                format!("expected {M} lines of a mean and a deviation, found {}", text.lines().count()),
            ));
        }
        for (k, line) in text.lines().enumerate() {
            let numbers: Option<Vec<f64>> = line.split_whitespace().map(|word| word.parse().ok()).collect();
            match numbers.as_deref() {
                Some(&[mean, deviation]) if mean.is_finite() && deviation.is_finite() && deviation > 0.0 => {
                    (scaling.mean[k], scaling.deviation[k]) = (mean, deviation);
                }
                _ => {
                    return Err(wrong(k as u64 + 1, format!("expected a mean and a deviation, found `{}`", cut(line))));
                }
            }
        }
        Ok(scaling)
    }
}
