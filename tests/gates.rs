//! LSTM and GRU against PyTorch: predictions, costs, gradients, and 20 steps of descent. `golden/gates.py` wrote
//! `golden/gates.txt`, in float64. Some are compared in `f32` too.

use nanoprop::prelude::*;
use nanoprop::{InputOf, Layers, OutputOf, Stop};

/// The largest distance from PyTorch's float64, for the two scalars.
const DOUBLE: f64 = 1e-12;
const SINGLE: f64 = 1e-6;

const NUMBERS: &str = include_str!("golden/gates.txt");

// Those of gates.py.
const SAMPLES: usize = 6;
const STEPS: usize = 20;
const RATE: f64 = 0.125;
const PENALTY: L2 = L2(0.5);
const SCALE: f64 = 0.5;
const LONG: usize = 200;
const STRIDE: usize = 13;

/// Fills with the numbers of gates.py.
fn fill<T: Scalar>(state: &mut u64, values: &mut [T], scale: f64) {
    for value in values {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *value = T::from_f64(((*state >> 48) as f64 / 32768.0 - 1.0) * scale);
    }
}

/// Compares with the line `key` of a case.
fn compare<T: Scalar>(case: &str, key: &str, found: &[T], tolerance: f64) {
    let mut lines = NUMBERS.lines().skip_while(|line| line.strip_prefix("case ") != Some(case)).skip(1);
    let line = lines.find_map(|line| line.strip_prefix(key)).unwrap_or_else(|| panic!("no {key} of case {case}"));
    let expected: Vec<f64> = line.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let stride = if found.len() > LONG { STRIDE } else { 1 };
    let found: Vec<f64> = found.iter().step_by(stride).map(|v| v.to_f64()).collect();
    assert_eq!(found.len(), expected.len(), "{case}: {key}");
    for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
        let close = (found - expected).abs() <= tolerance;
        assert!(close, "{case}, {}: {key}[{at}] is {found} and not {expected}", T::NAME);
    }
}

trait Case {
    fn run(name: &str, tolerance: f64);
}

impl<L: Layers> Case for Network<L, SquaredError> {
    fn run(name: &str, tolerance: f64) {
        let (mut net, mut tape) = (Self::boxed(), Box::new(Self::TAPE));
        let mut grad = Gradient::<Self>::boxed();
        let mut state = name.len() as u64;
        fill(&mut state, net.parameters_mut(), SCALE);
        let start = net.parameters().to_vec();
        let mut samples = vec![(InputOf::<Self>::ZERO, OutputOf::<Self>::ZERO); SAMPLES];
        samples.iter_mut().for_each(|(x, _)| fill(&mut state, x.flat_mut(), 1.0));
        samples.iter_mut().for_each(|(_, y)| fill(&mut state, y.flat_mut(), 1.0));

        let predictions: Vec<_> = samples.iter().flat_map(|(x, _)| net.predict(x).flat().to_vec()).collect();
        compare(name, "predict", &predictions, tolerance);
        compare(name, "cost", &[net.cost(&samples, PENALTY)], tolerance);
        net.gradient(&samples, PENALTY, &mut grad, &mut tape);
        compare(name, "gradient", grad.parameters(), tolerance);
        let rate = L::Scalar::from_f64(RATE);
        for (x, y) in samples.iter().cycle().take(STEPS) {
            net.descend(x, y, rate, &mut tape);
        }
        compare(name, "online", net.parameters(), tolerance);
        net.parameters_mut().copy_from_slice(&start);
        let end = net.descend_batch(&samples, PENALTY, rate, Stop::Steps(STEPS), &mut grad, &mut tape);
        compare(name, "batch", net.parameters(), tolerance);
        compare(name, "end", &[end.cost], tolerance);
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
    let mut cases = CASES.to_vec();
    let mut written: Vec<&str> = NUMBERS.lines().filter_map(|line| line.strip_prefix("case ")).collect();
    cases.sort();
    written.sort();
    assert_eq!(written, cases, "cases of gates.txt, and of this file");
}
