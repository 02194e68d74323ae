//! Recurrent networks in integers: beside the network in floating point, and step by step.

use std::array::from_fn;

use nanoprop::int8::{Int8Layer, Int8OutputOf, Int8Stream, Observer};
use nanoprop::prelude::*;
use nanoprop::{Bidirectional, Quantized};

use crate::digits;

network! {
    type Long = [8, 8] => Lstm<16> => Dense<10>, loss = SoftmaxCrossEntropy;
    type Gated = [8, 8] => Gru<16> => Dense<10>, loss = SoftmaxCrossEntropy;
    type Before = [8, 8] => Gru<16, Last, ResetBefore> => Dense<10>, loss = SoftmaxCrossEntropy;
    type Short = [8, 8] => Elman<16> => Dense<10>, loss = SoftmaxCrossEntropy;
    type Deep = [8, 8] => FakeQuantize => Gru<9, All> => Lstm<7, All> => Elman<6, Tanh, All> => Gru<5> => KeepFloat(Dense<10>),
        loss = SoftmaxCrossEntropy;
}

type Rows = [[f32; 8]; 8];

/// A row of pixels is a step.
fn rows(held_out: bool) -> Vec<(Rows, Class<U10>)> {
    let (train, test) = digits::split(|row| row % 5 == 4);
    let samples = if held_out { test } else { train };
    samples.iter().map(|(x, y)| (from_fn(|i| from_fn(|j| x[8 * i + j])), *y)).collect()
}

/// Learns digits row by row, and becomes integers, which give nearly the same; in a stream the same bits.
macro_rules! learned {
    ($Net:ident, $epochs:expr, $rate:expr) => {{
        let (train, held_out) = (rows(false), rows(true));
        let (mut net, mut tape) = (Box::new($Net::ZERO), Box::new($Net::TAPE));
        net.initialize(&Xavier, &mut Pcg32::new(1));
        net.measure(&train[..100], &mut tape);
        for epoch in 0..$epochs {
            let rate = $rate / (1.0 + epoch as f32 / 4.0);
            train.iter().for_each(|(x, y)| net.descend(x, y, rate, &mut tape));
        }
        let mut small = Box::new(Quantized::<$Net>::ZERO);
        small.quantize(&net, &train[..200], Observer::MinMax);
        for layer in 0.. {
            let Some(error) = small.error(&net, &held_out[..], layer) else { break };
            println!("{layer} {error:.4?}");
            assert!(error.rms < 2.0 * f64::from(error.step).max(0.03), "{error:?}");
        }
        let (mut single, mut integers) = (0, 0);
        for (x, y) in &held_out {
            let (window, mut stream) = (small.encode(x), small.start());
            let last = window.iter().map(|x| small.stream(x, &mut stream)).last().unwrap();
            assert_eq!(last, small.logits(&window));
            single += usize::from(net.classify(x) == y.index());
            integers += usize::from(small.classify(&window) == y.index());
        }
        let percent = |n: usize| 100.0 * n as f64 / held_out.len() as f64;
        println!("{}: {:.2} % in f32, {:.2} % in integers", stringify!($Net), percent(single), percent(integers));
        [percent(single), percent(integers)]
    }};
}

