//! Statistics that are measured of what layers read; that nothing else moves them; and their folding into the layers beside.

use super::{bits, fill};
use nanoprop::layer::Fold;
use nanoprop::prelude::*;
use nanoprop::{Adagrad, AdamW, Decay, Layers, Loss, Momentum, Nesterov, Optimizer, RmsProp, Rprop, Stop, Uniform};

/// Samples of a network, with numbers far from 0 and of other deviations than 1.
fn samples<L: Layers, E: Loss>(_: &Network<L, E>, rng: &mut Pcg32) -> Vec<(X<L>, Y<L>)> {
    let mut samples = vec![(X::<L>::ZERO, Y::<L>::ZERO); 12];
    for (x, y) in &mut samples {
        for (k, x) in x.flat_mut().iter_mut().enumerate() {
            *x = L::Scalar::from_f64(3.0 * (k % 3) as f64 + (rng.bits() % 1000) as f64 * 0.002);
        }
        y.flat_mut().iter_mut().for_each(|y| *y = L::Scalar::from_f64((rng.bits() % 2) as f64));
    }
    samples
}
type X<L> = nanoprop::InputOf<<L as Layers>::Chain>;
type Y<L> = nanoprop::OutputOf<<L as Layers>::Chain>;

/// Mean and variance of columns, by the definition.
fn statistics(rows: &[Vec<f64>]) -> [Vec<f64>; 2] {
    let n = rows.len() as f64;
    let column = |k: usize| rows.iter().map(move |row| row[k]);
    let means: Vec<f64> = (0..rows[0].len()).map(|k| column(k).sum::<f64>() / n).collect();
    let variance = |k: usize| column(k).map(|x| (x - means[k]).powi(2)).sum::<f64>() / n;
    let variances = (0..means.len()).map(variance).collect();
    [means, variances]
}

fn close(what: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-12 * (1.0 + expected.abs()), "{what}: {found}, not {expected}");
    }
}

network! {
    type Deep = [6, 3] => BatchNorm => Conv1d<4, 2, Tanh> => Residual(BatchNorm => Conv1d<4, 1>) => Flatten => Dense<5>
        => BatchNorm => Dropout(50%) => Dense<2>, loss = SquaredError, scalar = f64;
    type Front = [6, 3] => BatchNorm => Conv1d<4, 2, Tanh>, loss = SquaredError, scalar = f64;
}

/// What is measured is what the definition says of the rows that a layer reads, behind layers that were measured before;
/// whatever the statistics were.
#[test]
fn measured_by_the_definition() {
    let rng = &mut Pcg32::new(3);
    let mut net = Deep::ZERO;
    net.initialize(&Uniform(0.7), rng);
    let samples = samples(&net, rng);
    net.layers_mut().0.flat_mut()[6..].fill(f64::NAN);
    net.measure(&samples, &mut { Deep::TAPE });

    let rows: Vec<Vec<f64>> = samples.iter().flat_map(|(x, _)| x.iter().map(|row| row.to_vec())).collect();
    let [means, variances] = statistics(&rows);
    close("means", net.layers().0.mean(), &means);
    close("variances", net.layers().0.variance(), &variances);

    // The first two layers as a network of their own.
    let mut front = Front::ZERO;
    let n = Front::PARAMETERS;
    front.parameters_mut().copy_from_slice(&net.parameters()[..n]);
    let rows: Vec<Vec<f64>> =
        samples.iter().flat_map(|(x, _)| front.predict(x).iter().map(|row| row.to_vec()).collect::<Vec<_>>()).collect();
    let [means, variances] = statistics(&rows);
    let norm = net.layers().2.layers().0;
    close("means within", norm.mean(), &means);
    close("variances within", norm.variance(), &variances);

    // Once more is the same; a tape that learns counts on.
    let before = net.digest();
    let mut tape = Deep::TAPE;
    net.measure(&samples, &mut tape);
    assert_eq!(net.digest(), before);
    assert!(net.parameters().iter().all(|p| p.is_finite()));
}

