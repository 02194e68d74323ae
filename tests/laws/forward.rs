//! The forward pass: the ways to run it agree, and simple weights do simple things.

use super::{bits, fill, net};
use nanoprop::prelude::*;
use nanoprop::{Activation, Fused, Layers, Loss, OutputOf, ResetAfter, Slot};
use proptest::prelude::{prop, prop_assert_eq, proptest};

fn input<L: Layer>(seed: u64) -> L::Input {
    let mut x = L::Input::ZERO;
    fill(x.flat_mut(), 2.0, &mut Pcg32::new(seed));
    x
}

/// A sequence at once, recorded, and one step after another.
fn sequences_are_steps<A: Activation, T: Scalar>(seed: u64) {
    type Layers<A, E, T> = (Elman<U6, U3, U17, A, E, T>,);
    let last: Box<Network<Layers<A, Last, T>, SquaredError>> = net(seed);
    let all: Box<Network<Layers<A, All, T>, SquaredError>> = net(seed);
    let x = input::<Elman<U6, U3, U17, A, Last, T>>(seed);

    let ((layer,), mut h, mut states) = (last.layers(), Vector::<U17, T>::ZERO, Vec::new());
    for x in &x {
        layer.step(x, &mut h);
        states.extend_from_slice(&h);
    }
    assert_eq!(bits(last.logits(&x).flat()), bits(&h));
    assert_eq!(bits(all.logits(&x).flat()), bits(&states));
}

/// The same of layers with gates, each with its step.
macro_rules! gated_sequences_are_steps {
    ($seed:expr, $T:ty, [$Layer:ident $(, $mode:ty)?], |$layer:ident, $x:ident, $h:ident, $c:ident| $step:expr) => {{
        type Layers<E> = ($Layer<U6, U3, U17, E, $T $(, $mode)?>,);
        let last: Box<Network<Layers<Last>, SquaredError>> = net($seed);
        let all: Box<Network<Layers<All>, SquaredError>> = net($seed);
        let x = input::<$Layer<U6, U3, U17, Last, $T $(, $mode)?>>($seed);

        let (($layer,), mut states) = (last.layers(), Vec::new());
        let [mut $h, mut $c] = [Vector::<U17, $T>::ZERO, Vector::ZERO];
        for $x in &x {
            $step;
            states.extend_from_slice(&$h);
        }
        $c = $h;
        assert_eq!(bits(last.logits(&x).flat()), bits(&$c));
        assert_eq!(bits(all.logits(&x).flat()), bits(&states));
    }};
}

/// Whatever was in `y` and on the tape before.
fn recorded_is_forward<L: Layers, E: Loss>(seed: u64) {
    let net: Box<Network<L, E>> = net(seed);
    let x = input::<L::Chain>(seed);
    let nan = L::Scalar::from_f64(f64::NAN);
    let mut y = OutputOf::<Network<L, E>>::ZERO;
    y.flat_mut().fill(nan);
    net.forward(&x, &mut y);
    let mut tape = Network::<L, E>::TAPE;
    tape.split().0.flat_mut().fill(nan);
    net.record(&x, &mut tape);
    assert_eq!(bits(tape.output().flat()), bits(y.flat()));
    assert_eq!(bits(net.logits(&x).flat()), bits(y.flat()));

    let h = net.predict(&x);
    let mut linked = y.clone();
    E::link(y.flat(), linked.flat_mut());
    assert_eq!(bits(h.flat()), bits(linked.flat()));
}

fn identity<N: Width>(x: &[f32]) {
    let mut layer = Box::new(Dense::<N, N>::ZERO);
    let n = N::USIZE;
    layer.flat_mut().iter_mut().skip(n).step_by(n + 1).for_each(|w| *w = 1.0);
    let mut input = Vector::<N>::ZERO;
    input.copy_from_slice(&x[..n]);
    let mut y = Vector::<N>::ZERO;
    layer.forward(&input, &mut y);
    assert_eq!(y, input);
    // I is its own transpose.
    let (mut tape, mut grad, mut dx) = (Slot::BLANK, Box::new(Dense::<N, N>::ZERO), Vector::<N>::ZERO);
    layer.record(&input, &mut tape);
    tape.dy = input.clone();
    layer.backward(&input, &mut tape, &mut grad, Some(&mut dx));
    assert_eq!(dx, input);
}

