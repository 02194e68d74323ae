//! Networks that learn in fixed point, how well, and what they do where the range ends.

use nanoprop::prelude::*;
use nanoprop::{CheckpointError, Clip, End, Momentum, Number, Q16, Q32, Recipe, Sgd, State, Training};

use crate::digits;

network! {
    type Single = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    type Short = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy, scalar = Q16<12>;
    type Xor = 2 => Dense<4, Tanh> => Dense<1>, loss = SigmoidCrossEntropy, scalar = Q16<12>;
    type LongXor = 2 => Dense<4, Tanh> => Dense<1>, loss = SigmoidCrossEntropy, scalar = Q32<20>;
    type Ramp = 2 => Dense<3, Relu> => Dense<1>, loss = SquaredError, scalar = Q16<12>;
}

/// Online descent for some epochs at a rate that falls; gives the accuracy of what is held out, and the network.
macro_rules! learn {
    ($Net:ident, $T:ty, $seed:expr, $epochs:expr) => {{
        let number = |x| <$T as Number>::from_f64(f64::from(x));
        let (train, held_out) = digits::split(|row| row % 5 == 4);
        let train: Vec<_> = train.iter().map(|(x, y)| (x.map(number), *y)).collect();
        let (mut net, mut tape) = ($Net::ZERO, $Net::TAPE);
        net.initialize(&Xavier, &mut Pcg32::new($seed));
        for epoch in 0..$epochs {
            let rate = number(0.3 / (1.0 + epoch as f32 / 4.0));
            train.iter().for_each(|(x, y)| net.descend(x, y, rate, &mut tape));
        }
        (digits::accuracy(&held_out, |x| net.classify(&x.map(number))), net)
    }};
}

#[test]
fn digits_to_the_same_bits() {
    let (percent, net) = learn!(Short, Q16<12>, 1, 3);
    assert!(percent >= 93.5, "{percent:.2} %");
    assert_eq!(Q16::overflows(net.parameters()), 0);
    assert_eq!(net.digest(), DIGITS, "{:#018x}", net.digest());
}

/// What [`Network::digest`] is on every target.
const DIGITS: u64 = 0x5a26_aa97_5a6a_5a75;

/// As well as in f32, from the same random weights: the median of five seeds within half a point.
#[test]
#[cfg_attr(debug_assertions, ignore = "takes a minute without optimisation")]
fn digits_as_well_as_in_f32() {
    let (mut single, mut short) = ([0.0; 5], [0.0; 5]);
    for k in 0..5 {
        let seed = k as u64 + 1;
        (single[k], short[k]) = (learn!(Single, f32, seed, 12).0, learn!(Short, Q16<12>, seed, 12).0);
    }
    println!("f32 {single:.2?}, 16 bits {short:.2?}");
    single.sort_by(f64::total_cmp);
    short.sort_by(f64::total_cmp);
    assert!(short[2] >= single[2] - 0.5 && short[0] >= 96.5, "f32 {single:.2?}, 16 bits {short:.2?}");
}

macro_rules! samples {
    ($T:ty) => {
        [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])]
            .map(|(x, y): ([f64; 2], [f64; 1])| (x.map(<$T>::new), y.map(<$T>::new)))
    };
}

/// Batches, optimisers, a penalty, clipping.
macro_rules! xor {
    ($Net:ident, $T:ty) => {{
        let samples = samples!($T);
        let learned =
            |net: &$Net| samples.iter().all(|(x, y)| (f64::from(net.predict(x)[0]) - f64::from(y[0])).abs() < 0.2);
        let start = || {
            let mut net = $Net::ZERO;
            net.initialize(&Xavier, &mut Pcg32::new(1));
            net
        };
        let mut net = start();
        (0..2000).for_each(|_| net.step_batch(&samples, NoPenalty, <$T>::new(0.5), &mut [$Net::TAPE; 4]));
        assert!(learned(&net), "batches");

        let (mut grad, mut tape) = ($Net::GRADIENT, $Net::TAPE);
        let (mut net, mut state) = (start(), State::ZERO);
        for _ in 0..1000 {
            net.gradient(&samples, NoPenalty, &mut grad, &mut tape);
            grad.clip(Clip::Norm(1.0));
            net.optimize(&grad, &Momentum::new(0.125), &mut state);
        }
        assert!(learned(&net), "momentum, clipped");

        let (mut net, mut state) = (start(), State::ZERO);
        for _ in 0..3000 {
            net.gradient(&samples, L2(0.004), &mut grad, &mut tape);
            net.optimize(&grad, &Sgd::new(0.5), &mut state);
        }
        assert!(learned(&net), "a penalty");
        assert!(net.is_finite());
    }};
}

