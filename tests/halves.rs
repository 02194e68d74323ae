//! Networks with parameters of 16 bits have the bits of the `f32` network whose parameters were rounded.

#[path = "support/digits.rs"]
mod digits;

use std::sync::OnceLock;

use nanoprop::halves::{HalfNumber, bf16, f16};
use nanoprop::prelude::*;
use nanoprop::stored::Stored;
use nanoprop::{OnlineStep, halved};

network! {
    type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    type Wide = 9 => Dense<37, Tanh> => Dense<18, Relu, Unbiased> => Dense<7, Softplus> => Dense<1>, loss = SigmoidCrossEntropy;
    type Line = [12, 3] => Conv1d<5, 3, Relu, padding = same, dilation = 2> => MaxPool1d<2> => LayerNorm
        => Conv1d<17, 2, Unbiased, stride = 2> => Gelu => GlobalAvgPool => Dense<4>, loss = SoftmaxCrossEntropy;
    type Steps = [7, 3] => Elman<5, Relu, All> => Gru<6, All> => Lstm<9> => Dense<2>, loss = SquaredError;
    type Gates = [6, 2] => Lstm<5, All> => Gru<13, All, ResetBefore> => Gru<3, All, ResetBefore> => Gru<12, All> => Lstm<4>
        => Dense<3>, loss = SoftmaxCrossEntropy;
    type BothWays = [5, 3] => Bidirectional(Lstm<3, All>) => Bidirectional(Elman<4, Tanh, All>) => Bidirectional(Gru<17>) => Dense<2>,
        loss = SquaredError;
    type Depth = [9, 8, 3] => DepthwiseConv2d<3, Tanh, padding = same> => DepthwiseConv2d<[2, 3], Unbiased, stride = 2, padding = [1, 0]>
        => GroupNorm<3> => Dropout(40%) => Residual(Conv2d<3, 1> => Silu) => Flatten => Dense<3>, loss = SoftmaxCrossEntropy;
    type Channels = [11, 19] => DepthwiseConv1d<3, Relu, padding = same, dilation = 2> => GlobalAvgPool => Dense<2>,
        loss = SquaredError;
    type Words = 6 => Embedding<30, 5> => Gru<4> => Dense<2>, loss = SoftmaxCrossEntropy;
    type Live = [16, 4] => Conv1d<5, 3, Tanh, padding = causal, dilation = 2> => LayerNorm => DepthwiseConv1d<2, stride = 2, padding = causal>
        => Residual(Conv1d<5, 1, Relu>) => Lstm<6, All> => Gru<3, Last, ResetBefore> => Dense<2>, loss = SoftmaxCrossEntropy;
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
    same!(Steps: Matrix<U7, U3>, Gates: Matrix<U6, U2>, BothWays: Matrix<U5, U3>, Channels: Matrix<U11, U19>);
    same!(Depth: nanoprop::Volume<U9, U8, U3>, Live: Matrix<U16, U4>);
}

/// Numbers of classes, one of them that there is not.
#[test]
fn numbers_of_classes() {
    let (mut net, mut small) = (Words::ZERO, <halved!(Words, f16)>::ZERO);
    net.initialize(&Xavier, &mut Pcg32::new(7));
    assert_eq!(small.round(&net), 0);
    small.widen(&mut net);
    let x = [3_u8, 29, 30, 0, 255, 3];
    assert_eq!(small.logits(&x), net.logits(&x));
    let (mut a, mut b) = (Words::STREAM, Words::STREAM);
    for x in x {
        assert_eq!(small.stream(&x, &mut a), net.stream(&x, &mut b));
    }
}

/// Step by step, through rings, states and a stride.
#[test]
fn streams() {
    fn all<H: HalfNumber>() -> usize {
        let mut rng = Pcg32::new(4);
        let mut number = || (rng.bits() >> 8) as f32 / (1 << 23) as f32 - 1.0;
        let (mut net, mut small) = (Live::ZERO, nanoprop::Half::<Live, H, { Live::PARAMETERS }>::ZERO);
        net.parameters_mut().iter_mut().for_each(|w| *w = number());
        assert_eq!(small.round(&net), 0);
        small.widen(&mut net);
        let (mut a, mut b) = (Live::STREAM, Live::STREAM);
        let mut due = 0;
        for _ in 0..50 {
            let x = [(); 4].map(|()| 2.0 * number());
            let (half, single) = (small.stream(&x, &mut a), net.stream(&x, &mut b));
            assert_eq!(half, single);
            due += usize::from(single.is_some());
        }
        due
    }
    assert_eq!([all::<bf16>(), all::<f16>()], [25; 2]);
}

