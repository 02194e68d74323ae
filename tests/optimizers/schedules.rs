//! Schedules that follow one another, and plateaus, step by step: `golden/schedules.py` wrote `golden/schedules.txt` by
//! PyTorch's formulas.

use nanoprop::{Cosine, Exponential, PerEpoch, Progress, ReduceOnPlateau, Schedule, StepDecay, Switch, WarmUp};

use super::Constant;

const NUMBERS: &str = include_str!("../golden/schedules.txt");

fn line(key: &str) -> Vec<f64> {
    let line = NUMBERS.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {key}")).split(' ').map(|n| n.parse().unwrap()).collect()
}

fn compare(key: &str, schedule: impl Schedule) {
    for (n, expected) in (0..).zip(line(key)) {
        // The epochs of a training are not its steps.
        let by_steps = schedule.factor(&Progress { steps: n, epochs: n / 3, ..Progress::START });
        let by_epochs = PerEpoch(schedule).factor(&Progress { steps: 7 * n + 5, epochs: n, ..Progress::START });
        assert!((by_steps - expected).abs() <= 1e-13, "{key}: {by_steps} and not {expected} at {n}");
        assert_eq!(by_epochs, by_steps);
    }
}

#[test]
fn one_follows_another() {
    let warm_up = WarmUp { steps: 10, start: 0.1, then: Constant };
    compare("warm_up_then_cosine", Switch { first: warm_up, at: 10, then: Cosine { steps: 50, floor: 0.1 } });
    // Milestones 7 and 30: the second counts from the first.
    let fine = Switch { first: StepDecay { every: 5, factor: 0.5 }, at: 23, then: Cosine { steps: 40, floor: 0.05 } };
    compare("three", Switch { first: Exponential(0.9), at: 7, then: fine });
    // The same, nested the other way.
    let coarse = Switch { first: Exponential(0.9), at: 7, then: StepDecay { every: 5, factor: 0.5 } };
    compare("three", Switch { first: coarse, at: 30, then: Cosine { steps: 40, floor: 0.05 } });
    let linear = WarmUp { steps: 4, start: 0.25, then: Constant };
    compare("from_the_start", Switch { first: Exponential(0.5), at: 1, then: linear });
    let progress = Progress { steps: u64::MAX, ..Progress::START };
    assert_eq!(Switch { first: Exponential(0.5), at: 0, then: Exponential(1.0) }.factor(&Progress::START), 1.0);
    assert_eq!(Switch { first: Exponential(0.5), at: u64::MAX, then: Constant }.factor(&progress), 1.0);
}

const PLATEAU: ReduceOnPlateau =
    ReduceOnPlateau { factor: 0.5, patience: 2, cooldown: 3, floor: 0.1, ..ReduceOnPlateau::DEFAULT };

/// Judges all epochs of four steps each: the factor of the plateau in each, from the `first` one that it sees.
fn judged(schedule: impl Schedule, losses: &[f64]) -> Vec<f64> {
    let mut progress = Progress::START;
    let factors = losses.iter().map(|&loss| {
        let factor = progress.plateau.factor;
        (progress.steps, progress.epochs) = (progress.steps + 4, progress.epochs + 1);
        let at = progress;
        schedule.judged(loss, &at, &mut progress.plateau);
        factor
    });
    factors.collect()
}

#[test]
fn a_plateau_rests_and_ends_at_its_floor() {
    let (losses, expected) = (line("losses"), line("plateau"));
    assert!(expected.contains(&0.5) && expected.last() == Some(&0.1), "something is compared");
    assert_eq!(judged(PLATEAU, &losses), expected);
    // Whatever multiplies it or counts epochs hands the losses on.
    assert_eq!(judged(WarmUp { steps: 100, start: 0.0, then: PLATEAU }, &losses), expected);
    assert_eq!(judged(PerEpoch(PLATEAU), &losses), expected);
}

/// A plateau sees the losses of the epochs that end while it is in force.
#[test]
fn a_plateau_sees_its_own_epochs() {
    let (losses, expected) = (line("losses"), line("plateau"));
    let with = |before: &[f64], after: &[f64]| [before, after].concat();
    // Three epochs of twelve steps; a loss of -9 there would be the best for ever.
    let late = with(&[-9.0; 3], &losses);
    let late_expected = with(&[1.0; 3], &expected);
    assert_eq!(judged(Switch { first: Constant, at: 12, then: PLATEAU }, &late), late_expected);
    assert_eq!(judged(PerEpoch(Switch { first: Constant, at: 3, then: PLATEAU }), &late), late_expected);
    let nested = Switch { first: Constant, at: 4, then: Switch { first: Constant, at: 8, then: PLATEAU } };
    assert_eq!(judged(nested, &late), late_expected);
    // As the first one, it sees them up to its end, and none after.
    let early = judged(Switch { first: PLATEAU, at: 4 * 20, then: Constant }, &losses);
    assert_eq!(early[..20], expected[..20]);
    assert_eq!(early[20], expected[20], "the loss of its last epoch");
    assert!(early[20..].iter().all(|factor| *factor == early[20]));
    assert_eq!(nanoprop::train::Plateau::START, Progress::START.plateau);
}
