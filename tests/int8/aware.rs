//! Training with fake quantisation: what it computes is what the integers compute, and what it gains.

use std::array::from_fn;

use nanoprop::int8::{Observer, Scale};
use nanoprop::layer::Pass;
use nanoprop::prelude::*;
use nanoprop::{ArrayLike, FakeQuantize, InputOf, Layers, Loss, OutputOf, Quantized, Samples, TapeOf, Target};

use crate::digits;

network! {
    type Rectified = 64 => FakeQuantize => FakeQuantize(Dense<8, Relu>) => FakeQuantize(Dense<10>),
        loss = SoftmaxCrossEntropy;
    type Tables = 64 => FakeQuantize => FakeQuantize(Dense<8, Sigmoid>) => FakeQuantize(Dense<10>),
        loss = SigmoidCrossEntropy;
    type Image = [8, 8, 1] => FakeQuantize => FakeQuantize(Conv2d<4, 3, Relu, stride = 2>)
        => FakeQuantize(DepthwiseConv2d<3, Tanh, padding = same>) => FakeQuantize(Residual(FakeQuantize(Conv2d<4, 1, Relu>)))
        => MaxPool2d<2> => Flatten => FakeQuantize(Dense<10>), loss = SoftmaxCrossEntropy;
    type Half = 64 => FakeQuantize => FakeQuantize(Dense<8, Relu>) => KeepFloat(Dense<10>), loss = SoftmaxCrossEntropy;
    type Unrounded = 64 => Dense<8, Relu> => Dense<10>, loss = SoftmaxCrossEntropy;
}
type Four = Network<
    (FakeQuantize<Pass<Vector<U64>>, U4>, FakeQuantize<Dense<U64, U8, Relu>, U4>, FakeQuantize<Dense<U8, U10>, U4>),
    SoftmaxCrossEntropy,
>;

/// Learns for some epochs, the ranges measured before each and behind the last.
fn learn<L, E, X, Y>(net: &mut Network<L, E>, samples: &[(X, Y)], rate: f32, epochs: usize)
where
    L: Layers<Scalar = f32>,
    E: Loss,
    [(X, Y)]: Samples<InputOf<L::Chain>, OutputOf<L::Chain>, Target = Y>,
    X: ArrayLike<InputOf<L::Chain>>,
    Y: Target<OutputOf<L::Chain>>,
{
    let mut tape = Box::new(Network::<L, E>::TAPE);
    for epoch in 0..epochs {
        net.measure(&samples[..300], &mut tape);
        let rate = rate / (1.0 + epoch as f32 / 4.0);
        samples.iter().for_each(|(x, y)| net.descend(x, y, rate, &mut tape));
    }
    net.measure(&samples[..300], &mut tape);
}

/// Trains, becomes integers, and has the outputs of the trained network, but for one of so many, off by these steps at most.
macro_rules! agrees {
    ($Net:ident, $seed:expr, $samples:expr, $most:expr, $steps:expr) => {{
        let mut net = Box::new($Net::ZERO);
        net.initialize(&Xavier, &mut Pcg32::new($seed));
        learn(&mut *net, &$samples, 0.05, 3);
        let mut small = Box::new(Quantized::<$Net>::ZERO);
        // The samples of an observer change nothing.
        small.quantize(&net, &$samples[..3], Observer::MinMax);
        let (mut off, mut right, mut all, scale) = (0, 0, 0, small.output());
        for (x, _) in &$samples {
            let (z, q) = (net.logits(x), small.logits(&small.encode(x)));
            for (&z, &q) in z.iter().zip(&q) {
                let steps = f64::from(z - scale.decode(q)) / f64::from(scale.step());
                assert!(steps.abs() < $steps + 0.001, "{}: {steps} steps", stringify!($Net));
                (off, all) = (off + usize::from(steps.abs() > 0.001), all + 1);
            }
            right += usize::from(small.classify(&small.encode(x)) == net.classify(x));
        }
        println!("{}: {off} of {all} outputs are off", stringify!($Net));
        assert!(off * $most <= all, "{off} of {all}");
        assert!(right * 100 > $samples.len() * 98);
        (net, small)
    }};
}

