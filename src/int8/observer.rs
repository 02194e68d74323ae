//! From numbers that were seen to a range.

use crate::scalar::Scalar;

/// How the range of a tensor is taken from samples.
///
/// # Example
///
/// ```
/// use nanoprop::int8::Observer;
/// use nanoprop::prelude::*;
/// use nanoprop::Quantized;
///
/// type Net = Network<Dense<U1, U1>, SquaredError>;
/// let mut net = Net::ZERO;
/// net.parameters_mut().copy_from_slice(&[0.0, 1.0]);
/// let mut samples: Vec<_> = (0..1000).map(|k| ([k as f32 / 1000.0], [0.0])).collect();
/// samples.push(([100.0], [0.0])); // one that is far out
///
/// let mut small = Quantized::<Net>::ZERO;
/// small.quantize(&net, &samples, Observer::MinMax);
/// assert_eq!(small.input().step(), 100.0 / 255.0);
/// small.quantize(&net, &samples, Observer::Percentile(99.0));
/// assert!(small.input().step() < 0.2 / 255.0 + 1.0 / 255.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Observer {
    /// From the least number to the greatest.
    MinMax,
    /// So many percent of the numbers: as many of the others are left out below as above, where a histogram of 2048 bins tells
    /// them apart.
    Percentile(f64),
    /// So that what 128 levels say of the numbers is as near as possible to what they are, by the divergence of Kullback and
    /// Leibler: numbers that are far out and rare are given up where this tells the others apart better.
    ///
    /// # Equations
    ///
    /// Of the magnitudes there is a histogram of 2048 bins. For each end t, from 128 bins on: P are the bins below t, with all
    /// that is above added to the last; Q the same bins below t joined to 128 levels and spread again evenly over the bins that
    /// are not empty. The end with the least `Σ P ln(P / Q)`, P and Q divided by their sums, is taken, and the range is what numbers have of −t … t.
    ///
    /// # Source
    ///
    /// S. Migacz, "8-bit inference with TensorRT", GPU Technology Conference 2017.
    Entropy,
}

/// How many bins a histogram has.
const BINS: usize = 2048;

impl Observer {
    /// The range of the numbers that `each` shows, one slice after the other, each time that it is called.
    pub(super) fn range<T: Scalar>(self, mut each: impl FnMut(&mut dyn FnMut(&[T]))) -> (f64, f64) {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        each(&mut |numbers| {
            for x in numbers.iter().map(|x| x.to_f64()).filter(|x| x.is_finite()) {
                low = if x < low { x } else { low };
                high = if x > high { x } else { high };
            }
        });
        match self {
            Observer::Percentile(percent) if low < high => percentile(percent, low, high, each),
            Observer::Entropy if low < high => {
                let end = entropy(if -low > high { -low } else { high }, each);
                (if low < -end { -end } else { low }, if high > end { end } else { high })
            }
            _ => (low, high),
        }
    }
}

/// The range without what is in the tails of a histogram.
fn percentile<T: Scalar>(percent: f64, low: f64, high: f64, mut each: impl FnMut(&mut dyn FnMut(&[T]))) -> (f64, f64) {
    let (mut bins, mut total) = ([0_u32; BINS], 0.0);
    let width = (high - low) / BINS as f64;
    each(&mut |numbers| {
        for x in numbers.iter().map(|x| x.to_f64()).filter(|x| x.is_finite()) {
            let bin = ((x - low) / width) as usize;
            bins.get_mut(bin.min(BINS - 1)).into_iter().for_each(|bin| *bin = bin.saturating_add(1));
            total += 1.0;
        }
    });
    let tail = total * (100.0 - percent) / 200.0;
    // How many bins hold no more than the tail, from an end.
    let empty = |bins: &mut dyn Iterator<Item = &u32>| {
        let mut sum = 0.0;
        bins.take_while(|&&n| {
            sum += f64::from(n);
            sum <= tail
        })
        .count()
    };
    let (below, above) = (empty(&mut bins.iter()), empty(&mut bins.iter().rev()));
    if below + above >= BINS {
        return (low, high);
    }
    (low + below as f64 * width, high - above as f64 * width)
}

/// Levels of a magnitude.
const LEVELS: usize = 128;

/// The end of the magnitudes, of which `most` is the largest, that loses the least.
fn entropy<T: Scalar>(most: f64, mut each: impl FnMut(&mut dyn FnMut(&[T]))) -> f64 {
    let mut bins = [0_u32; BINS];
    let width = most / BINS as f64;
    each(&mut |numbers| {
        for x in numbers.iter().map(|x| x.to_f64()).filter(|x| x.is_finite()) {
            let bin = (x.abs() / width) as usize;
            bins.get_mut(bin.min(BINS - 1)).into_iter().for_each(|bin| *bin = bin.saturating_add(1));
        }
    });
    let mut best = (f64::INFINITY, BINS);
    for end in LEVELS..=BINS {
        let (inside, outside) = bins.split_at(end);
        let lost = divergence(inside, outside.iter().map(|&n| f64::from(n)).sum());
        best = if lost < best.0 { (lost, end) } else { best };
    }
    best.1 as f64 * width
}

/// `Σ P ln(P / Q)` of these bins, the last of which has `above` more in P.
fn divergence(bins: &[u32], above: f64) -> f64 {
    let inside: f64 = bins.iter().map(|&n| f64::from(n)).sum();
    if inside <= 0.0 {
        return f64::INFINITY;
    }
    let (last, total) = (bins.len() - 1, inside + above);
    let place = |level: usize| level * bins.len() / LEVELS;
    let mut lost = 0.0;
    for level in 0..LEVELS {
        let from = place(level);
        let some = bins.get(from..place(level + 1)).unwrap_or_default();
        let filled = some.iter().filter(|&&n| n > 0).count() as f64;
        let even = some.iter().map(|&n| f64::from(n)).sum::<f64>() / filled;
        for (k, &n) in some.iter().enumerate() {
            let p = f64::from(n) + if from + k == last { above } else { 0.0 };
            if p > 0.0 {
                // An empty bin in which numbers from above are: Q has nothing there.
                let q = if n > 0 { even } else { return f64::INFINITY };
                lost += p / total * crate::math::ln((p / total) / (q / inside));
            }
        }
    }
    lost
}

/// How far a layer's outputs in integers are from those in floating point; what [`error`](crate::Quantized::error) measures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerError {
    /// The layer's name.
    pub layer: &'static str,
    /// The largest distance.
    pub largest: f64,
    /// The square root of the mean square of the distances.
    pub rms: f64,
    /// The step of the layer's outputs, below which no error can be expected; 0 in floating point.
    pub step: f32,
    /// The share of the outputs in floating point that are beyond the range of the integers, by a step or more: 0 to 1.
    pub beyond: f64,
}
