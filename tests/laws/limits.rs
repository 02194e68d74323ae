//! Infinite inputs and logits, what does not count, and smoothing: the limits that the mathematics has.

use nanoprop::layer::{Function, GeluFunction, MishFunction, SiluFunction};
use nanoprop::prelude::*;
use nanoprop::{__activations as activations, __functions as functions};
use nanoprop::{
    Activation, Array, ArrayLike, Fused, InputOf, Layers, Loss, OutputOf, Slot, Smoothed, Target, Uniform, Weighted,
};

/// What activations and functions make of infinite numbers, and their slopes there: the limits.
#[test]
fn limits() {
    fn activation<A: Activation, T: Scalar>(below: [f64; 2], above: [f64; 2]) {
        for (z, [value, slope]) in [(f64::NEG_INFINITY, below), (f64::INFINITY, above)] {
            let a = A::value(T::from_f64(z));
            let found = [a, A::slope(a)].map(Number::to_f64);
            // A slope that a constant gives is rounded as the scalar is.
            let expected = [value, slope].map(|x| T::from_f64(x).to_f64());
            assert_eq!(found, expected, "{} of {z} in {}", A::NAME, T::NAME);
        }
        assert!(A::value(T::from_f64(f64::NAN)).to_f64().is_nan(), "{}", A::NAME);
    }
    fn function<F: Function, T: Scalar>() {
        let at = |x: f64| [F::value(T::from_f64(x)), F::slope(T::from_f64(x))].map(Number::to_f64);
        let most = if T::DIGITS == 24 { f64::from(f32::MAX) } else { f64::MAX };
        for (x, expected) in [
            (f64::NEG_INFINITY, [0.0, 0.0]),
            (f64::INFINITY, [f64::INFINITY, 1.0]),
            (-most, [0.0, 0.0]),
            (most, [most, 1.0]),
            (0.0, [0.0, F::slope(0.0_f64)]),
        ] {
            let found = at(x);
            assert!(found[0] == expected[0] && (found[1] - expected[1]).abs() < 1e-6, "{} of {x}: {found:?}", F::NAME);
        }
        assert!((at(0.0)[1] - if F::NAME == "mish" { 0.6 } else { 0.5 }).abs() < 1e-6, "{}", F::NAME);
        assert!(at(f64::NAN).iter().all(|y| y.is_nan()), "{}", F::NAME);
    }
    macro_rules! both {
        ($($activation:ident: $below:expr, $above:expr;)+) => {$(
            activation::<$activation, f32>($below, $above);
            activation::<$activation, f64>($below, $above);
            activation::<$activation, Fused>($below, $above);
        )+};
    }
    const I: f64 = f64::INFINITY;
    both! {
        Elu: [-1.0, 0.0], [I, 1.0];
        HardSigmoid: [0.0, 0.0], [1.0, 0.0];
        HardTanh: [-1.0, 0.0], [1.0, 0.0];
        Identity: [-I, 1.0], [I, 1.0];
        LeakyRelu: [-I, 0.01], [I, 1.0];
        Relu: [0.0, 0.0], [I, 1.0];
        Sigmoid: [0.0, 0.0], [1.0, 0.0];
        Softplus: [0.0, 0.0], [I, 1.0];
        Softsign: [-1.0, 0.0], [1.0, 0.0];
        Tanh: [-1.0, 0.0], [1.0, 0.0];
    }
    macro_rules! each {
        ($($word:ident: $function:ident $rest:tt)+) => {$(
            function::<$function, f32>();
            function::<$function, f64>();
            function::<$function, Fused>();
        )+};
    }
    functions!(each);
}

