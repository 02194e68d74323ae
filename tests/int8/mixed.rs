//! Networks of which some layers stay in floating point: each part as the network of that part alone computes it.

use nanoprop::int8::Observer;
use nanoprop::prelude::*;
use nanoprop::{Array, CheckpointError, InputOf, KeepFloat, Layers, Quantized};

network! {
    type Whole = 4 => Dense<5, Relu> => Dense<6, Tanh> => Dense<3>, loss = SoftmaxCrossEntropy;
    type Last = 4 => Dense<5, Relu> => Dense<6, Tanh> => KeepFloat(Dense<3>), loss = SoftmaxCrossEntropy;
    type First = 4 => KeepFloat(Dense<5, Relu>) => Dense<6, Tanh> => Dense<3>, loss = SoftmaxCrossEntropy;
    type Middle = 4 => Dense<5, Relu> => KeepFloat(Dense<6, Tanh>) => Dense<3>, loss = SoftmaxCrossEntropy;
    type Head = 4 => Dense<5, Relu> => Dense<6, Tanh>, loss = SquaredError;
    type Tail = 5 => Dense<6, Tanh> => Dense<3>, loss = SoftmaxCrossEntropy;
    type Image = [6, 6, 2] => KeepFloat(Conv2d<3, 3, Relu>) => MaxPool2d<2> => Residual(Conv2d<3, 1, Relu>) => Flatten
        => KeepFloat(Residual(Dense<12, Relu>)) => KeepFloat(LayerNorm) => Dense<4>, loss = SquaredError;
    type Floats = 4 => KeepFloat(Dense<5, Relu>) => KeepFloat(Dense<6, Tanh>) => KeepFloat(Dense<3>),
        loss = SoftmaxCrossEntropy;
}

fn random<A: Array<Scalar = f32>>(rng: &mut Pcg32) -> A {
    let mut x = A::ZERO;
    x.flat_mut().iter_mut().for_each(|x| *x = rng.bits() as f32 / 2_147_483_648.0 - 1.0);
    x
}

fn samples<X: Array<Scalar = f32>, Y: Array<Scalar = f32>>(seed: u64) -> Vec<(X, Y)> {
    let mut rng = Pcg32::new(seed);
    (0..100).map(|_| (random(&mut rng), Y::ZERO)).collect()
}

fn network<L: Layers<Scalar = f32>, E: nanoprop::Loss>() -> Network<L, E> {
    let mut net = Network::ZERO;
    net.initialize(&Xavier, &mut Pcg32::new(7));
    net
}

/// The first two layers in integers, what they write as numbers, and the last one in `f32`: the same bits.
#[test]
fn the_last_in_floating_point() {
    let (net, samples): (Last, _) = (network(), samples::<Vector<U4>, Vector<U3>>(1));
    let (mut small, mut head, mut integers) = (Quantized::<Last>::ZERO, Head::ZERO, Quantized::<Head>::ZERO);
    small.quantize(&net, &samples[..], Observer::MinMax);
    head.parameters_mut().copy_from_slice(&net.parameters()[..Head::PARAMETERS]);
    let inputs: Vec<_> = samples.iter().map(|(x, _)| (*x, Vector::<U6>::ZERO)).collect();
    integers.quantize(&head, &inputs[..], Observer::MinMax);
    let last = net.layers().2.layer();
    for (x, _) in &samples {
        let q = integers.logits(&integers.encode(x));
        let mut numbers = Vector::<U6>::ZERO;
        numbers.iter_mut().zip(q).for_each(|(to, q)| *to = integers.output().decode(q));
        let mut z = Vector::ZERO;
        last.forward(&numbers, &mut z);
        let found = small.logits(&small.encode(x));
        assert_eq!(found, z);
        let best = |z: &[f32]| (0..3).rev().max_by(|&a, &b| z[a].total_cmp(&z[b])).unwrap();
        assert_eq!(small.classify(&small.encode(x)), best(&found));
        let distance = found.iter().zip(net.logits(x)).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(distance < 0.05, "{distance}");
    }
}

