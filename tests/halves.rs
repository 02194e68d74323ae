//! Networks with parameters of 16 bits have the bits of the `f32` network whose parameters were rounded.

#[path = "support/digits.rs"]
mod digits;

use nanoprop::halved;
use nanoprop::halves::{HalfNumber, bf16, f16};
use nanoprop::prelude::*;
use nanoprop::stored::Stored;

network! {
    type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    type Wide = 9 => Dense<37, Tanh> => Dense<18, Relu, Unbiased> => Dense<7, Softplus> => Dense<1>, loss = SigmoidCrossEntropy;
    type Line = [12, 3] => Conv1d<5, 3, Relu, padding = same, dilation = 2> => MaxPool1d<2> => LayerNorm
        => Conv1d<17, 2, Unbiased, stride = 2> => Gelu => GlobalAvgPool => Dense<4>, loss = SoftmaxCrossEntropy;
    type Picture = [8, 7, 2] => Standardize => Conv2d<33, 3, Tanh, padding = [1, 0]> => BatchNorm => AvgPool2d<2>
        => Conv2d<6, [2, 1], stride = 2> => Flatten => Dense<3, Elu>, loss = SquaredError;
}

/// Every finite number, as the crate `half` widens it, and back.
#[test]
fn numbers() {
    fn all<H: HalfNumber>(single: impl Fn(H) -> f32) {
        let mut finite = 0;
        for bits in 0..=u16::MAX {
            let number = H::of_bits(bits);
            assert_eq!(number.bits(), bits);
            if number.is_finite() {
                finite += 1;
                assert_eq!(number.widen().to_bits(), single(number).to_bits(), "{bits:#06x}");
                assert_eq!(H::nearest(number.widen()).bits(), bits);
            }
        }
        assert!(finite > 63_000);
    }
    all::<bf16>(bf16::to_f32);
    all::<f16>(f16::to_f32);
    // Ties to even: halfway between two, the one whose last bit is 0.
    assert_eq!([1.0 + 1.0 / 256.0, 1.0 + 3.0 / 256.0].map(|x| bf16::nearest(x).widen()), [1.0, 1.015625]);
    assert_eq!([2049.0, 2051.0].map(|x| f16::nearest(x).widen()), [2048.0, 2052.0]);
    assert!(!f16::nearest(65520.0).is_finite() && f16::nearest(65519.0).widen() == 65504.0);
}

/// Random parameters and inputs, some of them large: logits, outputs and class.
macro_rules! same {
    ($($Net:ident: $X:ty),+) => {$(
        same!(@ $Net: $X, bf16);
        same!(@ $Net: $X, f16);
    )+};
    (@ $Net:ident: $X:ty, $H:ty) => {{
        let mut rng = Pcg32::new(3);
        let mut number = || (rng.bits() >> 8) as f32 / (1 << 23) as f32 - 1.0;
        let (mut net, mut small) = ($Net::ZERO, <halved!($Net, $H)>::ZERO);
        for _ in 0..20 {
            net.parameters_mut().iter_mut().for_each(|w| *w = number() * (2.0 * number()).exp());
            assert_eq!(small.round(&net), 0);
            let before = net.digest();
            small.widen(&mut net);
            assert_ne!(net.digest(), before);
            let mut x = <$X>::default();
            nanoprop::Plain::flat_mut(&mut x).iter_mut().for_each(|x| *x = 3.0 * number());
            let bits = |h: &[f32]| h.iter().map(|h| h.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&small.logits(&x)), bits(&net.logits(&x)), "{} {}", stringify!($Net), stringify!($H));
            assert_eq!(bits(&small.predict(&x)), bits(&net.predict(&x)));
        }
    }};
}

#[test]
fn the_bits_of_rounded_weights() {
    same!(Digits: Vector<U64>, Wide: Vector<U9>, Line: Matrix<U12, U3>, Picture: nanoprop::Volume<U8, U7, U2>);
}

#[test]
fn sizes() {
    type Small = halved!(Digits, bf16);
    assert_eq!(size_of::<Small>() * 2, size_of::<Digits>());
    assert_eq!(Small::CHECKPOINT, 24 + 2 * Digits::PARAMETERS + 4);
}

/// What is not the file that was written is refused, and changes nothing.
#[test]
fn files() {
    type Small = halved!(Wide, bf16);
    type Other = halved!(Wide, f16);
    let mut net = Wide::ZERO;
    net.initialize(&Xavier, &mut Pcg32::new(1));
    let (mut small, mut back) = (Small::ZERO, Small::ZERO);
    assert_eq!(small.round(&net), 0);
    let mut file = vec![0; Small::CHECKPOINT];
    assert_eq!(small.save(&mut file), Ok(file.len()));
    back.load(&file).unwrap();
    assert_eq!((back.digest(), back.parameters()), (small.digest(), small.parameters()));

    let mut blank = Small::ZERO;
    for at in 0..file.len() {
        let mut broken = file.clone();
        broken[at] ^= 1 << (at % 8);
        assert!(blank.load(&broken).is_err(), "byte {at}");
        assert!(blank.load(&file[..at]).is_err(), "{at} bytes");
    }
    assert!(blank.load(&[&file[..], &[0]].concat()).is_err());
    assert!({ Other::ZERO }.load(&file).is_err() && { Wide::ZERO }.load(&file).is_err());
    let mut whole = vec![0; Wide::CHECKPOINT];
    net.save(&mut whole).unwrap();
    assert!(blank.load(&whole).is_err());
    assert_eq!(blank.digest(), Small::ZERO.digest());
    assert!(small.save(&mut file[1..]).is_err());
}

/// A parameter beyond the range is counted.
#[test]
fn beyond_the_range() {
    let mut net = Wide::ZERO;
    net.parameters_mut()[3] = 7e4;
    assert_eq!({ <halved!(Wide, f16)>::ZERO }.round(&net), 1);
    assert_eq!({ <halved!(Wide, bf16)>::ZERO }.round(&net), 0);
}

#[test]
fn digits_as_well_as_in_f32() {
    let (train, held_out) = digits::split(|row| row % 5 == 4);
    let (mut net, mut tape) = (Digits::ZERO, Digits::TAPE);
    net.initialize(&Xavier, &mut Pcg32::new(1));
    for epoch in 0..if cfg!(debug_assertions) { 3 } else { 12 } {
        let rate = 0.3 / (1.0 + epoch as f32 / 4.0);
        train.iter().for_each(|(x, y)| net.descend(x, y, rate, &mut tape));
    }
    let (mut brain, mut half) = (<halved!(Digits, bf16)>::ZERO, <halved!(Digits, f16)>::ZERO);
    assert_eq!(brain.round(&net) + half.round(&net), 0);
    let single = digits::accuracy(&held_out, |x| net.classify(x));
    let [b, h] =
        [digits::accuracy(&held_out, |x| brain.classify(x)), digits::accuracy(&held_out, |x| half.classify(x))];
    println!("f32 {single:.2} %, bf16 {b:.2} %, f16 {h:.2} %");
    assert!((b - single).abs() < 0.6 && (h - single).abs() < 0.3, "{single} {b} {h}");
}
