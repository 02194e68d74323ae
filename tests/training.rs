//! Training as a whole: cut and resumed, in any pieces, guarded, stopped early.

use nanoprop::prelude::*;
use proptest::prelude::*;

network! {
    type Net = 6 => Dense<12, Tanh> => Dense<20, Relu> => Dense<3>, loss = SoftmaxCrossEntropy;
    type Double = 6 => Dense<12, Tanh> => Dense<20, Relu> => Dense<3>, loss = SoftmaxCrossEntropy, scalar = f64;
}
type Sample = ([f32; 6], Class<U3>);

/// Points with a class by the largest of three sums.
fn samples(count: usize, seed: u64) -> Vec<Sample> {
    let mut rng = Pcg32::new(seed);
    let mut point = || {
        let x: [f32; 6] = core::array::from_fn(|_| rng.bits() as f32 / (1u32 << 31) as f32 - 1.0);
        let sums = [x[0] + x[1], x[2] - x[3], x[4] * x[5] + x[0]];
        let class = (0..3).fold(0, |best, k| if sums[k] > sums[best] { k } else { best });
        (x, Class::new(class).unwrap())
    };
    (0..count).map(|_| point()).collect()
}

fn start() -> Box<Net> {
    let mut net = Net::boxed();
    net.initialize(&He, &mut Pcg32::new(3));
    net
}

const fn recipe<O: Optimizer>(optimizer: O) -> Recipe<O, WarmUp<Cosine>, L2> {
    let schedule = WarmUp { steps: 5, start: 0.1, then: Cosine { steps: 60, floor: 0.1 } };
    let recipe = Recipe::new(optimizer).schedule(schedule).penalty(L2(0.01));
    Recipe { batch: 7, epochs: 4, order: Order::Shuffled(11), clip: Clip::Norm(2.0), max_norm: 3.0, ..recipe }
}

/// What a training ends with.
#[derive(Debug, PartialEq)]
struct Outcome {
    net: u64,
    best: u64,
    good: u64,
    kept: Vec<u64>,
    steps: u64,
    progress: String,
}

/// A training of `recipe`, which goes on from its own checkpoint, in fresh memory, after as many calls as each of `cuts`.
fn train<O: Optimizer, S: Schedule, P: Penalty, const B: usize>(recipe: &Recipe<O, S, P>, cuts: &[usize]) -> Outcome {
    let (samples, held_out) = (samples(40, 1), samples(13, 2));
    let guard = Guard { absolute: 3.0, relative: 1.5 };
    let (mut net, mut best, mut good) = (start(), Net::boxed(), Net::boxed());
    let mut training = Box::new(Training::<Net, O, B>::ZERO);
    for &cut in cuts {
        let mut file = vec![0; Training::<Net, O, B>::CHECKPOINT];
        let trainer = recipe.train(&mut net, &mut training).validate(&held_out);
        let mut trainer = trainer.keep_best(&mut best).guard(guard, &mut good);
        (0..cut).for_each(|_| _ = trainer.step(&samples));
        let length = trainer.save(&mut file).unwrap();

        (net, best, good) = (Net::boxed(), Net::boxed(), Net::boxed());
        *training = Training::ZERO;
        let trainer = recipe.train(&mut net, &mut training).validate(&held_out);
        trainer.keep_best(&mut best).guard(guard, &mut good).load(&file[..length]).unwrap();
    }
    let trainer = recipe.train(&mut net, &mut training).validate(&held_out);
    assert_eq!(trainer.keep_best(&mut best).guard(guard, &mut good).run(&samples), End::Epochs);
    Outcome {
        net: net.digest(),
        best: best.digest(),
        good: good.digest(),
        kept: training.state().kept().iter().map(Network::digest).collect(),
        steps: training.state().steps(),
        progress: format!("{:?}", training.progress()),
    }
}

// resumed! { sgd: Sgd::new(0.1); } makes a test `sgd` of 24 cuts.
macro_rules! resumed {
    ($($name:ident: $optimizer:expr;)+) => {$(
        proptest! {
            #![proptest_config(ProptestConfig::with_cases(24))]
            #[test]
            fn $name(cuts in prop::collection::vec(0..160usize, 1..4)) {
                let recipe = recipe($optimizer);
                let whole = train::<_, _, _, 1>(&recipe, &[]);
                prop_assert_eq!(train::<_, _, _, 1>(&recipe, &cuts), whole);
            }
        }
    )+};
}

mod resumed {
    use super::*;