#[test]
fn integers_have_the_outputs_of_the_training() {
    let (train, _) = digits::split(|row| row % 5 == 4);
    let (net, small) = agrees!(Rectified, 1, train, 500, 1.0);
    assert_eq!(small.input(), Scale::range(0.0, 1.0));
    assert_eq!(net.layers().0.range()[..], [0.0, 1.0]);
    agrees!(Tables, 2, train, 50, 1.0);
    let image = |x: &[f32; 64]| -> [[[f32; 1]; 8]; 8] { from_fn(|i| from_fn(|j| [x[8 * i + j]])) };
    let images: Vec<_> = train.iter().map(|(x, y)| (image(x), *y)).collect();
    // A step of a sum before a table can be several of what comes of it.
    agrees!(Image, 3, images, 100, 4.0);
}

/// 64-8-10: the same number of epochs, with rounding and without; in 8 bits, and as if there were 4.
#[test]
#[cfg_attr(debug_assertions, ignore = "takes minutes without optimisation")]
fn learned_with_rounding() {
    let (train, held_out) = digits::split(|row| row % 5 == 4);
    let all = [1, 2, 3, 4, 5].map(|seed| {
        let mut plain = Unrounded::ZERO;
        plain.initialize(&He, &mut Pcg32::new(seed));
        learn(&mut plain, &train, 0.05, 8);
        let mut after = Unrounded::ZERO;
        after.parameters_mut().copy_from_slice(plain.parameters());
        learn(&mut after, &train, 0.01, 4);
        let mut behind = Quantized::<Unrounded>::ZERO;
        behind.quantize(&after, &train[..300], Observer::MinMax);

        // The same weights, and the ranges of what they give.
        let mut aware = Rectified::ZERO;
        take(aware.parameters_mut(), plain.parameters());
        learn(&mut aware, &train, 0.01, 4);
        let mut small = Quantized::<Rectified>::ZERO;
        small.quantize(&aware, &train[..300], Observer::MinMax);

        let (mut four, mut tape) = (Four::ZERO, Four::TAPE);
        take(four.parameters_mut(), after.parameters());
        four.measure(&train[..300], &mut tape);
        let four_behind = digits::accuracy(&held_out, |x| four.classify(x));
        take(four.parameters_mut(), plain.parameters());
        learn(&mut four, &train, 0.01, 4);
        [
            digits::accuracy(&held_out, |x| after.classify(x)),
            digits::accuracy(&held_out, |x| behind.classify(&behind.encode(x))),
            digits::accuracy(&held_out, |x| small.classify(&small.encode(x))),
            four_behind,
            digits::accuracy(&held_out, |x| four.classify(x)),
        ]
    });
    println!("f32, int8 behind training, int8 trained for, 4 bits behind training, 4 bits trained for: {all:.2?}");
    let [single, behind, aware, four_behind, four] = median(all);
    assert!(aware >= behind && aware >= single - 0.3, "{aware} {behind} {single}");
    assert!(four >= four_behind + 1.0, "{four} {four_behind}");
}

/// The weights of a plain network, between the ranges of one that rounds.
fn take(to: &mut [f32], plain: &[f32]) {
    let (first, second) = plain.split_at(65 * 8);
    to[2..][..first.len()].copy_from_slice(first);
    to[2 + first.len() + 2..][..second.len()].copy_from_slice(second);
}

fn median<const N: usize>(all: [[f64; N]; 5]) -> [f64; N] {
    from_fn(|k| {
        let mut values = all.map(|values| values[k]);
        values.sort_by(f64::total_cmp);
        values[2]
    })
}