network! {
    type Front = [6, 4] => Conv1d<5, 2, Relu> => Gru<6, All> => Lstm<7> => Dense<9, Tanh>, loss = SquaredError;
    type Middle = 9 => Dense<33, Relu> => Residual(Dense<33, Tanh>) => LayerNorm => Dense<8, Tanh>, loss = SquaredError;
}
type SmallFront = halved!(Front, bf16);
type SmallMiddle = halved!(Middle, f16);

/// Weights of 16 bits, and the network that they are.
macro_rules! frozen_both {
    ($($name:ident: $Net:ident, $Small:ident, $seed:literal;)+) => {$(
        fn $name() -> (&'static $Small, &'static $Net) {
            static BOTH: OnceLock<(Box<$Small>, Box<$Net>)> = OnceLock::new();
            let both = BOTH.get_or_init(|| {
                let (mut net, mut small) = ($Net::boxed(), Box::new($Small::ZERO));
                net.initialize(&Xavier, &mut Pcg32::new($seed));
                assert_eq!(small.round(&net), 0);
                small.widen(&mut net);
                (small, net)
            });
            (&both.0, &both.1)
        }
    )+};
}
frozen_both! {
    front: Front, SmallFront, 2;
    middle: Middle, SmallMiddle, 3;
}
frozen! {
    struct HalfFront: SmallFront = front().0;
    struct SingleFront: Front = front().1;
    struct HalfMiddle: SmallMiddle = middle().0;
    struct SingleMiddle: Middle = middle().1;
}
network! {
    type HalfLearner = [6, 4] => Frozen(HalfFront) => Dense<9, Tanh> => Frozen(HalfMiddle) => Dense<3>, loss = SoftmaxCrossEntropy;
    type Learner = [6, 4] => Frozen(SingleFront) => Dense<9, Tanh> => Frozen(SingleMiddle) => Dense<3>, loss = SoftmaxCrossEntropy;
}

/// In front of what learns and behind it, 16-bit weights are the rounded ones, bit for bit: predictions, gradients, steps of one
/// sample and of batches, slices of a step, ∂J/∂x.
#[test]
fn frozen() {
    let mut rng = Pcg32::new(8);
    let mut number = || (rng.bits() >> 8) as f32 / (1 << 23) as f32 - 1.0;
    let samples: Vec<_> =
        (0..20).map(|k| ([[(); 4]; 6].map(|x| x.map(|()| number())), Class::<U3>::new(k % 3).unwrap())).collect();
    let (mut half, mut net) = (HalfLearner::ZERO, Learner::ZERO);
    half.initialize(&Xavier, &mut Pcg32::new(5));
    net.parameters_mut().copy_from_slice(half.parameters());
    let (mut a, mut b) = (HalfLearner::TAPE, Learner::TAPE);
    let same = |half: &HalfLearner, net: &Learner| {
        assert_eq!(half.parameters(), net.parameters());
        samples.iter().for_each(|(x, _)| assert_eq!(half.predict(x), net.predict(x)));
    };
    same(&half, &net);
    for (x, y) in &samples {
        half.descend(x, y, 0.1, &mut a);
        net.descend(x, y, 0.1, &mut b);
    }
    same(&half, &net);
    let (mut as_, mut bs) = ([HalfLearner::TAPE; 7], [Learner::TAPE; 7]);
    for batch in samples.chunks(7) {
        half.step_batch(batch, L2(0.1), 0.1, &mut as_);
        net.step_batch(batch, L2(0.1), 0.1, &mut bs);
    }
    same(&half, &net);
    let (mut p, mut q) = (HalfLearner::GRADIENT, Learner::GRADIENT);
    half.gradient(&samples, L2(0.1), &mut p, &mut a);
    net.gradient(&samples, L2(0.1), &mut q, &mut b);
    assert_eq!(p.parameters(), q.parameters());
    let (x, y) = &samples[0];
    let mut step = OnlineStep::new();
    while step.advance(&mut half, x, y, 0.1, &mut a) {}
    net.descend(x, y, 0.1, &mut b);
    same(&half, &net);

    let (mut dx, mut expected) = (Matrix::<U6, U4>::ZERO, Matrix::<U6, U4>::ZERO);
    let x = nanoprop::ArrayLike::<Matrix<U6, U4>>::view(x);
    half.record(x, &mut a);
    net.record(x, &mut b);
    nanoprop::Tape::split(&mut a).1.copy_from_slice(&[1.0, -2.0, 0.5]);
    nanoprop::Tape::split(&mut b).1.copy_from_slice(&[1.0, -2.0, 0.5]);
    half.backward(x, &mut a, &mut { HalfLearner::ZERO }, Some(&mut dx));
    net.backward(x, &mut b, &mut { Learner::ZERO }, Some(&mut expected));
    assert!(dx == expected && dx.flat().iter().all(|&d| d != 0.0));

    // The tape keeps what the frozen layers write and nothing within: 9 and 8 numbers twice, beside those of the others.
    assert_eq!(size_of_val(&a), 4 * 2 * (9 + 9 + 8 + 3));
    assert_eq!(size_of::<HalfLearner>(), size_of::<Learner>());
    assert_eq!(HalfLearner::PLAN.to_string(), Learner::PLAN.to_string());
}

