//! From samples to better weights: one online step, and one gradient step of 32 samples.
//!
//! `cargo bench --bench train`; with `-- --quick`, in seconds.

mod support;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use nanoprop::prelude::*;
use nanoprop::{Layers, Loss};
use support::{BATCH, Case, Group, POOL, RATE, Speed, Work, group};

/// Forward, backward and update of one sample.
fn online<L: Layers<Scalar = f32>, E: Loss>(group: &mut Group, case: Case<Network<L, E>>) {
    group.throughput(case.work(Work::Training, 1));
    let Case { name, mut net, mut tape, samples, mut naive, flat, .. } = case;
    let mut pool = samples[..POOL].iter().cycle();
    group.bench_function(name, |b| {
        b.iter(|| {
            let (x, y) = black_box(pool.next().unwrap());
            black_box(&mut net).descend(x, y, RATE, &mut tape);
        });
    });
    let mut pool = flat[..POOL].iter().cycle();
    group.bench_function(format!("{name}-naive"), |b| {
        b.iter(|| {
            let (x, y) = black_box(pool.next().unwrap());
            black_box(&mut naive).descend(x, y);
        });
    });
}

/// A step by the gradient of a batch.
fn batch<L: Layers<Scalar = f32>, E: Loss>(group: &mut Group, case: Case<Network<L, E>>) {
    group.throughput(case.work(Work::Training, BATCH));
    let Case { name, mut net, mut tapes, samples, mut naive, flat, .. } = case;
    let mut batches = samples.chunks_exact(BATCH).cycle();
    group.bench_function(name, |b| {
        b.iter(|| {
            black_box(&mut net).step_batch(black_box(batches.next().unwrap()), NoPenalty, RATE, &mut tapes);
        });
    });
    let mut batches = flat.chunks_exact(BATCH).cycle();
    group.bench_function(format!("{name}-naive"), |b| {
        b.iter(|| black_box(&mut naive).step(black_box(batches.next().unwrap())));
    });
}

fn train(c: &mut Criterion<Speed>) {
    each_network!(online, group(c, "online"));
    each_network!(batch, group(c, "batch-32"));
}

criterion_group!(name = benches; config = Criterion::default().with_measurement(Speed); targets = train);
criterion_main!(benches);
