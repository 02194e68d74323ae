//! From integers to logits, one sample after the other, beside the same network in `f32`.
//!
//! `cargo bench --bench int8`; with `-- --quick`, in seconds. Samples a second, and multiply-adds a second.

mod support;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nanoprop::int8::Observer;
use nanoprop::prelude::*;
use nanoprop::{InputOf, OutputOf, Quantized};
use support::{Group, POOL, Speed, group};

network! {
    type Digits = 64 => Dense<32, Relu> => Dense<10>, loss = SoftmaxCrossEntropy;
    type Mnist = 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10>, loss = SoftmaxCrossEntropy;
    type Conv = [8, 8, 1] => Conv2d<8, 3, Relu, padding = same> => MaxPool2d<2>
        => Conv2d<12, 3, Relu, stride = 2, padding = same> => AvgPool2d<2> => Flatten => Dense<10>, loss = SoftmaxCrossEntropy;
    type Sequence = [8, 8] => Lstm<16> => Dense<10>, loss = SoftmaxCrossEntropy;
}

/// Random weights and inputs; how many products a sample takes.
macro_rules! compare {
    ($group:expr, $name:literal, $Net:ident, $products:expr) => {{
        let group: &mut Group = $group;
        group.throughput(Throughput::ElementsAndBytes { elements: 1, bytes: $products });
        let mut net = $Net::boxed();
        net.initialize(&He, &mut Pcg32::new(1));
        let mut rng = Pcg32::new(2);
        let mut sample = || {
            let mut x = InputOf::<$Net>::ZERO;
            x.flat_mut().fill_with(|| (rng.bits() >> 8) as f32 / (1 << 24) as f32);
            (x, OutputOf::<$Net>::ZERO)
        };
        let samples: Vec<_> = (0..POOL).map(|_| sample()).collect();
        let mut small = Box::new(Quantized::<$Net>::ZERO);
        small.quantize(&net, &samples[..], Observer::MinMax);
        let integers: Vec<_> = samples.iter().map(|(x, _)| small.encode(x)).collect();
        let mut xs = integers.iter().cycle();
        group.bench_function(concat!($name, "-int8"), |b| {
            b.iter(|| black_box(&*small).logits(black_box(xs.next().unwrap())));
        });
        let mut xs = samples.iter().cycle();
        group.bench_function(concat!($name, "-f32"), |b| {
            b.iter(|| black_box(&*net).logits(black_box(&xs.next().unwrap().0)));
        });
    }};
}

fn forward(c: &mut Criterion<Speed>) {
    let mut group = group(c, "int8");
    compare!(&mut group, "digits", Digits, 64 * 32 + 32 * 10);
    compare!(&mut group, "mnist", Mnist, 784 * 128 + 128 * 64 + 64 * 10);
    compare!(&mut group, "conv", Conv, 64 * 9 * 8 + 4 * 9 * 8 * 12 + 12 * 10);
    compare!(&mut group, "lstm", Sequence, 8 * 4 * 16 * (8 + 16) + 16 * 10);
    group.finish();
}

criterion_group!(name = benches; config = Criterion::default().with_measurement(Speed); targets = forward);
criterion_main!(benches);