/// The first layer in `f32`, rounded to the range of what it writes, and the rest in integers.
#[test]
fn the_first_in_floating_point() {
    let (net, samples): (First, _) = (network(), samples::<Vector<U4>, Vector<U3>>(2));
    let (mut small, mut tail, mut integers) = (Quantized::<First>::ZERO, Tail::ZERO, Quantized::<Tail>::ZERO);
    small.quantize(&net, &samples[..], Observer::MinMax);
    tail.parameters_mut().copy_from_slice(&net.parameters()[25..]);
    let first = net.layers().0.layer();
    let between: Vec<_> = samples
        .iter()
        .map(|(x, y)| {
            let mut to = Vector::<U5>::ZERO;
            first.forward(x, &mut to);
            (to, *y)
        })
        .collect();
    integers.quantize(&tail, &between[..], Observer::MinMax);
    for ((x, _), (between, _)) in samples.iter().zip(&between) {
        assert_eq!(small.encode(x), *x);
        assert_eq!(small.logits(x), integers.logits(&integers.encode(between)));
        assert_eq!(small.classify(x), integers.classify(&integers.encode(between)));
        assert_eq!(small.predict(x), integers.predict(between));
    }
}

/// Recurrent layers in `f32` behind a convolution in integers: on the numbers that these stand for, the same bits.
#[test]
fn recurrent_in_floating_point() {
    network! {
        type Net = [6, 3] => Conv1d<4, 2, Relu> => KeepFloat(Bidirectional(Lstm<3, All>)) => KeepFloat(Gru<5>), loss = SquaredError;
        type Head = [6, 3] => Conv1d<4, 2, Relu>, loss = SquaredError;
    }
    let (net, samples): (Net, _) = (network(), samples::<Matrix<U6, U3>, Vector<U5>>(5));
    let (mut small, mut head, mut integers) = (Quantized::<Net>::ZERO, Head::ZERO, Quantized::<Head>::ZERO);
    small.quantize(&net, &samples[..], Observer::MinMax);
    head.parameters_mut().copy_from_slice(&net.parameters()[..Head::PARAMETERS]);
    let inputs: Vec<_> = samples.iter().map(|(x, _)| (*x, Matrix::<U5, U4>::ZERO)).collect();
    integers.quantize(&head, &inputs[..], Observer::MinMax);
    let (_, both, gru) = net.layers();
    for (x, _) in &samples {
        let q = integers.logits(&integers.encode(x));
        let (mut numbers, mut between, mut z) = (Matrix::<U5, U4>::ZERO, Matrix::<U5, U6>::ZERO, Vector::ZERO);
        numbers.flat_mut().iter_mut().zip(q.flat()).for_each(|(to, &q)| *to = integers.output().decode(q));
        both.layer().forward(&numbers, &mut between);
        gru.layer().forward(&between, &mut z);
        assert_eq!(small.logits(&small.encode(x)), z);
    }
}

/// y = 2x in integers, 10y − 1 in `f32`, and its half in integers: by hand.
#[test]
fn by_hand() {
    type Net = Network<(Dense<U1, U1>, KeepFloat<Dense<U1, U1>>, Dense<U1, U1>), SquaredError>;
    let (mut net, mut small) = (Net::ZERO, Quantized::<Net>::ZERO);
    net.parameters_mut().copy_from_slice(&[0.0, 2.0, -1.0, 10.0, 0.0, 0.5]);
    small.quantize(&net, &[([-1.275], [0.0]), ([1.275], [0.0])], Observer::MinMax);
    assert_eq!(small.input(), nanoprop::int8::Scale::range(-1.275, 1.275));
    // x in steps of 0.01, y of 0.02, 10 y − 1 from −26.5 to 24.5 in steps of 0.2, and its half in steps of 0.1.
    let zero = i32::from(small.input().zero());
    for q in [-127, -100, -1, 0, 1, 57, 127_i8] {
        let x = f64::from(i32::from(q) - zero) * 0.01;
        let z = small.output().decode(small.logits(&[q])[0]);
        assert!((f64::from(z) - (20.0 * x - 1.0) / 2.0).abs() < 0.0501, "{q}: {x} {z}");
    }
}

