//! Training as a whole: cut and resumed, in any pieces, guarded, stopped early, refused; and against a reference.

#[path = "training/best.rs"]
mod best;
#[path = "training/checkpoints.rs"]
mod checkpoints;
#[path = "training/diverged.rs"]
mod diverged;
#[path = "training/ends.rs"]
mod ends;
#[path = "training/guarded.rs"]
mod guarded;
#[path = "training/penalty.rs"]
mod penalty;
#[path = "training/reference.rs"]
mod reference;
#[path = "training/refused.rs"]
mod refused;

use nanoprop::prelude::*;
use nanoprop::{
    Adagrad, AdamW, Clip, Cosine, End, Event, Guard, Layerwise, Momentum, Nesterov, Optimizer, Penalty, Progress,
    ReduceOnPlateau, RmsProp, Rprop, Schedule, State, TrainingError, WarmUp,
};
use proptest::prelude::*;

network! {
    type Net = 6 => Dense<12, Tanh> => Dense<20, Relu> => Dense<3>, loss = SoftmaxCrossEntropy;
    type Double = 6 => Dense<12, Tanh> => Dense<20, Relu> => Dense<3>, loss = SoftmaxCrossEntropy, scalar = f64;
}
/// `h = b + w x`, for what can be computed by hand.
type Line = Network<Dense<U1, U1>, SquaredError>;
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
    end: Result<End, TrainingError>,
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
        // An epoch of which nothing is left is an error, and the next call goes on.
        (0..cut).for_each(|_| _ = trainer.step(&samples));
        let length = trainer.save(&mut file).unwrap();

        (net, best, good) = (Net::boxed(), Net::boxed(), Net::boxed());
        *training = Training::ZERO;
        let trainer = recipe.train(&mut net, &mut training).validate(&held_out);
        trainer.keep_best(&mut best).guard(guard, &mut good).load(&file[..length]).unwrap();
    }
    let trainer = recipe.train(&mut net, &mut training).validate(&held_out);
    let mut trainer = trainer.keep_best(&mut best).guard(guard, &mut good);
    let end = loop {
        match trainer.run(&samples) {
            Err(TrainingError::NothingLearned { .. }) => (),
            end => break end,
        }
    };
    Outcome {
        end,
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
                prop_assert_eq!(whole.end.is_ok(), stringify!($name) != "exploding");
                prop_assert_eq!(train::<_, _, _, 1>(&recipe, &cuts), whole);
            }
        }
    )+};
}

mod resumed {
    use super::*;

    macro_rules! each {
        ($($file:ident: $type:ident { by_rate: $by_rate:literal, such: $optimizer:expr })+) => {
            resumed! { $($file: $optimizer;)+ }
        };
    }
    nanoprop::__optimizers!(each);

    resumed! {
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
    let recipe = Recipe { epochs: 3, batch: 8, clip: Clip::No, max_norm: f64::INFINITY, ..recipe(Adam::new(0.01)) };
    let (mut net, mut training) = (start(), Training::<Net, Adam>::ZERO);
    recipe.train(&mut net, &mut training).run(&samples).unwrap();

    let (mut other, mut grad, mut tape, mut state) = (start(), Net::GRADIENT, Net::TAPE, State::ZERO);
    let mut progress = Progress::START;
    for epoch in 0..3_u64 {
        let key = 11_u64.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(epoch);
        let order = nanoprop::train::Permutation::new(40, key);
        let shuffled: Vec<Sample> = (0..40).map(|i| samples[order.get(i)]).collect();
        for batch in shuffled.chunks(8) {
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
    recipe.train(&mut net, &mut training).run(&samples).unwrap();

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
    recipe.train(&mut net, &mut training).run(&samples).unwrap();
    for cut in [0, 1, 5, 17, 40] {
        let (mut other, mut training) = (start(), Learning::ZERO);
        (0..cut).for_each(|_| _ = recipe.train(&mut other, &mut training).step(&samples).unwrap());
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
        recipe.train(&mut other, &mut training).run(&samples).unwrap();
        assert_eq!(other.digest(), net.digest(), "cut after {cut}");
    }
}

/// A stream has no epochs; its batches are those of its order.
#[test]
fn a_stream_is_learned_in_batches() {
    let samples = samples(20, 1);
    let recipe = Recipe { batch: 4, epochs: 1, ..Recipe::new(Momentum::new(0.1)) };
    let (mut net, mut training) = (start(), Training::<Net, Momentum>::ZERO);
    recipe.train(&mut net, &mut training).run(&samples).unwrap();
    let (mut other, mut training) = (start(), Training::<Net, Momentum>::ZERO);
    for (k, (x, y)) in samples.iter().enumerate() {
        let event = recipe.train(&mut other, &mut training).learn(x, y).unwrap();
        assert_eq!(event, if k % 4 == 3 { Event::Batch } else { Event::Sample });
    }
    assert_eq!(other.digest(), net.digest());
}

/// Each batch has masks of its own: those of the hand-written loop, whose tape counts on from the first sample.
#[test]
fn each_batch_drops_out_others() {
    network! { type Dropped = 6 => Dropout(50%) => Dense<1>, loss = SquaredError; }
    let samples = [([1.0; 6], [1.0]); 24];
    let recipe = Recipe { batch: 4, epochs: 1, order: Order::Shuffled(9), ..Recipe::new(Sgd::new(0.1)) };
    let (mut net, mut training) = (Dropped::ZERO, Training::<Dropped, Sgd, 3>::ZERO);
    recipe.train(&mut net, &mut training).run(&samples).unwrap();

    let (mut other, mut grad, mut tape) = (Dropped::ZERO, Dropped::GRADIENT, Dropped::TAPE);
    tape.seek(9, 0);
    for batch in samples.chunks(4) {
        other.gradient(batch, NoPenalty, &mut grad, &mut tape);
        other.update(&grad, 0.1);
    }
    assert_eq!(other.digest(), net.digest());
}
