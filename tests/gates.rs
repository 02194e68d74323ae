//! LSTM and GRU against PyTorch: predictions, costs, gradients, and 20 steps of descent. `golden/gates.py` wrote
//! `golden/gates.txt`, in float64. Some are compared in `f32` too.

use nanoprop::Layers;
use nanoprop::prelude::*;

#[path = "support/golden.rs"]
mod support;
use support::{DOUBLE, Generator, RATE, SINGLE, compare};

const NUMBERS: &str = include_str!("golden/gates.txt");

trait Case {
    fn run(name: &str, tolerance: f64);
}

impl<L: Layers> Case for Network<L, SquaredError> {
    fn run(name: &str, tolerance: f64) {
        support::case::<L, SquaredError>(NUMBERS, name, 0.5, 0.5, 20, tolerance);
    }
}

macro_rules! cases {
    ($($name:ident: $net:tt $($T:ident)+;)+) => {
        const CASES: &[&str] = &[$(stringify!($name)),+];
        $(
            #[test]
            fn $name() {
                $(run!($name, $T, $net);)+
            }
        )+
    };
}

macro_rules! run {
    ($name:ident, $T:ident, {$($net:tt)+}) => {{
        network! { type Net = $($net)+, loss = SquaredError, scalar = $T; }
        Net::run(stringify!($name), if <$T as Scalar>::DIGITS == 53 { DOUBLE } else { SINGLE });
    }};
}

cases! {
    lstm_last: { [4, 3] => Lstm<5> => Dense<2> } f64 f32;
    lstm_all: { [4, 3] => Lstm<5, All> => Flatten => Dense<2> } f64;
    lstm_wide: { [7, 3] => Lstm<16> => Dense<2> } f64 f32;
    lstm_one_step: { [1, 3] => Lstm<5> => Dense<2> } f64;
    lstm_one_input: { [6, 1] => Lstm<5, All> => Flatten => Dense<1> } f64;
    lstm_one_of_all: { [1, 1] => Lstm<1> => Dense<1> } f64;
    lstm_stacked: { [5, 2] => Lstm<6, All> => Lstm<4> => Dense<3> } f64;

    gru_last: { [4, 3] => Gru<5> => Dense<2> } f64 f32;
    gru_all: { [4, 3] => Gru<5, All> => Flatten => Dense<2> } f64;
    gru_wide: { [7, 3] => Gru<16> => Dense<2> } f64 f32;
    gru_one_step: { [1, 3] => Gru<5> => Dense<2> } f64;
    gru_one_input: { [6, 1] => Gru<5, All> => Flatten => Dense<1> } f64;
    gru_one_of_all: { [1, 1] => Gru<1> => Dense<1> } f64;
    gru_stacked: { [5, 2] => Gru<6, All> => Gru<4> => Dense<3> } f64;

    gru_before_last: { [4, 3] => Gru<5, Last, ResetBefore> => Dense<2> } f64 f32;
    gru_before_all: { [4, 3] => Gru<5, All, ResetBefore> => Flatten => Dense<2> } f64;
    gru_before_wide: { [7, 3] => Gru<16, Last, ResetBefore> => Dense<2> } f64 f32;
    gru_before_one_step: { [1, 3] => Gru<5, Last, ResetBefore> => Dense<2> } f64;
    gru_before_one_input: { [6, 1] => Gru<5, All, ResetBefore> => Flatten => Dense<1> } f64;
    gru_before_one_of_all: { [1, 1] => Gru<1, Last, ResetBefore> => Dense<1> } f64;
    gru_before_stacked: { [5, 2] => Gru<6, All, ResetBefore> => Gru<4, Last, ResetBefore> => Dense<3> } f64;

    mixed: { [5, 2] => Lstm<4, All> => Gru<7, All> => Gru<3, Last, ResetBefore> => Dense<2> } f64 f32;
}

/// Truncated backpropagation: two streams of twelve windows, each of which goes on where the one before ended.
macro_rules! carried {
    ($($name:ident: { $($net:tt)+ };)+) => {
        const CARRIED: &[&str] = &[$(stringify!($name)),+];
        $(
            #[test]
            fn $name() {
                network! { type Net = $($net)+, loss = SquaredError, scalar = f64; }
                let name = stringify!($name);
                let mut generator = Generator(name.len() as u64);
                let (mut net, mut tapes) = (Net::ZERO, [Net::TAPE, Net::TAPE]);
                generator.fill(net.parameters_mut(), 0.5);
                let mut samples = [([[0.0; 2]; 3], [0.0]); 24];
                samples.iter_mut().for_each(|(x, _)| generator.fill(x.as_flattened_mut(), 1.0));
                samples.iter_mut().for_each(|(_, y)| generator.fill(y, 1.0));

                let mut predictions = Vec::new();
                for samples in samples.chunks(2) {
                    net.step_batch(samples, NoPenalty, RATE, &mut tapes);
                    predictions.extend(tapes.iter().map(|tape| tape.output()[0]));
                    tapes.iter_mut().for_each(Net::carry);
                }
                compare(NUMBERS, name, "predict", &predictions, DOUBLE);
                compare(NUMBERS, name, "batch", net.parameters(), DOUBLE);

                // A window that goes on from another, or from a state of a stream, has the bits of the stream.
                let [tape, _] = &mut tapes;
                let mut stream = Net::STREAM;
                for (k, (x, y)) in samples.iter().enumerate() {
                    match k % 5 {
                        0 => Net::start(tape, &stream),
                        _ => Net::carry(tape),
                    }
                    let last = x.iter().filter_map(|x| net.stream(x, &mut stream)).last();
                    // The step for one sample is that of a batch of one, but for its rounding.
                    let [mut online, mut batch] = [Net::ZERO, Net::ZERO];
                    online.parameters_mut().copy_from_slice(net.parameters());
                    batch.parameters_mut().copy_from_slice(net.parameters());
                    online.descend(x, y, RATE, tape);
                    assert_eq!(last.map(|h| h[0]), Some(tape.output()[0]), "{name}, window {k}");
                    batch.step_batch(&[(*x, *y)], NoPenalty, RATE, core::array::from_mut(tape));
                    for (online, batch) in online.parameters().iter().zip(batch.parameters()) {
                        assert!((online - batch).abs() < 1e-15, "{name}, window {k}: {online}, {batch}");
                    }
                }
            }
        )+
    };
}

carried! {
    carried_elman: { [3, 2] => Elman<5, Tanh, All> => Elman<4> => Dense<1> };
    carried_lstm: { [3, 2] => Lstm<5, All> => Lstm<4> => Dense<1> };
    carried_gru: { [3, 2] => Gru<5, All> => Gru<4> => Dense<1> };
    carried_gru_before: { [3, 2] => Gru<5, All, ResetBefore> => Gru<4, Last, ResetBefore> => Dense<1> };
}

#[test]
fn every_case_is_compared() {
    support::complete(NUMBERS, CASES.iter().chain(CARRIED).copied());
}
