//! From inputs to predictions: one sample after the other, and 256 of them in batches of 32.
//!
//! `cargo bench --bench forward`; with `-- --quick`, in seconds.

mod support;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use nanoprop::prelude::*;
use nanoprop::{Layers, Loss};
use support::{Case, Group, POOL, SAMPLES, Speed, Work, group};

/// One sample, back to back.
fn one<L: Layers<Scalar = f32>, E: Loss>(group: &mut Group, case: Case<Network<L, E>>) {
    group.throughput(case.work(Work::Forward, 1));
    let Case { name, net, samples, mut naive, flat, .. } = case;
    let mut xs = samples[..POOL].iter().cycle();
    group.bench_function(name, |b| b.iter(|| black_box(&net).predict(black_box(&xs.next().unwrap().0))));
    let mut xs = flat[..POOL].iter().cycle();
    group.bench_function(format!("{name}-naive"), |b| {
        b.iter(|| _ = black_box(black_box(&mut naive).predict(black_box(&xs.next().unwrap().0))));
    });
}

/// Many samples, in batches.
fn many<L: Layers<Scalar = f32>, E: Loss>(group: &mut Group, case: Case<Network<L, E>>) {
    group.throughput(case.work(Work::Forward, SAMPLES));
    let Case { name, net, samples, mut naive, flat, mut tapes, .. } = case;
    let (xs, mut hs): (Vec<_>, Vec<_>) = samples.into_iter().unzip();
    group.bench_function(name, |b| {
        b.iter(|| net.predict_batch(black_box(&xs), black_box(&mut hs), &mut tapes));
    });
    group.bench_function(format!("{name}-naive"), |b| {
        b.iter(|| black_box(&flat).iter().for_each(|(x, _)| _ = black_box(naive.predict(x))));
    });
}

fn forward(c: &mut Criterion<Speed>) {
    each_network!(one, group(c, "forward"));
    each_network!(many, group(c, "forward-256"));
}

criterion_group!(name = benches; config = Criterion::default().with_measurement(Speed); targets = forward);
criterion_main!(benches);
