use core::fmt;

use super::{labelled, ratio};
use crate::array::{Plain, Vector};
use crate::layer::{InputOf, OutputOf};
use crate::loss::{Class, Loss};
use crate::network::{Layers, Network, Samples};
use crate::plain::zeroes;
use crate::shape::Text;
use crate::width::Width;

/// The confusion matrix: a row for each true class, a column for each predicted class.
///
/// # Equations
///
/// With `Cᵢⱼ` samples of class i predicted as class j, for class k
///
/// - precision `Cₖₖ / Σᵢ Cᵢₖ`, recall `Cₖₖ / Σⱼ Cₖⱼ`, F1 `2 Cₖₖ / (Σᵢ Cᵢₖ + Σⱼ Cₖⱼ)`, their harmonic mean;
/// - macro: the mean over all `Classes`, those without samples included, in their order;
/// - micro: over all predictions together. Each sample has one class and one prediction, so precision, recall and F1
///   all equal the accuracy.
///
/// # Memory
///
/// `4 · Classes²` bytes. A count stops at 2³² − 1.
///
/// # Example
///
/// ```
/// use nanoprop::metrics::Confusion;
/// use nanoprop::prelude::*;
/// use nanoprop::OutOfRange;
///
/// let mut confusion = Confusion::<U2>::NEW;
/// for (class, found) in [(0, 0), (0, 0), (0, 1), (1, 1)] {
///     confusion.add(Class::new(class)?, found);
/// }
/// assert_eq!(confusion.to_string(), "2 1\n0 1\n");
/// assert_eq!([confusion.precision(1), confusion.recall(1), confusion.f1(1)], [0.5, 1.0, 2.0 / 3.0]);
/// assert_eq!(confusion.macro_f1(), (0.8 + 2.0 / 3.0) / 2.0);
/// # Ok::<(), OutOfRange>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion<Classes: Width> {
    counts: Vector<Classes, Vector<Classes, u32>>,
}

impl<Classes: Width> Confusion<Classes> {
    /// No samples yet.
    pub const NEW: Self = Confusion { counts: zeroes() };

    /// Adds a sample's class and the predicted class. A prediction outside the classes is not added.
    pub fn add(&mut self, class: Class<Classes>, found: usize) {
        if let Some(count) = self.counts.get_mut(class.index()).and_then(|row| row.get_mut(found)) {
            *count = count.saturating_add(1);
        }
    }

