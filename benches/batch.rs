//! The gradient of 256 samples: one after the other, in batches of 32, on one thread and on two of rayon's.
//!
//! `cargo bench --bench batch`; with `-- --quick`, in seconds.

mod support;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use nanoprop::prelude::*;
use rayon::ThreadPoolBuilder;
use support::{Case, Group, SAMPLES, Speed, Work, group};

/// Sets of 32 tapes: enough for two threads.
const SETS: usize = 8;

fn gradient<L: Layers<Scalar = f32>, E: Loss>(group: &mut Group, case: Case<Network<L, E>>) {
    group.throughput(case.work(Work::Training, SAMPLES));
    let Case { name, net, mut tape, mut tapes, samples, mut naive, flat } = case;
    let samples = &samples[..];
    let mut grad = Network::<L, E>::boxed();
    group.bench_function(format!("{name}-one-by-one"), |b| {
        b.iter(|| net.gradient(black_box(samples), NoPenalty, &mut grad, &mut tape));
    });
    group.bench_function(name, |b| {
        b.iter(|| net.gradient_batch(black_box(samples), NoPenalty, &mut grad, &mut tapes));
    });
    let mut sets: Vec<_> = (0..SETS).map(|_| TapesOf::<Network<L, E>, U32>::BLANK).collect();
    for threads in [1, 2] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        group.bench_function(format!("{name}-threads-{threads}"), |b| {
            pool.install(|| b.iter(|| net.gradient_parallel(black_box(samples), NoPenalty, &mut grad, &mut sets)));
        });
    }
    group.bench_function(format!("{name}-naive"), |b| b.iter(|| naive.step(black_box(&flat))));
}

fn batch(c: &mut Criterion<Speed>) {
    each_network!(gradient, group(c, "gradient-256"));
}

criterion_group!(name = benches; config = Criterion::default().with_measurement(Speed); targets = batch);
criterion_main!(benches);
