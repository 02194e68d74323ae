//! What can't work is an error that says why, before the first step.

use super::*;
use nanoprop::{L1, Real, Trainer, Weighted};

network! {
    type Sigmoids = 1 => Dense<3, Sigmoid> => Dense<1>, loss = SquaredError;
    type Narrow = 1 => Dense<1, Sigmoid> => Dense<1>, loss = SquaredError;
    type Shortcut = 2 => Residual(Dense<2>) => Dense<1>, loss = SquaredError;
}

/// `y = 1 + 2x`.
const POINTS: [([f32; 1], [f32; 1]); 3] = [([0.0], [1.0]), ([1.0], [3.0]), ([2.0], [5.0])];

pub(super) const fn line_recipe(rate: f64) -> Recipe<Sgd> {
    Recipe { batch: 1, epochs: 2, ..Recipe::new(Sgd::new(rate)) }
}

/// What `run`, `step`, `learn` and `check` say, which is the same; nothing is changed.
#[track_caller]
fn refused<O: Optimizer, S: Schedule, P: Penalty>(recipe: Recipe<O, S, P>) -> String {
    let (mut net, mut training) = (start(), Training::<Net, O>::ZERO);
    let (samples, before) = (samples(9, 1), net.digest());
    let mut trainer = recipe.train(&mut net, &mut training).validate(&samples);
    let error = trainer.run(&samples).unwrap_err();
    assert_eq!(trainer.step(&samples).unwrap_err().to_string(), error.to_string());
    assert_eq!(trainer.learn(&samples[0].0, &samples[0].1).unwrap_err().to_string(), error.to_string());
    assert_eq!(trainer.check().unwrap_err().to_string(), error.to_string());
    assert_eq!(format!("{error:?}"), error.to_string(), "what `main` prints");
    assert_eq!((net.digest(), training.progress().samples), (before, 0));
    assert_eq!((training.state().steps(), training.progress().steps), (0, 0));
    error.to_string()
}

#[test]
fn settings_without_sense() {
    let recipe = Recipe::new(Adam::DEFAULT);
    assert_eq!(refused(Recipe { batch: 0, ..recipe }), "the recipe's batch can't be 0");
    assert_eq!(refused(Recipe { epochs: 0, ..recipe }), "the recipe's number of epochs can't be 0");
    for limit in [f64::NAN, 0.0, -1.0] {
        assert_eq!(refused(Recipe { max_norm: limit, ..recipe }), format!("the recipe's max_norm can't be {limit}"));
        for clip in [Clip::Value(limit), Clip::Norm(limit)] {
            let text = format!("the limit of the recipe's clip can't be {limit}");
            assert_eq!(refused(Recipe { clip, ..recipe }), text);
        }
    }
    assert_eq!(refused(recipe.penalty(L2(f64::NAN))), "the recipe's penalty can't be NaN");
    assert_eq!(refused(recipe.penalty(L1(f64::INFINITY))), "the recipe's penalty can't be inf");

    let (mut net, mut good, mut training) = (start(), Net::boxed(), Training::<Net, Adam>::ZERO);
    for guard in [Guard { absolute: f64::NAN, ..Guard::FINITE }, Guard { relative: f64::NAN, ..Guard::FINITE }] {
        let mut trainer = recipe.train(&mut net, &mut training).guard(guard, &mut good);
        let error = trainer.run(&samples(9, 1)).unwrap_err().to_string();
        assert!(error.starts_with("the guard's ") && error.ends_with("bound can't be NaN"), "{error}");
    }
}

/// The rate, asked of each optimiser by what it does, in the network's scalar: 10⁻⁶⁰ is 0 in `f32`, 10⁶⁰ is infinite.
#[test]
fn rates_without_sense() {
    fn rates<O: Optimizer>(optimizer: impl Fn(f64) -> O) {
        let not_finite = "the optimizer's step is not finite: its rate or another of its numbers is NaN or infinite";
        for rate in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(refused(Recipe::new(optimizer(rate))), not_finite, "{} {rate}", O::NAME);
        }
        for rate in [0.0, 1e-60] {
            let text = "the optimizer changes no weight: its rate is 0";
            assert_eq!(refused(Recipe::new(optimizer(rate))), text, "{} {rate}", O::NAME);
        }
        let text = "the optimizer goes up the slope: its rate is negative";
        assert_eq!(refused(Recipe::new(optimizer(-0.01))), text, "{}", O::NAME);
    }
    macro_rules! each {
        ($($file:ident: $type:ident { by_rate: $by_rate:literal, $($rest:tt)+ })+) => {
            $( if $by_rate { rates($type::new) } )+
        };
    }
    nanoprop::__optimizers!(each);
    rates(|rate| Layerwise { optimizer: Adam::new(rate), factors: [0.0, 1.0, 0.5] });
    refused(Recipe::new(Sgd::new(1e60)));
    refused(Recipe::new(Adam { beta2: f64::NAN, ..Adam::DEFAULT }));
    // One layer learns nothing, another goes up; all learn nothing.
    refused(Recipe::new(Layerwise { optimizer: Adam::DEFAULT, factors: [0.0, 1.0, -1.0] }));
    refused(Recipe::new(Layerwise { optimizer: Adam::DEFAULT, factors: [0.0; 3] }));
}