    resumed! {
        sgd: Sgd { decay: Decay::Decoupled(0.1), ..Sgd::new(0.1) };
        momentum: Momentum { dampening: 0.25, ..Momentum::new(0.1) };
        nesterov: Nesterov::new(0.1);
        rms_prop: RmsProp::DEFAULT;
        adam: Adam::new(0.01);
        adam_w: AdamW::new(0.01);
        adagrad: Adagrad { rate_decay: 0.1, start: 0.25, ..Adagrad::new(0.1) };
        rprop: Rprop::DEFAULT;
        layerwise: Layerwise { optimizer: Adam::new(0.01), factors: [0.0, 0.5, 1.0] };
        // A rate that explodes, so that there is something undone.
        exploding: Sgd::new(1e30);
    }
}

/// The plateau's memory is part of it.
#[test]
fn resumed_on_a_plateau() {
    let schedule = ReduceOnPlateau { patience: 0, threshold: 0.5, ..ReduceOnPlateau::DEFAULT };
    let recipe = Recipe { epochs: 8, ..recipe(Adam::new(0.01)).schedule(schedule) };
    let whole = train::<_, _, _, 4>(&recipe, &[]);
    assert!(!whole.progress.contains("factor: 1.0,"), "{}", whole.progress);
    for cut in [3, 50, 101] {
        assert_eq!(train::<_, _, _, 4>(&recipe, &[cut, cut]), whole);
    }
}

/// The pieces in which samples are taken change nothing.
#[test]
fn any_number_of_tapes_has_the_same_bits() {
    let recipe = recipe(Adam::new(0.01));
    let one = train::<_, _, _, 1>(&recipe, &[]);
    assert_eq!(train::<_, _, _, 3>(&recipe, &[]), one);
    assert_eq!(train::<_, _, _, 32>(&recipe, &[]), one);
}

/// An epoch by hand: a permutation, batches, a gradient each, and the optimiser.
#[test]
fn a_trainer_is_the_loop_that_one_would_write() {
    let samples = samples(40, 1);
    let recipe = Recipe { epochs: 3, clip: Clip::No, max_norm: f64::INFINITY, ..recipe(Adam::new(0.01)) };
    let (mut net, mut training) = (start(), Training::<Net, Adam>::ZERO);
    recipe.train(&mut net, &mut training).run(&samples);

    let (mut other, mut grad, mut tape, mut state) = (start(), Net::GRADIENT, Net::TAPE, State::ZERO);
    let mut progress = Progress::START;
    for epoch in 0..3_u64 {
        let key = 11_u64.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(epoch);
        let order = nanoprop::train::Permutation::new(40, key);
        let shuffled: Vec<Sample> = (0..40).map(|i| samples[order.get(i)]).collect();
        for batch in shuffled.chunks(7) {
            other.gradient(batch, L2(0.01), &mut grad, &mut tape);
            other.optimize_at(&grad, &recipe.optimizer, recipe.schedule.factor(&progress), &mut state);
            progress.steps += 1;
        }
    }
    assert_eq!(other.digest(), net.digest());
}

/// Plain descent is one thing, however it is asked for.
#[test]
fn plain_descent_is_one_thing() {
    let samples = samples(40, 1);
    let (mut net, mut training) = (start(), Training::<Net, Sgd>::ZERO);
    let recipe = Recipe { batch: 8, epochs: 2, ..Recipe::new(Sgd::new(0.1)).penalty(L2(0.01)) };
    recipe.train(&mut net, &mut training).run(&samples);

    let mut stepped = start();
    let mut tapes = [Net::TAPE; 8];
    (0..2).for_each(|_| stepped.step_batch(&samples, L2(0.01), 0.1, &mut tapes));
    assert_eq!(stepped.digest(), net.digest());

    let (mut updated, mut grad, mut tape) = (start(), Net::GRADIENT, Net::TAPE);
    for batch in samples.chunks(8).chain(samples.chunks(8)) {
        updated.gradient(batch, L2(0.01), &mut grad, &mut tape);
        updated.update(&grad, 0.1);
    }
    assert_eq!(updated.digest(), net.digest());
}

/// What `storage` writes to flash has all of it too.
#[test]
fn resumed_from_what_is_stored() {
    use nanoprop::storage::{Restore, Save};
    type Learning = Training<Net, Adam, 4>;
    type Whole = (Net, Learning);
    let (samples, recipe) = (samples(40, 1), recipe(Adam::new(0.01)));
    let (mut net, mut training) = (start(), Learning::ZERO);
    recipe.train(&mut net, &mut training).run(&samples);
    for cut in [0, 1, 5, 17, 40] {
        let (mut other, mut training) = (start(), Learning::ZERO);
        (0..cut).for_each(|_| _ = recipe.train(&mut other, &mut training).step(&samples));
        let mut bytes = vec![];
        let Ok(()) = (&*other, &training).write::<core::convert::Infallible>(&mut |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        });
        assert_eq!(bytes.len(), Whole::BYTES);

        let (mut other, mut training, mut at) = (Net::boxed(), Learning::ZERO, 0);
        let Ok(()) = (&mut *other, &mut training).read::<core::convert::Infallible>(&mut |piece| {
            piece.copy_from_slice(&bytes[at..at + piece.len()]);
            at += piece.len();
            Ok(())
        });
        recipe.train(&mut other, &mut training).run(&samples);
        assert_eq!(other.digest(), net.digest(), "cut after {cut}");
    }
}

