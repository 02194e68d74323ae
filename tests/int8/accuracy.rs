//! What is lost when a trained network becomes integers.

use nanoprop::Quantized;
use nanoprop::int8::Observer;
use nanoprop::prelude::*;

use crate::digits;

network! {
    type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    type Rectified = 64 => Dense<32, Relu> => Dense<10>, loss = SoftmaxCrossEntropy;
}

/// Learns digits, and gives the accuracy on what is held out in floating point and in integers, by two observers.
macro_rules! learned {
    ($Net:ident, $start:expr, $rate:expr, $seed:expr, $epochs:expr) => {{
        let (train, held_out) = digits::split(|row| row % 5 == 4);
        let (mut net, mut tape) = ($Net::ZERO, $Net::TAPE);
        net.initialize(&$start, &mut Pcg32::new($seed));
        for epoch in 0..$epochs {
            let rate = $rate / (1.0 + epoch as f32 / 4.0);
            train.iter().for_each(|(x, y)| net.descend(x, y, rate, &mut tape));
        }
        let mut small = Quantized::<$Net>::ZERO;
        let percents = [Observer::MinMax, Observer::Percentile(99.9), Observer::Entropy].map(|observer| {
            small.quantize(&net, &train[..300], observer);
            digits::accuracy(&held_out, |x| small.classify(&small.encode(x)))
        });
        small.quantize(&net, &train[..300], Observer::MinMax);
        for layer in 0..2 {
            let error = small.error(&net, &held_out[..], layer).unwrap();
            println!("layer {layer}: {error:.4?}");
            assert!(error.rms < 2.0 * f64::from(error.step), "{error:?}");
        }
        assert_eq!(small.error(&net, &held_out[..], 2), None);
        [digits::accuracy(&held_out, |x| net.classify(x)), percents[0], percents[1], percents[2]]
    }};
}

/// Within 0.3 points of f32: the median of five seeds, from random weights.
#[test]
#[cfg_attr(debug_assertions, ignore = "takes a minute without optimisation")]
fn digits_within_three_tenths_of_a_point() {
    for rectified in [false, true] {
        let all = [1, 2, 3, 4, 5].map(|seed| match rectified {
            false => learned!(Digits, Xavier, 0.3, seed, 12),
            true => learned!(Rectified, He, 0.05, seed, 12),
        });
        println!("rectified {rectified}: f32, MinMax, Percentile(99.9), Entropy: {all:.2?}");
        let median = |k: usize| {
            let mut values = all.map(|percents| percents[k]);
            values.sort_by(f64::total_cmp);
            values[2]
        };
        assert!(median(0) > 96.0);
        assert!(median(1) >= median(0) - 0.3 && median(2) >= median(0) - 0.3, "{all:?}");
    }
}

#[test]
fn digits_after_two_epochs() {
    let [single, min_max, percentile, entropy] = learned!(Digits, Xavier, 0.3, 1, 2);
    assert!(single > 91.0 && min_max >= single - 0.6 && percentile >= single - 0.6, "{single} {min_max} {percentile}");
    assert!(entropy >= single - 0.9, "{single} {entropy}");
}

/// A byte for a weight, 9 for a channel.
#[test]
fn bytes() {
    assert_eq!(size_of::<Quantized<Rectified>>(), 64 * 32 + 32 * 10 + 9 * 42 + 8 * 3);
    assert_eq!(size_of::<Quantized<Digits>>(), size_of::<Quantized<Rectified>>() + 256);
    assert_eq!(align_of::<Quantized<Digits>>(), 1);
}

/// A rare number that is far out is given up; numbers that fill their range are kept.
#[test]
fn entropy() {
    type Net = Network<Dense<U1, U1>, SquaredError>;
    let mut net = Net::ZERO;
    net.parameters_mut().copy_from_slice(&[0.0, 1.0]);
    let mut small = Quantized::<Net>::ZERO;
    let mut samples: Vec<_> = (0..20_000).map(|k| ([k as f32 / 10_000.0 - 1.0], [0.0])).collect();
    small.quantize(&net, &samples, Observer::Entropy);
    assert!((small.input().step() - 2.0 / 255.0).abs() < 1e-4, "{}", small.input().step());
    samples.push(([10.0], [0.0]));
    small.quantize(&net, &samples, Observer::Entropy);
    assert!(small.input().step() < 3.0 / 255.0, "{}", small.input().step());
    assert!(small.error(&net, &samples, 0).unwrap().beyond > 0.0);
}
