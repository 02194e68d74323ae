use core::fmt;

use crate::array::Vector;
use crate::plain::zeroes;
use crate::scalar::Scalar;
use crate::width::{U2, Width};

/// The exact area under the ROC curve: the share of pairs of a positive and a negative sample in which the positive has
/// the higher score, ties counting half. NaN if a score is NaN, or if there is no positive or no negative.
///
/// Sorts the pairs `(score, positive)` in place. [`Roc`] needs no memory for the pairs.
///
/// # Example
///
/// ```
/// use nanoprop::metrics::roc_auc;
///
/// let mut scores = [(0.1, false), (0.4, false), (0.35, true), (0.8, true)];
/// assert_eq!(roc_auc(&mut scores), 0.75);
/// ```
///
/// # Source
///
/// J. Hanley, B. McNeil, "The meaning and use of the area under a receiver operating characteristic (ROC) curve",
/// Radiology 143, 1982.
pub fn roc_auc<T: Scalar>(scores: &mut [(T, bool)]) -> f64 {
    if scores.iter().any(|(score, _)| score.to_f64().is_nan()) {
        return f64::NAN;
    }
    scores.sort_unstable_by(|a, b| a.0.to_f64().total_cmp(&b.0.to_f64()));
    let mut area = Area::default();
    for equal in scores.chunk_by(|a, b| a.0 == b.0) {
        let positives = equal.iter().filter(|(_, positive)| *positive).count() as u64;
        area.add(positives, equal.len() as u64 - positives);
    }
    area.value()
}

/// The area under the ROC curve of scores in [0, 1], such as probabilities, in fixed memory.
///
/// Scores are counted in `Bins` bins of equal width; a score of 1 goes to the last, a score outside to the nearest. Scores
/// in one bin count as equal; [`error`](Roc::error) bounds what that changes.
///
/// # Equations
///
/// With `pᵦ` positives and `nᵦ` negatives in bin b, P and N in all
///
/// - AUC `≈ Σ_b pᵦ (Σ_{a<b} nₐ + ½ nᵦ) / (P N)`
/// - the error is at most `½ Σ_b pᵦ nᵦ / (P N)`: pairs in one bin count half instead of 0, ½ or 1
///
/// # Memory
///
/// `8 · Bins` bytes and a flag. A count stops at 2³² − 1.
///
/// # Example
///
/// ```
/// use nanoprop::metrics::Roc;
/// use nanoprop::prelude::*;
///
/// static EMPTY: Roc<U100> = Roc::NEW; // a constant
/// let mut roc = EMPTY.clone();
/// [(0.1, false), (0.4, false), (0.35, true), (0.8, true)].iter().for_each(|&(score, y)| roc.add(score, y));
/// assert_eq!((roc.value(), roc.error()), (0.75, 0.0));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roc<Bins: Width> {
    /// Negatives and positives.
    counts: Vector<U2, Vector<Bins, u32>>,
    nan: bool,
}

impl<Bins: Width> Roc<Bins> {
    /// No samples yet.
    pub const NEW: Self = Roc { counts: zeroes(), nan: false };

    /// Adds a sample's score, and whether it is positive.
    pub fn add<T: Scalar>(&mut self, score: T, positive: bool) {
        let score = score.to_f64();
        self.nan |= score.is_nan();
        // The cast saturates: 0 below 0, the largest integer above its range.
        let bin = (score * Bins::USIZE as f64) as usize;
        let counts = self.counts.get_mut(usize::from(positive));
        if let Some(count) = counts.and_then(|counts| counts.get_mut(bin.min(Bins::USIZE - 1))) {
            *count = count.saturating_add(1);
        }
    }

    /// The area, with ties within each bin. NaN if a score was NaN, or if there is no positive or no negative.
    pub fn value(&self) -> f64 {
        if self.nan { f64::NAN } else { self.area().value() }
    }

    /// The greatest distance to the exact area. NaN if the area is NaN.
    pub fn error(&self) -> f64 {
        if self.nan { f64::NAN } else { self.area().tied() }
    }

    fn area(&self) -> Area {
        let [negatives, positives] = [0, 1].map(|kind| self.counts.get(kind).into_iter().flatten());
        let mut area = Area::default();
        positives.zip(negatives).for_each(|(&p, &n)| area.add(p.into(), n.into()));
        area
    }
}

/// Prints the area; a precision applies: `{:.3}`.
impl<Bins: Width> fmt::Display for Roc<Bins> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value(), f)
    }
}

/// Positives and negatives by rising score.
#[derive(Default)]
struct Area {
    positives: u64,
    negatives: u64,
    /// Pairs in order, and those that are tied; twice the former so that half pairs are whole numbers.
    twice: u128,
    ties: u128,
}

impl Area {
    /// Adds what has one score.
    fn add(&mut self, positives: u64, negatives: u64) {
        let ties = u128::from(positives) * u128::from(negatives);
        self.twice += 2 * u128::from(positives) * u128::from(self.negatives) + ties;
        self.ties += ties;
        self.positives += positives;
        self.negatives += negatives;
    }

    fn pairs(&self) -> f64 {
        2.0 * (u128::from(self.positives) * u128::from(self.negatives)) as f64
    }

    fn value(&self) -> f64 {
        self.twice as f64 / self.pairs()
    }

    fn tied(&self) -> f64 {
        self.ties as f64 / self.pairs()
    }
}
