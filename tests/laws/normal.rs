//! Layer normalisation far from 0, and standardisation folded away, at the ends of the range.

use super::bits;
use nanoprop::prelude::*;
use nanoprop::{Slot, Uniform};

/// x̂ and ∂J/∂x of a layer normalisation with gain 1 and bias 0, by the definition, in f64 with the mean taken off twice.
fn normalised(x: &[f32], dy: &[f32]) -> [Vec<f64>; 2] {
    let n = x.len() as f64;
    let mean = |terms: &[f64]| terms.iter().sum::<f64>() / n;
    let x: Vec<f64> = x.iter().map(|&x| f64::from(x)).collect();
    let centred: Vec<f64> = x.iter().map(|v| v - x[0]).collect();
    let rest = mean(&centred);
    let centred: Vec<f64> = centred.iter().map(|v| v - rest).collect();
    let variance = mean(&centred.iter().map(|v| v * v).collect::<Vec<_>>());
    let scale = 1.0 / (variance + 1e-5).sqrt();
    let normal: Vec<f64> = centred.iter().map(|v| v * scale).collect();
    let dy: Vec<f64> = dy.iter().map(|&dy| f64::from(dy)).collect();
    let along = mean(&dy.iter().zip(&normal).map(|(dy, x)| dy * x).collect::<Vec<_>>());
    let dx = dy.iter().zip(&normal).map(|(d, x)| (d - mean(&dy) - x * along) * scale).collect();
    [normal, dx]
}

/// Samples far from 0 beside their spread, of equal numbers, and of numbers whose squares overflow.
#[test]
fn normalisation_at_the_ends_of_the_range() {
    fn check<N: Width>(x: Vector<N>) -> Vector<N> {
        let (mut layer, mut grad, mut tape, mut dx) =
            (LayerNorm::<N>::ZERO, LayerNorm::<N>::ZERO, Slot::BLANK, Vector::<N>::ZERO);
        layer.flat_mut()[..N::USIZE].fill(1.0);
        let mut y = Vector::<N>::ZERO;
        layer.forward(&x, &mut y);
        layer.record(&x, &mut tape);
        assert_eq!(bits(&y), bits(tape.output()));
        let dy: Vec<f32> = (0..N::USIZE).map(|k| (k as f32 * 1.7).sin()).collect();
        tape.split().1.copy_from_slice(&dy);
        layer.backward(&x, &mut tape, &mut grad, Some(&mut dx));
        let [normal, right] = normalised(&x, &dy);
        let size = right.iter().fold(1e-45, |m: f64, v| m.max(v.abs()));
        for (k, (&y, &normal)) in y.iter().zip(&normal).enumerate() {
            assert!((f64::from(y) - normal).abs() < 1e-6 * (1.0 + normal.abs()), "{k} of {x:?}: {y}, not {normal}");
            let gain = f64::from(grad.flat()[k]);
            assert!((gain - f64::from(dy[k]) * normal).abs() < 3e-6, "∂J/∂g {k} of {x:?}: {gain}");
            let found = f64::from(dx[k]);
            assert!((found - right[k]).abs() < 1e-5 * size + 3e-45, "dx {k} of {x:?}: {found}, not {}", right[k]);
        }
        y
    }
    assert_eq!(check::<U10>([3.3e9; 10].into()).as_slice(), [0.0; 10]);
    let y = check::<U4>([1e7, 1e7 + 1.0, 1e7 + 2.0, 1e7 + 3.0].into());
    for (y, right) in y.iter().zip([-1.341_635_4, -0.447_211_8, 0.447_211_8, 1.341_635_4]) {
        assert!((y - right).abs() < 1e-6, "{y}, not {right}");
    }
    check::<U4>([1e7, 1e-3, 2e-3, -3e-3].into());
    check::<U4>([1e-3, 2e-3, -3e-3, 1e7].into());
    check::<U20>(Vector::<U20>::from([-7.25e5; 20].map(|x| x)));
    check::<U3>([1e30, 2e30, 3e30].into());
    check::<U3>([3.4e38, 3.4e38, 3.4e38].into());
    check::<U3>([-1e30, -2e30, -3e30].into());
    check::<U2>([3.4e38, -3.4e38].into());
    check::<U5>([3e38, 3.1e38, -3e38, 0.0, 1.0].into());
    check::<U3>([3e14, 3e14_f32.next_up(), 3e14].into());
    check::<U3>([2.8e14, 2.8e14_f32.next_up(), 2.8e14].into());
    check::<U3>([3e14, -3e14, 0.0].into());
    check::<U3>([1e-30, 2e-30, 0.0].into());
    check::<U1>([5.0].into());
    let mut y = Vector::<U2, f64>::ZERO;
    let mut layer = LayerNorm::<U2, f64>::ZERO;
    layer.flat_mut()[..2].fill(1.0);
    for x in [[1e308, -1e308], [1e200, 1e200 * (1.0 + 1e-15)].map(|x| x * 1.0)] {
        layer.forward(&x.into(), &mut y);
        assert!((y[0].abs() - 1.0).abs() < 1e-12 && y[0] == -y[1], "{x:?}: {y:?}");
    }
    layer.forward(&[1e300; 2].into(), &mut y);
    assert_eq!(y.as_slice(), [0.0; 2]);
    layer.forward(&[f64::NAN, 1.0].into(), &mut y);
    assert!(y.iter().all(|y| y.is_nan()));
}

