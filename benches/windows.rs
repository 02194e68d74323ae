//! Convolution: the multiply-adds a second of a layer beside a dense layer of the same inner widths and beside a plain loop;
//! whole networks; a step of a stream.
//!
//! `cargo bench --bench windows`; with `-- --quick`, in seconds.

mod support;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nanoprop::layer::{Batch, LinesMut, Part};
use nanoprop::prelude::*;
use nanoprop::{ArrayLike, Fused, InputOf, Layers, Loss, OutputOf, Real, StepOf, StreamOf, Valid};
use support::{BATCH, Speed, group};

network! {
    type Sensor = [64, 3] => Conv1d<16, 5, Relu> => Conv1d<32, 3, Relu> => Flatten => Dense<5>, loss = SoftmaxCrossEntropy;
    type FusedSensor = [64, 3] => Conv1d<16, 5, Relu> => Conv1d<32, 3, Relu> => Flatten => Dense<5>,
        loss = SoftmaxCrossEntropy, scalar = Fused;
    type LeNet = [28, 28, 1] => Conv2d<6, 5, Relu, padding = same> => MaxPool2d<2> => Conv2d<16, 5, Relu> => MaxPool2d<2>
        => Flatten => Dense<120, Relu> => Dense<84, Relu> => Dense<10>, loss = SoftmaxCrossEntropy;
    type FusedLeNet = [28, 28, 1] => Conv2d<6, 5, Relu, padding = same> => MaxPool2d<2> => Conv2d<16, 5, Relu>
        => MaxPool2d<2> => Flatten => Dense<120, Relu> => Dense<84, Relu> => Dense<10>, loss = SoftmaxCrossEntropy,
        scalar = Fused;
    type Causal = [64, 1] => Conv1d<16, 3, Relu, padding = causal> => Conv1d<16, 3, Relu, dilation = 2, padding = causal>
        => Conv1d<16, 3, Relu, dilation = 4, padding = causal> => Conv1d<16, 3, Relu, dilation = 8, padding = causal>
        => Conv1d<1, 1>, loss = SquaredError;
    type FusedCausal = [64, 1] => Conv1d<16, 3, Relu, padding = causal>
        => Conv1d<16, 3, Relu, dilation = 2, padding = causal> => Conv1d<16, 3, Relu, dilation = 4, padding = causal>
        => Conv1d<16, 3, Relu, dilation = 8, padding = causal> => Conv1d<1, 1>, loss = SquaredError, scalar = Fused;
}

fn fill<T: Number>(numbers: &mut [T], rng: &mut Pcg32) {
    numbers.fill_with(|| T::from_f64((rng.bits() >> 8) as f64 / (1 << 23) as f64 - 1.0));
}

/// `B` samples through one layer of `macs` multiply-adds each: forward, and the gradient with ∂J/∂x, which is twice as many.
fn layer<L: Batch, const B: usize>(c: &mut Criterion<Speed>, name: &str, macs: usize) {
    let rng = &mut Pcg32::new(1);
    let (mut layer, mut grad) = (Box::new(L::ZERO), Box::new(L::ZERO));
    fill(layer.flat_mut(), rng);
    let mut tapes: Vec<L::Tape> = (0..B).map(|_| L::Tape::BLANK).collect();
    let (mut xs, mut dxs): (Vec<_>, Vec<_>) = (0..B).map(|_| (L::Input::ZERO, L::Input::ZERO)).collect();
    xs.iter_mut().for_each(|x| fill(x.flat_mut(), rng));
    let mut dy = L::Output::ZERO;
    fill(dy.flat_mut(), rng);
    let mut group = group(c, "windows");
    group.throughput(Throughput::Bytes((B * macs) as u64));
    group.bench_function(format!("{name}/forward"), |b| {
        b.iter(|| layer.record_batch(black_box(&xs[..]).into(), black_box(&mut tapes[..]).into()));
    });
    group.throughput(Throughput::Bytes((2 * B * macs) as u64));
    group.bench_function(format!("{name}/gradient"), |b| {
        b.iter(|| {
            tapes.iter_mut().for_each(|tape| tape.split().1.flat_mut().copy_from_slice(dy.flat()));
            layer.errors((&xs[..]).into(), LinesMut::from(&mut tapes[..]), Some(black_box(&mut dxs[..]).into()));
            layer.sums(black_box(&xs[..]).into(), (&tapes[..]).into(), Part { start: 0, numbers: grad.flat_mut() });
        });
    });
    group.finish();
}

