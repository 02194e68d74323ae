//! Saturated, zero and subnormal numbers: every loss, activation and function stays finite.

use super::{fill, net};
use nanoprop::layer::{Function, GeluFunction, MishFunction, SiluFunction};
use nanoprop::prelude::*;
use nanoprop::{__activations as activations, __functions as functions, __losses as losses};
use nanoprop::{Activation, Loss, Real, Uniform};

fn finite<T: Scalar>(what: &str, values: &[T]) {
    assert!(values.iter().all(|v| v.is_finite()), "{what} in {}: {values:?}", T::NAME);
}

/// Zeros, subnormal and tiny numbers, ordinary and large ones, of both signs.
fn extremes<T: Scalar>() -> Vec<T> {
    let tiny = if T::DIGITS == 24 { [1e-45, 1e-40, 1.2e-38] } else { [5e-324, 1e-310, 2.3e-308] };
    let huge = if T::DIGITS == 24 { 1e38 } else { 1e308 };
    let sizes = [0.0, 1e-20, 1e-8, 0.5, 1.0, 17.0, 88.7, 104.0, 709.8, 746.0, 1e4, 1e18, huge];
    let sizes = tiny.into_iter().chain(sizes);
    sizes.flat_map(|size| [size, -size]).map(T::from_f64).collect()
}

/// Each loss at logits up to ±1e4, with each of the three targets 0, ½ and 1.
fn loss<E: Loss, T: Scalar>() {
    let z: Vec<T> = extremes::<T>().into_iter().filter(|z| z.to_f64().abs() <= 1e4).collect();
    for (&a, &b) in z.iter().flat_map(|a| z.iter().map(move |b| (a, b))) {
        for y in [[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]] {
            let (z, y) = ([a, b], y.map(T::from_f64));
            let what = format!("{} of {z:?} against {y:?}", E::NAME);
            let value = E::value(&z, &y);
            finite(&what, &[value]);
            assert!(value.to_f64() >= -1e-6, "{what}: {value}");
            let (mut dz, mut h) = (z, z);
            E::delta(&z, &y, &mut dz);
            finite(&what, &dz);
            E::link(&z, &mut h);
            finite(&what, &h);
            if E::NAME.ends_with("cross_entropy") {
                assert!(h.iter().all(|h| (0.0..=1.0).contains(&h.to_f64())), "{what}: {h:?}");
                assert!(dz.iter().all(|dz| dz.to_f64().abs() <= 1.0), "{what}: {dz:?}");
            }
        }
    }
}

/// A network whose logits are ±1e4, and one whose inputs and weights are zero or subnormal: J and its gradient.
fn network<E: Loss, T: Scalar>() {
    let logits: [T; 3] = [1e4, -1e4, 0.0].map(T::from_f64);
    let tiny = T::from_f64(if T::DIGITS == 24 { 1e-41 } else { 1e-311 });
    type Net<E, T> = Network<(Dense<U2, U3, Tanh, T>, Dense<U3, U3, Identity, T>), E>;
    let mut net: Box<Net<E, T>> = net(1);
    let (mut grad, mut tape) = (Net::<E, T>::GRADIENT, Net::<E, T>::TAPE);
    let targets = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(|y| y.map(T::from_f64));

    let mut check = |what: &str, net: &Net<E, T>, x: [T; 2]| {
        let samples = targets.map(|y| (x, y));
        let what = format!("{}, {what}", E::NAME);
        finite(&what, &[net.cost(&samples, L2(1.0))]);
        net.gradient(&samples, L2(1.0), &mut grad, &mut tape);
        finite(&what, grad.parameters());
        finite(&what, &net.predict(&x));
    };

    check("zero input", &net, [T::from_f64(0.0), T::from_f64(-0.0)]);
    check("subnormal input", &net, [tiny, -tiny]);
    check("saturated units", &net, [T::from_f64(1e4), T::from_f64(-1e4)]);
    net.layers_mut().1.flat_mut()[..3].copy_from_slice(&logits);
    check("saturated logits", &net, [T::from_f64(0.3), T::from_f64(-0.5)]);
    fill(net.parameters_mut(), tiny.to_f64(), &mut Pcg32::new(2));
    check("subnormal weights", &net, [tiny, -tiny]);
    check("subnormal weights and saturated input", &net, [T::from_f64(1e4), T::from_f64(-1e4)]);
    net.parameters_mut().fill(T::from_f64(0.0));
    check("zero weights", &net, [T::from_f64(0.3), T::from_f64(-0.5)]);
}