/// The least and greatest values that the list states for the fit check are those that are taken.
#[test]
fn ends_are_those_of_the_list() {
    fn check<T: Fn(f64) -> f64>(name: &str, value: T, least: f64, greatest: f64) {
        let values: Vec<f64> = (-4000..=4000).map(|k| value(f64::from(k) * 0.01)).collect();
        let (low, high) = (
            values.iter().copied().fold(f64::INFINITY, f64::min),
            values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        );
        let near = |found: f64, end: f64, side: f64| {
            if end.is_infinite() { found * side > 0.39 } else { side * (found - end) <= 0.0 }
        };
        assert!(near(low, least, -1.0) && near(high, greatest, 1.0), "{name}: {low} to {high}");
        assert!(least.is_infinite() || low <= least + 1.0, "{name}: {low}");
        assert!(greatest.is_infinite() || high >= greatest - 0.03, "{name}: {high}");
    }
    macro_rules! each {
        ($($word:ident: $type:ident { kinked: $kinked:literal, least: $least:expr, greatest: $greatest:expr })+) => {$(
            check(stringify!($word), |z| <$type>::value(z), $least, $greatest);
            assert_eq!(<$type>::NAME, stringify!($word));
        )+};
    }
    activations!(each);
    functions!(each);
}

/// Infinite logits, where the cost has a limit: a masked class, and certainty that is right. From the definitions.
#[test]
fn infinite_logits() {
    fn masked<T: Scalar>(tolerance: f64) {
        let number = |x: [f64; 3]| x.map(T::from_f64);
        let near =
            |found: T, expected: f64| assert!((found.to_f64() - expected).abs() < tolerance, "{found}, not {expected}");
        let z = number([f64::NEG_INFINITY, 0.0, 1.0]);
        let mut dz = z;
        near(SoftmaxCrossEntropy::value(&z, &number([0.0, 0.0, 1.0])), 0.313_261_687_518_222_8); // ln(1 + e⁻¹)
        near(SoftmaxCrossEntropy::value(&z, &number([0.0, 1.0, 0.0])), 1.313_261_687_518_222_8); // ln(1 + e)
        SoftmaxCrossEntropy::delta(&z, &number([0.0, 1.0, 0.0]), &mut dz);
        for (found, expected) in dz.iter().zip([0.0, -0.731_058_578_630_004_9, 0.731_058_578_630_004_9]) {
            near(*found, expected);
        }
        assert_eq!(dz[0], T::from_f64(0.0));
        // The class that is masked can't be: that costs all there is.
        assert_eq!(SoftmaxCrossEntropy::value(&z, &number([1.0, 0.0, 0.0])).to_f64(), f64::INFINITY);
        assert!(SoftmaxCrossEntropy::value(&number([f64::NAN, 0.0, 1.0]), &number([0.0, 0.0, 1.0])).to_f64().is_nan());
        assert!(SoftmaxCrossEntropy::value(&number([0.5, 0.0, 1.0]), &number([f64::NAN, 0.0, 1.0])).to_f64().is_nan());

        let infinite = f64::INFINITY;
        for (z, y, cost, slope) in [
            (infinite, 1.0, 0.0, 0.0),
            (-infinite, 0.0, 0.0, 0.0),
            (infinite, 0.0, infinite, 1.0),
            (-infinite, 1.0, infinite, -1.0),
            (infinite, 0.5, infinite, 0.5),
        ] {
            let (z, y) = ([T::from_f64(z)], [T::from_f64(y)]);
            let mut dz = z;
            SigmoidCrossEntropy::delta(&z, &y, &mut dz);
            assert_eq!([SigmoidCrossEntropy::value(&z, &y), dz[0]].map(Number::to_f64), [cost, slope], "{z:?} {y:?}");
        }
        for (z, y) in [(f64::NAN, 0.0), (f64::NAN, 1.0), (1.0, f64::NAN), (-1.0, f64::NAN)] {
            assert!(SigmoidCrossEntropy::value(&[T::from_f64(z)], &[T::from_f64(y)]).to_f64().is_nan(), "{z} {y}");
        }
        // Between 0 and 1: −[y ln σ(z) + (1 − y) ln(1 − σ(z))] of y = 0.3, z = ±2.
        near(SigmoidCrossEntropy::value(&[T::from_f64(2.0)], &[T::from_f64(0.3)]), 1.526_928_011_042_972_5);
        near(SigmoidCrossEntropy::value(&[T::from_f64(-2.0)], &[T::from_f64(0.3)]), 0.726_928_011_042_972_5);
    }
    masked::<f32>(1e-6);
    masked::<f64>(1e-15);
    masked::<Fused>(1e-6);
    type Net = Network<Dense<U1, U3>, SoftmaxCrossEntropy>;
    let mut net = Net::ZERO;
    net.parameters_mut()[..3].copy_from_slice(&[f32::NEG_INFINITY, 0.0, 1.0]);
    assert!((net.loss(&[0.0], &Class::<U3>::new(1).unwrap()) - 1.313_261_7).abs() < 1e-6);
    assert_eq!((net.classify(&[0.0]), net.predict(&[0.0])[0]), (2, 0.0));
}