#[test]
fn checkpoints_of_trainings_are_refused_in_words() {
    let refused = |error: CheckpointError| error.to_string();
    let (mut net, mut best, mut training) = (start(), Net::boxed(), Training::<Net, Adam>::ZERO);
    let mut file = vec![0; Training::<Net, Adam>::CHECKPOINT];
    let recipe = recipe(Adam::DEFAULT);
    let length = recipe.train(&mut net, &mut training).save(&mut file).unwrap();
    assert_eq!(length, 24 + 8 * 28 + 3 * size_of::<Net>() + 4);
    assert_eq!(
        refused(recipe.train(&mut net, &mut training).save(&mut file[..9]).unwrap_err()),
        format!("the checkpoint has {length} bytes, but the buffer has room for 9"),
    );
    let file = &file[..length];
    assert_eq!(refused(net.load(file).unwrap_err()), "a training, not a network alone");
    let trainer = recipe.train(&mut net, &mut training);
    assert_eq!(
        refused(trainer.keep_best(&mut best).load(file).unwrap_err()),
        "it belongs to a training with another optimizer, guard or room for the best",
    );
    let mut other = Training::<Net, AdamW>::ZERO;
    let result = Recipe::new(AdamW::DEFAULT).train(&mut net, &mut other).load(file);
    assert_eq!(result, Err(CheckpointError::WrongTraining));

    let mut alone = vec![0; Net::CHECKPOINT];
    net.save(&mut alone).unwrap();
    alone.resize(length, 0);
    let mut trainer = recipe.train(&mut net, &mut training);
    assert!(trainer.load(&alone).is_err());
    let before = trainer.training().progress().steps;
    for at in (0..length).step_by(97) {
        let mut broken = file.to_vec();
        broken[at] ^= 4;
        assert!(trainer.load(&broken).is_err(), "byte {at}");
        assert!(trainer.load(&file[..at]).is_err(), "cut at {at}");
    }
    assert_eq!(trainer.training().progress().steps, before);
    let (mut double, mut training) = (Double::boxed(), Training::<Double, Adam>::ZERO);
    let error = recipe.train(&mut double, &mut training).load(file).unwrap_err();
    assert_eq!(error, CheckpointError::WrongScalar { expected: 8, found: 4 });
}

