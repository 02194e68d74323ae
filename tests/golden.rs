//! Predictions, costs, gradients and trained parameters against PyTorch: `golden/network.py` wrote
//! `golden/network.txt`, in float64.

use nanoprop::prelude::*;
use nanoprop::{__activations as activations, __losses as losses};
use nanoprop::{InputOf, Layers, Loss, OutputOf, Stop};

/// The largest distance from PyTorch's float64, for the two scalars.
const DOUBLE: f64 = 1e-12;
const SINGLE: f64 = 1e-6;

const NUMBERS: &str = include_str!("golden/network.txt");

// Those of network.py.
const SAMPLES: usize = 6;
const STEPS: usize = 5;
const LONGER: usize = 20;
const RATE: f64 = 0.125;
const LONG: usize = 200;
const STRIDE: usize = 13;

/// The generator of network.py.
struct Generator(u64);

impl Generator {
    fn number(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 48) as f64 / 32768.0 - 1.0
    }

    fn fill<T: Scalar>(&mut self, values: &mut [T], scale: f64) {
        values.iter_mut().for_each(|value| *value = T::from_f64(self.number() * scale));
    }
}

/// The line `key` of a case.
fn expected(case: &str, key: &str) -> Vec<f64> {
    let mut lines = NUMBERS.lines().skip_while(|line| line.strip_prefix("case ") != Some(case)).skip(1);
    let line = lines.find_map(|line| line.strip_prefix(key)).unwrap_or_else(|| panic!("no {key} of case {case}"));
    line.split_whitespace().map(|number| number.parse().unwrap()).collect()
}

/// Compares with the line `key`, and returns the largest distance.
fn compare<T: Scalar>(case: &str, key: &str, found: &[T], tolerance: f64) -> f64 {
    let expected = expected(case, key);
    let stride = if found.len() > LONG { STRIDE } else { 1 };
    let found: Vec<f64> = found.iter().step_by(stride).map(|v| v.to_f64()).collect();
    assert_eq!(found.len(), expected.len(), "{case}: {key}");
    let distances = found.iter().zip(&expected).map(|(found, expected)| (found - expected).abs());
    let (at, worst) = distances.enumerate().fold((0, 0.0), |worst, d| if d.1 <= worst.1 { worst } else { d });
    assert!(worst <= tolerance, "{case}, {}: {key}[{at}] is {} and not {}", T::NAME, found[at], expected[at]);
    worst
}

/// A case of network.py, with one scalar.
fn case<L: Layers, E: Loss>(name: &str, lambda: f64, scale: f64, tolerance: f64) {
    type X<L> = InputOf<<L as Layers>::Chain>;
    type Y<L> = OutputOf<<L as Layers>::Chain>;
    let number = L::Scalar::from_f64;
    let mut generator = Generator(name.len() as u64);
    let (mut net, mut tape) = (Network::<L, E>::boxed(), Network::<L, E>::TAPE);
    let mut grad = Box::new(Network::<L, E>::GRADIENT);
    generator.fill(net.parameters_mut(), scale);
    let start = net.parameters().to_vec();

    let mut samples = vec![(X::<L>::ZERO, Y::<L>::ZERO); SAMPLES];
    samples.iter_mut().for_each(|(x, _)| generator.fill(x.flat_mut(), 1.0));
    for (k, (_, y)) in samples.iter_mut().enumerate() {
        let y = y.flat_mut();
        match E::NAME {
            "softmax_cross_entropy" => {
                let class = (generator.number() * 32768.0).rem_euclid(y.len() as f64) as usize;
                match k + 1 {
                    SAMPLES => y.fill(number(1.0 / y.len() as f64)),
                    _ => y[class] = number(1.0),
                }
            }
            "sigmoid_cross_entropy" => y.iter_mut().for_each(|y| *y = number((generator.number() + 1.0) / 2.0)),
            _ => generator.fill(y, 1.0),
        }
    }

    let penalty = L2(lambda);
    let mut worst = 0.0_f64;
    let mut compare = |key: &str, found: &[L::Scalar]| worst = worst.max(compare(name, key, found, tolerance));

    let predictions: Vec<_> = samples.iter().flat_map(|(x, _)| net.predict(x).flat().to_vec()).collect();
    compare("predict", &predictions);
    compare("cost", &[net.cost(&samples, penalty)]);
    net.gradient(&samples, penalty, &mut grad, &mut tape);
    compare("gradient", grad.parameters());

    let steps = if name.starts_with("windows") { LONGER } else { STEPS };
    for (x, y) in samples.iter().cycle().take(steps) {
        net.descend(x, y, number(RATE), &mut tape);
    }
    compare("online", net.parameters());

    net.parameters_mut().copy_from_slice(&start);
    let end = net.descend_batch(&samples, penalty, number(RATE), Stop::Steps(steps), &mut grad, &mut tape);
    compare("batch", net.parameters());
    compare("end", &[end.cost]);
    assert_eq!((end.steps, end.converged), (steps, false));
    println!("{name}, {}: {worst:.1e}", L::Scalar::NAME);
}