/// A convolution as one writes it by hand: three loops, each window's sums one after the other.
fn naive(c: &mut Criterion<Speed>, name: &str, steps: usize, channels: usize, window: usize, out: usize) {
    let rng = &mut Pcg32::new(1);
    let (mut w, mut x) = (vec![0.0_f32; window * channels * out], vec![0.0_f32; steps * channels]);
    fill(&mut w, rng);
    fill(&mut x, rng);
    let mut y = vec![0.0_f32; (steps - window + 1) * out];
    let mut group = group(c, "windows");
    group.throughput(Throughput::Bytes((y.len() * window * channels) as u64));
    group.bench_function(format!("{name}/forward"), |b| {
        b.iter(|| {
            let (x, w) = (black_box(&x), black_box(&w));
            for (t, y) in y.chunks_mut(out).enumerate() {
                y.fill(0.0);
                for (x, w) in x[t * channels..(t + window) * channels].iter().zip(w.chunks(out)) {
                    y.iter_mut().zip(w).for_each(|(y, w)| *y += x * w);
                }
                y.iter_mut().for_each(|y| *y = y.max(0.0));
            }
            black_box(&mut y);
        });
    });
    group.finish();
}

fn network<L: Layers, E: Loss>(c: &mut Criterion<Speed>, name: &str, net: &mut Network<L, E>) {
    type Net<L, E> = Network<L, E>;
    let rng = &mut Pcg32::new(1);
    net.initialize(&He, rng);
    let mut samples: Vec<_> = (0..BATCH).map(|_| (InputOf::<Net<L, E>>::ZERO, OutputOf::<Net<L, E>>::ZERO)).collect();
    for (k, (x, y)) in samples.iter_mut().enumerate() {
        fill(x.flat_mut(), rng);
        let count = y.flat().len();
        y.flat_mut()[k % count] = L::Scalar::ONE;
    }
    let mut tapes = Box::new([Net::<L, E>::TAPE; BATCH]);
    let mut group = group(c, "windows");
    group.throughput(Throughput::Elements(1));
    group.bench_function(format!("{name}/predict"), |b| b.iter(|| net.predict(black_box(&samples[0].0))));
    group.throughput(Throughput::Elements(BATCH as u64));
    let rate = L::Scalar::of(1e-3);
    group.bench_function(format!("{name}/step-{BATCH}"), |b| {
        b.iter(|| net.step_batch(black_box(&samples[..]), L2(0.0), rate, &mut tapes));
    });
    group.finish();
}

fn stream<L: Layers, E: Loss>(c: &mut Criterion<Speed>, name: &str, net: &mut Network<L, E>)
where
    [L::Scalar; 1]: ArrayLike<StepOf<Network<L, E>>>,
{
    net.initialize(&He, &mut Pcg32::new(1));
    let mut stream: StreamOf<Network<L, E>> = Network::<L, E>::STREAM;
    let mut group = group(c, "windows");
    group.throughput(Throughput::Elements(1));
    let x = [L::Scalar::of(0.5)];
    group.bench_function(format!("{name}/stream"), |b| b.iter(|| net.stream(black_box(&x), &mut stream)));
    group.finish();
}

fn all(c: &mut Criterion<Speed>) {
    // 16 channels to 32, windows of 3 of 60 steps; and as many vectors of 48 numbers.
    layer::<Conv1d<U60, U16, U32, U3, Relu>, 1>(c, "conv1d-60x16-32", 58 * 48 * 32);
    layer::<Dense<U48, U32, Relu>, 58>(c, "dense-48-32", 48 * 32);
    naive(c, "naive-60x16-32", 60, 16, 3, 32);
    layer::<Conv2d<U14, U14, U6, U16, U5, Relu>, 1>(c, "conv2d-14x14x6-16", 100 * 150 * 16);
    layer::<Dense<U150, U16, Relu>, 100>(c, "dense-150-16", 150 * 16);
    layer::<Conv2d<U28, U28, U1, U6, U5, Relu>, 1>(c, "conv2d-28x28x1-6", 576 * 25 * 6);
    layer::<Dense<U25, U6, Relu>, 256>(c, "dense-25-6", 25 * 6);
    layer::<Conv1d<U60, U16, U32, U3, Relu, U1, U1, Valid, Fused>, 1>(c, "fused-conv1d-60x16-32", 58 * 48 * 32);
    layer::<Dense<U48, U32, Relu, Fused>, 58>(c, "fused-dense-48-32", 48 * 32);
    network(c, "sensor", &mut Sensor::boxed());
    network(c, "fused-sensor", &mut FusedSensor::boxed());
    network(c, "lenet", &mut LeNet::boxed());
    network(c, "fused-lenet", &mut FusedLeNet::boxed());
    stream(c, "causal", &mut Causal::boxed());
    stream(c, "fused-causal", &mut FusedCausal::boxed());
}

criterion_group!(name = benches; config = Criterion::default().with_measurement(Speed); targets = all);
criterion_main!(benches);