    /// Adds a network's predictions for some samples. The network has one output per class, or one output for two.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::metrics::Confusion;
    /// use nanoprop::prelude::*;
    ///
    /// let mut net = Network::<Dense<U1, U1>, SigmoidCrossEntropy>::ZERO;
    /// net.parameters_mut().copy_from_slice(&[-1.0, 2.0]);
    /// let samples = [([0.25], [0.0]), ([0.75], [1.0]), ([1.0], [0.0])];
    /// let mut confusion = Confusion::<U2>::NEW;
    /// confusion.measure(&net, &samples);
    /// assert_eq!(confusion.to_string(), "1 1\n0 1\n");
    /// ```
    pub fn measure<L: Layers, E: Loss, S>(&mut self, net: &Network<L, E>, samples: &S)
    where
        S: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        let () = const { fits::<Classes>(OutputOf::<Network<L, E>>::COUNT) };
        let () = S::FITS;
        samples.each(|x, y| self.add_found(labelled::<_, E>(y), net.classify(x)));
    }

    /// Adds the predictions of a network with one output: class 1 if the logit is above `threshold`.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::metrics::Confusion;
    /// use nanoprop::prelude::*;
    ///
    /// let mut net = Network::<Dense<U1, U1>, SigmoidCrossEntropy>::ZERO;
    /// net.parameters_mut().copy_from_slice(&[0.0, 1.0]);
    /// let samples = [([-1.0], [0.0]), ([1.0], [0.0]), ([3.0], [1.0])];
    /// let mut strict = Confusion::<U2>::NEW;
    /// strict.measure_above(&net, &samples, 2.0); // yes from a probability of 0.88 on
    /// assert_eq!([strict.rows()[0].as_slice(), strict.rows()[1].as_slice()], [[2, 0], [0, 1]]);
    /// ```
    pub fn measure_above<L: Layers, E: Loss, S>(&mut self, net: &Network<L, E>, samples: &S, threshold: f64)
    where
        S: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        let () = const { fits::<Classes>(OutputOf::<Network<L, E>>::COUNT) };
        let () = S::FITS;
        samples.each(|x, y| self.add_found(labelled::<_, E>(y), net.classify_above(x, threshold)));
    }

    fn add_found(&mut self, class: usize, found: usize) {
        if let Ok(class) = Class::new(class) {
            self.add(class, found);
        }
    }

    /// Adds the counts of another matrix, over other samples.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::metrics::Confusion;
    /// use nanoprop::prelude::*;
    ///
    /// let class = |index| Class::<U2>::new(index).unwrap();
    /// let (mut all, mut night) = (Confusion::<U2>::NEW, Confusion::NEW);
    /// all.add(class(0), 0);
    /// night.add(class(1), 0);
    /// night.add(class(1), 1);
    /// all.merge(&night);
    /// assert_eq!((all.samples(), all.support(1), all.answers(0)), (3, 2, 2));
    /// assert_eq!((all.macro_precision(), all.macro_recall()), (0.75, 0.75));
    /// ```
    pub fn merge(&mut self, other: &Self) {
        let pairs = self.counts.iter_mut().flatten().zip(other.counts.iter().flatten());
        pairs.for_each(|(count, &more)| *count = count.saturating_add(more));
    }

    /// How many samples of `class` were predicted as `found`. Returns 0 if there is no such class.
    pub fn count(&self, class: usize, found: usize) -> u32 {
        self.counts.get(class).and_then(|row| row.get(found)).copied().unwrap_or(0)
    }

    /// The matrix: a row for each true class.
    pub fn rows(&self) -> &Vector<Classes, Vector<Classes, u32>> {
        &self.counts
    }

    /// How many samples.
    pub fn samples(&self) -> u64 {
        self.counts.iter().flatten().map(|&count| u64::from(count)).sum()
    }

    /// How many samples have a class.
    pub fn support(&self, class: usize) -> u64 {
        self.counts.get(class).into_iter().flatten().map(|&count| u64::from(count)).sum()
    }

    /// How many samples were predicted as a class.
    pub fn answers(&self, found: usize) -> u64 {
        self.counts.iter().filter_map(|row| row.get(found)).map(|&count| u64::from(count)).sum()
    }

    /// The share of samples classified correctly; also the micro-averaged precision, recall and F1.
    pub fn accuracy(&self) -> f64 {
        ratio((0..Classes::USIZE).map(|k| self.hits(k)).sum(), self.samples())
    }

    /// The share of true members among the samples predicted as a class.
    pub fn precision(&self, class: usize) -> f64 {
        ratio(self.hits(class), self.answers(class))
    }

    /// The share of a class's samples that were predicted as it.
    pub fn recall(&self, class: usize) -> f64 {
        ratio(self.hits(class), self.support(class))
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(&self, class: usize) -> f64 {
        ratio(2 * self.hits(class), self.answers(class) + self.support(class))
    }

    /// The mean precision of all classes.
    pub fn macro_precision(&self) -> f64 {
        self.mean(Self::precision)
    }

    /// The mean recall of all classes.
    pub fn macro_recall(&self) -> f64 {
        self.mean(Self::recall)
    }

    /// The mean F1 of all classes.
    pub fn macro_f1(&self) -> f64 {
        self.mean(Self::f1)
    }

    fn hits(&self, class: usize) -> u64 {
        self.count(class, class).into()
    }

    fn mean(&self, of: impl Fn(&Self, usize) -> f64) -> f64 {
        (0..Classes::USIZE).map(|k| of(self, k)).sum::<f64>() / Classes::USIZE as f64
    }
}

/// Refuses a network with more or fewer classes.
const fn fits<Classes: Width>(outputs: usize) {
    if Classes::USIZE != outputs && (outputs != 1 || Classes::USIZE != 2) {
        let text = Text::new().words("a Confusion of ").number(Classes::USIZE).words(" classes, but the network has ");
        panic!("{}", text.number(outputs).words(" outputs").as_str());
    }
}

/// A line for each class, its counts by answer, in columns.
impl<Classes: Width> fmt::Display for Confusion<Classes> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let largest = self.counts.iter().flatten().max().copied().unwrap_or(0);
        let width = largest.checked_ilog10().unwrap_or(0) as usize + 1;
        for row in &self.counts {
            for (k, count) in row.iter().enumerate() {
                write!(f, "{}{count:width$}", if k == 0 { "" } else { " " })?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
