//! Predictions, costs, gradients and trained parameters against PyTorch: `golden/network.py` wrote
//! `golden/network.txt`, in float64.

use nanoprop::prelude::*;
use nanoprop::{__activations as activations, __losses as losses};
use nanoprop::{Layers, Loss};

#[path = "support/golden.rs"]
mod support;
use support::{DOUBLE, SINGLE};

const NUMBERS: &str = include_str!("golden/network.txt");

/// A case of network.py, with one scalar.
fn case<L: Layers, E: Loss>(name: &str, lambda: f64, scale: f64, tolerance: f64) {
    let steps = if name.starts_with("windows") { 20 } else { 5 };
    support::case::<L, E>(NUMBERS, name, lambda, scale, steps, tolerance);
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
    embedding: 0.25, 0.5, { 6 => Embedding<8, 3> => Elman<4> => Dense<3>, loss = SoftmaxCrossEntropy };
    bidirectional: 0.25, 0.5, {
        [5, 3] => Bidirectional(Elman<4, Tanh, All>) => Bidirectional(Elman<2>) => Dense<3>, loss = SoftmaxCrossEntropy
    };
    batch_norm_vector: 0.5, 0.5, { 4 => BatchNorm => Dense<6> => BatchNorm => Dense<3>, loss = SquaredError };
    batch_norm_map: 0.25, 0.5, {
        [3, 4, 2] => Conv2d<3, 2, Tanh> => BatchNorm => Flatten => Dense<2>, loss = SquaredError
    };
    batch_norm_sequence: 0.25, 0.5, {
        [4, 3] => BatchNorm => Elman<5, Tanh, All> => BatchNorm => Flatten => Dense<3>, loss = SoftmaxCrossEntropy
    };
    group_norm: 0.25, 1.0, {
        [5, 3] => Conv1d<6, 2> => GroupNorm<3> => Gelu => GroupNorm<1> => Elman<4> => Dense<2>, loss = SquaredError
    };
    group_norm_of_vector: 0.25, 0.5, { 4 => Dense<10> => GroupNorm<2> => Dense<3>, loss = SquaredError };
    instance_norm: 0.25, 0.5, {
        [3, 4, 2] => InstanceNorm => Conv2d<4, 2> => InstanceNorm => Flatten => Dense<2>, loss = SquaredError
    };
    windows_transposed: 0.25, 0.5, {
        [4, 3] => ConvTranspose1d<5, 4, Tanh, stride = 2, padding = 1> => ConvTranspose1d<2, 3, Sigmoid, dilation = 2, Unbiased>
            => Flatten => Dense<2>, loss = SquaredError
    };
    windows_transposed_causal: 0.25, 0.5, {
        [5, 2] => ConvTranspose1d<3, 3, Tanh, dilation = 2, padding = causal>
            => ConvTranspose1d<2, 5, Tanh, stride = 3, padding = [0, 2]> => GlobalAvgPool => Dense<3>, loss = SoftmaxCrossEntropy
    };
    windows_transposed_same: 0.25, 0.5, {
        [3, 2] => ConvTranspose1d<3, 6, Tanh, stride = 3, padding = same> => Conv1d<4, 3, Tanh, stride = 2>
            => ConvTranspose1d<1, 1> => Flatten => Dense<2>, loss = SquaredError
    };
    windows_transposed_one_step: 0.25, 0.5, {
        [1, 3] => ConvTranspose1d<2, 4, Tanh, stride = 2, padding = [2, 1]> => Flatten => Dense<2>, loss = SquaredError
    };
    windows_whole_picture: 0.25, 0.5, { [4, 3, 1] => Conv2d<3, [4, 3], Tanh> => Flatten => Dense<2>, loss = SquaredError };
    windows_picture_apart: 0.25, 0.5, {
        [9, 8, 2] => Conv2d<1, 2, Tanh, stride = 2, dilation = 3> => AvgPool2d<3, stride = 1, padding = [1, 0]> => MaxPool2d<2>
            => Flatten => Dense<2>, loss = SquaredError
    };
    windows_depthwise_one: 0.25, 0.5, {
        [1, 1] => DepthwiseConv1d<1, Tanh> => DepthwiseConv1d<3, Tanh, padding = [2, 0]> => Flatten => Dense<2>,
        loss = SquaredError
    };
    windows_depthwise_apart: 0.25, 0.5, {
        [7, 2] => DepthwiseConv1d<3, Tanh, stride = 2, dilation = 2, padding = [1, 0]> => DepthwiseConv1d<2, Sigmoid> => Flatten
            => Dense<2>, loss = SquaredError
    };
    windows_depthwise_picture_apart: 0.25, 0.5, {
        [7, 6, 1] => DepthwiseConv2d<2, Tanh, stride = 2, dilation = 2> => DepthwiseConv2d<[3, 2], Sigmoid> => Flatten
            => Dense<2>, loss = SquaredError
    };
    windows_transposed_apart: 0.25, 0.5, {
        [4, 1] => ConvTranspose1d<3, 3, Tanh, stride = 2, dilation = 3, padding = [0, 2]> => Flatten => Dense<2>,
        loss = SquaredError
    };
    windows_pools: 0.25, 0.5, {
        [12, 1] => Conv1d<5, 1, Tanh> => MaxPool1d<3, stride = 2, padding = [2, 0]>
            => AvgPool1d<3, stride = 2, padding = [0, 2]> => AvgPool1d<3> => MaxPool1d<1> => Flatten => Dense<2>,
        loss = SquaredError
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
    support::complete(NUMBERS, dense.iter().chain(&loss).map(String::as_str).chain(CASES.iter().copied()));
}