/// The weighted sums of small integers, which no order of additions rounds.
fn integers<N: Width>(seed: u64) {
    let mut rng = Pcg32::new(seed);
    let mut integers = |values: &mut [f32]| values.iter_mut().for_each(|v| *v = (rng.bits() % 9) as f32 - 4.0);
    let (mut layer, mut x, mut y) = (Box::new(Dense::<N, U5>::ZERO), Vector::<N>::ZERO, Vector::<U5>::ZERO);
    integers(layer.flat_mut());
    integers(&mut x);
    layer.forward(&x, &mut y);
    for (j, y) in y.iter().enumerate() {
        let mut column = layer.flat().iter().skip(j).step_by(5);
        let bias = *column.next().unwrap();
        assert_eq!(*y, bias + x.iter().zip(column).map(|(x, w)| x * w).sum::<f32>());
    }
}

proptest! {
    #[test]
    fn recurrent_layers(seed: u64) {
        sequences_are_steps::<Tanh, f32>(seed);
        sequences_are_steps::<Relu, f32>(seed);
        sequences_are_steps::<Sigmoid, f64>(seed);
        gated_sequences_are_steps!(seed, f32, [Lstm], |layer, x, h, c| layer.step(x, &mut h, &mut c));
        gated_sequences_are_steps!(seed, Fused, [Lstm], |layer, x, h, c| layer.step(x, &mut h, &mut c));
        gated_sequences_are_steps!(seed, f32, [Gru, ResetAfter], |layer, x, h, _c| layer.step(x, &mut h));
        gated_sequences_are_steps!(seed, f64, [Gru, ResetBefore], |layer, x, h, _c| layer.step(x, &mut h));
        gated_sequences_are_steps!(seed, Fused, [Gru, ResetBefore], |layer, x, h, _c| layer.step(x, &mut h));
    }

    #[test]
    fn the_ways_to_run_a_network(seed: u64) {
        recorded_is_forward::<Dense<U3, U4>, SquaredError>(seed);
        recorded_is_forward::<(Dense<U3, U40, Relu>, Gelu<U40>, Dense<U40, U18>), SoftmaxCrossEntropy>(seed);
        recorded_is_forward::<(Softmax<U5>, (Dense<U5, U4, Elu>, Mish<U4>)), SquaredError>(seed);
        recorded_is_forward::<(Elman<U3, U2, U4, Tanh, All>, Elman<U3, U4, U3>), Huber>(seed);
        recorded_is_forward::<(Lstm<U3, U2, U4, All>, Lstm<U3, U4, U3>), Huber>(seed);
        recorded_is_forward::<(Gru<U3, U2, U9, All>, Gru<U3, U9, U3, Last, f32, ResetBefore>), Huber>(seed);
        recorded_is_forward::<(Flatten<Volume<U2, U3, U2, f64>>, Dense<U12, U2, Tanh, f64>), AbsoluteError>(seed);
    }

    /// Each width takes another number of partial sums.
    #[test]
    fn identity_weights_are_the_identity(x in prop::collection::vec(-1e30_f32..1e30, 65)) {
        identity::<U1>(&x);
        identity::<U5>(&x);
        identity::<U16>(&x);
        identity::<U17>(&x);
        identity::<U32>(&x);
        identity::<U33>(&x);
        identity::<U65>(&x);
    }

    #[test]
    fn dense_layers_are_exact_where_nothing_rounds(seed: u64) {
        integers::<U1>(seed);
        integers::<U7>(seed);
        integers::<U64>(seed);
        integers::<U100>(seed);
    }

    #[test]
    fn the_largest_logit_is_the_class(z in prop::collection::vec(-3..3_i32, 6)) {
        let z: [f32; 6] = core::array::from_fn(|k| z[k] as f32);
        let largest = z.iter().copied().fold(f32::MIN, f32::max);
        prop_assert_eq!(classify(z), z.iter().position(|&z| z == largest).unwrap());
    }
}