/// A weight of 0 leaves a sample out, whatever its target is: alone, in batches of each kind, and in costs.
#[test]
fn what_does_not_count_is_not_nan() {
    fn left_out<L: Layers<Scalar = f32>, E: Loss>()
    where
        [f32; 2]: ArrayLike<InputOf<L::Chain>>,
        Weighted<[f32; 2]>: Target<OutputOf<L::Chain>>,
    {
        let mut net = Network::<L, E>::boxed();
        net.initialize(&Uniform(0.5), &mut Pcg32::new(1));
        let good = Weighted { target: [0.25, 0.75], weight: 2.0 };
        let none = Weighted { target: [f32::NAN, 0.5], weight: 0.0 };
        let all: Vec<_> = (0..40).map(|k| ([0.5, 0.1 * k as f32], if k % 3 == 1 { none } else { good })).collect();
        let some: Vec<_> = all.iter().filter(|(_, y)| y.weight != 0.0).copied().collect();
        assert_eq!(net.loss(&[0.5, 0.5], &none), 0.0);
        let (mut right, mut tape) = (Network::boxed(), Network::<L, E>::TAPE);
        let mut grad = Network::<L, E>::GRADIENT;
        some.iter().for_each(|(x, y)| net.accumulate(x, y, &mut right, &mut tape));
        all.iter().for_each(|(x, y)| net.accumulate(x, y, &mut grad, &mut tape));
        assert_eq!(grad.parameters(), right.parameters());
        net.average(all.len(), NoPenalty, &mut right);
        net.gradient(&all, NoPenalty, &mut grad, &mut tape);
        assert_eq!(grad.parameters(), right.parameters());
        let mut tapes = [<Network<L, E>>::TAPE; 16];
        net.gradient_batch(&all, NoPenalty, &mut grad, &mut tapes);
        assert_eq!(grad.parameters(), right.parameters());
        let cost = net.cost(&all, NoPenalty);
        assert!((cost - net.cost(&some, NoPenalty) * some.len() as f32 / all.len() as f32).abs() < 1e-6);
        assert_eq!(net.cost_and_gradient(&all, NoPenalty, &mut grad, &mut tape), cost);
        net.step_batch(&all, NoPenalty, 0.1, &mut tapes);
        assert!(net.parameters().iter().all(|w| w.is_finite()), "{}", E::NAME);
    }
    left_out::<(Dense<U2, U3, Tanh>, Dense<U3, U2>), SigmoidCrossEntropy>();
    left_out::<(Dense<U2, U3, Tanh>, Dense<U3, U2>), SoftmaxCrossEntropy>();
    left_out::<(Dense<U2, U40, Tanh>, Dense<U40, U2>), SquaredError>();
    left_out::<Dense<U2, U2>, Huber>();
    left_out::<Dense<U2, U2>, AbsoluteError>();
}

