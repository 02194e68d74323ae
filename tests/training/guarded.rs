//! Guards: what is undone or left out, and that nothing of it is left.

use super::*;
use nanoprop::{Cause, Observer, Weighted};

/// How often each cause was heard.
#[derive(Default)]
struct Causes([usize; 4], usize);

impl Observer for Causes {
    fn rollback(&mut self, cause: Cause, progress: &Progress) {
        self.0[cause as usize] += 1;
        assert_eq!(progress.rollbacks, self.0.iter().sum::<usize>() as u64);
    }

    fn batch(&mut self, progress: &Progress) {
        assert!(progress.loss.is_finite());
        self.1 += 1;
    }
}

fn guarded<O: Optimizer>(
    recipe: Recipe<O>,
    guard: Guard,
    samples: &[Sample],
    held_out: &[Sample],
) -> (Box<Net>, Causes, Result<End, TrainingError>) {
    let (mut net, mut good, mut causes) = (start(), Net::boxed(), Causes::default());
    let mut training = Training::<Net, O, 4>::ZERO;
    let trainer = recipe.train(&mut net, &mut training).guard(guard, &mut good).observe(&mut causes);
    let end = if held_out.is_empty() {
        { trainer }.run(samples)
    } else {
        let mut trainer = trainer.validate(held_out);
        trainer.check().and_then(|_| trainer.run(samples))
    };
    assert!(net.is_finite());
    assert!(training.state().kept().iter().all(Network::is_finite));
    (net, causes, end)
}

/// Numbers that are not finite leave no trace: the rest is learned as if each such batch were not there.
#[test]
fn against_inputs_that_are_no_numbers() {
    let mut samples = samples(80, 1);
    let recipe = Recipe { batch: 4, epochs: 1, ..Recipe::new(Adam::new(0.01)) };
    let clean: Vec<Sample> =
        samples.iter().enumerate().filter(|(i, _)| !matches!(i / 4, 3 | 11)).map(|(_, s)| *s).collect();
    (samples[13].0[2], samples[46].0[5]) = (f32::NAN, f32::INFINITY);
    let (net, causes, end) = guarded(recipe, Guard::FINITE, &samples, &[]);
    assert_eq!(end, Ok(End::Epochs));
    assert_eq!((causes.0, causes.1), ([2, 0, 0, 0], 18));
    assert_eq!(net.digest(), guarded(recipe, Guard::FINITE, &clean, &[]).0.digest());
}

#[test]
fn against_rates_that_explode() {
    let (samples, held_out) = (samples(80, 1), samples(20, 2));
    for held_out in [&[][..], &held_out] {
        for rate in [1e3, 1e20, 1e30, 1e38] {
            let before = start().cost(&samples, NoPenalty);
            let recipe = Recipe { batch: 4, epochs: 3, ..Recipe::new(Sgd::new(rate)) };
            let (net, causes, end) = guarded(recipe, Guard { relative: 1.0, ..Guard::FINITE }, &samples, held_out);
            assert!(end.is_err() || held_out.is_empty(), "nothing was better, and that is said: {rate}");
            let after = net.cost(&samples, NoPenalty);
            assert!(rate == 1e3 || causes.0.iter().sum::<usize>() > 0, "{rate}: {:?}", causes.0);
            assert!(after.is_finite(), "{rate}: {after}");
            if !held_out.is_empty() {
                assert!(after < 1.2 * before, "{rate}: {before} to {after}");
            }
        }
    }
}

