//! Metrics: how good predictions are, one sample after another, without a heap.
//!
//! Each metric starts from a constant, `NEW`; samples are added to it, and its result can be read at any time. Counts are
//! integers. Sums are in f64, in the order of the samples, whatever the network's scalar is. Nothing panics. A ratio of 0
//! to 0 is 0, as with scikit-learn's `zero_division=0`, unless stated otherwise.
//!
//! | metric | of | NaN |
//! | --- | --- | --- |
//! | [`Accuracy`], [`TopK`] | classes | a NaN score ranks below all others; the sample is a miss if the right class has it |
//! | [`Confusion`]: precision, recall, F1 | classes | takes class indices, not scores |
//! | [`MultiLabel`]: precision, recall, F1, exact match | yes-or-no labels | a NaN score counts as no |
//! | [`MeanSquaredError`], [`R2`] | numbers | makes the result NaN |
//! | [`roc_auc`], [`Roc`] | scores of two classes | makes the result NaN |
//!
//! `measure` runs a network on samples. A network with one output has two classes if its loss has yes-or-no outputs
//! ([`Outputs::Labels`](crate::Outputs::Labels)): class 1 if the logit is above 0, or above the threshold given to
//! `measure_above`. The class of a target is the index of its largest number; a target of one number is class 1 above ½.
//!
//! # Example
//!
//! ```
//! use nanoprop::metrics::{Accuracy, Confusion};
//! use nanoprop::prelude::*;
//!
//! network! { type Net = 2 => Dense<3>, loss = SoftmaxCrossEntropy; }
//! let mut net = Net::ZERO;
//! net.parameters_mut().copy_from_slice(&[0.0, 0.5, 0.0, 1.0, 0.0, -1.0, 0.0, 0.0, 0.0]);
//! let xs = [[2.0, 0.0], [0.0, 0.0], [-2.0, 0.0], [-2.0, 0.0]];
//! let classes = [0, 1, 2, 0].map(|k| Class::<U3>::new(k).unwrap());
//!
//! static EMPTY: Confusion<U3> = Confusion::NEW; // a constant
//! let mut confusion = EMPTY.clone();
//! for (x, class) in xs.iter().zip(classes) {
//!     confusion.add(class, net.classify(x));
//! }
//! assert_eq!(confusion.count(0, 2), 1); // one of class 0 was taken for class 2
//! assert_eq!((confusion.accuracy(), confusion.recall(0), confusion.precision(2)), (0.75, 0.5, 0.5));
//!
//! let mut accuracy = Accuracy::NEW;
//! accuracy.measure(&net, &(&xs[..], &classes[..]));
//! assert_eq!(accuracy.value(), 0.75);
//! ```

mod accuracy;
mod confusion;
mod multi_label;
mod regression;
mod roc;

pub use accuracy::{Accuracy, TopK};
pub use confusion::Confusion;
pub use multi_label::MultiLabel;
pub use regression::{MeanSquaredError, R2};
pub use roc::{Roc, roc_auc};

use crate::array::Array;
use crate::loss::{Loss, Target};
use crate::scalar::{Real, Scalar};

/// a / b, and 0 where both are 0.
fn ratio(a: u64, b: u64) -> f64 {
    if b == 0 { 0.0 } else { a as f64 / b as f64 }
}

/// The predicted class: the index of the largest score, the first of equals, 0 if there is none. A single score is class
/// 1 if it is above the threshold.
#[inline]
#[doc(hidden)]
pub fn class<T: Scalar>(scores: &[T], threshold: T) -> usize {
    if let [score] = scores {
        return usize::from(*score > threshold);
    }
    let better = |best: (usize, T), (k, &score): (usize, &T)| if score > best.1 { (k, score) } else { best };
    scores.iter().enumerate().fold((0, T::from_f64(f64::NEG_INFINITY)), better).0
}

/// The class of a target. A single number is class 1 if it is above ½.
fn labelled<Y: Array<Scalar: Scalar>, E: Loss>(y: &impl Target<Y>) -> usize {
    y.with_outputs(E::OUTPUTS, |y| class(y, Real::of(0.5)))
}