/// Smoothing: of one choice among all, of each yes or no for itself.
#[test]
fn smoothed_targets() {
    fn target<Y: Array<Scalar = f64>, E: Loss>(y: &impl Target<Y>) -> Vec<f64> {
        let read = y.with_outputs(E::OUTPUTS, <[f64]>::to_vec);
        let weighted = Weighted { target: read.clone(), weight: 1.0 };
        assert_eq!(weighted.target, read);
        read
    }
    let near = |found: Vec<f64>, right: &[f64]| {
        assert!(found.len() == right.len() && found.iter().zip(right).all(|(a, b)| (a - b).abs() < 1e-15), "{found:?}");
    };
    let smoothed = |target| Smoothed { target, label_smoothing: 0.2 };
    near(target::<Vector<U1, f64>, SigmoidCrossEntropy>(&Smoothed { target: [1.0], label_smoothing: 0.2 }), &[0.9]);
    near(target::<Vector<U1, f64>, SigmoidCrossEntropy>(&Smoothed { target: [0.0], label_smoothing: 0.2 }), &[0.1]);
    near(target::<Vector<U1, f64>, SquaredError>(&Smoothed { target: [0.0], label_smoothing: 0.2 }), &[0.1]);
    near(target::<Vector<U4, f64>, SigmoidCrossEntropy>(&smoothed([1.0, 0.0, 0.0, 1.0])), &[0.9, 0.1, 0.1, 0.9]);
    near(target::<Vector<U4, f64>, SoftmaxCrossEntropy>(&smoothed([1.0, 0.0, 0.0, 0.0])), &[0.85, 0.05, 0.05, 0.05]);
    let weighted = Weighted { target: smoothed([1.0, 0.0, 0.0, 1.0]), weight: 3.0 };
    near(target::<Vector<U4, f64>, SigmoidCrossEntropy>(&weighted), &[0.9, 0.1, 0.1, 0.9]);
    // And so in a network: J of z = 0 does not depend on y, δ = ½ − y.
    type Net<E> = Network<Dense<U1, U4, Identity, f64>, E>;
    let (mut net, mut tape) = (Net::<SigmoidCrossEntropy>::ZERO, Net::<SigmoidCrossEntropy>::TAPE);
    net.descend(&[0.0], &smoothed([1.0, 0.0, 0.0, 1.0]), 1.0, &mut tape);
    near(net.parameters()[..4].to_vec(), &[0.4, -0.4, -0.4, 0.4]);
    let mut tapes = [<Net<SigmoidCrossEntropy>>::TAPE; 2];
    let mut batch = Net::<SigmoidCrossEntropy>::ZERO;
    batch.step_batch(&[([0.0], smoothed([1.0, 0.0, 0.0, 1.0])); 2], NoPenalty, 1.0, &mut tapes);
    near(batch.parameters()[..4].to_vec(), &[0.4, -0.4, -0.4, 0.4]);
    let mut net = Net::<SoftmaxCrossEntropy>::ZERO;
    net.descend(&[0.0], &smoothed([1.0, 0.0, 0.0, 0.0]), 1.0, &mut tape);
    near(net.parameters()[..4].to_vec(), &[0.6, -0.2, -0.2, -0.2]);
}