/// The class of these logits.
fn classify(z: [f32; 6]) -> usize {
    let mut net = Network::<Dense<U1, U6>, SoftmaxCrossEntropy>::ZERO;
    net.parameters_mut()[..6].copy_from_slice(&z); // the bias
    net.classify(&[0.0])
}

#[test]
fn classes_of_equal_infinite_and_nan_logits() {
    const N: f32 = f32::NAN;
    const I: f32 = f32::INFINITY;
    assert_eq!(classify([0.0; 6]), 0);
    assert_eq!(classify([-0.0, 0.0, 0.0, 0.0, 0.0, 0.0]), 0);
    assert_eq!(classify([1.0, 2.0, 2.0, 1.0, 2.0, 0.0]), 1);
    assert_eq!(classify([-I; 6]), 0);
    assert_eq!(classify([-I, -I, -1e38, -I, -I, -I]), 2);
    assert_eq!(classify([0.0, I, 1e38, I, 0.0, 0.0]), 1);
    assert_eq!(classify([0.0, N, 1.0, N, 2.0, N]), 4);
    assert_eq!(classify([N, -2.0, -1.0, -3.0, N, -1.0]), 2);
    assert_eq!(classify([N; 6]), 0);
}

#[test]
fn theta_is_the_tutorials() {
    type Net = Network<(Dense<U3, U5, Tanh>, Gelu<U5>, Dense<U5, U4>), SquaredError>;
    let mut net = Net::ZERO;
    net.parameters_mut().iter_mut().enumerate().for_each(|(k, w)| *w = k as f32);
    // The parameterless layer is layer 2.
    for (l, start, inputs, outputs) in [(1, 0, 3, 5), (3, 20, 5, 4)] {
        for i in 0..=inputs {
            for j in 1..=outputs {
                assert_eq!(net.theta(l, j, i), Some(net.parameters()[start + i * outputs + j - 1]), "Θ({l})_{j},{i}");
            }
            assert_eq!([net.theta(l, 0, i), net.theta(l, outputs + 1, i)], [None; 2]);
        }
        assert_eq!([net.theta(l, 1, inputs + 1), net.theta(l, 1, usize::MAX)], [None; 2]);
        assert_eq!([net.theta(l, usize::MAX, 0), net.theta(l, usize::MAX, 1)], [None; 2]);
    }
    assert_eq!([0, 2, 4, usize::MAX].map(|l| net.theta(l, 1, 1)), [None; 4]);

    // The weighted sums of layer 1, as the tutorial writes them.
    let x = [1.0, 0.5, -2.0, 0.25];
    let (first, _, _) = net.layers();
    let mut a = Vector::ZERO;
    first.forward(&[x[1], x[2], x[3]].into(), &mut a);
    for j in 1..=5 {
        let z: f32 = (0..=3).map(|i| net.theta(1, j, i).unwrap() * x[i]).sum();
        assert!((a[j - 1] - z.tanh()).abs() < 1e-6);
    }
}

#[test]
fn theta_without_bias() {
    let mut net = Network::<Dense<U2, U2, Identity, f32, Unbiased>, SquaredError>::ZERO;
    net.parameters_mut().copy_from_slice(&[1.0, 2.0, 3.0, 4.0]);
    assert_eq!([net.theta(1, 1, 0), net.theta(1, 1, 1), net.theta(1, 2, 1)], [None, Some(1.0), Some(2.0)]);
    assert_eq!([net.theta(1, 1, 2), net.theta(1, 2, 2), net.theta(1, 1, 3)], [Some(3.0), Some(4.0), None]);
}
