//! What the benchmarks share: the reference networks, their samples, and the network that one writes by hand
//! in an afternoon, to compare with.
// Each benchmark takes what it needs; the naive network indexes as one does by hand.
#![allow(dead_code, clippy::needless_range_loop)]

mod speed;

use std::time::Duration;

use criterion::{BenchmarkGroup, Criterion, Throughput};
use nanoprop::prelude::*;
use nanoprop::{InputOf, Layers, Loss};
pub(crate) use speed::Speed;

pub(crate) type Group<'a> = BenchmarkGroup<'a, Speed>;

/// How far a step goes.
pub(crate) const RATE: f32 = 0.05;
/// Samples in a gradient step.
pub(crate) const BATCH: usize = 32;
/// Samples that single steps take in turn.
pub(crate) const POOL: usize = 64;
/// Samples in all.
pub(crate) const SAMPLES: usize = 256;

/// Runs a function that is generic over a network's layers and loss with each reference network.
#[macro_export]
macro_rules! each_network {
    ($run:ident, $group:expr) => {{
        use nanoprop::nets::{Control, Digits, Mnist, Ng, ReluNet, Tiny};
        use $crate::support::{Case, Function};
        let mut group = $group;
        $run(&mut group, Case::<Tiny>::new("tiny", Function::Sigmoid));
        $run(&mut group, Case::<Control>::new("control", Function::Tanh));
        $run(&mut group, Case::<Digits>::new("digits", Function::Sigmoid));
        $run(&mut group, Case::<Ng>::new("ng", Function::Sigmoid));
        $run(&mut group, Case::<Mnist>::new("mnist", Function::Sigmoid));
        $run(&mut group, Case::<ReluNet>::new("relu", Function::Relu));
        group.finish();
    }};
}

/// A group of benchmarks.
pub(crate) fn group<'a>(c: &'a mut Criterion<Speed>, name: &str) -> Group<'a> {
    let mut group = c.benchmark_group(name);
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2)).sample_size(50);
    group
}

/// What is done with each sample.
pub(crate) enum Work {
    Forward,
    /// Forward, backward, and the change of the weights or their gradient: each weight three times, but for the first
    /// layer's, from which no error goes on.
    Training,
}

/// A network, initialised, and all that it takes to train it; the same by hand, with the same weights.
pub(crate) struct Case<N: Layer> {
    pub(crate) name: &'static str,
    pub(crate) net: Box<N>,
    pub(crate) tape: Box<N::Tape>,
    pub(crate) tapes: Box<[TapeOf<N>; 32]>,
    pub(crate) samples: Vec<(N::Input, N::Output)>,
    pub(crate) naive: Naive,
    pub(crate) flat: Vec<(Vec<f32>, Vec<f32>)>,
}

impl<L: Layers<Scalar = f32>, E: Loss> Case<Network<L, E>> {
    pub(crate) fn new(name: &'static str, function: Function) -> Self {
        let mut net = Network::<L, E>::boxed();
        net.initialize(&Xavier, &mut Pcg32::new(1));
        let mut rng = Pcg32::new(2);
        let samples: Vec<_> = (0..SAMPLES).map(|_| sample::<Network<L, E>>(function, &mut rng)).collect();
        let numbers = |x: &InputOf<Network<L, E>>| -> Vec<f32> { x.flat().iter().map(|x| x.to_f64() as f32).collect() };
        let flat: Vec<_> = samples.iter().map(|(x, y)| (numbers(x), y.flat().to_vec())).collect();

        let mut naive = Naive::like(&net, function);
        for ((x, _), (flat, _)) in samples.iter().zip(&flat) {
            let h = net.predict(x);
            let same = h.flat().iter().zip(naive.predict(flat)).all(|(a, b)| (a - b).abs() < 1e-4);
            assert!(same, "{name}: the two networks differ");
        }
        let tape = Box::new(<TapeOf<Network<L, E>> as Tape>::BLANK);
        let tapes = Box::new([<Network<L, E>>::TAPE; 32]);
        Case { name, net, tape, tapes, samples, naive, flat }
    }

    /// How much one call does that takes so many samples.
    pub(crate) fn work(&self, work: Work, samples: usize) -> Throughput {
        let weights = || self.naive.layers.iter().map(|layer| layer.weight.iter().map(Vec::len).sum::<usize>());
        let (first, all) = (weights().next().unwrap(), weights().sum::<usize>());
        let each = match work {
            Work::Forward => all,
            Work::Training => 3 * all - first,
        };
        Throughput::ElementsAndBytes { elements: samples as u64, bytes: (samples * each) as u64 }
    }
}

/// Uniform numbers, and one class of all, or commands for tanh.
fn sample<N: Layer<Scalar = f32>>(function: Function, rng: &mut Pcg32) -> (N::Input, N::Output) {
    let mut unit = || (rng.bits() >> 8) as f32 / (1 << 24) as f32;
    let (mut x, mut y) = (N::Input::ZERO, N::Output::ZERO);
    if let Function::Tanh = function {
        x.flat_mut().fill_with(|| Number::from_f64(f64::from(2.0 * unit() - 1.0)));
        y.flat_mut().fill_with(|| 0.8 * (2.0 * unit() - 1.0));
    } else {
        x.flat_mut().fill_with(|| Number::from_f64(f64::from(unit())));
        let class = (unit() * N::Output::COUNT as f32) as usize;
        y.flat_mut()[class] = 1.0;
    }
    (x, y)
}

/// An activation of all layers, by the standard library. The last layer has it too, but for ReLU.
#[derive(Clone, Copy)]
pub(crate) enum Function {
    /// With cross-entropy: δ = h − y.
    Sigmoid,
    /// With the squared error: δ = (h − y) (1 − h²).
    Tanh,
    /// With softmax outputs and cross-entropy: δ = h − y.
    Relu,
}

