//! One dense layer, the largest of each reference network, in multiply-adds a second: forward and an online step of
//! one sample, forward and gradient of 32. Where ∂J/∂x is computed, it counts as much as the weights' change.
//!
//! `cargo bench --bench kernel`; with `-- --quick`, in seconds.
// The naive layer indexes as one does by hand.
#![allow(clippy::needless_range_loop)]

mod support;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nanoprop::Slot;
use nanoprop::layer::{Batch, LinesMut, Part};
use nanoprop::prelude::*;
use support::{BATCH, RATE, Speed, group};

type Tapes<In, Out> = Vec<<Dense<In, Out, Sigmoid> as Layer>::Tape>;

fn fill(numbers: &mut [f32], rng: &mut Pcg32) {
    numbers.fill_with(|| (rng.bits() >> 8) as f32 / (1 << 23) as f32 - 1.0);
}

fn layer<In: Width, Out: Width>(c: &mut Criterion<Speed>, network: &str) {
    let rng = &mut Pcg32::new(1);
    let mut net = Network::<Dense<In, Out, Sigmoid>, SquaredError>::boxed();
    net.initialize(&Xavier, rng);
    let mut grad = Network::<Dense<In, Out, Sigmoid>, SquaredError>::boxed();
    let mut tapes: Tapes<In, Out> = (0..BATCH).map(|_| Slot::BLANK).collect();
    let (mut xs, mut dxs) = (vec![Vector::<In>::ZERO; BATCH], vec![Vector::<In>::ZERO; BATCH]);
    xs.iter_mut().for_each(|x| fill(x, rng));
    let mut dys = vec![Vector::<Out>::ZERO; BATCH];
    dys.iter_mut().for_each(|dy| fill(dy, rng));

    let weights = In::USIZE * Out::USIZE;
    let name = format!("{network}-{}x{}", In::USIZE, Out::USIZE);
    let mut group = group(c, "kernel");
    let (layer, grad) = (net.layers_mut(), grad.layers_mut());

    group.throughput(Throughput::Bytes(weights as u64));
    let mut y = Vector::ZERO;
    group.bench_function(format!("{name}/forward"), |b| b.iter(|| layer.forward(black_box(&xs[0]), black_box(&mut y))));
    let mut naive = Naive::like(layer.flat(), In::USIZE, Out::USIZE);
    group.bench_function(format!("{name}/forward-naive"), |b| b.iter(|| naive.forward(black_box(&xs[0]))));

    group.throughput(Throughput::Bytes(2 * weights as u64));
    group.bench_function(format!("{name}/online"), |b| {
        b.iter(|| {
            tapes[0].dy.copy_from_slice(&dys[0]);
            layer.descend(black_box(&xs[0]), &mut tapes[0], RATE, Some(black_box(&mut dxs[0])));
        });
    });
    group.bench_function(format!("{name}/online-naive"), |b| b.iter(|| naive.descend(black_box(&xs[0]), &dys[0])));

    group.throughput(Throughput::Bytes((BATCH * weights) as u64));
    group.bench_function(format!("{name}/forward-{BATCH}"), |b| {
        b.iter(|| layer.record_batch(black_box(&xs[..]).into(), black_box(&mut tapes[..]).into()));
    });
    group.throughput(Throughput::Bytes((2 * BATCH * weights) as u64));
    group.bench_function(format!("{name}/gradient-{BATCH}"), |b| {
        b.iter(|| {
            tapes.iter_mut().zip(&dys).for_each(|(tape, dy)| tape.dy.copy_from_slice(dy));
            layer.errors((&xs[..]).into(), LinesMut::from(&mut tapes[..]), Some(black_box(&mut dxs[..]).into()));
            layer.sums(black_box(&xs[..]).into(), (&tapes[..]).into(), Part { start: 0, numbers: grad.flat_mut() });
        });
    });
    group.finish();
}

/// A row of weights for each output, as one writes it by hand.
struct Naive {
    weight: Vec<Vec<f32>>,
    bias: Vec<f32>,
    a: Vec<f32>,
    dx: Vec<f32>,
}

impl Naive {
    fn like(flat: &[f32], rows: usize, cols: usize) -> Naive {
        let (bias, weight) = flat.split_at(cols);
        let row = |j| (0..rows).map(|i| weight[i * cols + j]).collect();
        Naive { weight: (0..cols).map(row).collect(), bias: bias.to_vec(), a: vec![0.0; cols], dx: vec![0.0; rows] }
    }

    fn forward(&mut self, x: &[f32]) {
        for j in 0..self.a.len() {
            let mut z = self.bias[j];
            for i in 0..x.len() {
                z += self.weight[j][i] * x[i];
            }
            self.a[j] = 1.0 / (1.0 + (-z).exp());
        }
        black_box(&self.a);
    }

    fn descend(&mut self, x: &[f32], dy: &[f32]) {
        self.dx.fill(0.0);
        for j in 0..self.a.len() {
            let delta = dy[j] * self.a[j] * (1.0 - self.a[j]);
            self.bias[j] -= RATE * delta;
            for i in 0..x.len() {
                self.dx[i] += self.weight[j][i] * delta;
                self.weight[j][i] -= RATE * delta * x[i];
            }
        }
        black_box(&self.dx);
    }
}

fn kernel(c: &mut Criterion<Speed>) {
    layer::<U5, U5>(c, "tiny");
    layer::<U64, U64>(c, "control");
    layer::<U64, U32>(c, "digits");
    layer::<U400, U25>(c, "ng");
    layer::<U784, U128>(c, "mnist");
}

criterion_group!(name = benches; config = Criterion::default().with_measurement(Speed); targets = kernel);
criterion_main!(benches);