/// A running average has the moments of a mixture: of what was measured, and of the samples with their weights.
#[test]
fn tracked_is_a_mixture() {
    network! { type Net = 2 => BatchNorm => Dense<1>, loss = SquaredError, scalar = f64; }
    let xs = [[1.0, 10.0], [3.0, -20.0], [-2.0, 30.0], [7.0, 5.0]];
    let (mut net, mut tape) = (Net::ZERO, Net::TAPE);
    net.measure(&[(xs[0], [0.0]), (xs[1], [0.0])], &mut tape);
    net.track(&xs[2], 0.5, &mut tape);
    net.track(&xs[3], 0.25, &mut tape);
    let shares = [0.1875, 0.1875, 0.375, 0.25];
    for k in 0..2 {
        let mean: f64 = xs.iter().zip(shares).map(|(x, share)| share * x[k]).sum();
        let variance: f64 = xs.iter().zip(shares).map(|(x, share)| share * (x[k] - mean).powi(2)).sum();
        let norm = net.layers().0;
        close("mixture", &[norm.mean()[k], norm.variance()[k]], &[mean, variance]);
    }
}

/// Before anything was measured, gain and bias are all that there is; so of a channel that never changes.
#[test]
fn without_a_variance_there_is_no_scale() {
    let mut norm = BatchNorm::<U2>::ZERO;
    norm.flat_mut()[..4].copy_from_slice(&[1.0, 2.0, 0.0, 5.0]);
    let mut y = Vector::ZERO;
    norm.forward(&[3.0, 4.0].into(), &mut y);
    assert_eq!(y.as_slice(), [3.0, 13.0]);
}

network! {
    type Trained = 3 => Dense<5, Tanh> => BatchNorm => Dense<2>, loss = SquaredError;
}

/// Neither steps nor optimisers change what was measured, whatever they do with a gradient of 0.
#[test]
fn nothing_else_moves_statistics() {
    const STATISTICS: core::ops::Range<usize> = 4 * 5 + 10..4 * 5 + 20;
    fn after(what: &str, train: impl FnOnce(&mut Trained, &[([f32; 3], [f32; 2])])) {
        let mut net = Trained::ZERO;
        net.initialize(&Xavier, &mut Pcg32::new(1));
        let statistics = [1.5, -3.0, 0.25, -0.0, 3.0, 0.5, 1.0, 3.0, 2.0, 0.0];
        net.parameters_mut()[STATISTICS].copy_from_slice(&statistics);
        let before = net.parameters().to_vec();
        train(&mut net, &[([0.5, 0.1, -0.7], [1.0, -1.0]), ([0.2, -0.3, 0.4], [0.5, 0.1])]);
        assert_eq!(bits(&net.parameters()[STATISTICS]), bits(&statistics), "{what}");
        let others = net.parameters().iter().zip(&before).enumerate().filter(|(k, _)| !STATISTICS.contains(k));
        assert!(others.clone().all(|(_, (a, b))| a != b), "{what}");
    }
    fn by<O: Optimizer>(optimizer: O) {
        after(O::NAME, |net, samples| {
            let mut training = Training::<Trained, O>::ZERO;
            Recipe { batch: 2, ..Recipe::new(optimizer) }
                .penalty(L2(0.1))
                .train(net, &mut training)
                .run(samples)
                .unwrap();
        });
    }
    after("descend", |net, samples| net.descend(&samples[0].0, &samples[0].1, 0.1, &mut { Trained::TAPE }));
    after("step_batch", |net, samples| net.step_batch(samples, L2(0.5), 0.1, &mut [Trained::TAPE; 2]));
    after("descend_batch", |net, samples| {
        let (mut grad, mut tape) = (Trained::GRADIENT, Trained::TAPE);
        net.descend_batch(samples, L2(0.5), 0.1, Stop::Steps(3), &mut grad, &mut tape);
    });
    by(Sgd { decay: Decay::Decoupled(0.1), ..Sgd::new(0.01) });
    by(Momentum::new(0.01));
    by(Nesterov::new(0.01));
    by(RmsProp::DEFAULT);
    by(Adam::new(0.01));
    by(AdamW::new(0.01));
    by(Adagrad::new(0.01));
    by(Rprop::DEFAULT);
}

/// `from` measured of random samples, and folded: the predictions are the same.
fn folds<A: Layers<Scalar = f64>, B: Layers<Scalar = f64>>(net: &Network<A, SquaredError>) -> Network<B, SquaredError>
where
    A::Chain: Fold<B::Chain>,
    B::Chain: Layer<Input = X<A>, Output = Y<A>>,
{
    let mut to = Network::<B, SquaredError>::ZERO;
    net.fold(&mut to).unwrap();
    let mut rng = Pcg32::new(5);
    for (x, _) in samples(net, &mut rng) {
        let (a, b) = (net.predict(&x), to.predict(&x));
        for (a, b) in a.flat().iter().zip(b.flat()) {
            assert!((a - b).abs() <= 1e-12 * (1.0 + a.abs()), "{a}, not {b}");
        }
    }
    to
}

