//! The best weights are weights that were judged, and the room for them is never without any.

use super::*;
use nanoprop::Cause;

/// `best` of a training of `h = b + w x` in single steps from 0, without anything held out, and the loss that it has.
fn best(rate: f64, samples: &[([f32; 1], [f32; 1])], batch: u64, epochs: u64) -> (Vec<f32>, f64) {
    let (mut net, mut best, mut training) = (Line::ZERO, Line::ZERO, Training::<Line, Sgd>::ZERO);
    let recipe = Recipe { batch, epochs, ..Recipe::new(Sgd::new(rate)) };
    recipe.train(&mut net, &mut training).keep_best(&mut best).run(samples).unwrap();
    (best.parameters().to_vec(), training.progress().best)
}

/// Full batches: the loss of an epoch is that of the weights before its step.
#[test]
fn are_those_before_the_step() {
    // By hand: δ = −1 at 0, so b = w = ¼; then δ = −½, b = w = ⅜.
    let sample = [([1.0], [1.0])];
    assert_eq!(best(0.25, &sample, 1, 1), (vec![0.0, 0.0], 0.5));
    assert_eq!(best(0.25, &sample, 1, 2), (vec![0.25, 0.25], 0.125));
    assert_eq!(best(0.25, &sample, 32, 3), (vec![0.375, 0.375], 0.03125));
    // A step that explodes is none of them: the first weights have the loss ½, and 10¹⁶ was never judged.
    assert_eq!(best(1e16, &sample, 1, 1), (vec![0.0, 0.0], 0.5));
    // The last step of an epoch is not, also where others came before: b = w = ¼ after the first.
    assert_eq!(best(0.25, &[([1.0], [1.0]), ([1e16], [0.5])], 1, 1).0, [0.25, 0.25]);
}

/// With a guard, whose last batch may be left out: the weights before the step that no batch has judged.
#[test]
fn are_those_before_the_step_that_no_batch_has_judged() {
    for (last, cause) in [(f32::NAN, Cause::Sample), (1e30, Cause::Divergence)] {
        let (mut net, mut room, mut good) = (Line::ZERO, Line::ZERO, Line::ZERO);
        let mut training = Training::<Line, Sgd>::ZERO;
        let recipe = Recipe { batch: 1, epochs: 1, ..Recipe::new(Sgd::new(0.25)) };
        let samples = [([1.0], [1.0]), ([1.0], [1.0]), ([last], [1.0])];
        let trainer = recipe.train(&mut net, &mut training).keep_best(&mut room);
        let mut trainer = trainer.guard(Guard::FINITE, &mut good);
        assert_eq!(trainer.run(&samples), Ok(End::Epochs), "{cause:?}");
        // ½ and ⅛ are the losses at 0 and at ¼; the weights ⅜ after the second step have no loss.
        assert_eq!((room.parameters(), training.progress().best), (&[0.25, 0.25][..], 0.3125), "{cause:?}");
        assert_eq!(training.progress().rollbacks, 1);
    }
}

/// What is held out judges the weights after the epoch.
#[test]
fn are_those_that_were_validated() {
    let (mut net, mut best, mut training) = (Line::ZERO, Line::ZERO, Training::<Line, Sgd>::ZERO);
    let recipe = Recipe { batch: 1, epochs: 2, ..Recipe::new(Sgd::new(0.25)) };
    let held_out = [([1.0], [0.625]), ([1.0], [0.375])]; // best at b + w = ½, which is after the first step
    let mut trainer = recipe.train(&mut net, &mut training).validate(&held_out).keep_best(&mut best);
    assert_eq!(trainer.run(&[([1.0], [1.0])]), Ok(End::Epochs));
    // ½ (⅛² + ⅛²) / 2, and after the second step ½ (⅛² + ⅜²) / 2.
    let progress = training.progress();
    assert_eq!((best.parameters(), progress.best, progress.validation), (&[0.25, 0.25][..], 0.0078125, 0.0390625));
    assert_eq!((progress.best_epoch, progress.stale), (1, 1));
    assert_eq!(progress.to_string(), "epoch 2, step 2: loss 0.125, held out 0.0390625, best 0.0078125 after epoch 1");
}

/// No epoch is better than the first weights: that is said, and `best` has those.
#[test]
fn are_the_first_weights_where_nothing_is_better() {
    let start = [0.25, 0.25];
    let recipe = Recipe { batch: 1, epochs: 3, ..Recipe::new(Sgd::new(0.25)) };
    let (samples, held_out) = ([([1.0], [1.0])], [([1.0], [0.5])]);
    let (mut net, mut best, mut training) = (Line::ZERO, Line::ZERO, Training::<Line, Sgd>::ZERO);
    net.parameters_mut().copy_from_slice(&start);
    let mut trainer = recipe.train(&mut net, &mut training).validate(&held_out).keep_best(&mut best);
    assert_eq!(trainer.check(), Ok(0.0));
    let error = trainer.run(&samples).unwrap_err();
    assert_eq!(error.to_string(), "no epoch of 3 was better than the weights before the first");
    assert_eq!((best.parameters(), net.parameters()), (&start[..], &[0.46875, 0.46875][..]));

    // Before the first epoch is over, too, and in whatever trainers the steps are taken.
    let (mut net, mut best, mut training) = (Line::ZERO, Line::ZERO, Training::<Line, Sgd>::ZERO);
    net.parameters_mut().copy_from_slice(&start);
    for _ in 0..2 {
        recipe.train(&mut net, &mut training).keep_best(&mut best).step(&[([1.0], [1.0]); 3]).unwrap();
        assert_eq!(best.parameters(), start);
    }
    let mut again = Line::ZERO;
    training.restart();
    let _ = recipe.train(&mut net, &mut training).keep_best(&mut again);
    assert_eq!(again.digest(), net.digest());
}

/// An epoch that the guard undoes is never the best, although its loss is less than any before.
#[test]
fn are_none_that_were_rejected() {
    let (mut net, mut best, mut good) = (Line::ZERO, Line::ZERO, Line::ZERO);
    let mut training = Training::<Line, Sgd>::ZERO;
    let recipe = Recipe { batch: 1, epochs: 2, ..Recipe::new(Sgd::new(0.25)) };
    let guard = Guard { absolute: 1.0, ..Guard::FINITE };
    let held_out = [([1.0], [9.0])];
    let trainer = recipe.train(&mut net, &mut training).validate(&held_out).keep_best(&mut best);
    let result = trainer.guard(guard, &mut good).run(&[([1.0], [1.0])]);
    assert_eq!(result, Err(TrainingError::NeverImproved { epochs: 2 }));
    let progress = training.progress();
    assert_eq!((progress.best, progress.best_epoch, progress.stale), (f64::INFINITY, 0, 2));
    assert_eq!((progress.rollbacks, progress.validation), (2, 0.5 * 8.5 * 8.5));
    for net in [&net, &best, &good] {
        assert_eq!(net.parameters(), [0.0, 0.0]);
    }
}
