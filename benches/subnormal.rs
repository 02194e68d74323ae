//! What becomes of speed where numbers fade: optimisers whose gradient became 0 long ago, and a recurrent layer whose inputs
//! did. Arithmetic on subnormal numbers is up to 100 times slower, and what decays without a limit ends there for ever. So
//! `early` and `late` of each pair must be about equal.
//!
//! `cargo bench --bench subnormal`; with `-- --quick`, in seconds.

mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nanoprop::nets::Digits;
use nanoprop::prelude::*;
use nanoprop::{Momentum, Optimizer, RmsProp, State};
use support::{Group, Speed, group};

/// Steps that are measured together.
const STEPS: usize = 500;
/// Steps before those that are late: 0.999ⁿ, the slowest decay, is then below 10⁻⁴³, and 0.9ⁿ passed 10⁻³⁸ long ago.
const BEFORE: usize = 100_000;

/// The time of `steps`, after `prepare`.
fn time<S>(state: &mut S, prepare: fn(&mut S), steps: fn(&mut S)) -> Duration {
    prepare(state);
    let start = Instant::now();
    steps(black_box(state));
    start.elapsed()
}

/// Steps from the beginning, and long after it.
fn pair<S>(group: &mut Group, name: &str, state: &mut S, begin: fn(&mut S), steps: fn(&mut S)) {
    group.throughput(Throughput::Elements(STEPS as u64));
    let mut measure = |when: &str, state: &mut S, prepare| {
        let mut all = |times| (0..times).map(|_| time(state, prepare, steps)).sum::<Duration>();
        group.bench_function(format!("{name}-{when}"), |b| b.iter_custom(&mut all));
    };
    measure("early", state, begin);
    (0..BEFORE / STEPS).for_each(|_| steps(state));
    measure("late", state, |_| ());
}

struct Fading<O: Optimizer> {
    net: Box<Digits>,
    first: Box<Digits>,
    none: Box<Digits>,
    optimizer: O,
    state: State<Digits, O>,
}

/// Steps of the 2410 parameters of digits, all of which had a gradient in the first step and none since.
fn fading<O: Optimizer>(group: &mut Group, name: &str, optimizer: O) {
    fn begin<O: Optimizer>(all: &mut Fading<O>) {
        all.state.reset();
        all.net.optimize(&all.first, &all.optimizer, &mut all.state);
    }
    fn steps<O: Optimizer>(all: &mut Fading<O>) {
        (0..STEPS).for_each(|_| all.net.optimize(&all.none, &all.optimizer, &mut all.state));
    }
    let [net, mut first, none] = [(); 3].map(|()| Digits::boxed());
    first.initialize(&Xavier, &mut Pcg32::new(1));
    let mut all = Fading { net, first, none, optimizer, state: State::ZERO };
    pair(group, name, &mut all, begin, steps);
}

type Silent = Elman<U1, U1, U64>;

/// Steps of a recurrent layer whose state loses a twentieth in each, without inputs.
fn silent(group: &mut Group) {
    fn begin((_, state): &mut (Box<Silent>, Vector<U64>)) {
        state.fill(0.5);
    }
    fn steps((layer, state): &mut (Box<Silent>, Vector<U64>)) {
        (0..STEPS).for_each(|_| layer.step(&[0.0].into(), state));
    }
    let mut layer = Box::new(Silent::ZERO);
    let recurrent = layer.flat_mut().split_at_mut(2 * 64).1;
    recurrent.iter_mut().step_by(64 + 1).for_each(|weight| *weight = 0.95);
    pair(group, "elman", &mut (layer, Vector::ZERO), begin, steps);
}

fn subnormal(c: &mut Criterion<Speed>) {
    let mut group = group(c, "subnormal");
    fading(&mut group, "adam", Adam::new(1e-3));
    fading(&mut group, "momentum", Momentum::new(1e-3));
    fading(&mut group, "rmsprop", RmsProp::new(1e-3));
    silent(&mut group);
    group.finish();
}

criterion_group!(name = benches; config = Criterion::default().with_measurement(Speed); targets = subnormal);
criterion_main!(benches);
