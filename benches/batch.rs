//! The gradient of 256 samples: one after the other, in batches of 32, on one thread and on two of rayon's; and of 4096.
//!
//! `cargo bench --bench batch`; with `-- --quick`, in seconds.

mod support;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nanoprop::nets::Mnist;
use nanoprop::prelude::*;
use nanoprop::{Layers, Loss};
use rayon::ThreadPoolBuilder;
use support::{Case, Function, Group, SAMPLES, Speed, Work, group};

/// Sets of 32 tapes: enough for two threads.
const SETS: usize = 8;
/// Samples of 12 MB.
const LARGE: usize = 4096;

fn gradient<L: Layers<Scalar = f32>, E: Loss>(group: &mut Group, case: Case<Network<L, E>>) {
    group.throughput(case.work(Work::Training, SAMPLES));
    let Case { name, net, mut tape, mut tapes, samples, mut naive, flat } = case;
    let samples = &samples[..];
    let mut grad = Gradient::<Network<L, E>>::boxed();
    group.bench_function(format!("{name}-one-by-one"), |b| {
        b.iter(|| net.gradient(black_box(samples), NoPenalty, &mut grad, &mut tape));
    });
    group.bench_function(name, |b| {
        b.iter(|| net.gradient_batch(black_box(samples), NoPenalty, &mut grad, &mut tapes));
    });
    let mut sets = vec![[<Network<L, E>>::TAPE; 32]; SETS];
    for threads in [1, 2] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        group.bench_function(format!("{name}-threads-{threads}"), |b| {
            pool.install(|| b.iter(|| net.gradient_parallel(black_box(samples), NoPenalty, &mut grad, &mut sets)));
        });
    }
    group.bench_function(format!("{name}-naive"), |b| b.iter(|| naive.step(black_box(&flat))));
}

/// More samples than the caches hold: on one thread, and on two.
fn large(c: &mut Criterion<Speed>) {
    let Case { net, mut tapes, samples, .. } = Case::<Mnist>::new("mnist", Function::Sigmoid);
    let samples: Vec<_> = samples.iter().cycle().take(LARGE).cloned().collect();
    let samples = black_box(&samples[..]);
    let mut group = group(c, "gradient-4096");
    group.throughput(Throughput::Elements(LARGE as u64));
    let mut grad = Gradient::<Mnist>::boxed();
    group.bench_function("mnist", |b| b.iter(|| net.gradient_batch(samples, NoPenalty, &mut grad, &mut tapes)));
    let mut sets = vec![[Mnist::TAPE; 32]; SETS];
    let pool = ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    group.bench_function("mnist-threads-2", |b| {
        pool.install(|| b.iter(|| net.gradient_parallel(samples, NoPenalty, &mut grad, &mut sets)));
    });
    group.finish();
}

fn batch(c: &mut Criterion<Speed>) {
    each_network!(gradient, group(c, "gradient-256"));
    large(c);
}

criterion_group!(name = benches; config = Criterion::default().with_measurement(Speed); targets = batch);
criterion_main!(benches);
