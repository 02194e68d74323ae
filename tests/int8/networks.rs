//! Networks that Keras trained and TensorFlow Lite's converter quantised: all outputs of LiteRT's reference kernels, and
//! checkpoints of them. `networks.py` wrote the files.

use nanoprop::int8::{ConvInt8, DenseInt8, Int8Activation, Int8Layer, Quantize, Scale};
use nanoprop::network::Link;
use nanoprop::prelude::*;
use nanoprop::{Array, CheckpointError, Layers, Loss, Quantized, Windows};

use crate::digest::{FNV, fnv};
use crate::digits;

network! {
    type Net = 64 => Dense<32, Relu> => Dense<10>, loss = SoftmaxCrossEntropy;
    type NetTanh = 64 => Dense<32, Tanh> => Dense<10>, loss = SoftmaxCrossEntropy;
    type Cnn = [8, 8, 1] => Conv2d<8, 3, Relu, padding = same> => MaxPool2d<2>
        => Conv2d<12, 3, Relu, stride = 2, padding = same> => AvgPool2d<2> => Flatten => Dense<10>,
        loss = SoftmaxCrossEntropy;
    type Fashion = 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10>, loss = SoftmaxCrossEntropy;
}

/// The numbers of a file.
struct File<'a>(&'a [u8]);

impl File<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (first, rest) = self.0.split_first_chunk().expect("the file is too short");
        self.0 = rest;
        *first
    }

    fn scale(&mut self) -> Scale {
        let step = f32::from_le_bytes(self.take());
        Scale::new(step, self.take::<1>()[0].cast_signed())
    }

    /// The scale of sums, steps, a bias, weights.
    fn layer<W: Array<Scalar = i8>>(&mut self, out: usize) -> (Scale, Vec<f32>, Vec<i32>, W) {
        let scale = self.scale();
        let steps = (0..out).map(|_| f32::from_le_bytes(self.take())).collect();
        let bias = (0..out).map(|_| i32::from_le_bytes(self.take())).collect();
        let mut weights = W::ZERO;
        weights.flat_mut().iter_mut().for_each(|w| *w = self.take::<1>()[0].cast_signed());
        (scale, steps, bias, weights)
    }

    fn dense<In: Width, Out: Width, A: Int8Activation>(&mut self, x: Scale, to: &mut DenseInt8<In, Out, A>) -> Scale {
        let (y, steps, bias, weights) = self.layer::<Matrix<Out, In, i8>>(Out::USIZE);
        to.set(&weights, &bias, &steps, x, y)
    }

    fn conv<G: Windows, Out: Width, A: Int8Activation>(&mut self, x: Scale, to: &mut ConvInt8<G, Out, A>) -> Scale {
        let (y, steps, bias, weights) = self.layer::<Matrix<Out, G::Patch, i8>>(Out::USIZE);
        to.set(&weights, &bias, &steps, x, y)
    }
}

/// Compares the outputs for all inputs; the numbers read right, here and by networks.txt in floating point.
fn compare<L: Layers<Chain: Quantize<Int8: Int8Layer<Input = X, Output: Array<Scalar = i8>>>>, X: Array, E: Loss>(
    name: &str,
    net: &Quantized<Network<L, E>>,
    samples: impl Iterator<Item = (X, usize)>,
) {
    let lines = include_str!("networks.txt").lines();
    let mut line = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).next().unwrap().split(' ');
    let mut next = || line.next().unwrap();
    let (count, digest) = (next(), next());
    let (single, right): (usize, usize) = (next().parse().unwrap(), next().parse().unwrap());
    let (mut found, mut all, mut hits) = (FNV, 0, 0);
    for (x, class) in samples {
        let y = net.logits(&x);
        if all == 0 {
            y.flat().iter().for_each(|y| assert_eq!(y.to_string(), next(), "{name}: the first output"));
        }
        found = fnv(found, y.flat());
        (all, hits) = (all + 1, hits + usize::from(net.classify(&x) == class));
    }
    assert_eq!((all.to_string().as_str(), format!("{found:016x}").as_str()), (count, digest), "{name}");
    assert_eq!(hits, right);
    println!("{name}: {hits} of {all} right, {single} in floating point");
    assert!(hits as f64 >= single as f64 - 0.003 * all as f64);
}

/// The digits held out, in integers.
fn held_out<L: Layers<Chain: Quantize<Int8: Int8Layer<Input = X>>>, X: Array<Scalar = i8>, E: Loss>(
    net: &Quantized<Network<L, E>>,
) -> impl Iterator<Item = (X, usize)> {
    digits::split(|row| row % 5 == 4).1.into_iter().map(|(x, y)| {
        let mut q = X::ZERO;
        q.flat_mut().iter_mut().zip(x).for_each(|(q, x)| *q = net.input().encode(x));
        (q, y.index())
    })
}