/// Layers that divide: samples that never change, and those of all sizes.
#[test]
fn divisions() {
    fn layer<L: Layer<Scalar = T, Input = Vector<U4, T>, Output = Vector<U4, T>>, T: Scalar>(x: [f64; 4]) {
        let (mut layer, mut grad, mut tape, mut dx) = (L::ZERO, L::ZERO, L::Tape::BLANK, Vector::<U4, T>::ZERO);
        layer.flat_mut().fill(T::from_f64(0.5));
        let x = Vector::<U4, T>::from(x.map(T::from_f64));
        layer.record(&x, &mut tape);
        finite(L::NAME, tape.output());
        tape.split().1.copy_from_slice(&[1.0, -1.0, 0.5, 0.0].map(T::from_f64));
        layer.backward(&x, &mut tape, &mut grad, Some(&mut dx));
        finite(L::NAME, grad.flat());
        finite(L::NAME, &dx);
    }
    for size in [0.0, 1e-45, 1e-20, 1e-3, 1.0, 1e4, 1e18, 1e19, 1e37] {
        for x in [[1.0, 1.0, 1.0, 1.0], [1.0, -1.0, 1.0, -1.0], [1.0, 0.0, 0.0, 0.0], [1.0, 2.0, 3.0, -4.0]] {
            let x = x.map(|x| x * size);
            layer::<LayerNorm<U4>, f32>(x);
            layer::<LayerNorm<U4, f64>, f64>(x);
            layer::<Standardize<U4>, f32>(x);
            layer::<Standardize<U4, f64>, f64>(x);
        }
    }
}

fn activation<A: Activation, T: Scalar>() {
    for z in extremes::<T>() {
        let a = A::value(z);
        finite(&format!("{} of {z}, and its slope", A::NAME), &[a, A::slope(a)]);
    }
}

fn function<F: Function, T: Scalar>() {
    for x in extremes::<T>() {
        finite(&format!("{} of {x}, and its slope", F::NAME), &[F::value(x), F::slope(x)]);
    }
}

#[test]
fn losses() {
    macro_rules! each {
        ($($file:ident: $loss:ident { targets: $targets:ident })+) => {$(
            loss::<$loss, f32>();
            loss::<$loss, f64>();
            network::<$loss, f32>();
            network::<$loss, f64>();
        )+};
    }
    losses!(each);
}

#[test]
fn activations() {
    macro_rules! each {
        ($($file:ident: $activation:ident { kinked: $kinked:literal, $($rest:tt)+ })+) => {$(
            activation::<$activation, f32>();
            activation::<$activation, f64>();
        )+};
    }
    activations!(each);
}

#[test]
fn functions() {
    macro_rules! each {
        ($($word:ident: $function:ident $rest:tt)+) => {$(
            function::<$function, f32>();
            function::<$function, f64>();
        )+};
    }
    functions!(each);
}

#[test]
fn softmax_inside_a_network() {
    let mut y = Vector::<U4>::ZERO;
    Softmax::<U4>::ZERO.forward(&[1e4, -1e4, 0.0, 1e4].into(), &mut y);
    assert_eq!(y.as_slice(), [0.5, 0.0, 0.0, 0.5]);
}

/// The exact limits: J grows as the logit does, and δ is 1.
#[test]
fn saturated_costs_are_right() {
    assert_eq!(SigmoidCrossEntropy::value(&[1e4, -1e4, 1e4], &[0.0, 1.0, 1.0]), 2e4);
    assert_eq!(SoftmaxCrossEntropy::value(&[1e4, -1e4, 0.0], &[0.0, 1.0, 0.0]), 2e4);
    assert_eq!(SquaredError::value(&[1e4], &[0.0]), 5e7);
    assert_eq!(Huber::value(&[1e4], &[0.0]), 1e4 - 0.5);
    assert_eq!(AbsoluteError::value(&[-1e4], &[0.0]), 1e4);
    let mut dz = [0.0; 3];
    SoftmaxCrossEntropy::delta(&[1e4, -1e4, 0.0], &[0.0, 1.0, 0.0], &mut dz);
    assert_eq!(dz, [1.0, -1.0, 0.0]);
}

/// g = √|z|, whose slope ½ / a has no limit at 0.
struct Root;

impl Activation for Root {
    const NAME: &'static str = "root";

    fn value<V: Real>(z: V) -> V {
        z.abs().sqrt()
    }

    fn slope<V: Real>(a: V) -> V {
        V::of(0.5) / a
    }
}

/// A kernel that takes more numbers at once than there are outputs does not let the others in.
#[test]
fn slopes_without_a_limit_stay_where_they_are() {
    type Net =
        Network<(Dense<U3, U20, Tanh>, Dense<U20, U5, Root>, Dense<U5, U20, Root>, Dense<U20, U2>), SquaredError>;
    let (mut net, mut grad) = (Net::ZERO, Net::GRADIENT);
    net.initialize(&Uniform(0.5), &mut Pcg32::new(3));
    let samples = [([0.1, 0.2, 0.3], [0.5, -0.5]); 3];
    let (mut tape, mut tapes) = (Net::TAPE, [Net::TAPE; 2]);
    net.gradient(&samples, NoPenalty, &mut grad, &mut tape);
    finite("gradient", grad.parameters());
    net.gradient_batch(&samples, NoPenalty, &mut grad, &mut tapes);
    finite("gradient of a batch", grad.parameters());
    net.descend(&samples[0].0, &samples[0].1, 0.01, &mut tape);
    finite("step", net.parameters());
}
