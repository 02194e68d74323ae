//! Recurrent layers with gates: one step of a stream, and an online step by a window of 64, each with a Dense to one number
//! behind; in `f32`, in `Fused`, and as the loops that one writes by hand in an afternoon.
//!
//! `cargo bench --bench gates`; with `-- --quick`, in seconds.
// The loops by hand index as one does.
#![allow(clippy::needless_range_loop)]

mod support;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nanoprop::Fused;
use nanoprop::prelude::*;
use nanoprop::width::Gates;
use support::{Group, RATE, Speed, group};

/// Steps of a window.
const STEPS: usize = 64;

type Window<L, H, T> = Network<(L, Dense<H, U1, Identity, T>), SquaredError>;

fn numbers<T: Scalar>(to: &mut [T], rng: &mut Pcg32) {
    to.fill_with(|| T::from_f64(f64::from(rng.bits() >> 8) / f64::from(1 << 23) - 1.0));
}

/// What is measured of a layer: `step` takes one step of a stream with the Dense behind it.
macro_rules! scalar {
    ($group:expr, $name:expr, $Layer:ident, $H:ident, $T:ty, $net:ident, |$layer:ident, $x:ident, $state:ident| $step:expr) => {{
        let group: &mut Group = $group;
        let rng = &mut Pcg32::new(1);
        let mut $net = Window::<$Layer<U64, U1, $H, Last, $T>, $H, $T>::boxed();
        $net.initialize(&Xavier, rng);
        let mut xs = Matrix::<U64, U1, $T>::ZERO;
        numbers(xs.flat_mut(), rng);
        let target = [<$T>::from_f64(0.5)];

        group.throughput(Throughput::Elements(1));
        let ($layer, dense) = $net.layers();
        let mut $state = [Vector::<$H, $T>::ZERO; 2];
        let (mut y, mut t) = (Vector::ZERO, 0);
        group.bench_function(format!("stream/{}-{}", $name, <$T>::NAME), |b| {
            b.iter(|| {
                let $x = black_box(&xs[t % STEPS]);
                t += 1;
                $step;
                dense.forward(&$state[0], black_box(&mut y));
            })
        });
        let mut tape = Box::new(Window::<$Layer<U64, U1, $H, Last, $T>, $H, $T>::TAPE);
        group.bench_function(format!("window/{}-{}", $name, <$T>::NAME), |b| {
            b.iter(|| $net.descend(black_box(&xs), &target, <$T>::from_f64(f64::from(RATE)), &mut tape))
        });
    }};
}

fn lstm<H: Gates>(group: &mut Group) {
    let name = format!("lstm-{}", H::USIZE);
    scalar!(group, name, Lstm, H, f32, net, |layer, x, state| {
        let [h, c] = &mut state;
        layer.step(x, h, c)
    });
    scalar!(group, name, Lstm, H, Fused, net, |layer, x, state| {
        let [h, c] = &mut state;
        layer.step(x, h, c)
    });
    naive::<Hand<true>>(group, &name, H::USIZE);
}

fn gru<H: Gates>(group: &mut Group) {
    let name = format!("gru-{}", H::USIZE);
    scalar!(group, name, Gru, H, f32, net, |layer, x, state| layer.step(x, &mut state[0]));
    scalar!(group, name, Gru, H, Fused, net, |layer, x, state| layer.step(x, &mut state[0]));
    naive::<Hand<false>>(group, &name, H::USIZE);
}

fn naive<N: Naive>(group: &mut Group, name: &str, hidden: usize) {
    let mut net = N::new(hidden);
    let rng = &mut Pcg32::new(1);
    let mut xs = [0.0; STEPS];
    numbers(&mut xs, rng);
    let mut t = 0;
    group.bench_function(format!("stream/{name}-naive"), |b| {
        b.iter(|| {
            t += 1;
            net.step(black_box(xs[t % STEPS]))
        })
    });
    group.bench_function(format!("window/{name}-naive"), |b| b.iter(|| net.descend(black_box(&xs), 0.5)));
}

trait Naive {
    fn new(hidden: usize) -> Self;
    fn step(&mut self, x: f32) -> f32;
    fn descend(&mut self, xs: &[f32], target: f32);
}

/// One input, gates as rows of weights, and a weight to the one output: plain nested loops, a dot product per gate. An LSTM
/// has i, f, o, g; a GRU r, z, n.
struct Hand<const LSTM: bool> {
    hidden: usize,
    gates: usize,
    bias: Vec<f32>,
    beside: Vec<f32>,
    input: Vec<f32>,
    recurrent: Vec<Vec<f32>>,
    output: Vec<f32>,
    h: Vec<f32>,
    c: Vec<f32>,
    /// Of each step: the gates, h, c, and U h + b of the new gate.
    kept: Vec<[Vec<f32>; 4]>,
}

fn sigmoid(z: f32) -> f32 {
    1.0 / (1.0 + (-z).exp())
}

impl<const LSTM: bool> Hand<LSTM> {
    /// The gates of a step, and U h + b of the new one.
    fn gates(&self, x: f32) -> (Vec<f32>, Vec<f32>) {
        let n = self.hidden;
        let mut a = vec![0.0; self.gates];
        let mut q = vec![0.0; n];
        for j in 0..self.gates {
            let mut sum = 0.0;
            for i in 0..n {
                sum += self.recurrent[j][i] * self.h[i];
            }
            let z = self.bias[j] + self.input[j] * x;
            a[j] = if j < self.gates - n {
                sigmoid(z + sum)
            } else if LSTM {
                (z + sum).tanh()
            } else {
                let k = j - 2 * n;
                q[k] = sum + self.beside[k];
                (z + a[k] * q[k]).tanh()
            };
        }
        (a, q)
    }