/// By a trainer in batches, and saved: the bits of one sample after the other, and the ranges come back.
#[test]
fn trainers_and_checkpoints() {
    let (train, _) = digits::split(|row| row >= 200);
    let (mut net, mut one_by_one) = (Rectified::ZERO, Rectified::ZERO);
    net.initialize(&He, &mut Pcg32::new(4));
    net.measure(&train[..], &mut { Rectified::TAPE });
    assert!(net.layers().1.range()[1] > 0.0);
    one_by_one.parameters_mut().copy_from_slice(net.parameters());
    let recipe = Recipe { batch: 20, epochs: 2, ..Recipe::new(Adam::new(0.01)) };
    let mut training = Box::new(Training::<Rectified, Adam, 20>::ZERO);
    recipe.train(&mut net, &mut training).run(&train[..]).unwrap();
    let mut training = Box::new(Training::<Rectified, Adam>::ZERO);
    recipe.train(&mut one_by_one, &mut training).run(&train[..]).unwrap();
    assert_eq!(net.digest(), one_by_one.digest());

    let mut file = vec![0; Rectified::CHECKPOINT];
    net.save(&mut file).unwrap();
    let mut back = Rectified::ZERO;
    back.load(&file).unwrap();
    assert_eq!((back.digest(), &back.layers().1.range()[..]), (net.digest(), &net.layers().1.range()[..]));
    assert!({ Unrounded::ZERO }.load(&file).is_err());
}

/// Ranges: all of the samples that are measured; followed, at once where they are wider, by the weight where they are not.
#[test]
fn ranges() {
    type Net = Network<(FakeQuantize<Pass<Vector<U2>>>, FakeQuantize<Dense<U2, U1>>), SquaredError>;
    let (mut net, mut tape) = (Net::ZERO, Net::TAPE);
    net.parameters_mut().copy_from_slice(&[0.0, 0.0, 0.5, 127.0, 1.3, 0.0, 0.0]);
    // Without a range, weights are rounded, to steps of 1, and nothing else.
    assert_eq!(net.logits(&[0.25, 0.5])[0], 0.5 + 127.0 * 0.25 + 0.5);
    let samples = [([-1.0, 0.5], [0.0]), ([0.25, f32::NAN], [0.0]), ([0.1, 1.55], [0.0])];
    net.measure(&samples, &mut tape);
    assert_eq!(net.layers().0.range()[..], [-1.0, 1.55]);
    assert_eq!(net.layers().1.range()[0], 0.5 - 127.0 + 0.5); // inputs in steps of 0.01
    net.track(&[0.5, 2.0], 0.25, &mut tape);
    assert_eq!(net.layers().0.range()[..], [-0.75, 2.0]);
    net.measure(&samples[..1], &mut tape);
    assert_eq!(net.layers().0.range()[..], [-1.0, 0.5]);

    // Beyond the range a gradient is 0.
    type Input = FakeQuantize<Pass<Vector<U2>>>;
    let (mut layer, mut slot, mut y, mut dx) = (Input::ZERO, TapeOf::<Input>::BLANK, Vector::ZERO, Vector::ZERO);
    layer.set_range(-1.0, 1.55);
    layer.forward(&[0.123, 9.0].into(), &mut y);
    assert_eq!(y.as_slice(), [0.12, 1.55]);
    layer.record(&[0.123, 9.0].into(), &mut slot);
    slot.1.dy = [3.0, 4.0].into();
    layer.backward(&[0.123, 9.0].into(), &mut slot, &mut { Input::ZERO }, Some(&mut dx));
    assert_eq!(dx.as_slice(), [3.0, 0.0]);

    // dx is of the rounded weights, the gradient of the inputs.
    type Sums = FakeQuantize<Dense<U2, U1>>;
    let (mut layer, mut grad, mut slot) = (Sums::ZERO, Sums::ZERO, TapeOf::<Sums>::BLANK);
    layer.flat_mut().copy_from_slice(&[0.0, 127.0, 1.3, 0.0, 0.0]);
    layer.record(&[0.5, -2.0].into(), &mut slot);
    slot.1.dy = [3.0].into();
    layer.backward(&[0.5, -2.0].into(), &mut slot, &mut grad, Some(&mut dx));
    assert_eq!((dx.as_slice(), grad.flat()), (&[381.0, 3.0][..], &[3.0, 1.5, -6.0, 0.0, 0.0][..]));
}
