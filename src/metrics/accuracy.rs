use core::fmt;

use super::{labelled, ratio};
use crate::array::Plain;
use crate::layer::{InputOf, OutputOf};
use crate::loss::Loss;
use crate::network::{Layers, Network, Samples, check_classes};
use crate::scalar::Scalar;

/// The share of samples that were classified correctly.
///
/// # Example
///
/// ```
/// use nanoprop::metrics::Accuracy;
///
/// let mut accuracy = Accuracy::NEW;
/// [(1, 1), (2, 0), (0, 0), (3, 3)].iter().for_each(|&(class, found)| accuracy.add(class, found));
/// assert_eq!((accuracy.hits(), accuracy.samples(), accuracy.value()), (3, 4, 0.75));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accuracy {
    hits: u64,
    samples: u64,
}

impl Accuracy {
    /// No samples yet.
    pub const NEW: Self = Accuracy { hits: 0, samples: 0 };

    /// Adds a sample's class and the predicted class.
    pub fn add(&mut self, class: usize, found: usize) {
        self.hits += u64::from(class == found);
        self.samples += 1;
    }

    /// Adds a network's predictions for some samples.
    pub fn measure<L: Layers, E: Loss, S>(&mut self, net: &Network<L, E>, samples: &S)
    where
        S: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        let () = S::FITS;
        samples.each(|x, y| self.add(labelled::<_, E>(y), net.classify(x)));
    }

    /// Adds the predictions of a network with one output: class 1 if the logit is above `threshold`.
    pub fn measure_above<L: Layers, E: Loss, S>(&mut self, net: &Network<L, E>, samples: &S, threshold: f64)
    where
        S: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        let () = S::FITS;
        samples.each(|x, y| self.add(labelled::<_, E>(y), net.classify_above(x, threshold)));
    }

    /// How many samples were classified correctly.
    pub const fn hits(&self) -> u64 {
        self.hits
    }

    /// How many samples were added.
    pub const fn samples(&self) -> u64 {
        self.samples
    }

    /// The share of samples classified correctly. Returns 0 for an empty set.
    pub fn value(&self) -> f64 {
        ratio(self.hits, self.samples)
    }
}

/// The share of samples whose class is among the `K` with the highest scores.
///
/// Among equal scores the first ranks higher, so `TopK<1>` equals [`Accuracy`].
///
/// # Example
///
/// ```
/// use nanoprop::metrics::TopK;
///
/// let mut top = TopK::<2>::NEW;
/// top.add(0, &[0.3, 0.6, 0.1]); // second
/// top.add(2, &[0.3, 0.6, 0.1]); // third
/// assert_eq!(top.value(), 0.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopK<const K: usize> {
    counted: Accuracy,
}

impl<const K: usize> TopK<K> {
    /// No samples yet.
    pub const NEW: Self = TopK { counted: Accuracy::NEW };

    /// Adds a sample's class and the scores of all classes, logits or probabilities. A class without a score is a miss.
    pub fn add<T: Scalar>(&mut self, class: usize, scores: &[T]) {
        let ahead = scores.get(class).map(|own| {
            let higher = |(k, score): &(usize, &T)| *score > own || *score == own && *k < class;
            let nan = own.to_f64().is_nan();
            if nan { usize::MAX } else { scores.iter().enumerate().filter(higher).count() }
        });
        self.counted.hits += u64::from(ahead.is_some_and(|ahead| ahead < K));
        self.counted.samples += 1;
    }

    /// Adds a network's logits for some samples. A single output z gives its two classes the scores 0 and z.
    pub fn measure<L: Layers, E: Loss, S>(&mut self, net: &Network<L, E>, samples: &S)
    where
        S: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        let ((), ()) = (S::FITS, const { check_classes(E::OUTPUTS, OutputOf::<Network<L, E>>::COUNT) });
        samples.each(|x, y| match net.logits(x).flat() {
            [z] => self.add(labelled::<_, E>(y), &[L::Scalar::ZERO, *z]),
            z => self.add(labelled::<_, E>(y), z),
        });
    }

    /// How many samples were added.
    pub const fn samples(&self) -> u64 {
        self.counted.samples
    }

    /// The share of hits. Returns 0 for an empty set.
    pub fn value(&self) -> f64 {
        self.counted.value()
    }
}

/// Prints the share; a precision applies: `{:.3}`.
impl fmt::Display for Accuracy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value(), f)
    }
}

/// Prints the share; a precision applies: `{:.3}`.
impl<const K: usize> fmt::Display for TopK<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value(), f)
    }
}