/// Labels that are wrong are finite; what is held out tells.
#[test]
fn against_labels_that_are_poisoned() {
    let (mut samples, held_out) = (samples(300, 1), samples(60, 2));
    let recipe = Recipe { batch: 8, epochs: 20, ..Recipe::new(Adam::new(0.01)) };
    let accuracy = |net: &Net| held_out.iter().filter(|(x, y)| net.classify(x) == y.index()).count();
    let bound = Guard { relative: 1.25, ..Guard::FINITE };
    let (net, _, end) = guarded(recipe, bound, &samples, &held_out);
    assert_eq!(end, Ok(End::Epochs));
    let (learned, cost) = (accuracy(&net), net.cost(&held_out, NoPenalty));
    assert!(learned > 45, "{learned} of 60");

    samples.iter_mut().for_each(|(_, y)| *y = Class::new((y.index() + 1) % 3).unwrap());
    let mut good = Net::boxed();
    let (mut guarded, mut training, mut causes) = (net, Training::<Net, Adam, 4>::ZERO, Causes::default());
    let (mut naive, mut unguarded) = (Net::boxed(), Training::<Net, Adam>::ZERO);
    naive.copy_from(&guarded);
    Recipe { epochs: 5, ..recipe }.train(&mut naive, &mut unguarded).run(&samples).unwrap();
    let trainer = Recipe { epochs: 5, ..recipe }.train(&mut guarded, &mut training).guard(bound, &mut good);
    let mut trainer = trainer.validate(&held_out).observe(&mut causes);
    trainer.check().unwrap();
    assert_eq!(trainer.run(&samples), Err(TrainingError::NeverImproved { epochs: 5 }));
    assert!(accuracy(&naive) < 20, "{}", accuracy(&naive));
    assert!(causes.0[Cause::Validation as usize] >= 4, "{:?}", causes.0);
    assert!(guarded.cost(&held_out, NoPenalty) <= 1.25 * cost, "the network is as it was");
    assert!(accuracy(&guarded) > 42);
}

/// What can be computed by hand, with momentum: after a rollback nothing of the steps before is left in the optimiser.
#[test]
fn the_optimizer_forgets_what_is_undone() {
    let (mut net, mut good, mut training) = (Line::ZERO, Line::ZERO, Training::<Line, Momentum>::ZERO);
    let recipe = Recipe { batch: 1, ..Recipe::new(Momentum::new(0.25)) };
    let held_out = [([1.0], [0.0])];
    let trainer = recipe.train(&mut net, &mut training).validate(&held_out);
    let mut trainer = trainer.guard(Guard { absolute: 0.125, ..Guard::FINITE }, &mut good);
    // δ = −2: b = w = ½, whose loss of what is held out is ½.
    assert_eq!(trainer.learn(&[1.0], &[2.0]), Ok(Event::Batch));
    assert_eq!(trainer.training().state().kept()[0].parameters(), [-2.0, -2.0]);
    assert_eq!(trainer.check(), Ok(0.5));
    assert_eq!((trainer.training().progress().rollbacks, trainer.training().state().steps()), (1, 0));
    assert_eq!(trainer.training().progress().best, f64::INFINITY, "what is undone is not the best");
    assert_eq!(trainer.training().state().kept()[0].parameters(), [0.0, 0.0]);
    // δ = −½ from 0, as if it were the first: b = w = ⅛, whose loss is 1/32.
    assert_eq!(trainer.learn(&[1.0], &[0.5]), Ok(Event::Batch));
    assert_eq!(trainer.check(), Ok(0.03125));
    assert_eq!(trainer.training().progress().best, 0.03125);
    assert_eq!((net.parameters(), good.parameters()), (&[0.125, 0.125][..], &[0.125, 0.125][..]));
    assert_eq!(training.state().steps(), 1);
}

/// A rollback in the middle of a batch forgets the samples in it, which the weights that are gone have seen.
#[test]
fn a_batch_is_forgotten_with_its_weights() {
    let (mut net, mut good, mut training) = (Line::ZERO, Line::ZERO, Training::<Line, Sgd>::ZERO);
    let recipe = Recipe { batch: 2, ..Recipe::new(Sgd::new(0.25)) };
    let held_out = [([1.0], [0.0])];
    let trainer = recipe.train(&mut net, &mut training).validate(&held_out);
    let mut trainer = trainer.guard(Guard { absolute: 0.125, ..Guard::FINITE }, &mut good);
    let mut learn = |y: f32| trainer.learn(&[1.0], &[y]).unwrap();
    assert_eq!([learn(2.0), learn(2.0), learn(7.0)], [Event::Sample, Event::Batch, Event::Sample]);
    assert_eq!(trainer.check(), Ok(0.5));
    let mut learn = |y: f32| trainer.learn(&[1.0], &[y]).unwrap();
    assert_eq!([learn(0.5), learn(0.25)], [Event::Sample, Event::Batch]);
    assert_eq!(net.parameters(), [0.09375, 0.09375]); // ¼ · (½ + ¼) / 2
}