impl Function {
    fn value(self, z: f32) -> f32 {
        match self {
            Function::Sigmoid => 1.0 / (1.0 + (-z).exp()),
            Function::Tanh => z.tanh(),
            Function::Relu => z.max(0.0),
        }
    }

    fn slope(self, a: f32) -> f32 {
        match self {
            Function::Sigmoid => a * (1.0 - a),
            Function::Tanh => 1.0 - a * a,
            Function::Relu => f32::from(a > 0.0),
        }
    }

    /// The outputs, from the last layer's weighted sums.
    fn outputs(self, z: &mut [f32]) {
        if let Function::Relu = self {
            let most = z.iter().copied().fold(f32::MIN, f32::max);
            z.iter_mut().for_each(|z| *z = (*z - most).exp());
            let sum: f32 = z.iter().sum();
            z.iter_mut().for_each(|z| *z /= sum);
        } else {
            z.iter_mut().for_each(|z| *z = self.value(*z));
        }
    }

    fn delta(self, h: f32, y: f32) -> f32 {
        if let Function::Tanh = self { (h - y) * self.slope(h) } else { h - y }
    }
}

/// Dense layers as vectors of rows, a row for each output: plain nested loops, a dot product per output.
pub(crate) struct Naive {
    layers: Vec<Rows>,
    function: Function,
}

struct Rows {
    weight: Vec<Vec<f32>>,
    bias: Vec<f32>,
    weight_grad: Vec<Vec<f32>>,
    bias_grad: Vec<f32>,
    a: Vec<f32>,
    delta: Vec<f32>,
}

impl Naive {
    /// The same weights.
    fn like<L: Layers<Scalar = f32>, E: Loss>(net: &Network<L, E>, function: Function) -> Naive {
        let theta = |l, j, i| net.theta(l, j, i);
        let layers = (1..).map_while(|l| theta(l, 1, 0).map(|_| l)).map(|l| {
            let outputs = (1..).take_while(|&j| theta(l, j, 0).is_some()).count();
            let inputs = (1..).take_while(|&i| theta(l, 1, i).is_some()).count();
            let row = |j| (1..=inputs).map(|i| theta(l, j, i).unwrap()).collect();
            Rows {
                weight: (1..=outputs).map(row).collect(),
                bias: (1..=outputs).map(|j| theta(l, j, 0).unwrap()).collect(),
                weight_grad: vec![vec![0.0; inputs]; outputs],
                bias_grad: vec![0.0; outputs],
                a: vec![0.0; outputs],
                delta: vec![0.0; outputs],
            }
        });
        Naive { layers: layers.collect(), function }
    }

    pub(crate) fn predict(&mut self, x: &[f32]) -> &[f32] {
        let last = self.layers.len() - 1;
        for l in 0..=last {
            let (before, rest) = self.layers.split_at_mut(l);
            let input = before.last().map_or(x, |layer| &layer.a);
            let layer = &mut rest[0];
            for j in 0..layer.bias.len() {
                let mut z = layer.bias[j];
                for i in 0..input.len() {
                    z += layer.weight[j][i] * input[i];
                }
                layer.a[j] = if l < last { self.function.value(z) } else { z };
            }
        }
        self.function.outputs(&mut self.layers[last].a);
        &self.layers[last].a
    }

    /// δ of all layers.
    fn errors(&mut self, x: &[f32], y: &[f32]) {
        self.predict(x);
        let last = self.layers.last_mut().unwrap();
        for k in 0..y.len() {
            last.delta[k] = self.function.delta(last.a[k], y[k]);
        }
        for l in (1..self.layers.len()).rev() {
            let (before, rest) = self.layers.split_at_mut(l);
            let (layer, next) = (&mut before[l - 1], &rest[0]);
            for i in 0..layer.delta.len() {
                let mut da = 0.0;
                for j in 0..next.delta.len() {
                    da += next.weight[j][i] * next.delta[j];
                }
                layer.delta[i] = da * self.function.slope(layer.a[i]);
            }
        }
    }

    /// One online step.
    pub(crate) fn descend(&mut self, x: &[f32], y: &[f32]) {
        self.errors(x, y);
        for l in 0..self.layers.len() {
            let (before, rest) = self.layers.split_at_mut(l);
            let input = before.last().map_or(x, |layer| &layer.a);
            let layer = &mut rest[0];
            for j in 0..layer.bias.len() {
                layer.bias[j] -= RATE * layer.delta[j];
                for i in 0..input.len() {
                    layer.weight[j][i] -= RATE * layer.delta[j] * input[i];
                }
            }
        }
    }

    /// One gradient step by the mean over some samples.
    pub(crate) fn step(&mut self, samples: &[(Vec<f32>, Vec<f32>)]) {
        for (x, y) in samples {
            self.errors(x, y);
            for l in 0..self.layers.len() {
                let (before, rest) = self.layers.split_at_mut(l);
                let input = before.last().map_or(&x[..], |layer| &layer.a);
                let layer = &mut rest[0];
                for j in 0..layer.bias.len() {
                    layer.bias_grad[j] += layer.delta[j];
                    for i in 0..input.len() {
                        layer.weight_grad[j][i] += layer.delta[j] * input[i];
                    }
                }
            }
        }
        let rate = RATE / samples.len() as f32;
        for layer in &mut self.layers {
            for j in 0..layer.bias.len() {
                layer.bias[j] -= rate * layer.bias_grad[j];
                layer.bias_grad[j] = 0.0;
                for i in 0..layer.weight[j].len() {
                    layer.weight[j][i] -= rate * layer.weight_grad[j][i];
                    layer.weight_grad[j][i] = 0.0;
                }
            }
        }
    }
}
