use nanoprop::Pcg32;

use super::SplitError;
use super::split::{groups, shuffled};

/// One round of a cross-validation: places from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// To learn from.
    pub train: Vec<usize>,
    /// To judge by.
    pub validation: Vec<usize>,
}

/// The rounds of a cross-validation, one after the other: of [`k_fold`] and [`k_fold_stratified`].
#[derive(Clone, Debug)]
pub struct Folds {
    /// The places of each round's validation.
    hands: Vec<Vec<usize>>,
    next: usize,
    rng: Pcg32,
}

/// `k` rounds of a cross-validation: each sample is in the validation of one. The parts' sizes differ by one at most.
///
/// A round is made when it is asked for, so there is memory for one at a time, also where `k` is the number of samples,
/// which leaves one out. All rounds together take time as `k` times the samples, as does learning from them.
///
/// # Errors
///
/// [`SplitError`] for fewer than 2 rounds, or more rounds than samples.
///
/// # Example
///
/// ```
/// use nanoprop_host::data::{SplitError, k_fold};
///
/// let sizes = k_fold(7, 3, 1)?.map(|part| (part.train.len(), part.validation.len()));
/// assert_eq!(Vec::from_iter(sizes), [(4, 3), (5, 2), (5, 2)]);
/// # Ok::<(), SplitError>(())
/// ```
#[doc(alias("KFold", "LeaveOneOut", "cross_val_score"))]
pub fn k_fold(samples: usize, k: usize, seed: u64) -> Result<Folds, SplitError> {
    let every = check_folds(k, samples).map(|()| shuffled(0..samples, &mut Pcg32::new(seed)))?;
    Ok(Folds::new(&[every], k, seed))
}

/// [`k_fold`] in which each part has its share of each class; `classes[i]` is sample i's.
///
/// # Errors
///
/// As [`k_fold`].
///
/// # Example
///
/// ```
/// use nanoprop_host::data::{SplitError, k_fold_stratified};
///
/// let classes = [0, 0, 0, 0, 1, 1]; // twice as many of class 0
/// for part in k_fold_stratified(&classes, 2, 1)? {
///     let ones = part.validation.iter().filter(|&&sample| classes[sample] == 1).count();
///     assert_eq!((part.validation.len(), ones), (3, 1));
/// }
/// # Ok::<(), SplitError>(())
/// ```
#[doc(alias = "StratifiedKFold")]
pub fn k_fold_stratified(classes: &[usize], k: usize, seed: u64) -> Result<Folds, SplitError> {
    check_folds(k, classes.len())?;
    Ok(Folds::new(&groups(classes, seed), k, seed))
}

fn check_folds(folds: usize, samples: usize) -> Result<(), SplitError> {
    if folds < 2 || folds > samples { Err(SplitError::Folds { folds, samples }) } else { Ok(()) }
}

impl Folds {
    /// Dealt out like cards, each group from where the one before ended.
    fn new(groups: &[Vec<usize>], k: usize, seed: u64) -> Folds {
        let mut hands = vec![vec![]; k];
        groups.iter().flatten().zip((0..k).cycle()).for_each(|(&place, hand)| hands[hand].push(place));
        Folds { hands, next: 0, rng: Pcg32::new(!seed) }
    }
}

impl Iterator for Folds {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        let validation = self.hands.get(self.next)?.clone();
        let others = self.hands.iter().enumerate().filter(|(hand, _)| *hand != self.next);
        let train = shuffled(others.flat_map(|(_, hand)| hand).copied(), &mut self.rng);
        self.next += 1;
        Some(Part { train, validation })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.hands.len() - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Folds {}