/// A head that learns on a recurrent front, step by step.
#[test]
fn frozen_stream() {
    network! {
        type Body = [6, 4] => Gru<6, All> => Lstm<7>, loss = SquaredError;
        type Tail = [6, 4] => Frozen(Small) => Dense<2>, loss = SoftmaxCrossEntropy;
    }
    type SmallBody = halved!(Body, bf16);
    static BODY: OnceLock<SmallBody> = OnceLock::new();
    frozen! { struct Small: SmallBody = BODY.get().unwrap(); }
    let (mut body, mut small, mut tail) = (Body::ZERO, SmallBody::ZERO, Tail::ZERO);
    body.initialize(&Xavier, &mut Pcg32::new(1));
    tail.initialize(&Xavier, &mut Pcg32::new(2));
    assert_eq!(small.round(&body), 0);
    BODY.set(small).unwrap();
    let (x, mut stream) = ([[0.5, -1.0, 0.25, 2.0]; 6], Tail::STREAM);
    let each = x.map(|x| tail.stream(&x, &mut stream));
    assert_eq!(each[5], Some(tail.predict(&x)));
    assert_ne!(each[4], each[5]);
}

/// The first layers in place, which are their numbers; a test of the compiler's messages has other layers.
#[test]
fn a_front() {
    network! {
        type First = 9 => Dense<37, Tanh> => Dense<18, Relu, Unbiased>, loss = SquaredError;
        type Around = [8, 5] => Residual(Conv1d<5, 1> => Silu) => Gru<4> => Dense<2>, loss = SquaredError;
        type Inner = [8, 5] => Residual(Conv1d<5, 1> => Silu) => Gru<4>, loss = SquaredError;
    }
    let mut net = Wide::ZERO;
    net.initialize(&Xavier, &mut Pcg32::new(1));
    let mut small = <halved!(Wide, bf16)>::ZERO;
    assert_eq!(small.round(&net), 0);
    let first: &halved!(First, bf16) = small.front();
    assert_eq!(first.parameters(), &small.parameters()[..First::PARAMETERS]);
    let x = [0.5, -1.0, 2.0, 0.0, 0.25, 1.0, -0.5, 3.0, 1.5];
    let (mut rounded, mut y) = (Wide::ZERO, Vector::<U18>::ZERO);
    small.widen(&mut rounded);
    let (one, two, ..) = rounded.layers();
    let mut between = Vector::<U37>::ZERO;
    one.forward(nanoprop::ArrayLike::<Vector<U9>>::view(&x), &mut between);
    two.forward(&between, &mut y);
    assert_eq!(first.logits(&x), y);

    let mut around = <halved!(Around, f16)>::ZERO;
    around.parameters_mut()[0] = f16::from_f32(1.0);
    let inner: &halved!(Inner, f16) = around.front();
    assert_eq!(inner.parameters().len(), Around::PARAMETERS - 10);
}

#[test]
fn sizes() {
    use nanoprop::{Inference, Quantized};
    assert_eq!(<halved!(Gates, f16)>::FOOTPRINT.total() * 2, Gates::FOOTPRINT.weights);
    assert_eq!(<halved!(Gates, f16)>::FOOTPRINT.inference(), size_of::<halved!(Gates, f16)>());
    const _: () = budget!(halved!(Digits, bf16), Inference, ram = 4820);
    const _: () = budget!(Quantized<Digits>, Inference, ram = 3026);
    assert_eq!(Quantized::<Digits>::FOOTPRINT.total(), 3026);

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
