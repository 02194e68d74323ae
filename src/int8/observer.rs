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

/// How far a layer's outputs in integers are from those in floating point; what [`error`](crate::Quantized::error) measures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerError {
    /// The largest distance.
    pub largest: f64,
    /// The square root of the mean square of the distances.
    pub rms: f64,
    /// The step of the layer's outputs, below which no error can be expected.
    pub step: f32,
}
