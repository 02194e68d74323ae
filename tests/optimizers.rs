//! Each optimiser and schedule against PyTorch over 100 steps of a network: `golden/optimizers.py` wrote
//! `golden/optimizers.txt`, in float64.
//!
//! `cargo test --test optimizers -- --nocapture` prints the distances.

#[path = "optimizers/minimize.rs"]
mod minimize;
#[path = "optimizers/schedules.rs"]
mod schedules;

use nanoprop::prelude::*;
use nanoprop::{
    Adagrad, AdamW, Clip, Constant, Cosine, Decay, Exponential, Layers, Momentum, Nesterov, OneCycle, Optimizer,
    Progress, RmsProp, Rprop, Schedule, State, StepDecay, WarmUp,
};

const NUMBERS: &str = include_str!("golden/optimizers.txt");

// Those of optimizers.py.
const STEPS: usize = 100;
const SAMPLES: usize = 24;
const STRIDE: usize = 7;

/// The largest distances from PyTorch's float64.
const DOUBLE: f64 = 1e-12;
const SINGLE: f64 = 5e-6;
const SINGLE_BY_ROOTS: f64 = 2e-5;

network! {
    type Double = 13 => Dense<16, Tanh> => Dense<16, Tanh> => Dense<4>, loss = SoftmaxCrossEntropy, scalar = f64;
    type Single = 13 => Dense<16, Tanh> => Dense<16, Tanh> => Dense<4>, loss = SoftmaxCrossEntropy;
}

/// The generator of optimizers.py.
struct Generator(u64);

impl Generator {
    fn number(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 48) as f64 / 32768.0 - 1.0
    }
}

/// The line `key` of a case.
fn expected(case: &str, key: &str) -> Vec<f64> {
    let mut lines = NUMBERS.lines().skip_while(|line| line.strip_prefix("case ") != Some(case)).skip(1);
    let line = lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {key} of case {case}")).split(' ').map(|n| n.parse().unwrap()).collect()
}

/// The largest distance from a line; `hides` says what is not compared.
fn distance(case: &str, key: &str, found: &[f64]) -> f64 {
    let expected = expected(case, key);
    assert_eq!(found.len(), expected.len(), "{case}: {key}");
    found.iter().zip(&expected).fold(0.0, |worst, (found, expected)| f64::max(worst, (found - expected).abs()))
}

/// A case in one scalar: 13 inputs, 4 classes.
fn trajectory<L: Layers, O: Optimizer>(name: &str, optimizer: O, schedule: impl Schedule, clip: Clip) -> f64
where
    Network<L, SoftmaxCrossEntropy>: Layer<Input = Vector<U13, L::Scalar>, Output = Vector<U4, L::Scalar>>,
{
    type Net<L> = Network<L, SoftmaxCrossEntropy>;
    let mut generator = Generator(5);
    let (mut net, mut grad, mut tape) = (Net::<L>::ZERO, Net::<L>::GRADIENT, Net::<L>::TAPE);
    let mut state = State::<Net<L>, O>::ZERO;
    let number = L::Scalar::from_f64;
    net.parameters_mut().iter_mut().for_each(|w| *w = number(0.5 * generator.number()));
    let mut samples = vec![(Vector::<U13, L::Scalar>::ZERO, Class::<U4>::new(0).unwrap()); SAMPLES];
    samples.iter_mut().for_each(|(x, _)| x.iter_mut().for_each(|x| *x = number(generator.number())));
    for (_, y) in &mut samples {
        *y = Class::new((generator.number() * 32768.0).rem_euclid(4.0) as usize).unwrap();
    }

    let penalty = if name == "rprop" { 0.5 } else { 0.0 };
    let (mut worst, mut costs, mut progress) = (0.0_f64, vec![], Progress::START);
    for step in 1..=STEPS {
        let cost = net.cost_and_gradient(&samples, L2(penalty), &mut grad, &mut tape);
        grad.clip(clip);
        net.optimize_at(&grad, &optimizer, schedule.factor(&progress), &mut state);
        progress.steps += 1;
        if step % 10 == 1 {
            costs.push(cost.to_f64());
        }
        if [1, 10, 100].contains(&step) {
            let found: Vec<f64> = net.parameters().iter().step_by(STRIDE).map(|w| w.to_f64()).collect();
            worst = worst.max(distance(name, &format!("after{step}"), &found));
        }
    }
    assert_eq!(state.steps(), STEPS as u64);
    worst.max(distance(name, "costs", &costs))
}

