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

/// One round of a cross-validation: places from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// To learn from.
    pub train: Vec<usize>,
    /// To judge by.
    pub validation: Vec<usize>,
}

/// Splits `samples` at random: shares of `validation` and `test`, rounded to the nearest number, and the rest to learn
/// from. The same seed gives the same split everywhere.
///
/// # Example
///
/// ```
/// use nanoprop_host::data::{split, take};
///
/// let parts = split(10, 0.2, 0.1, 1);
/// assert_eq!((parts.train.len(), parts.validation.len(), parts.test.len()), (7, 2, 1));
/// let mut all = [&parts.train[..], &parts.validation, &parts.test].concat();
/// all.sort();
/// assert_eq!(all, Vec::from_iter(0..10));
///
/// let letters = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
/// assert_eq!(take(&letters, &parts.test).len(), 1);
/// ```
pub fn split(samples: usize, validation: f64, test: f64, seed: u64) -> Split {
    split_groups(&[shuffled(0..samples, &mut Pcg32::new(seed))], validation, test, seed)
}

/// [`split`] that gives each part its share of each class; `classes[i]` is sample i's.
///
/// # Example
///
/// ```
/// use nanoprop_host::data::split_stratified;
///
/// let classes = [vec![0; 90], vec![1; 10]].concat();
/// let parts = split_stratified(&classes, 0.1, 0.2, 1);
/// let rare = |rows: &[usize]| rows.iter().filter(|&&row| classes[row] == 1).count();
/// assert_eq!([rare(&parts.train), rare(&parts.validation), rare(&parts.test)], [7, 1, 2]);
/// ```
pub fn split_stratified(classes: &[usize], validation: f64, test: f64, seed: u64) -> Split {
    split_groups(&groups(classes, seed), validation, test, seed)
}

/// `k` rounds of a cross-validation: each sample is in the validation of one. The parts' sizes differ by one at most.
///
/// # Example
///
/// ```
/// use nanoprop_host::data::k_fold;
///
/// let rounds = k_fold(7, 3, 1);
/// assert_eq!(rounds.iter().map(|part| part.validation.len()).collect::<Vec<_>>(), [3, 2, 2]);
/// assert_eq!(rounds.iter().map(|part| part.train.len()).collect::<Vec<_>>(), [4, 5, 5]);
/// ```
pub fn k_fold(samples: usize, k: usize, seed: u64) -> Vec<Part> {
    folds(&[shuffled(0..samples, &mut Pcg32::new(seed))], k, seed)
}

/// [`k_fold`] in which each part has its share of each class; `classes[i]` is sample i's.
pub fn k_fold_stratified(classes: &[usize], k: usize, seed: u64) -> Vec<Part> {
    folds(&groups(classes, seed), k, seed)
}

/// The samples at some places; a place where there is none is left out.
pub fn take<S: Clone>(samples: &[S], places: &[usize]) -> Vec<S> {
    places.iter().filter_map(|&place| samples.get(place)).cloned().collect()
}

/// Fisher and Yates's shuffle. A number below n is 64 random bits times n, over 2⁶⁴: even to one part in 2⁶⁴ / n.
fn shuffled(places: impl IntoIterator<Item = usize>, rng: &mut Pcg32) -> Vec<usize> {
    let mut places: Vec<usize> = places.into_iter().collect();
    for last in (1..places.len()).rev() {
        let chosen = (u128::from(rng.bits64()) * (last as u128 + 1)) >> 64;
        places.swap(last, chosen as usize);
    }
    places
}

/// The places of each class, shuffled.
fn groups(classes: &[usize], seed: u64) -> Vec<Vec<usize>> {
    let mut rng = Pcg32::new(seed);
    let mut known: Vec<usize> = classes.to_vec();
    known.sort_unstable();
    known.dedup();
    let places = |class| (0..classes.len()).filter(move |&place| classes[place] == class);
    known.iter().map(|&class| shuffled(places(class), &mut rng)).collect()
}

fn split_groups(groups: &[Vec<usize>], validation: f64, test: f64, seed: u64) -> Split {
    let mut parts = [vec![], vec![], vec![]];
    for group in groups {
        let share = |share: f64| (share.clamp(0.0, 1.0) * group.len() as f64).round() as usize;
        let (head, rest) = group.split_at(share(test));
        let (middle, rest) = rest.split_at(share(validation).min(rest.len()));
        parts.iter_mut().zip([rest, middle, head]).for_each(|(part, places)| part.extend_from_slice(places));
    }
    // Not class by class.
    let mut rng = Pcg32::new(!seed);
    let [train, validation, test] = parts.map(|part| shuffled(part, &mut rng));
    Split { train, validation, test }
}

/// Dealt out like cards, each group from where the one before ended.
fn folds(groups: &[Vec<usize>], k: usize, seed: u64) -> Vec<Part> {
    let k = k.max(1);
    let mut hands = vec![vec![]; k];
    groups.iter().flatten().enumerate().for_each(|(card, &place)| hands[card % k].push(place));
    let mut rng = Pcg32::new(!seed);
    let part = |own: usize| {
        let others = hands.iter().enumerate().filter(|(hand, _)| *hand != own).flat_map(|(_, hand)| hand.clone());
        Part { train: shuffled(others, &mut rng), validation: hands[own].clone() }
    };
    (0..k).map(part).collect()
}
