use std::collections::BTreeMap;
use std::fmt;

use nanoprop::{Pcg32, Random};

/// Which part of some samples is for what: places from 0, in shuffled order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// To learn from.
    pub train: Vec<usize>,
    /// To choose by: the recipe, and when to stop.
    pub validation: Vec<usize>,
    /// To judge by, once.
    pub test: Vec<usize>,
}

/// Why samples can't be split as was asked for.
#[derive(Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum SplitError {
    /// A share is no number from 0 to 1.
    Share {
        /// The share.
        share: f64,
    },
    /// The shares of validation and test are more than all samples.
    Shares {
        /// The share of validation.
        validation: f64,
        /// The share of test.
        test: f64,
    },
    /// A cross-validation has at least 2 rounds, and a sample for each.
    Folds {
        /// The rounds.
        folds: usize,
        /// The samples.
        samples: usize,
    },
}

impl fmt::Display for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SplitError::Share { share } => write!(f, "expected a share from 0 to 1, found {share}"),
            SplitError::Shares { validation, test } => {
                write!(f, "validation {validation} and test {test} are more than all samples")
            }
            SplitError::Folds { folds, .. } if *folds < 2 => write!(f, "expected at least 2 folds, found {folds}"),
            SplitError::Folds { folds, samples } => {
                write!(f, "{folds} folds of {samples} samples: some folds would be empty")
            }
        }
    }
}

/// The message: what `main` shows that returns the error.
impl fmt::Debug for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for SplitError {}

/// Splits `samples` at random: shares of `validation` and `test`, rounded to the nearest number, and the rest to learn
/// from. The same seed gives the same split everywhere.
///
/// # Errors
///
/// [`SplitError`] where a share is not from 0 to 1, or both together are more than 1.
///
/// # Example
///
/// ```
/// use nanoprop_host::data::{SplitError, split, take};
///
/// let parts = split(10, 0.2, 0.1, 1)?;
/// assert_eq!((parts.train.len(), parts.validation.len(), parts.test.len()), (7, 2, 1));
/// let mut all = [&parts.train[..], &parts.validation, &parts.test].concat();
/// all.sort();
/// assert_eq!(all, Vec::from_iter(0..10));
///
/// let letters = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
/// assert_eq!(take(&letters, &parts.test).len(), 1);
/// assert_eq!(split(10, 1.5, 0.1, 1).unwrap_err().to_string(), "expected a share from 0 to 1, found 1.5");
/// # Ok::<(), SplitError>(())
/// ```
#[doc(alias("train_test_split", "random_split"))]
pub fn split(samples: usize, validation: f64, test: f64, seed: u64) -> Result<Split, SplitError> {
    split_groups(&[shuffled(0..samples, &mut Pcg32::new(seed))], validation, test, seed)
}

/// [`split`] that gives each part its share of each class; `classes[i]` is sample i's.
///
/// Of each class a part has its share, rounded down or up, such that the part as a whole has as many samples as [`split`]
/// gives it.
///
/// # Errors
///
/// As [`split`].
///
/// # Example
///
/// ```
/// use nanoprop_host::data::{SplitError, split_stratified};
///
/// let classes = [vec![0; 90], vec![1; 10]].concat();
/// let parts = split_stratified(&classes, 0.1, 0.2, 1)?;
/// let rare = |rows: &[usize]| rows.iter().filter(|&&row| classes[row] == 1).count();
/// assert_eq!([rare(&parts.train), rare(&parts.validation), rare(&parts.test)], [7, 1, 2]);
/// # Ok::<(), SplitError>(())
/// ```
#[doc(alias = "stratify")]
pub fn split_stratified(classes: &[usize], validation: f64, test: f64, seed: u64) -> Result<Split, SplitError> {
    split_groups(&groups(classes, seed), validation, test, seed)
}

/// The samples at some places; a place where there is none is left out.
pub fn take<S: Clone>(samples: &[S], places: &[usize]) -> Vec<S> {
    places.iter().filter_map(|&place| samples.get(place)).cloned().collect()
}

/// Fisher and Yates's shuffle. A number below n is 64 random bits times n, over 2⁶⁴: even to one part in 2⁶⁴ / n.
pub(super) fn shuffled(places: impl IntoIterator<Item = usize>, rng: &mut Pcg32) -> Vec<usize> {
    let mut places: Vec<usize> = places.into_iter().collect();
    for last in (1..places.len()).rev() {
        let chosen = (u128::from(rng.bits64()) * (last as u128 + 1)) >> 64;
        places.swap(last, chosen as usize);
    }
    places
}

/// The places of each class, shuffled; class by class, from the least.
pub(super) fn groups(classes: &[usize], seed: u64) -> Vec<Vec<usize>> {
    let mut rng = Pcg32::new(seed);
    let mut groups = BTreeMap::<usize, Vec<usize>>::new();
    classes.iter().enumerate().for_each(|(place, &class)| groups.entry(class).or_default().push(place));
    groups.into_values().map(|places| shuffled(places, &mut rng)).collect()
}

fn split_groups(groups: &[Vec<usize>], validation: f64, test: f64, seed: u64) -> Result<Split, SplitError> {
    for share in [validation, test] {
        if !(0.0..=1.0).contains(&share) {
            return Err(SplitError::Share { share });
        }
    }
    // Shares such as 0.7 and 0.3 are sums of roundings.
    if validation + test > 1.0 + 1e-9 {
        return Err(SplitError::Shares { validation, test });
    }
    let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
    let heads = shares(&sizes, &sizes, test);
    let left: Vec<usize> = sizes.iter().zip(&heads).map(|(size, head)| size - head).collect();
    let middles = shares(&sizes, &left, validation);
    let mut parts = [vec![], vec![], vec![]];
    for ((group, head), middle) in groups.iter().zip(heads).zip(middles) {
        let (head, rest) = group.split_at(head);
        let (middle, rest) = rest.split_at(middle);
        parts.iter_mut().zip([rest, middle, head]).for_each(|(part, places)| part.extend_from_slice(places));
    }
    // Not class by class.
    let mut rng = Pcg32::new(!seed);
    let [train, validation, test] = parts.map(|part| shuffled(part, &mut rng));
    Ok(Split { train, validation, test })
}

/// How many of each group a part gets, whose groups have so many `left`: its share of the group rounded down, and one more
/// where the remainder is largest, until the part has its share of all.
fn shares(sizes: &[usize], left: &[usize], share: f64) -> Vec<usize> {
    let all = sizes.iter().sum::<usize>();
    let total = ((share * all as f64).round() as usize).min(left.iter().sum());
    let exact = |size: usize| share * size as f64;
    let mut counts: Vec<usize> =
        sizes.iter().zip(left).map(|(&size, &left)| (exact(size) as usize).min(left)).collect();
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|&a, &b| exact(sizes[b]).fract().total_cmp(&exact(sizes[a]).fract()));
    let mut missing = total.saturating_sub(counts.iter().sum());
    while missing > 0 {
        for &group in &order {
            if missing > 0 && counts[group] < left[group] {
                counts[group] += 1;
                missing -= 1;
            }
        }
    }
    counts
}