/// The mean of what is held out, however often, in pieces of any size, and with weights: by hand.
#[test]
fn a_check_is_the_mean_of_what_is_held_out() {
    fn check<const B: usize>() {
        let (mut net, mut training) = (Line::ZERO, Training::<Line, Sgd, B>::ZERO);
        net.parameters_mut().copy_from_slice(&[1.0, 0.5]);
        // h = 1, 1.5, 2, 2.5, 0: squares 1, ¼, 0, 9, 16.
        let held_out = [([0.0], [2.0]), ([1.0], [1.0]), ([2.0], [2.0]), ([3.0], [-0.5]), ([-2.0], [4.0])];
        let recipe = Recipe { batch: 1, epochs: 1, ..Recipe::new(Sgd::new(0.25)) };
        let mut trainer = recipe.train(&mut net, &mut training).validate(&held_out);
        for _ in 0..3 {
            assert_eq!(trainer.check(), Ok(2.625));
        }
        assert_eq!(trainer.training().progress().best, 2.625);
        // h = 1 + 0: δ = 1, so b = ¾. The epoch is judged by a sum of its own: 25/16, 1/16, 1/16, 121/16, 289/16.
        assert_eq!(trainer.run(&[([0.0], [0.0])]), Err(TrainingError::NeverImproved { epochs: 1 }));
        assert_eq!(training.progress().validation, 437.0 / 160.0);
    }
    check::<1>();
    check::<2>();
    check::<5>();
    check::<8>();
}

/// Targets and their weights count as inputs do; a target of weight 0 does not count.
#[test]
fn against_targets_that_are_no_numbers() {
    let sample = |y: f32, weight: f32| ([1.0_f32], Weighted { target: [y], weight });
    for (bad, rollbacks) in
        [(sample(f32::NAN, 1.0), 1), (sample(f32::INFINITY, 1.0), 1), (sample(1.0, f32::NAN), 1), (sample(2.0, 0.0), 0)]
    {
        let (mut net, mut good, mut training) = (Line::ZERO, Line::ZERO, Training::<Line, Sgd>::ZERO);
        let recipe = Recipe { batch: 1, epochs: 1, ..Recipe::new(Sgd::new(0.25)) };
        let mut trainer = recipe.train(&mut net, &mut training).guard(Guard::FINITE, &mut good);
        assert_eq!(trainer.run(&[sample(1.0, 1.0), bad, sample(1.0, 1.0)]), Ok(End::Epochs));
        // As if it were not there: ¼, then ⅜.
        assert_eq!((net.parameters(), training.progress().rollbacks), (&[0.375, 0.375][..], rollbacks));
    }
}

/// Nothing of an epoch is left: that is said, and the next call goes on.
#[test]
fn an_epoch_of_which_nothing_is_left() {
    let mut samples = samples(8, 1);
    let recipe = Recipe { batch: 4, epochs: 3, ..Recipe::new(Adam::new(0.01)) };
    (samples[1].0[0], samples[6].0[5]) = (f32::NAN, f32::NAN);
    let (mut net, mut good, mut training) = (start(), Net::boxed(), Training::<Net, Adam>::ZERO);
    let mut trainer = recipe.train(&mut net, &mut training).guard(Guard::FINITE, &mut good);
    let error = trainer.run(&samples).unwrap_err();
    assert_eq!(error.to_string(), "every step of epoch 1 was undone or left out");
    (samples[1].0[0], samples[6].0[5]) = (0.0, 0.0);
    assert_eq!(trainer.run(&samples), Ok(End::Epochs));
    assert_eq!((training.progress().epochs, training.progress().steps, training.progress().best_epoch), (3, 4, 3));
}

/// A step that leads to infinite weights is undone at once: by hand, the slope is −10¹⁰ and the rate 10³⁰.
#[test]
fn against_weights_that_become_infinite() {
    let (mut net, mut good, mut training) = (Line::ZERO, Line::ZERO, Training::<Line, Sgd>::ZERO);
    let recipe = Recipe { batch: 1, ..Recipe::new(Sgd::new(1e30)) };
    let mut trainer = recipe.train(&mut net, &mut training).guard(Guard::FINITE, &mut good);
    assert_eq!(trainer.learn(&[1.0], &[1e10]), Ok(Event::Rollback(Cause::Parameters)));
    assert_eq!((net.parameters(), training.progress().rollbacks), (&[0.0, 0.0][..], 1));
}
