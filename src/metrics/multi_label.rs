use core::fmt;

use super::ratio;
use crate::array::{Plain, Vector};
use crate::layer::{InputOf, OutputOf};
use crate::loss::{Loss, Target};
use crate::network::{Layers, Network, Samples};
use crate::plain::zeroes;
use crate::scalar::Scalar;
use crate::shape::Text;
use crate::width::{U3, Width};

/// Precision, recall and F1 of K independent yes-or-no labels: for K outputs with
/// [`SigmoidCrossEntropy`](crate::SigmoidCrossEntropy).
///
/// A label is predicted if its logit is above the threshold, which is 0 unless [`above`](MultiLabel::above) sets another.
/// A sample has a label if its target is above ½.
///
/// # Equations
///
/// With TP, FP and FN the true positives, false positives and false negatives of one label
///
/// - precision `TP / (TP + FP)`, recall `TP / (TP + FN)`, F1 `2 TP / (2 TP + FP + FN)`;
/// - macro: the mean over all labels, in their order; micro: of all labels together;
/// - exact match: the share of samples with every label right; Hamming loss: the share of labels that are wrong.
///
/// # Memory
///
/// `12 · Labels` bytes and three numbers. A count stops at 2³² − 1.
///
/// # Example
///
/// ```
/// use nanoprop::metrics::MultiLabel;
/// use nanoprop::prelude::*;
///
/// let mut labels = MultiLabel::<U2>::NEW;
/// labels.add(&[1.5, -2.0], &[1.0, 0.0]); // logits, and what is true
/// labels.add(&[0.5, -1.0], &[0.0, 1.0]);
/// assert_eq!([labels.precision(0), labels.recall(0), labels.f1(1)], [0.5, 1.0, 0.0]);
/// assert_eq!([labels.micro_f1(), labels.exact_match(), labels.hamming_loss()], [0.5, 0.5, 0.5]);
/// ```
#[doc(alias = "multilabel")]
#[derive(Clone, Debug, PartialEq)]
pub struct MultiLabel<Labels: Width> {
    /// TP, FP and FN of each label.
    counts: Vector<Labels, Vector<U3, u32>>,
    samples: u64,
    exact: u64,
    threshold: f64,
}

impl<Labels: Width> MultiLabel<Labels> {
    /// No samples yet; the threshold is 0.
    pub const NEW: Self = Self::above(0.0);

    /// No samples yet; a label is predicted if its logit is above `threshold`, which for a probability p is
    /// `ln(p / (1 − p))`.
    #[doc(alias = "threshold")]
    pub const fn above(threshold: f64) -> Self {
        MultiLabel { counts: zeroes(), samples: 0, exact: 0, threshold }
    }

    /// Adds a sample's logits and target. A label that either slice is too short for counts as no.
    pub fn add<T: Scalar>(&mut self, z: &[T], y: &[T]) {
        let mut exact = true;
        for (k, counts) in self.counts.iter_mut().enumerate() {
            let found = z.get(k).is_some_and(|z| z.to_f64() > self.threshold);
            let right = y.get(k).is_some_and(|y| y.to_f64() > 0.5);
            let kind = match (found, right) {
                (true, true) => Some(0),
                (true, false) => Some(1),
                (false, true) => Some(2),
                (false, false) => None,
            };
            if let Some(count) = kind.and_then(|kind| counts.get_mut(kind)) {
                *count = count.saturating_add(1);
            }
            exact &= found == right;
        }
        self.samples += 1;
        self.exact += u64::from(exact);
    }