/// Frozen layers and an optimiser that begins with its second step are no reason.
#[test]
fn rates_with_sense() {
    #[derive(Clone, Copy)]
    struct Late;
    impl Optimizer for Late {
        const NAME: &'static str = "late";
        type Kept<P> = [P; 0];
        type Factors = f64;
        fn factors(&self, now: &nanoprop::train::Now) -> f64 {
            if now.step == 1 { 0.0 } else { 0.01 * now.factor }
        }
        fn change<V: Real>(rate: f64, weight: V, slope: V, _: &mut [V; 0]) -> V {
            weight - V::of(rate) * slope
        }
    }
    fn runs<O: Optimizer>(optimizer: O) {
        let (mut net, mut training) = (start(), Training::<Net, O>::ZERO);
        assert_eq!(Recipe::new(optimizer).train(&mut net, &mut training).run(&samples(9, 1)), Ok(End::Epochs));
    }
    runs(Layerwise { optimizer: Adam::DEFAULT, factors: [1.0, 0.5, 0.0] });
    runs(Layerwise { optimizer: Adam::DEFAULT, factors: [0.0, 0.0, 1.0] });
    runs(Rprop::DEFAULT);
    runs(Late);
}

/// A schedule's factor may be 0, but nothing that no rate is multiplied with; at its step, before it is taken.
#[test]
fn factors_without_sense() {
    #[derive(Clone, Copy)]
    struct Odd(f64);
    impl Schedule for Odd {
        fn factor(&self, at: &Progress) -> f64 {
            if at.steps == 2 { self.0 } else { at.steps as f64 }
        }
    }
    for odd in [f64::NAN, f64::INFINITY, -0.5] {
        let (mut net, mut training) = (Line::ZERO, Training::<Line, Sgd>::ZERO);
        let recipe = line_recipe(0.25).schedule(Odd(odd));
        let error = recipe.train(&mut net, &mut training).run(&POINTS).unwrap_err();
        let text = format!("the schedule's factor for step 3 is {odd}; it has to be finite and at least 0");
        assert_eq!((error.to_string(), training.progress().steps), (text, 2));
        assert_eq!(net.parameters(), [0.75, 0.75], "after the steps by the factors 0 and 1");
        assert_eq!(line_recipe(0.25).train(&mut net, &mut training).run(&POINTS), Ok(End::Epochs));
    }
}

#[test]
fn no_samples() {
    let none: [([f32; 1], [f32; 1]); 0] = [];
    let (mut net, mut good, mut training) = (Line::ZERO, Line::ZERO, Training::<Line, Sgd>::ZERO);
    let recipe = line_recipe(0.25);
    assert_eq!(recipe.train(&mut net, &mut training).run(&none), Err(TrainingError::NoSamples));
    assert_eq!(recipe.train(&mut net, &mut training).step(&none), Err(TrainingError::NoSamples));
    for result in [
        recipe.train(&mut net, &mut training).validate(&none).run(&POINTS).map(|_| ()),
        recipe.train(&mut net, &mut training).validate(&none).learn(&[1.0], &[1.0]).map(|_| ()),
        recipe.train(&mut net, &mut training).validate(&none).check().map(|_| ()),
        recipe.train(&mut net, &mut training).check().map(|_| ()),
        recipe.train(&mut net, &mut training).guard(Guard::FINITE, &mut good).check().map(|_| ()),
    ] {
        assert_eq!(result, Err(TrainingError::NothingHeldOut));
    }
    assert_eq!(net.parameters(), [0.0, 0.0]);
    // It is not over for ever.
    assert_eq!(recipe.train(&mut net, &mut training).run(&POINTS), Ok(End::Epochs));
    assert_eq!(training.progress().steps, 6);
}

/// Zero is a start for one layer, for a single hidden unit, and beside a shortcut; not where hidden units are equal.
#[test]
fn networks_that_were_never_initialised() {
    let samples = [([0.0], [1.0]), ([1.0], [3.0]), ([2.0], [0.0])];
    let (mut net, mut training) = (Sigmoids::ZERO, Training::<Sigmoids, Adam>::ZERO);
    let recipe = Recipe { epochs: 3, batch: 2, ..Recipe::new(Adam::new(0.1)) };
    for _ in 0..2 {
        assert_eq!(recipe.train(&mut net, &mut training).run(&samples), Err(TrainingError::Uninitialized));
        assert_eq!((net.digest(), training.progress().samples), (Sigmoids::ZERO.digest(), 0));
    }
    net.initialize(&Xavier, &mut Pcg32::new(1));
    assert_eq!(recipe.train(&mut net, &mut training).run(&samples), Ok(End::Epochs));

    let (mut net, mut training) = (Net::boxed(), Training::<Net, Adam>::ZERO);
    assert_eq!(recipe.train(&mut net, &mut training).run(&super::samples(9, 1)), Err(TrainingError::Uninitialized));
    let stream = |trainer: &mut Trainer<Net, Recipe<Adam>>| {
        super::samples(2, 1).iter().map(|(x, y)| trainer.learn(x, y)).last().unwrap()
    };
    assert_eq!(stream(&mut recipe.train(&mut net, &mut training)), Err(TrainingError::Uninitialized));

    let (mut net, mut training) = (Narrow::ZERO, Training::<Narrow, Adam>::ZERO);
    assert_eq!(recipe.train(&mut net, &mut training).run(&samples), Ok(End::Epochs));
    let (mut net, mut training) = (Shortcut::ZERO, Training::<Shortcut, Adam>::ZERO);
    let pairs = [([0.5, 1.0], [1.0]), ([1.0, -2.0], [0.0])];
    assert_eq!(recipe.train(&mut net, &mut training).run(&pairs), Ok(End::Epochs));
}