// cases! { tiny: 1.0, 0.5, { 3 => Dense<2>, loss = SquaredError }; } expands to
//
//     const CASES: &[&str] = &["tiny"];
//     #[test] fn tiny() {
//         { network! { type Net = 3 => Dense<2>, loss = SquaredError, scalar = f64; } run::<Net>(…) }
//         { network! { type Net = 3 => Dense<2>, loss = SquaredError, scalar = f32; } run::<Net>(…) }
//     }
macro_rules! cases {
    ($($name:ident: $lambda:literal, $scale:literal, {$($net:tt)+};)+) => {
        const CASES: &[&str] = &[$(stringify!($name)),+];
        $(
            #[test]
            fn $name() {
                {
                    network! { type Net = $($net)+, scalar = f64; }
                    <Net as Case>::run(stringify!($name), $lambda, $scale, DOUBLE);
                }
                {
                    network! { type Net = $($net)+, scalar = f32; }
                    <Net as Case>::run(stringify!($name), $lambda, $scale, SINGLE);
                }
            }
        )+
    };
}

trait Case {
    fn run(name: &str, lambda: f64, scale: f64, tolerance: f64);
}

impl<L: Layers, E: Loss> Case for Network<L, E> {
    fn run(name: &str, lambda: f64, scale: f64, tolerance: f64) {
        case::<L, E>(name, lambda, scale, tolerance);
    }
}

// Name: λ, scale of the parameters, network; as in network.py.
cases! {
    tiny: 0.0, 0.5, { 3 => Dense<5, Sigmoid> => Dense<5, Sigmoid> => Dense<3>, loss = SigmoidCrossEntropy };
    tiny_penalised: 1.0, 0.5, { 3 => Dense<5, Sigmoid> => Dense<5, Sigmoid> => Dense<3>, loss = SigmoidCrossEntropy };
    control: 0.5, 0.125, { 13 => Dense<64, Tanh> => Dense<64, Tanh> => Dense<4>, loss = SquaredError };
    digits: 0.25, 0.125, { 64 => Dense<32, Relu> => Dense<10>, loss = SoftmaxCrossEntropy };

    unbiased: 1.0, 0.5, { 3 => Dense<5, Tanh, Unbiased> => Dense<2, Identity, Unbiased>, loss = SquaredError };

    layer_gelu: 0.5, 1.0, { 4 => Dense<6> => Gelu => Dense<3>, loss = SquaredError };
    layer_silu: 0.5, 1.0, { 4 => Dense<6> => Silu => Dense<3>, loss = SquaredError };
    layer_mish: 0.5, 1.0, { 4 => Dense<6> => Mish => Dense<3>, loss = SquaredError };
    layer_softmax: 0.5, 1.0, { 4 => Dense<6> => Softmax => Dense<3>, loss = SquaredError };

    layer_norm: 0.5, 1.0, { 4 => Dense<6> => LayerNorm => Dense<3>, loss = SquaredError };
    standardize: 0.5, 1.0, { 4 => Standardize => Dense<6, Tanh> => Dense<3>, loss = SquaredError };
    residual: 0.5, 1.0, { 4 => Dense<6, Tanh> => Residual(Dense<5, Tanh> => Dense<6>) => Dense<3>, loss = SquaredError };
    residual_nested: 0.5, 1.0, {
        6 => Residual(LayerNorm => Dense<6, Relu> => Residual(Dense<6, Sigmoid>)) => Dense<3>, loss = SoftmaxCrossEntropy
    };

    elman_last_tanh: 0.5, 0.5, { [4, 3] => Elman<5> => Dense<2>, loss = SquaredError };
    elman_last_relu: 0.5, 0.5, { [4, 3] => Elman<5, Relu> => Dense<2>, loss = SquaredError };
    elman_all_tanh: 0.5, 0.5, { [4, 3] => Elman<5, Tanh, All> => Flatten => Dense<2>, loss = SquaredError };
    elman_all_relu: 0.5, 0.5, { [4, 3] => Elman<5, Relu, All> => Flatten => Dense<2>, loss = SquaredError };
    windows_sensor: 0.25, 0.5, {
        [21, 3] => Conv1d<16, 5, Tanh> => MaxPool1d<2> => Conv1d<8, 3, Tanh, stride = 2> => GlobalAvgPool => Dense<5>,
        loss = SoftmaxCrossEntropy
    };
    windows_causal: 0.25, 0.5, {
        [13, 2] => Conv1d<5, 3, Tanh, dilation = 4, padding = causal> => Conv1d<4, 2, Sigmoid, stride = 3> => Flatten
            => Dense<2>, loss = SquaredError
    };
    windows_same: 0.25, 0.5, {
        [10, 1] => Conv1d<3, 4, Tanh, padding = same> => Conv1d<3, 3, Relu, stride = 2, padding = same, Unbiased> => Flatten
            => Dense<2>, loss = SquaredError
    };
    windows_one_step: 0.25, 0.5, {
        [1, 3] => Conv1d<4, 1, Tanh> => Conv1d<2, 3, Tanh, padding = [2, 0]> => Flatten => Dense<2>, loss = SquaredError
    };
    windows_whole: 0.25, 0.5, { [7, 2] => Conv1d<4, 7, Tanh> => Flatten => Dense<2>, loss = SquaredError };
    windows_dilated: 0.25, 0.5, {
        [9, 2] => Conv1d<3, 3, Tanh, stride = 2, dilation = 2, padding = [3, 0]> => AvgPool1d<2, stride = 1> => Flatten
            => Dense<2>, loss = SquaredError
    };
    windows_picture: 0.25, 0.5, {
        [9, 11, 1] => Conv2d<6, 5, Tanh, padding = same> => MaxPool2d<2>
            => Conv2d<4, [3, 2], Tanh, stride = 2, padding = [1, 0]> => AvgPool2d<2> => Flatten => Dense<3>,
        loss = SoftmaxCrossEntropy
    };
    windows_holes: 0.25, 0.5, {
        [6, 5, 2] => Conv2d<3, 2, Tanh, dilation = 3> => MaxPool2d<3, stride = 1, padding = 1> => Flatten => Dense<2>,
        loss = SquaredError
    };
    windows_separable: 0.25, 0.5, {
        [12, 3] => DepthwiseConv1d<3, Tanh, dilation = 2, padding = causal> => Conv1d<4, 1, Relu>
            => DepthwiseConv1d<4, Sigmoid, stride = 2, padding = [1, 2], Unbiased> => Flatten => Dense<2>,
        loss = SquaredError
    };
    windows_channels: 0.25, 0.5, {
        [7, 6, 3] => DepthwiseConv2d<[3, 2], Tanh, stride = 2, padding = [1, 0]> => DepthwiseConv2d<2, Tanh, dilation = 2>
            => Flatten => Dense<2>, loss = SquaredError
    };
    channels_sequence: 0.25, 1.0, {
        [4, 3] => Standardize => Elman<5, Tanh, All> => LayerNorm => Gelu => Elman<4> => Dense<3>,
        loss = SoftmaxCrossEntropy
    };
    channels_map: 0.25, 0.5, {
        [3, 4, 2] => Standardize => Conv2d<3, 2, Tanh> => LayerNorm => Flatten => Dense<2>, loss = SquaredError
    };
    unflatten: 0.25, 0.5, {
        5 => Dense<12, Tanh> => Unflatten<[4, 3]> => Elman<4, Tanh, All> => Flatten => Unflatten<[2, 4, 2]> => GlobalAvgPool
            => Dense<2>, loss = SquaredError
    };
    bidirectional: 0.25, 0.5, {
        [5, 3] => Bidirectional(Elman<4, Tanh, All>) => Bidirectional(Elman<2>) => Dense<3>, loss = SoftmaxCrossEntropy
    };
    elman_stacked: 0.25, 0.5, { [4, 3] => Elman<5, Tanh, All> => Elman<4> => Dense<3>, loss = SoftmaxCrossEntropy };
}