/// Each step on what the one before wrote, in floating point where it is said.
#[test]
fn images() {
    let (net, samples): (Image, _) = (network(), samples::<InputOf<Image>, Vector<U4>>(3));
    let mut small = Box::new(Quantized::<Image>::ZERO);
    small.quantize(&net, &samples[..], Observer::MinMax);
    let names = ["Conv2d", "MaxPool2d", "Conv2d", "Residual", "Flatten", "Residual", "LayerNorm", "Dense"];
    for (layer, name) in names.into_iter().enumerate() {
        let error = small.error(&net, &samples[..], layer).unwrap();
        println!("{error:.5?}");
        assert_eq!(error.layer, name);
        // Behind the integers of the first four, a float layer has what they lost, and no step.
        let (float, most) = (["Conv2d", "Residual", "LayerNorm"].contains(&name) && [0, 5, 6].contains(&layer), 0.1);
        assert_eq!(error.step == 0.0, float);
        assert!(error.rms < most, "{error:?}");
        assert_eq!(layer == 0, error.largest < 1e-6, "{error:?}");
    }
    assert_eq!(small.error(&net, &samples[..], names.len()), None);
}

/// With all layers in floating point, it is the network.
#[test]
fn all_in_floating_point() {
    let (net, samples): (Floats, _) = (network(), samples::<Vector<U4>, Vector<U3>>(4));
    let mut small = Quantized::<Floats>::ZERO;
    small.quantize(&net, &samples[..], Observer::MinMax);
    for (x, _) in &samples {
        assert_eq!(small.logits(x), net.logits(x));
        assert_eq!((small.predict(x), small.classify(x)), (net.predict(x), net.classify(x)));
    }
}

#[test]
fn bytes_and_checkpoints() {
    assert_eq!(size_of::<Quantized<Last>>(), size_of::<Quantized<Head>>() + 4 * 21 + 16);
    assert_eq!(align_of::<Quantized<Last>>(), 1);
    // In floating point the word changes nothing: one type of file.
    assert_eq!([First::FINGERPRINT, Last::FINGERPRINT, Middle::FINGERPRINT], [Whole::FINGERPRINT; 3]);
    let forms = [
        Quantized::<Whole>::FINGERPRINT,
        Quantized::<First>::FINGERPRINT,
        Quantized::<Middle>::FINGERPRINT,
        Quantized::<Last>::FINGERPRINT,
        Quantized::<Floats>::FINGERPRINT,
    ];
    forms.iter().enumerate().for_each(|(k, form)| assert!(!forms[..k].contains(form)));

    let net: Last = network();
    let mut small = Quantized::<Last>::ZERO;
    small.quantize(&net, &samples::<Vector<U4>, Vector<U3>>(5)[..], Observer::MinMax);
    let mut file = [0; Quantized::<Last>::CHECKPOINT];
    small.save(&mut file).unwrap();
    let mut back = Quantized::<Last>::ZERO;
    back.load(&file).unwrap();
    assert_eq!((back.flat(), back.digest()), (small.flat(), small.digest()));
    assert!(matches!({ Quantized::<First>::ZERO }.load(&file), Err(CheckpointError::WrongArchitecture { .. })));
    assert!(matches!({ Last::ZERO }.load(&file), Err(CheckpointError::WrongScalar { .. })));
    file[200] ^= 4;
    assert_eq!(back.load(&file), Err(CheckpointError::Corrupted));
}

/// Parameters and inputs that are no numbers: nothing panics.
#[test]
fn not_finite() {
    let mut net: First = network();
    let mut small = Quantized::<First>::ZERO;
    net.parameters_mut()[3] = f32::NAN;
    net.parameters_mut()[8] = f32::INFINITY;
    small.quantize(&net, &samples::<Vector<U4>, Vector<U3>>(6)[..], Observer::MinMax);
    for x in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
        let _ = (small.classify(&[x; 4]), small.predict(&[0.0, x, 0.0, x]));
    }
    small.quantize(&net, &[] as &[([f32; 4], [f32; 3])], Observer::Entropy);
    assert_eq!(small.error(&net, &[] as &[([f32; 4], [f32; 3])], 0), None);
}