mod guarded {
    use super::*;

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
    ) -> (Box<Net>, Causes) {
        let (mut net, mut good, mut causes) = (start(), Net::boxed(), Causes::default());
        let mut training = Training::<Net, O, 4>::ZERO;
        let trainer = recipe.train(&mut net, &mut training).guard(guard, &mut good).observe(&mut causes);
        if held_out.is_empty() {
            { trainer }.run(samples);
        } else {
            let mut trainer = trainer.validate(held_out);
            trainer.check();
            trainer.run(samples);
        }
        assert!(net.is_finite());
        assert!(training.state().kept().iter().all(Network::is_finite));
        (net, causes)
    }

    /// Numbers that are not finite leave no trace: the rest is learned as if each such batch were not there.
    #[test]
    fn against_inputs_that_are_no_numbers() {
        let mut samples = samples(80, 1);
        let recipe = Recipe { batch: 4, epochs: 1, ..Recipe::new(Adam::new(0.01)) };
        let clean: Vec<Sample> =
            samples.iter().enumerate().filter(|(i, _)| !matches!(i / 4, 3 | 11)).map(|(_, s)| *s).collect();
        (samples[13].0[2], samples[46].0[5]) = (f32::NAN, f32::INFINITY);
        let (net, causes) = guarded(recipe, Guard::FINITE, &samples, &[]);
        assert_eq!((causes.0, causes.1), ([2, 0, 0, 0], 18));
        assert_eq!(net.digest(), guarded(recipe, Guard::FINITE, &clean, &[]).0.digest());
    }

    #[test]
    fn against_rates_that_explode() {
        let (samples, held_out) = (samples(80, 1), samples(20, 2));
        for held_out in [&[][..], &held_out] {
            for rate in [1e3, 1e20, 1e38, 1e300, f64::INFINITY, f64::NAN] {
                let before = start().cost(&samples, NoPenalty);
                let recipe = Recipe { batch: 4, epochs: 3, ..Recipe::new(Sgd::new(rate)) };
                let (net, causes) = guarded(recipe, Guard { relative: 1.0, ..Guard::FINITE }, &samples, held_out);
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
        let (net, _) = guarded(recipe, bound, &samples, &held_out);
        let (learned, cost) = (accuracy(&net), net.cost(&held_out, NoPenalty));
        assert!(learned > 45, "{learned} of 60");

        samples.iter_mut().for_each(|(_, y)| *y = Class::new((y.index() + 1) % 3).unwrap());
        let mut good = Net::boxed();
        let (mut guarded, mut training, mut causes) = (net, Training::<Net, Adam, 4>::ZERO, Causes::default());
        let (mut naive, mut unguarded) = (Net::boxed(), Training::<Net, Adam>::ZERO);
        naive.copy_from(&guarded);
        Recipe { epochs: 5, ..recipe }.train(&mut naive, &mut unguarded).run(&samples);
        let trainer = Recipe { epochs: 5, ..recipe }.train(&mut guarded, &mut training).guard(bound, &mut good);
        let mut trainer = trainer.validate(&held_out).observe(&mut causes);
        trainer.check();
        trainer.run(&samples);
        assert!(accuracy(&naive) < 20, "{}", accuracy(&naive));
        assert!(causes.0[Cause::Validation as usize] >= 4, "{:?}", causes.0);
        assert!(guarded.cost(&held_out, NoPenalty) <= 1.25 * cost, "the network is as it was");
        assert!(accuracy(&guarded) > 42);
    }
}

#[test]
fn patience_ends_and_the_best_is_kept() {
    let (samples, held_out) = (samples(30, 1), samples(60, 2));
    let recipe = Recipe { batch: 8, epochs: 500, patience: 5, ..Recipe::new(Adam::new(0.02)) };
    let (mut net, mut best, mut training) = (start(), Net::boxed(), Training::<Net, Adam, 8>::ZERO);
    let mut trainer = recipe.train(&mut net, &mut training).validate(&held_out).keep_best(&mut best);
    assert_eq!(trainer.run(&samples), End::Patience);
    assert_eq!(trainer.run(&samples), End::Patience);
    let progress = *training.progress();
    assert_eq!((progress.epochs, progress.stale), (progress.best_epoch + 5, 5));
    assert!(progress.epochs < 200, "{}", progress.epochs);
    let cost = f64::from(best.cost(&held_out, NoPenalty));
    assert!((cost - progress.best).abs() < 1e-6 && progress.validation > progress.best, "{cost}, {progress:?}");
}

/// A stream has no epochs; its batches are those of its order.
#[test]
fn a_stream_is_learned_in_batches() {
    let samples = samples(20, 1);
    let recipe = Recipe { batch: 4, epochs: 1, ..Recipe::new(Momentum::new(0.1)) };
    let (mut net, mut training) = (start(), Training::<Net, Momentum>::ZERO);
    recipe.train(&mut net, &mut training).run(&samples);
    let (mut other, mut training) = (start(), Training::<Net, Momentum>::ZERO);
    for (k, (x, y)) in samples.iter().enumerate() {
        let event = recipe.train(&mut other, &mut training).learn(x, y);
        assert_eq!(event, if k % 4 == 3 { Event::Batch } else { Event::Sample });
    }
    assert_eq!(other.digest(), net.digest());
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
    assert_eq!(recipe.train(&mut net, &mut training).observe(After(0)).run(&samples), End::Stopped);
    assert_eq!(training.progress().steps, 3);
    assert_eq!(recipe.train(&mut net, &mut training).run(&samples), End::Epochs);
    let (mut other, mut training) = (start(), Training::<Net, Adam>::ZERO);
    recipe.train(&mut other, &mut training).run(&samples);
    assert_eq!(other.digest(), net.digest());
}

#[test]
fn no_samples_are_no_trouble() {
    let (mut net, mut training) = (start(), Training::<Net, Adam>::ZERO);
    let before = net.digest();
    let none: [Sample; 0] = [];
    assert_eq!(recipe(Adam::DEFAULT).train(&mut net, &mut training).run(&none), End::Epochs);
    let recipe = Recipe { epochs: 0, ..recipe(Adam::DEFAULT) };
    training.restart();
    assert_eq!(recipe.train(&mut net, &mut training).run(&samples(5, 1)), End::Epochs);
    assert_eq!(net.digest(), before);
}