/// A case for each activation, its outputs from a wider range where it is in pieces.
mod dense {
    use super::*;

    macro_rules! each {
        ($($file:ident: $activation:ident $rest:tt)+) => {$(
            #[test]
            fn $file() {
                let name = concat!("dense_", stringify!($file));
                let scale = if name.contains("hard") { 2.0 } else { 0.5 };
                case::<(Dense<U3, U7, $activation, f64>, Dense<U7, U2, Identity, f64>), SquaredError>(name, 1.0, scale, DOUBLE);
                case::<(Dense<U3, U7, $activation>, Dense<U7, U2>), SquaredError>(name, 1.0, scale, SINGLE);
            }
        )+};
    }
    activations!(each);
}

/// A case for each loss.
mod loss {
    use super::*;

    macro_rules! each {
        ($($file:ident: $loss:ident $rest:tt)+) => {$(
            #[test]
            fn $file() {
                let name = concat!("loss_", stringify!($file));
                case::<(Dense<U4, U6, Tanh, f64>, Dense<U6, U3, Identity, f64>), $loss>(name, 0.5, 1.0, DOUBLE);
                case::<(Dense<U4, U6, Tanh>, Dense<U6, U3>), $loss>(name, 0.5, 1.0, SINGLE);
            }
        )+};
    }
    losses!(each);
}

#[test]
fn every_case_is_compared() {
    macro_rules! files {
        ($($file:ident: $type:ident $rest:tt)+) => { [$(stringify!($file)),+] };
    }
    let dense = activations!(files).map(|file| format!("dense_{file}"));
    let loss = losses!(files).map(|file| format!("loss_{file}"));
    let mut cases: Vec<&str> = dense.iter().chain(&loss).map(String::as_str).chain(CASES.iter().copied()).collect();
    let mut written: Vec<&str> = NUMBERS.lines().filter_map(|line| line.strip_prefix("case ")).collect();
    cases.sort();
    written.sort();
    assert_eq!(written, cases, "cases of network.txt, and of this file");
}