#[test]
fn digits_after_an_epoch() {
    for [single, integers] in
        [learned!(Long, 1, 0.1), learned!(Gated, 1, 0.1), learned!(Before, 1, 0.1), learned!(Deep, 1, 0.1)]
    {
        assert!((single - integers).abs() < 2.0, "{single} {integers}");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes minutes without optimisation")]
fn digits_row_by_row() {
    for [single, integers] in
        [learned!(Long, 15, 0.1), learned!(Gated, 15, 0.1), learned!(Before, 15, 0.1), learned!(Short, 15, 0.02)]
    {
        assert!(single > 90.0 && integers >= single - 0.6, "{single} {integers}");
    }
}

/// Any bytes compute.
#[test]
fn bytes_of_any_kind() {
    let (mut rng, mut net) = (Pcg32::new(1), Quantized::<Deep>::ZERO);
    for _ in 0..500 {
        let ends = [i8::MIN, i8::MAX, -1];
        let mut any = || if rng.bits().is_multiple_of(3) { ends[rng.bits() as usize % 3] } else { rng.bits() as i8 };
        net.flat_mut().iter_mut().for_each(|byte| *byte = any());
        let mut x = Matrix::<U8, U8, i8>::ZERO;
        x.flat_mut().iter_mut().for_each(|x| *x = any());
        let mut stream = net.start();
        let last = x.iter().map(|x| net.stream(x, &mut stream)).last().unwrap();
        // Parameters in floating point can be NaN.
        assert_eq!(last.map_bits(), net.logits(&x).map_bits());
    }
}

/// The bits of numbers.
trait Bits {
    fn map_bits(&self) -> Vec<u32>;
}

impl Bits for Vector<U10> {
    fn map_bits(&self) -> Vec<u32> {
        self.iter().map(|x| if x.is_nan() { 0 } else { x.to_bits() }).collect()
    }
}

/// Two layers by hand, one of them on the steps from the last on, whose outputs stand side by side; of one scale, whose range
/// is that of the hidden states of both.
macro_rules! both_ways {
    ($Net:ident, $Layer:ty, $factor:literal, $emits:literal) => {{
        let (train, held_out) = (rows(false), rows(true));
        let mut net = $Net::ZERO;
        net.initialize(&Xavier, &mut Pcg32::new(1));
        // The second layer has other weights, and so another range.
        let (first, second) = net.parameters_mut().split_at_mut(<$Layer as Plain>::COUNT);
        second[..first.len()].iter_mut().for_each(|w| *w *= $factor);
        let inputs: Vec<_> = train[..100].iter().map(|(x, y)| (*x, *y)).collect();
        let mut small = Quantized::<$Net>::ZERO;
        small.quantize(&net, &inputs[..], Observer::MinMax);
        let layer = &small.layers().0;
        assert_eq!(layer.ahead().scale(small.input()), layer.back().scale(small.input()));
        let scale = layer.scale(small.input());

        // The range, from f32: of all hidden states.
        type Of<L> = Network<L, SquaredError>;
        let both = [net.layers().0.ahead(), net.layers().0.back()];
        let (mut low, mut high) = (0.0_f32, 0.0_f32);
        for (way, layer) in both.into_iter().enumerate() {
            let mut every = Of::<$Layer>::ZERO;
            every.parameters_mut().copy_from_slice(layer.flat());
            for (x, _) in &inputs {
                let (mut x, mut stream) = (*x, Of::<$Layer>::STREAM);
                if way == 1 {
                    x.reverse();
                }
                for x in x {
                    let h = every.stream(&x, &mut stream).unwrap();
                    low = h.iter().copied().fold(low, f32::min);
                    high = h.iter().copied().fold(high, f32::max);
                }
            }
        }
        let expected = nanoprop::int8::Scale::range(low.into(), high.into());
        assert!((scale.step() / expected.step() - 1.0).abs() < 0.01, "{scale:?} {expected:?}");

        let mut largest = 0.0_f32;
        for (x, _) in &held_out[..50] {
            let q = small.encode(x);
            let mut turned = q.clone();
            turned.reverse();
            let (mut ahead, mut back, mut y) = (Int8OutputOf::<$Layer>::ZERO, Int8OutputOf::<$Layer>::ZERO, vec![]);
            layer.ahead().forward(&q, &mut ahead);
            layer.back().forward(&turned, &mut back);
            for t in 0..$emits {
                y.extend_from_slice(&ahead.flat()[5 * t..][..5]);
                y.extend_from_slice(&back.flat()[5 * ($emits - 1 - t)..][..5]);
            }
            let mut found = Int8OutputOf::<Bidirectional<$Layer>>::ZERO;
            layer.forward(&q, &mut found);
            assert_eq!(found.flat(), y);
            let mut single = nanoprop::OutputOf::<Bidirectional<$Layer>>::ZERO;
            net.layers().0.forward(nanoprop::ArrayLike::<Matrix<U8, U8>>::view(x), &mut single);
            let away = single.flat().iter().zip(&y).map(|(&h, &q)| (h - scale.decode(q)).abs());
            largest = away.fold(largest, f32::max);
        }
        println!("{}: {largest:.4}, a step {:.4}", stringify!($Net), scale.step());
        assert!(largest < 6.0 * scale.step(), "{largest} {}", scale.step());
    }};
}

network! {
    type BothLong = [8, 8] => Bidirectional(Lstm<5, All>) => Flatten => Dense<10>, loss = SoftmaxCrossEntropy;
    type BothGated = [8, 8] => Bidirectional(Gru<5, All>) => Flatten => Dense<10>, loss = SoftmaxCrossEntropy;
    type BothBefore = [8, 8] => Bidirectional(Gru<5, Last, ResetBefore>) => Dense<10>, loss = SoftmaxCrossEntropy;
    type BothShort = [8, 8] => Bidirectional(Elman<5>) => Dense<10>, loss = SoftmaxCrossEntropy;
    type BothDeep = [8, 8] => Bidirectional(Lstm<6, All>) => Bidirectional(Gru<5>) => Dense<10>, loss = SoftmaxCrossEntropy;
}

#[test]
fn both_ways() {
    both_ways!(BothLong, Lstm<U8, U8, U5, All>, 2.0, 8);
    both_ways!(BothGated, Gru<U8, U8, U5, All>, 0.5, 8);
    both_ways!(BothBefore, Gru<U8, U8, U5, Last, f32, ResetBefore>, 2.0, 1);
    both_ways!(BothShort, Elman<U8, U8, U5>, 0.5, 1);
}

/// Digits row by row, both ways, twice.
#[test]
#[cfg_attr(debug_assertions, ignore = "takes a minute without optimisation")]
fn digits_both_ways() {
    let (train, held_out) = (rows(false), rows(true));
    let (mut net, mut tape) = (Box::new(BothDeep::ZERO), Box::new(BothDeep::TAPE));
    net.initialize(&Xavier, &mut Pcg32::new(1));
    for _ in 0..2 {
        train.iter().for_each(|(x, y)| net.descend(x, y, 0.1, &mut tape));
    }
    let mut small = Box::new(Quantized::<BothDeep>::ZERO);
    small.quantize(&net, &train[..200], Observer::MinMax);
    let (mut right, mut same) = ([0; 2], 0);
    for (x, y) in &held_out {
        let (single, integers) = (net.classify(x), small.classify(&small.encode(x)));
        right[0] += usize::from(single == y.index());
        right[1] += usize::from(integers == y.index());
        same += usize::from(single == integers);
    }
    println!("both ways: {right:?} of {}, {same} the same", held_out.len());
    assert!(right[0] * 10 > held_out.len() * 7 && same * 100 > held_out.len() * 97);
}

#[test]
fn bytes() {
    use nanoprop::int8::{GruInt8, LstmInt8};
    assert_eq!(size_of::<LstmInt8<U8, U8, U16>>(), 4 * (8 + 16 + 8) * 16 + 84);
    assert_eq!(size_of::<GruInt8<U8, U8, U16>>(), 3 * (8 + 16) * 16 + 4 * 6 * 16 + 64);
    let layer = LstmInt8::<U8, U8, U16>::ZERO;
    assert_eq!(layer.start().h, Vector::<U16, i8>::ZERO);
}