#[test]
fn xor() {
    xor!(Xor, Q16<12>);
    xor!(LongXor, Q32<20>);
}

/// A step by the sums of a batch is that by their mean, also where a sum is beyond the range.
#[test]
fn means_are_taken_before_rounding() {
    type Line = Network<Dense<U1, U1, Identity, Q16<12>>, SquaredError>;
    type T = Q16<12>;
    let samples = [([T::new(1.0)], [T::new(-3.0)]); 16];
    let mut net = Line::ZERO;
    net.step_batch(&samples, NoPenalty, T::new(0.5), &mut [Line::TAPE; 16]);
    assert_eq!(net.parameters(), [T::new(-1.5), T::new(-1.5)]); // δ = 3, and 16 · 3 = 48
    // A gradient is a number before it is a mean: the end, which stays.
    let mut grad = Line::GRADIENT;
    Line::ZERO.gradient(&samples, NoPenalty, &mut grad, &mut { Line::TAPE });
    assert_eq!(grad.parameters(), [T::MAX, T::MAX]);
    assert!(!grad.is_finite());
}

/// Overflow reaches the weights, where it is counted, unless a bounded function is between.
#[test]
fn overflow_is_seen() {
    type T = Q16<12>;
    let mut net = Ramp::ZERO;
    net.parameters_mut().fill(T::new(2.0));
    let mut tape = Ramp::TAPE;
    assert_eq!(T::overflows(&net.predict(&[T::new(2.0), T::new(2.0)])), 1); // 2 + 3 · 2 · 10
    net.descend(&[T::new(2.0), T::new(2.0)], &[T::new(0.0)], T::new(0.25), &mut tape);
    assert!(T::overflows(net.parameters()) > 0);
    assert!(!net.is_finite());
}

/// A trainer learns, and refuses the step that overflows.
#[test]
fn trainers_see_overflow() {
    let samples = samples!(Q16<12>);
    let recipe = Recipe { batch: 4, epochs: 1500, ..Recipe::new(Momentum::new(0.125)) };
    let (mut net, mut training) = (Xor::ZERO, Training::<Xor, Momentum>::ZERO);
    net.initialize(&Xavier, &mut Pcg32::new(1));
    assert_eq!(recipe.train(&mut net, &mut training).run(&samples), Ok(End::Epochs));
    assert!(net.cost(&samples, NoPenalty) < Q16::new(0.2));

    // J = ½ (3 w)², whose slope is 9 w: each step of 0.5 multiplies w by −3.5.
    type Line = Network<Dense<U1, U1, Identity, Q16<12>, Unbiased>, SquaredError>;
    let samples = [([Q16::new(3.0)], [Q16::new(0.0)])];
    let recipe = Recipe { batch: 1, epochs: 50, ..Recipe::new(Sgd::new(0.5)) };
    let (mut net, mut training) = (Line::ZERO, Training::<Line, Sgd>::ZERO);
    net.parameters_mut().fill(Q16::new(0.01));
    let error = recipe.train(&mut net, &mut training).run(&samples).unwrap_err();
    println!("{error}");
    assert!(training.progress().steps < 10);
}

/// The place of the point is part of what a checkpoint is of.
#[test]
fn checkpoints() {
    type Other = Network<Dense<U1, U1, Identity, Q16<11>>, SquaredError>;
    type Line = Network<Dense<U1, U1, Identity, Q16<12>>, SquaredError>;
    let mut net = Line::ZERO;
    net.parameters_mut().copy_from_slice(&[Q16::new(-1.5), Q16::from_bits(7)]);
    let mut bytes = [0; Line::CHECKPOINT];
    net.save(&mut bytes).unwrap();
    let mut back = Line::ZERO;
    back.load(&bytes).unwrap();
    assert_eq!(back.parameters(), net.parameters());
    let error = { Other::ZERO }.load(&bytes).unwrap_err();
    assert!(matches!(error, CheckpointError::WrongArchitecture { .. }), "{error}");
}
