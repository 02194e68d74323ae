//! How trainings end, and that they go on.

use super::*;
use nanoprop::{Observer, Real, Trainer};

#[test]
fn patience_ends_and_the_best_is_kept() {
    let (samples, held_out) = (samples(30, 1), samples(60, 2));
    let recipe = Recipe { batch: 8, epochs: 500, patience: 5, ..Recipe::new(Adam::new(0.02)) };
    let (mut net, mut best, mut training) = (start(), Net::boxed(), Training::<Net, Adam, 8>::ZERO);
    let mut trainer = recipe.train(&mut net, &mut training).validate(&held_out).keep_best(&mut best);
    assert_eq!(trainer.run(&samples), Ok(End::Patience));
    assert_eq!(trainer.run(&samples), Ok(End::Patience));
    let progress = *training.progress();
    assert_eq!((progress.epochs, progress.stale), (progress.best_epoch + 5, 5));
    assert!(progress.epochs < 200, "{}", progress.epochs);
    let cost = f64::from(best.cost(&held_out, NoPenalty));
    assert!((cost - progress.best).abs() < 1e-6 && progress.validation > progress.best, "{cost}, {progress:?}");
}

#[test]
fn an_observer_stops_and_the_next_call_goes_on() {
    struct After(u64);
    impl Observer for After {
        fn batch(&mut self, progress: &Progress) {
            self.0 = progress.steps;
        }
        fn stop(&mut self) -> bool {
            self.0 == 3
        }
    }
    let samples = samples(40, 1);
    let recipe = recipe(Adam::DEFAULT);
    let (mut net, mut training) = (start(), Training::<Net, Adam>::ZERO);
    assert_eq!(recipe.train(&mut net, &mut training).observe(&mut After(0)).run(&samples), Ok(End::Stopped));
    assert_eq!(training.progress().steps, 3);
    assert_eq!(recipe.train(&mut net, &mut training).run(&samples), Ok(End::Epochs));
    let (mut other, mut training) = (start(), Training::<Net, Adam>::ZERO);
    recipe.train(&mut other, &mut training).run(&samples).unwrap();
    assert_eq!(other.digest(), net.digest());
}

/// A training that was finished goes on where the recipe has more of what it ended for, and is then the longer one.
#[test]
fn more_epochs_go_on() {
    let samples = samples(20, 1);
    let recipe = |epochs| Recipe { epochs, batch: 8, ..Recipe::new(Adam::new(0.01)) };
    let (mut whole, mut training) = (start(), Training::<Net, Adam>::ZERO);
    recipe(5).train(&mut whole, &mut training).run(&samples).unwrap();

    let (mut net, mut training) = (start(), Training::<Net, Adam>::ZERO);
    let mut file = vec![0; Training::<Net, Adam>::CHECKPOINT];
    assert_eq!(recipe(2).train(&mut net, &mut training).run(&samples), Ok(End::Epochs));
    let length = recipe(2).train(&mut net, &mut training).save(&mut file).unwrap();
    assert_eq!(recipe(5).train(&mut net, &mut training).run(&samples), Ok(End::Epochs));
    assert_eq!((net.digest(), training.progress().steps), (whole.digest(), 15));
    assert_eq!(recipe(3).train(&mut net, &mut training).run(&samples), Ok(End::Epochs));
    assert_eq!(training.progress().epochs, 5);

    let (mut net, mut training) = (Net::boxed(), Training::<Net, Adam>::ZERO);
    let mut trainer = recipe(5).train(&mut net, &mut training);
    trainer.load(&file[..length]).unwrap();
    assert_eq!(trainer.run(&samples), Ok(End::Epochs));
    assert_eq!(net.digest(), whole.digest());
}

/// The epochs until patience ends a training by losses that are known: the held-out target lies at the fifth weight, by
/// steps of ¼ up to it and beyond.
#[test]
fn patience_counts_epochs_that_were_no_better() {
    #[derive(Clone, Copy)]
    struct Quarters;
    impl Optimizer for Quarters {
        const NAME: &'static str = "quarters";
        type Kept<P> = [P; 0];
        type Factors = ();
        fn factors(&self, _: &nanoprop::train::Now) {}
        fn change<V: Real>(_: (), weight: V, _: V, _: &mut [V; 0]) -> V {
            weight - V::of(0.25)
        }
    }
    type Bias = Network<Dense<U1, U1>, SquaredError>;
    let (samples, held_out) = ([([0.0_f32], [-9.0_f32])], [([0.0_f32], [-1.25_f32])]);
    let recipe = |patience| Recipe { batch: 1, epochs: 100, patience, ..Recipe::new(Quarters) };
    let epochs = |patience| {
        let (mut net, mut training) = (Bias::ZERO, Training::<Bias, Quarters>::ZERO);
        let end = recipe(patience).train(&mut net, &mut training).validate(&held_out).run(&samples);
        assert_eq!((end, training.progress().best_epoch), (Ok(End::Patience), 5));
        let more = recipe(patience + 4).train(&mut net, &mut training).validate(&held_out).run(&samples);
        assert_eq!((more, training.progress().stale), (Ok(End::Patience), patience + 4));
        training.progress().epochs - training.progress().stale + patience
    };
    assert_eq!([1, 2, 7].map(epochs), [6, 7, 12]);
    let (mut net, mut training) = (Bias::ZERO, Training::<Bias, Quarters>::ZERO);
    let end = recipe(0).train(&mut net, &mut training).validate(&held_out).run(&samples);
    assert_eq!((end, training.progress().epochs), (Ok(End::Patience), 6), "0 counts as 1");
}

#[test]
fn ends_have_words() {
    let words = [End::Epochs, End::Patience, End::Stopped].map(|end| end.to_string());
    assert_eq!(words[0], "all epochs are done");
    assert_eq!(words[1], "no better for as many epochs as its patience allows");
    assert_eq!(words[2], "stopped by an observer");
    assert_eq!(Progress::START.to_string(), "epoch 0, step 0");
    let undone = Progress { rollbacks: 2, best: 0.5, ..Progress::START };
    assert_eq!(undone.to_string(), "epoch 0, step 0: best 0.5 after epoch 0; 2 undone or left out");
}

/// A trainer is a field and an argument.
#[test]
fn a_trainer_can_be_written_down() {
    struct Device<'a> {
        trainer: Trainer<'a, Net, Recipe<Adam>>,
    }
    fn go_on(trainer: &mut Trainer<'_, Net, Recipe<Adam>, Vec<Sample>>, samples: &[Sample]) -> bool {
        trainer.step(samples).is_ok()
    }
    fn go_on_in_batches(
        trainer: &mut Trainer<'_, Net, Recipe<Adam>, nanoprop::NoSamples, 32>,
        samples: &[Sample],
    ) -> bool {
        trainer.step(samples).is_ok()
    }
    let samples = samples(4, 1);
    let (mut net, mut training) = (start(), Training::<Net, Adam>::ZERO);
    let mut device = Device { trainer: Recipe::new(Adam::DEFAULT).train(&mut net, &mut training) };
    assert_eq!(device.trainer.learn(&samples[0].0, &samples[0].1), Ok(Event::Sample));
    assert!(go_on(&mut device.trainer.validate(&samples), &samples));
    let mut training = Training::<Net, Adam, 32>::ZERO;
    assert!(go_on_in_batches(&mut Recipe::new(Adam::DEFAULT).train(&mut net, &mut training), &samples));
}