/// A mean of many deviations is folded while the bias keeps the digits that predictions need, and refused beyond.
#[test]
fn folding_keeps_predictions_or_says_why_not() {
    network! {
        type With = 2 => Standardize => Dense<1>, loss = SquaredError;
        type Without = 2 => Dense<1>, loss = SquaredError;
        type Deep = 2 => Standardize => Dense<3, Tanh> => Dense<1>, loss = SquaredError, scalar = f64;
        type Flat = 2 => Dense<3, Tanh> => Dense<1>, loss = SquaredError, scalar = f64;
    }
    let with = |mean: f32, deviation: f32| {
        let mut net = With::ZERO;
        net.parameters_mut().copy_from_slice(&[0.5, mean, 2.0, deviation, 0.3, 0.7, -1.1]);
        net
    };
    let mut folded = Without::ZERO;
    for mean in [10.0, 1e3, -1500.0] {
        let net = with(mean, 1.0);
        net.fold(&mut folded).unwrap();
        for x in [[0.25, mean], [-3.0, mean + 1.0], [4.0, mean - 2.0]] {
            let (a, b) = (net.predict(&x)[0], folded.predict(&x)[0]);
            assert!((a - b).abs() < 1.8 / 4096.0 * 2.0, "{mean}: {a} {b}");
        }
        // At the mean the bias makes up for the weight as it was rounded, to the bit of their sum.
        let (a, b) = (net.predict(&[0.5, mean])[0], folded.predict(&[0.5, mean])[0]);
        assert!((a - b).abs() <= f32::EPSILON * 1.1 * mean.abs(), "{mean}: {a} {b}");
    }
    let before = folded.digest();
    let error = with(1e6, 1.0).fold(&mut folded).unwrap_err();
    assert_eq!((error.input(), folded.digest()), (1, before));
    assert!(error.to_string().starts_with("input 1 has mean 1000000 and deviation 1: folded into a bias"), "{error}");
    assert!(with(5e3, 0.5).fold(&mut folded).is_err());
    assert!(with(1e6, 1e3).fold(&mut folded).is_ok());
    // An input that no weight reads is in nobody's way, and f64 has the digits.
    let mut net = with(1e6, 1.0);
    net.parameters_mut()[6] = 0.0;
    net.fold(&mut folded).unwrap();
    let (mut deep, mut flat) = (Deep::ZERO, Flat::ZERO);
    deep.initialize(&Uniform(1.0), &mut Pcg32::new(4));
    deep.parameters_mut()[..4].copy_from_slice(&[1e6, -1e6, 1.0, 2.0]);
    deep.fold(&mut flat).unwrap();
    let (a, b) = (deep.predict(&[1e6 + 0.5, -1e6 - 1.5])[0], flat.predict(&[1e6 + 0.5, -1e6 - 1.5])[0]);
    assert!((a - b).abs() < 1e-9, "{a} {b}");
    deep.parameters_mut()[0] = 1e13;
    assert!(deep.fold(&mut flat).is_err());
}