/// Random weights, with gains, biases and statistics.
fn random<L: Layers<Scalar = f64>>() -> Network<L, SquaredError> {
    let mut net = Network::<L, SquaredError>::ZERO;
    let mut rng = Pcg32::new(7);
    net.parameters_mut().iter_mut().for_each(|p| *p = (rng.bits() % 1000) as f64 * 1e-3 - 0.3);
    let samples = samples(&net, &mut rng);
    net.measure(&samples[..], &mut { Network::<L, SquaredError>::TAPE });
    net
}

#[test]
fn folded_forward_and_back_at_any_place() {
    network! {
        type Both = 4 => BatchNorm => Dense<6, Identity, Unbiased> => BatchNorm => Dense<5, Tanh> => Dense<2>, loss = SquaredError,
            scalar = f64;
        type Back = 4 => BatchNorm => Dense<6> => Dense<5, Tanh> => Dense<2>, loss = SquaredError, scalar = f64;
        type Forward = 4 => BatchNorm => Dense<6, Identity, Unbiased> => Dense<5, Tanh> => Dense<2>, loss = SquaredError,
            scalar = f64;
        type Neither = 4 => Dense<6> => Dense<5, Tanh> => Dense<2>, loss = SquaredError, scalar = f64;

        type Last = 4 => Dense<6, Tanh> => Dense<3, Identity, Unbiased> => BatchNorm, loss = SquaredError, scalar = f64;
        type Plain = 4 => Dense<6, Tanh> => Dense<3>, loss = SquaredError, scalar = f64;

        // With padding too: the zeros stand before the convolution.
        type Picture = [5, 4, 3] => Conv2d<4, 3, Unbiased, padding = same> => BatchNorm => DepthwiseConv2d<2, Unbiased> => BatchNorm
            => Conv2d<2, 2, Softplus> => Flatten => Dense<2>, loss = SquaredError, scalar = f64;
        type Second = [5, 4, 3] => Conv2d<4, 3, padding = same> => DepthwiseConv2d<2, Unbiased> => BatchNorm
            => Conv2d<2, 2, Softplus> => Flatten => Dense<2>, loss = SquaredError, scalar = f64;
        type Third = [5, 4, 3] => Conv2d<4, 3, padding = same> => DepthwiseConv2d<2> => Conv2d<2, 2, Softplus> => Flatten => Dense<2>,
            loss = SquaredError, scalar = f64;

        type Longer = [4, 3] => ConvTranspose1d<5, 3, Unbiased, stride = 2> => BatchNorm => Flatten => Dense<2>, loss = SquaredError,
            scalar = f64;
        type Shipped = [4, 3] => ConvTranspose1d<5, 3, stride = 2> => Flatten => Dense<2>, loss = SquaredError, scalar = f64;
    }
    let both: Both = random();
    let back: Back = folds(&both);
    let _: Forward = folds(&both);
    let _: Neither = folds(&back);
    let last: Last = random();
    let _: Plain = folds(&last);
    let picture: Picture = random();
    let second: Second = folds(&picture);
    let _: Third = folds(&second);
    let longer: Longer = random();
    let _: Shipped = folds(&longer);
}

/// As of a Standardize: where the mean is too many deviations, nothing is changed.
#[test]
fn a_mean_of_too_many_deviations_is_refused() {
    network! {
        type With = 2 => Dense<2> => BatchNorm => Dense<1>, loss = SquaredError;
        type Without = 2 => Dense<2> => Dense<1>, loss = SquaredError;
    }
    let mut net = With::ZERO;
    net.initialize(&Xavier, &mut Pcg32::new(1));
    net.layers_mut().1.flat_mut()[4..].copy_from_slice(&[0.0, 1e6, 1.0, 1.0]);
    let mut folded = Without::ZERO;
    let error = net.fold(&mut folded).unwrap_err();
    assert_eq!((error.input(), folded.parameters()), (1, &[0.0; 9][..]));
    net.layers_mut().1.flat_mut()[5] = 3.0;
    net.fold(&mut folded).unwrap();
    let (mut x, rng) = ([0.0; 2], &mut Pcg32::new(2));
    fill(&mut x, 1.0, rng);
    assert!((net.predict(&x)[0] - folded.predict(&x)[0]).abs() < 1e-5);
}