#[test]
fn digits_dense() {
    let mut file = File(include_bytes!("digits.bin"));
    let mut net = Quantized::<Net>::ZERO;
    let (input, Link(first, second)) = net.layers_mut();
    *input = file.scale();
    let between = file.dense(*input, first);
    file.dense(between, second);
    compare("digits", &net, held_out(&net));
}

#[test]
fn digits_by_a_table() {
    let mut file = File(include_bytes!("digits_tanh.bin"));
    let mut net = Quantized::<NetTanh>::ZERO;
    let (input, Link(first, second)) = net.layers_mut();
    *input = file.scale();
    let between = file.dense(*input, first);
    assert_eq!(between, Scale::new(1.0 / 128.0, 0));
    file.dense(between, second);
    compare("digits_tanh", &net, held_out(&net));
}

#[test]
fn digits_by_convolutions() {
    let mut file = File(include_bytes!("digits_cnn.bin"));
    let mut net = Quantized::<Cnn>::ZERO;
    let (input, Link(first, Link(_, Link(second, Link(_, Link(_, third)))))) = net.layers_mut();
    *input = file.scale();
    let one = file.conv(*input, first);
    let two = file.conv(one, second);
    file.dense(two, third);
    compare("digits_cnn", &net, held_out(&net));
}

/// A file of Debian's dataset-fashion-mnist, without its header; `None` where it is not there.
fn fashion(name: &str, header: usize) -> Option<Vec<u8>> {
    let file = std::path::Path::new("/usr/share/datasets/fashion-mnist").join(name);
    let unzip = std::process::Command::new("gzip").arg("-dc").arg(&file).output().ok()?;
    unzip.status.success().then(|| unzip.stdout[header..].to_vec())
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes half a minute without optimisation")]
fn fashion_of_10000() {
    let (Some(pixels), Some(labels)) =
        (fashion("t10k-images-idx3-ubyte.gz", 16), fashion("t10k-labels-idx1-ubyte.gz", 8))
    else {
        return println!("SKIPPED: dataset-fashion-mnist is not installed");
    };
    let mut file = File(include_bytes!("fashion.bin"));
    let mut net = Box::new(Quantized::<Fashion>::ZERO);
    let (input, Link(first, Link(second, third))) = net.layers_mut();
    *input = file.scale();
    let one = file.dense(*input, first);
    let two = file.dense(one, second);
    file.dense(two, third);
    let scale = net.input();
    let samples = pixels.as_chunks::<784>().0.iter().zip(&labels).map(|(pixels, &label)| {
        let mut q = Vector::<width!(784), i8>::ZERO;
        q.iter_mut().zip(pixels).for_each(|(q, &pixel)| *q = scale.encode(f32::from(pixel) / 255.0));
        (q, label.into())
    });
    compare("fashion", &net, samples);
}

#[test]
fn checkpoints() {
    type Other = Quantized<NetTanh>;
    let mut net = Quantized::<Net>::ZERO;
    net.flat_mut().iter_mut().enumerate().for_each(|(k, byte)| *byte = (k * 7 % 251) as i8);
    let mut bytes = [0; Quantized::<Net>::CHECKPOINT];
    assert_eq!(net.save(&mut bytes), Ok(2770 + 28));
    let mut back = Quantized::<Net>::ZERO;
    back.load(&bytes).unwrap();
    assert_eq!((back.flat(), back.digest()), (net.flat(), net.digest()));
    assert!(matches!({ Other::ZERO }.load(&bytes), Err(CheckpointError::WrongArchitecture { .. })));
    assert!(matches!({ Net::ZERO }.load(&bytes), Err(CheckpointError::WrongScalar { expected: 4, found: 1 })));
    for at in [5, 9, 100, bytes.len() - 1] {
        bytes[at] ^= 16;
        assert!(back.load(&bytes).is_err());
        bytes[at] ^= 16;
    }
    assert_eq!(back.flat(), net.flat());
    let error = net.save(&mut bytes[1..]).unwrap_err();
    assert!(matches!(error, CheckpointError::BufferTooSmall { needed: 2798, found: 2797 }), "{error}");
}

/// Any bytes compute: no index, shift or sum that panics.
#[test]
fn bytes_of_any_kind() {
    network! {
        type All = [6, 6, 2] => Conv2d<2, 3, Relu, padding = same> => Residual(DepthwiseConv2d<3, Tanh, padding = same>)
            => MaxPool2d<2> => AvgPool2d<3> => Flatten => Dense<3, Sigmoid>, loss = SquaredError;
    }
    let mut rng = Pcg32::new(1);
    let mut net = Quantized::<All>::ZERO;
    for _ in 0..2000 {
        let mut any =
            || if rng.bits().is_multiple_of(3) { [-128, 127, -1][rng.bits() as usize % 3] } else { rng.bits() as i8 };
        net.flat_mut().iter_mut().for_each(|byte| *byte = any());
        let mut x = Volume::<U6, U6, U2, i8>::ZERO;
        x.flat_mut().iter_mut().for_each(|x| *x = any());
        let y = net.logits(&x);
        assert_eq!(y, net.logits(&x));
    }
}