    /// Adds a network's logits for some samples.
    pub fn measure<L: Layers, E: Loss, S>(&mut self, net: &Network<L, E>, samples: &S)
    where
        S: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        let () = const { fits::<Labels>(OutputOf::<Network<L, E>>::COUNT) };
        let () = S::FITS;
        samples.each(|x, y| y.with_outputs(E::OUTPUTS, |y| self.add(net.logits(x).flat(), y)));
    }

    /// Adds the counts of another, over other samples.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::metrics::MultiLabel;
    /// use nanoprop::prelude::*;
    ///
    /// let (mut all, mut night) = (MultiLabel::<U2>::above(0.5), MultiLabel::above(0.5));
    /// all.add(&[1.0, 0.0], &[1.0, 0.0]);
    /// night.add(&[0.25, 2.0], &[1.0, 1.0]);
    /// all.merge(&night);
    /// assert_eq!((all.samples(), all.support(0)), (2, 2));
    /// assert_eq!((all.micro_precision(), all.macro_recall()), (1.0, 0.75));
    /// ```
    pub fn merge(&mut self, other: &Self) {
        let pairs = self.counts.iter_mut().flatten().zip(other.counts.iter().flatten());
        pairs.for_each(|(count, &more)| *count = count.saturating_add(more));
        self.samples += other.samples;
        self.exact += other.exact;
    }

    /// How many samples.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// How many samples have a label.
    pub fn support(&self, label: usize) -> u64 {
        let [tp, _, missed] = self.of(label);
        tp + missed
    }

    /// The share of true members among the samples predicted to have a label.
    pub fn precision(&self, label: usize) -> f64 {
        precision(self.of(label))
    }

    /// The share of a label's samples that were predicted to have it.
    pub fn recall(&self, label: usize) -> f64 {
        recall(self.of(label))
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(&self, label: usize) -> f64 {
        f1(self.of(label))
    }

    /// The mean precision of all labels.
    pub fn macro_precision(&self) -> f64 {
        self.mean(precision)
    }

    /// The mean recall of all labels.
    pub fn macro_recall(&self) -> f64 {
        self.mean(recall)
    }

    /// The mean F1 of all labels.
    pub fn macro_f1(&self) -> f64 {
        self.mean(f1)
    }

    /// The precision of all labels together.
    pub fn micro_precision(&self) -> f64 {
        precision(self.all())
    }

    /// The recall of all labels together, which the field calls the micro average.
    pub fn micro_recall(&self) -> f64 {
        recall(self.all())
    }

    /// The F1 of all labels together.
    pub fn micro_f1(&self) -> f64 {
        f1(self.all())
    }

    /// The share of samples with every answer right, also called subset accuracy.
    pub fn exact_match(&self) -> f64 {
        ratio(self.exact, self.samples)
    }

    /// The share of labels, over all samples, that are wrong.
    pub fn hamming_loss(&self) -> f64 {
        let [_, wrong, missed] = self.all();
        ratio(wrong + missed, self.samples.saturating_mul(Labels::USIZE as u64))
    }

    /// TP, FP and FN of a label; zeros if there is no such label.
    fn of(&self, label: usize) -> [u64; 3] {
        core::array::from_fn(|kind| {
            self.counts.get(label).and_then(|counts| counts.get(kind)).copied().unwrap_or(0).into()
        })
    }

    fn all(&self) -> [u64; 3] {
        (0..Labels::USIZE).map(|label| self.of(label)).fold([0; 3], |[a, b, c], [x, y, z]| [a + x, b + y, c + z])
    }

    fn mean(&self, of: impl Fn([u64; 3]) -> f64) -> f64 {
        (0..Labels::USIZE).map(|label| of(self.of(label))).sum::<f64>() / Labels::USIZE as f64
    }
}

fn precision([right, wrong, _]: [u64; 3]) -> f64 {
    ratio(right, right + wrong)
}

fn recall([right, _, missed]: [u64; 3]) -> f64 {
    ratio(right, right + missed)
}

fn f1([right, wrong, missed]: [u64; 3]) -> f64 {
    ratio(2 * right, 2 * right + wrong + missed)
}

/// Refuses a network with more or fewer outputs.
const fn fits<Labels: Width>(outputs: usize) {
    if Labels::USIZE != outputs {
        let text = Text::new().words("a MultiLabel of ").number(Labels::USIZE).words(" labels, but the network has ");
        panic!("{}", text.number(outputs).words(" outputs").as_str());
    }
}

/// Prints a line for each label: its number, precision, recall and F1, with three digits unless a precision is given.
impl<Labels: Width> fmt::Display for MultiLabel<Labels> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(3);
        (0..Labels::USIZE).try_for_each(|label| {
            let [precision, recall, f1] = [self.precision(label), self.recall(label), self.f1(label)];
            writeln!(f, "{label:>2}  {precision:.digits$}  {recall:.digits$}  {f1:.digits$}")
        })
    }
}