// cases! { sgd: Sgd::new(0.5), Constant, Clip::No, SINGLE; } makes a test `sgd`, in both scalars.
macro_rules! cases {
    ($($name:ident: $optimizer:expr, $schedule:expr, $clip:expr, $single:expr;)+) => {
        const CASES: &[&str] = &[$(stringify!($name)),+];
        $(
            #[test]
            fn $name() {
                let name = stringify!($name);
                let double = Case::run::<Double>(name, $optimizer, $schedule, $clip);
                let single = Case::run::<Single>(name, $optimizer, $schedule, $clip);
                println!("{name}: {double:.1e} in f64, {single:.1e} in f32");
                assert!(double <= DOUBLE, "{name}: {double:e}");
                assert!(single <= $single, "{name}: {single:e}");
            }
        )+
    };
}

/// The function for a network's alias.
struct Case;

trait Runs {
    fn run<O: Optimizer>(name: &str, optimizer: O, schedule: impl Schedule, clip: Clip) -> f64;
}

impl<L: Layers> Runs for Network<L, SoftmaxCrossEntropy>
where
    Self: Layer<Input = Vector<U13, L::Scalar>, Output = Vector<U4, L::Scalar>>,
{
    fn run<O: Optimizer>(name: &str, optimizer: O, schedule: impl Schedule, clip: Clip) -> f64 {
        trajectory::<L, O>(name, optimizer, schedule, clip)
    }
}

impl Case {
    fn run<N: Runs>(name: &str, optimizer: impl Optimizer, schedule: impl Schedule, clip: Clip) -> f64 {
        N::run(name, optimizer, schedule, clip)
    }
}

const DECAY: Decay = Decay::Coupled(0.01);

// As in optimizers.py.
cases! {
    sgd: Sgd::new(0.5), Constant, Clip::No, SINGLE;
    sgd_decay: Sgd { decay: DECAY, ..Sgd::new(0.5) }, Constant, Clip::No, SINGLE;
    momentum: Momentum::new(0.1), Constant, Clip::No, SINGLE;
    momentum_dampened: Momentum { dampening: 0.5, decay: DECAY, ..Momentum::new(0.1) }, Constant, Clip::No, SINGLE;
    nesterov: Nesterov::new(0.1), Constant, Clip::No, SINGLE;
    nesterov_decay: Nesterov { decay: DECAY, ..Nesterov::new(0.1) }, Constant, Clip::No, SINGLE;
    rms_prop: RmsProp::new(0.001), Constant, Clip::No, SINGLE_BY_ROOTS;
    rms_prop_decay: RmsProp { decay: DECAY, ..RmsProp::new(0.001) }, Constant, Clip::No, SINGLE_BY_ROOTS;
    adam: Adam::DEFAULT, Constant, Clip::No, SINGLE_BY_ROOTS;
    adam_decay: Adam { decay: DECAY, ..Adam::new(0.01) }, Constant, Clip::No, SINGLE_BY_ROOTS;
    adam_w: AdamW::new(0.01), Constant, Clip::No, SINGLE_BY_ROOTS;
    adagrad: Adagrad::DEFAULT, Constant, Clip::No, SINGLE;
    adagrad_decay: Adagrad { rate_decay: 0.01, start: 0.1, decay: DECAY, ..Adagrad::new(0.05) }, Constant, Clip::No, SINGLE;
    rprop: Rprop::new(0.001), Constant, Clip::No, SINGLE;

    step_decay: Sgd::new(0.5), StepDecay { every: 30, factor: 0.5 }, Clip::No, SINGLE;
    exponential: Sgd::new(0.5), Exponential(0.97), Clip::No, SINGLE;
    cosine: Sgd::new(0.5), Cosine { steps: 100, floor: 0.1 }, Clip::No, SINGLE;
    warm_up: Sgd::new(0.5), WarmUp { steps: 20, start: 0.1, then: Constant }, Clip::No, SINGLE;
    one_cycle: Sgd::new(1.0), OneCycle::new(100), Clip::No, SINGLE;
    clip_value: Sgd::new(0.5), Constant, Clip::Value(0.01), SINGLE;
    clip_norm: Sgd::new(0.5), Constant, Clip::Norm(0.1), SINGLE;
}

#[test]
fn every_case_is_compared() {
    let mut written: Vec<&str> = NUMBERS.lines().filter_map(|line| line.strip_prefix("case ")).collect();
    let mut cases = CASES.to_vec();
    written.sort();
    cases.sort();
    assert_eq!(written, cases, "cases of optimizers.txt, and of this file");
}