/// Nor are weights of 0 later on, a gradient of 0, or inputs that are equal.
#[test]
fn networks_that_only_look_like_it() {
    let (mut net, mut training) = (Sigmoids::ZERO, Training::<Sigmoids, Adam>::ZERO);
    net.initialize(&Xavier, &mut Pcg32::new(1));
    let known = [0.5_f32, 1.0].map(|x| ([x], net.predict(&[x])));
    let recipe = Recipe { epochs: 1, batch: 2, ..Recipe::new(Adam::new(0.1)) };
    assert_eq!(recipe.train(&mut net, &mut training).run(&known), Ok(End::Epochs));
    net.copy_from(&Sigmoids::ZERO);
    let result = Recipe { epochs: 2, ..recipe }.train(&mut net, &mut training).run(&known);
    assert_eq!(result, Ok(End::Epochs));

    type Sum = Network<Dense<U2, U1>, SquaredError>;
    let (mut net, mut training) = (Sum::ZERO, Training::<Sum, Adam>::ZERO);
    assert_eq!(recipe.train(&mut net, &mut training).run(&[([1.0, 1.0], [1.0])]), Ok(End::Epochs));
}

#[test]
fn weights_that_are_not_finite() {
    let (mut net, mut training) = (start(), Training::<Net, Adam>::ZERO);
    net.parameters_mut()[344 + 60] = f32::NAN;
    let error = recipe(Adam::DEFAULT).train(&mut net, &mut training).run(&samples(9, 1)).unwrap_err();
    assert_eq!(error.to_string(), "the weight of layer 3 is not finite before the first step");
}

/// `run` finds it before the first step, `step` at its batch, which then is not begun.
#[test]
fn samples_that_are_not_finite() {
    let weighted = |y: f32, weight: f32| Weighted { target: [y], weight };
    let clean: Vec<_> = POINTS.iter().map(|(x, y)| (*x, weighted(y[0], 1.0))).collect();
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for (part, x, y) in [
            ("input", [bad], weighted(1.0, 1.0)),
            ("target", [1.0], weighted(bad, 1.0)),
            ("weight", [1.0], weighted(1.0, bad)),
        ] {
            let mut samples = clean.clone();
            samples.push((x, y));
            let (mut net, mut training) = (Line::ZERO, Training::<Line, Sgd>::ZERO);
            let text = format!("the {part} of sample 3 is not finite");
            let error = line_recipe(0.25).train(&mut net, &mut training).run(&samples).unwrap_err();
            assert_eq!((error.to_string(), training.progress().steps), (text.clone(), 0));
            let recipe = Recipe { batch: 2, order: Order::Shuffled(3), ..line_recipe(0.25) };
            let mut trainer = recipe.train(&mut net, &mut training);
            let error = |trainer: &mut Trainer<_, _>| (0..9).find_map(|_| trainer.step(&samples).err());
            assert_eq!(error(&mut trainer).unwrap().to_string(), text);
            let steps = trainer.training().progress().steps;
            assert_eq!(error(&mut trainer).unwrap().to_string(), text, "again and again");
            assert_eq!((training.progress().steps, training.progress().samples), (steps, 2 * steps));
            assert!(net.is_finite());

            let mut trainer = recipe.train(&mut net, &mut training);
            let index = trainer.training().progress().samples;
            assert_eq!(
                trainer.learn(&x, &y).unwrap_err().to_string(),
                format!("the {part} of sample {index} is not finite")
            );

            let (mut net, mut training) = (Line::ZERO, Training::<Line, Sgd>::ZERO);
            let mut trainer = recipe.train(&mut net, &mut training).validate(&samples);
            let text = format!("the {part} of held-out sample 3 is not finite");
            for _ in 0..2 {
                assert_eq!(trainer.run(&clean).unwrap_err().to_string(), text);
                assert_eq!(trainer.check().unwrap_err().to_string(), text);
            }
            assert_eq!(trainer.training().progress().steps, 0);
            let error = (0..9).find_map(|_| trainer.step(&clean).err());
            assert_eq!(error.unwrap().to_string(), text);
            // With what is sound, the epoch is judged from the start.
            let mut trainer = recipe.train(&mut net, &mut training).validate(&clean);
            assert_eq!((0..3).map(|_| trainer.step(&clean).unwrap()).last(), Some(Event::Epoch));
            assert!(training.progress().validation.is_finite());
        }
    }
}