    fn advance(&mut self, a: &[f32]) {
        let n = self.hidden;
        for k in 0..n {
            if LSTM {
                self.c[k] = a[n + k] * self.c[k] + a[k] * a[3 * n + k];
                self.h[k] = a[2 * n + k] * self.c[k].tanh();
            } else {
                self.h[k] = (1.0 - a[n + k]) * a[2 * n + k] + a[n + k] * self.h[k];
            }
        }
    }

    fn output(&self) -> f32 {
        let mut y = 0.0;
        for k in 0..self.hidden {
            y += self.output[k] * self.h[k];
        }
        y
    }
}

impl<const LSTM: bool> Naive for Hand<LSTM> {
    fn new(hidden: usize) -> Self {
        let rng = &mut Pcg32::new(2);
        let gates = if LSTM { 4 } else { 3 } * hidden;
        let mut row = |n: usize| {
            let mut row = vec![0.0; n];
            numbers(&mut row, rng);
            row.iter_mut().for_each(|w: &mut f32| *w *= 0.3);
            row
        };
        Hand {
            hidden,
            gates,
            bias: row(gates),
            beside: row(hidden),
            input: row(gates),
            recurrent: (0..gates).map(|_| row(hidden)).collect(),
            output: row(hidden),
            h: vec![0.0; hidden],
            c: vec![0.0; hidden],
            kept: Vec::new(),
        }
    }

    fn step(&mut self, x: f32) -> f32 {
        let (a, _) = self.gates(x);
        self.advance(&a);
        self.output()
    }

    fn descend(&mut self, xs: &[f32], target: f32) {
        let n = self.hidden;
        self.h.fill(0.0);
        self.c.fill(0.0);
        self.kept.clear();
        for &x in xs {
            let (a, q) = self.gates(x);
            let (h, c) = (self.h.clone(), self.c.clone());
            self.advance(&a);
            self.kept.push([a, h, c, q]);
        }
        let error = self.output() - target;
        let mut dh: Vec<f32> = self.output.iter().map(|w| error * w).collect();
        let mut dc = vec![0.0; n];
        let mut c_now = self.c.clone();
        for k in 0..n {
            self.output[k] -= RATE * error * self.h[k];
        }
        let (mut dbias, mut dbeside, mut dinput) = (vec![0.0; self.gates], vec![0.0; n], vec![0.0; self.gates]);
        let mut drecurrent = vec![vec![0.0; n]; self.gates];
        for (&x, [a, h, c, q]) in xs.iter().zip(&self.kept).rev() {
            // δ of what is multiplied with x, and with h.
            let (mut delta, mut beside) = (vec![0.0; self.gates], vec![0.0; self.gates]);
            let mut before = vec![0.0; n];
            for k in 0..n {
                if LSTM {
                    let (i, f, o, g) = (a[k], a[n + k], a[2 * n + k], a[3 * n + k]);
                    let shown = c_now[k].tanh();
                    let d = dc[k] + dh[k] * o * (1.0 - shown * shown);
                    delta[k] = d * g * i * (1.0 - i);
                    delta[n + k] = d * c[k] * f * (1.0 - f);
                    delta[2 * n + k] = dh[k] * shown * o * (1.0 - o);
                    delta[3 * n + k] = d * i * (1.0 - g * g);
                    dc[k] = d * f;
                } else {
                    let (r, z, new) = (a[k], a[n + k], a[2 * n + k]);
                    delta[2 * n + k] = dh[k] * (1.0 - z) * (1.0 - new * new);
                    delta[n + k] = dh[k] * (h[k] - new) * z * (1.0 - z);
                    delta[k] = delta[2 * n + k] * q[k] * r * (1.0 - r);
                    beside[2 * n + k] = delta[2 * n + k] * r;
                    dbeside[k] += beside[2 * n + k];
                    before[k] = dh[k] * z;
                }
            }
            let linear = if LSTM { self.gates } else { 2 * n };
            beside[..linear].copy_from_slice(&delta[..linear]);
            for j in 0..self.gates {
                dbias[j] += delta[j];
                dinput[j] += delta[j] * x;
                for i in 0..n {
                    drecurrent[j][i] += beside[j] * h[i];
                    before[i] += beside[j] * self.recurrent[j][i];
                }
            }
            dh = before;
            c_now.copy_from_slice(c);
        }
        for j in 0..self.gates {
            self.bias[j] -= RATE * dbias[j];
            self.input[j] -= RATE * dinput[j];
            for i in 0..n {
                self.recurrent[j][i] -= RATE * drecurrent[j][i];
            }
        }
        for k in 0..n {
            self.beside[k] -= RATE * dbeside[k];
        }
    }
}

fn gates(c: &mut Criterion<Speed>) {
    let mut group = group(c, "gates");
    gru::<U8>(&mut group);
    gru::<U16>(&mut group);
    lstm::<U8>(&mut group);
    lstm::<U16>(&mut group);
    lstm::<U32>(&mut group);
    lstm::<U40>(&mut group);
    group.finish();
}

criterion_group!(name = benches; config = Criterion::default().with_measurement(Speed); targets = gates);
criterion_main!(benches);