/// A state that decays becomes 0, and is never subnormal on the way; errors through time likewise.
#[test]
fn recurrent_states_are_never_subnormal() {
    type Fading = Network<Elman<U256, U1, U1, Identity, All>, SquaredError>;
    let (mut net, mut tape, mut grad) = (Fading::ZERO, Fading::TAPE, Fading::GRADIENT);
    net.parameters_mut().copy_from_slice(&[0.0, 1.0, 0.5]); // h ← x + h / 2
    let (mut x, mut y) = ([[0.0_f32; 1]; 256], [[0.0_f32; 1]; 256]);
    (x[0], y[255]) = ([1.0], [1.0]);
    let states = net.predict(&x);
    assert_eq!((states[96][0], states[97][0]), (0.5_f32.powi(96), 0.0));
    assert!(states.flat().iter().all(|h| *h == 0.0 || h.is_normal()));
    net.gradient(&[(x, y)], NoPenalty, &mut grad, &mut tape);
    let deltas = tape.split().1.flat().to_vec();
    assert!(deltas.iter().all(|d| *d == 0.0 || d.is_normal()), "{deltas:?}");
    assert_eq!((deltas[255 - 96], deltas[255 - 97]), (-0.5_f32.powi(96), 0.0));
    // Batches have the same bits.
    let mut batched = Fading::GRADIENT;
    net.gradient_batch(&[(x, y)], NoPenalty, &mut batched, &mut [Fading::TAPE; 3]);
    assert_eq!(batched.digest(), grad.digest());
}

/// The largest of a window with NaN is NaN, and its derivative goes to the first NaN; of equal ones, to the first.
#[test]
fn the_largest_of_nan_and_of_equals() {
    let x = Matrix::<U6, U1>::from([[1.0], [1.0], [2.0], [f32::NAN], [f32::NAN], [3.0]].map(Vector::from));
    let (pool, mut tape, mut dx) = (MaxPool1d::<U6, U1, U2>::ZERO, Slot::BLANK, Matrix::ZERO);
    pool.record(&x, &mut tape);
    assert_eq!(tape.y.flat()[0], 1.0);
    assert!(tape.y.flat()[1..].iter().all(|y| y.is_nan()));
    tape.dy.flat_mut().copy_from_slice(&[10.0, 20.0, 30.0]);
    pool.backward(&x, &mut tape, &mut { MaxPool1d::ZERO }, Some(&mut dx));
    assert_eq!(dx.flat(), [10.0, 0.0, 0.0, 20.0, 30.0, 0.0]);
}

/// So behind gates: the cells of an LSTM that halves them in each step and takes in and shows all, and a GRU's states.
#[test]
fn states_behind_gates_are_never_subnormal() {
    macro_rules! fading {
        ($layer:ty, $parameters:expr) => {{
            type Fading = Network<$layer, SquaredError>;
            let (mut net, mut tape, mut grad) = (Fading::ZERO, Fading::TAPE, Fading::GRADIENT);
            net.parameters_mut().copy_from_slice(&$parameters);
            let (mut x, mut y) = ([[0.0_f32; 1]; 256], [[0.0_f32; 1]; 256]);
            (x[0], y[255]) = ([0.5], [1.0]);
            let states = net.predict(&x);
            let states = states.flat();
            assert!(states[90] > 0.0 && states[97..].iter().all(|h| *h == 0.0), "{states:?}");
            assert!(states.iter().all(|h| *h == 0.0 || h.is_normal()));
            net.gradient(&[(x, y)], NoPenalty, &mut grad, &mut tape);
            // dh, and beside δ of the gates dc of the LSTM.
            let errors: Vec<f32> = tape.dy.flat().iter().chain(tape.kept.0.flat()).copied().collect();
            assert!(errors.iter().all(|d| *d == 0.0 || d.is_normal()), "{errors:?}");
            assert!(errors.iter().any(|d| *d != 0.0));
            let mut batched = Fading::GRADIENT;
            net.gradient_batch(&[(x, y)], NoPenalty, &mut batched, &mut [Fading::TAPE, Fading::TAPE, Fading::TAPE]);
            assert_eq!(batched.digest(), grad.digest());
        }};
    }
    // i and o open, f = 1/2, g = tanh(x).
    fading!(Lstm<U256, U1, U1, All>, [100.0, 0.0, 100.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    // z = 1/2, n = tanh(x).
    fading!(Gru<U256, U1, U1, All>, [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    fading!(Gru<U256, U1, U1, All, f32, ResetBefore>, [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
}
