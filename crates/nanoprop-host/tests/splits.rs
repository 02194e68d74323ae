//! Shares, strata and folds: how many samples each has, and what is refused.

use nanoprop_host::data::{k_fold, k_fold_stratified, split, split_stratified};

/// All places, each once.
fn complete(parts: &[&[usize]], samples: usize) {
    let mut all = parts.concat();
    all.sort_unstable();
    assert_eq!(all, Vec::from_iter(0..samples));
}

#[test]
fn parts_are_complete_and_seeded() {
    for (samples, seed) in [(0, 1), (1, 1), (2, 1), (100, 1), (100, 2), (1000, 3)] {
        let parts = split(samples, 0.15, 0.25, seed).unwrap();
        complete(&[&parts.train, &parts.validation, &parts.test], samples);
        assert_eq!(parts.test.len(), (0.25 * samples as f64).round() as usize);
        assert_eq!(Ok(parts), split(samples, 0.15, 0.25, seed));
    }
    assert_ne!(split(100, 0.15, 0.25, 1).unwrap(), split(100, 0.15, 0.25, 2).unwrap());
    // Pinned: the same everywhere.
    assert_eq!(split(10, 0.2, 0.2, 7).unwrap().test, PINNED);
    assert_eq!(split(10, 0.7, 0.3, 7).unwrap().train.len(), 0);
}
const PINNED: [usize; 2] = [2, 1];

#[test]
fn strata_have_their_shares() {
    let classes: Vec<usize> = (0..300)
        .map(|place| {
            if place < 200 {
                5
            } else if place < 290 {
                0
            } else {
                9
            }
        })
        .collect();
    let parts = split_stratified(&classes, 0.1, 0.2, 4).unwrap();
    let of = |rows: &[usize]| [5, 0, 9].map(|class| rows.iter().filter(|&&row| classes[row] == class).count());
    assert_eq!([of(&parts.train), of(&parts.validation), of(&parts.test)], [[140, 63, 7], [20, 9, 1], [40, 18, 2]]);
    complete(&[&parts.train, &parts.validation, &parts.test], 300);
    let first: Vec<usize> = parts.train[..30].iter().map(|&row| classes[row]).collect();
    assert!(first.contains(&5) && first.contains(&0), "not class by class");

    for rounds in [k_fold_stratified(&classes, 5, 1).unwrap(), k_fold(300, 5, 1).unwrap()] {
        let rounds: Vec<_> = rounds.collect();
        complete(&rounds.iter().map(|part| &part.validation[..]).collect::<Vec<_>>(), 300);
        rounds.iter().for_each(|part| complete(&[&part.train, &part.validation], 300));
    }
    for part in k_fold_stratified(&classes, 5, 1).unwrap() {
        assert_eq!(of(&part.validation), [40, 18, 2]);
    }
}

/// Each part has its share of all samples, as scikit-learn gives it, and of each class within one.
#[test]
fn strata_add_up() {
    let sizes = |parts: nanoprop_host::data::Split| [parts.train.len(), parts.validation.len(), parts.test.len()];
    let classes: Vec<usize> = (0..22).map(|place| place % 6).collect(); // 4, 4, 4, 4, 3, 3
    assert_eq!(sizes(split_stratified(&classes, 0.0, 0.5, 1).unwrap()), [11, 0, 11]);
    let odd: Vec<usize> = [vec![0; 5], vec![1; 5], vec![2; 5], vec![3; 7]].concat();
    assert_eq!(sizes(split_stratified(&odd, 0.0, 0.5, 1).unwrap()), [11, 0, 11]);
    let many: Vec<usize> = (0..140).map(|place| place / 7).collect(); // 20 classes of 7
    let parts = split_stratified(&many, 0.0, 0.2, 1).unwrap();
    let each = (0..20).map(|class| parts.test.iter().filter(|&&place| many[place] == class).count());
    assert!(each.clone().all(|count| count == 1 || count == 2), "{:?}", each.collect::<Vec<_>>());
    assert_eq!(sizes(parts), [112, 0, 28]);
    assert_eq!(sizes(split_stratified(&many, 0.5, 0.5, 1).unwrap()), [0, 70, 70]);
}

#[test]
fn splits_that_make_no_sense() {
    let of = |validation, test| split(10, validation, test, 1).unwrap_err().to_string();
    assert_eq!(of(f64::NAN, 0.1), "expected a share from 0 to 1, found NaN");
    assert_eq!(of(0.1, -0.1), "expected a share from 0 to 1, found -0.1");
    assert_eq!(of(1.1, 0.0), "expected a share from 0 to 1, found 1.1");
    assert_eq!(of(0.7, 0.7), "validation 0.7 and test 0.7 are more than all samples");
    assert_eq!(
        split_stratified(&[0, 1], 2.0, 0.0, 1).unwrap_err().to_string(),
        "expected a share from 0 to 1, found 2"
    );
    let of = |samples, k| k_fold(samples, k, 1).unwrap_err().to_string();
    assert_eq!(of(3, 5), "5 folds of 3 samples: some folds would be empty");
    assert_eq!(of(10, 1_000_000), "1000000 folds of 10 samples: some folds would be empty");
    assert_eq!(of(10, 1), "expected at least 2 folds, found 1");
    assert_eq!(k_fold_stratified(&[0; 4], 0, 1).unwrap_err().to_string(), "expected at least 2 folds, found 0");
}

/// A round of a cross-validation takes memory for itself only: the first of leave-one-out of 300,000 samples, of which all
/// rounds would be 720 GB.
#[test]
fn folds_are_made_one_by_one() {
    let mut rounds = k_fold(300_000, 300_000, 1).unwrap();
    let first = rounds.next().unwrap();
    assert_eq!((first.train.len(), first.validation.len(), rounds.len()), (299_999, 1, 299_999));
    complete(&[&first.train, &first.validation], 300_000);
    let rounds: Vec<_> = k_fold(5, 5, 1).unwrap().collect();
    complete(&rounds.iter().map(|part| &part.validation[..]).collect::<Vec<_>>(), 5);
    rounds.iter().for_each(|part| complete(&[&part.train, &part.validation], 5));
    // Pinned: the same everywhere, as when all rounds were made at once.
    assert_eq!(k_fold(7, 3, 1).unwrap().last().unwrap().train, PINNED_FOLD);
}
const PINNED_FOLD: [usize; 5] = [1, 4, 0, 2, 3];

/// A million samples of as many classes, in seconds.
#[test]
fn splits_take_linear_time() {
    let classes: Vec<usize> = (0..1_000_000).collect();
    assert_eq!(split_stratified(&classes, 0.1, 0.2, 1).unwrap().test.len(), 200_000);
}

/// Each place is as likely to be held out.
#[test]
fn splits_are_even() {
    let mut held_out = [0.0_f64; 10];
    for seed in 0..10_000 {
        split(10, 0.0, 0.3, seed).unwrap().test.iter().for_each(|&place| held_out[place] += 1.0);
    }
    let chi: f64 = held_out.iter().map(|n| (n - 3000.0).powi(2) / 3000.0).sum();
    assert!(chi < 28.0, "{held_out:?}"); // 9 degrees of freedom: 0.1 %
}
