//! LSTM and GRU against PyTorch: predictions, costs, gradients, and 20 steps of descent. `golden/gates.py` wrote
//! `golden/gates.txt`, in float64. Some are compared in `f32` too.

use nanoprop::Layers;
use nanoprop::prelude::*;

#[path = "support/golden.rs"]
mod support;
use support::{DOUBLE, SINGLE};

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

#[test]
fn every_case_is_compared() {
    support::complete(NUMBERS, CASES.iter().copied());
}
