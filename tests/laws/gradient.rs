//! Gradients: of a batch and of its samples, and the steps that follow them.

use super::{bits, fill, net};
use nanoprop::prelude::*;
use nanoprop::{InputOf, Layers, Loss, OnlineStep, OutputOf, Real, Stop};
use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

network! {
    type Single = 3 => Dense<5, Tanh> => Dense<33, Relu> => Dense<2>, loss = SquaredError;
    type Double = 3 => Dense<5, Tanh> => Dense<33, Relu> => Dense<2>, loss = SquaredError, scalar = f64;
    type Recurrent = [4, 3] => Elman<5, Tanh, All> => Elman<6, Sigmoid> => Dense<2>, loss = SquaredError;
    type Gated = [4, 3] => Lstm<5, All> => Gru<6, All> => Gru<7, Last, ResetBefore> => Dense<2>, loss = SquaredError;
    type Classifier = 3 => Dense<5, Sigmoid> => Gelu => Dense<2>, loss = SoftmaxCrossEntropy;
}

/// Runs a generic function on each network.
macro_rules! on_each_network {
    ($law:ident($($argument:expr),*)) => {
        $law(&net($($argument),*) as &Single, $($argument),*);
        $law(&net($($argument),*) as &Double, $($argument),*);
        $law(&net($($argument),*) as &Recurrent, $($argument),*);
        $law(&net($($argument),*) as &Gated, $($argument),*);
        $law(&net($($argument),*) as &Classifier, $($argument),*);
    };
}

type Sample<L> = (InputOf<<L as Layers>::Chain>, OutputOf<<L as Layers>::Chain>);

fn samples<L: Layers>(count: usize, seed: u64) -> Vec<Sample<L>> {
    let mut rng = Pcg32::new(seed);
    let mut samples = vec![(InputOf::<L::Chain>::ZERO, OutputOf::<L::Chain>::ZERO); count];
    for (x, y) in &mut samples {
        fill(x.flat_mut(), 1.5, &mut rng);
        fill(y.flat_mut(), 1.0, &mut rng);
    }
    samples
}

fn copy<L: Layers, E: Loss>(net: &Network<L, E>) -> Box<Network<L, E>> {
    let mut copy = Network::boxed();
    copy.parameters_mut().copy_from_slice(net.parameters());
    copy
}

/// The gradient of samples, one way or another.
fn gradient<L: Layers, E: Loss>(
    net: &Network<L, E>,
    of: impl FnOnce(&mut Gradient<Network<L, E>>, &mut TapeOf<Network<L, E>>),
) -> Vec<L::Scalar> {
    let (mut grad, mut tape) = (Box::new(Network::<L, E>::GRADIENT), Network::<L, E>::TAPE);
    grad.parameters_mut().copy_from_slice(net.parameters());
    of(&mut grad, &mut tape);
    grad.parameters().to_vec()
}

fn batch_is_the_average<L: Layers, E: Loss>(net: &Network<L, E>, seed: u64) {
    for count in [0, 1, 2, 3, 7] {
        let samples = samples::<L>(count, seed);
        let penalty = L2(0.3);
        let batch = gradient(net, |grad, tape| net.gradient(&samples, penalty, grad, tape));
        let averaged = gradient(net, |grad, tape| {
            grad.parameters_mut().fill(L::Scalar::from_f64(0.0));
            samples.iter().for_each(|(x, y)| net.accumulate(x, y, grad, tape));
            net.average(count, penalty, grad);
        });
        assert_eq!(bits(&batch), bits(&averaged));

        let mut cost = L::Scalar::from_f64(f64::NAN);
        let together = gradient(net, |grad, tape| cost = net.cost_and_gradient(&samples, penalty, grad, tape));
        assert_eq!(bits(&batch), bits(&together));
        assert_eq!(bits(&[cost]), bits(&[net.cost(&samples, penalty)]));

        // A pair of slices is the same samples, an array and a slice too.
        let (xs, ys): (Vec<_>, Vec<_>) = samples.iter().cloned().unzip();
        let slices = gradient(net, |grad, tape| net.gradient(&(&xs[..], &ys[..]), penalty, grad, tape));
        let slice = gradient(net, |grad, tape| net.gradient(&samples[..], penalty, grad, tape));
        assert_eq!([bits(&slices), bits(&slice)], [bits(&batch), bits(&batch)]);

        // What was in the gradient and on the tape before changes nothing, nor does λ = 0.
        let again = gradient(net, |grad, tape| {
            net.gradient(&samples, penalty, grad, tape);
            net.gradient(&samples, penalty, grad, tape);
        });
        assert_eq!(bits(&again), bits(&batch));
    }
}

/// For feed-forward networks, where a sample adds to each number once, in plain loops.
fn batch_is_the_sum_of_its_samples<L: Layers, E: Loss>(net: &Network<L, E>, seed: u64) {
    let samples = samples::<L>(5, seed);
    let zero = L::Scalar::from_f64(0.0);
    let mut sum = vec![zero; net.parameters().len()];
    for (x, y) in &samples {
        let share = gradient(net, |grad, tape| {
            grad.parameters_mut().fill(zero);
            net.accumulate(x, y, grad, tape);
        });
        sum.iter_mut().zip(share).for_each(|(sum, share)| *sum = *sum + share);
    }
    let lambda = L::Scalar::from_f64(0.3);
    Network::<L, E>::tensors(|t| {
        if t.name == "weight" {
            let weights = t.of(net.parameters());
            t.of_mut(&mut sum).iter_mut().zip(weights).for_each(|(sum, &w)| *sum = *sum + lambda * w);
        }
    });
    let share = L::Scalar::ONE / L::Scalar::from_f64(5.0);
    let mean: Vec<_> = sum.iter().map(|&sum| share * sum).collect();
    let batch = gradient(net, |grad, tape| net.gradient(&samples, L2(0.3), grad, tape));
    assert_eq!(bits(&batch), bits(&mean));
}

/// J is the mean of the samples' losses and a penalty on all weights but the biases.
fn cost_is_the_mean<L: Layers, E: Loss>(net: &Network<L, E>, seed: u64) {
    let samples = samples::<L>(5, seed);
    let losses: f64 = samples.iter().map(|(x, y)| net.loss(x, y).to_f64()).sum();
    let mut squares = 0.0;
    Network::<L, E>::tensors(|t| {
        if !t.name.ends_with("bias") {
            squares += t.of(net.parameters()).iter().map(|w| w.to_f64() * w.to_f64()).sum::<f64>();
        }
    });
    let cost = net.cost(&samples, L2(3.0)).to_f64();
    let expected = losses / 5.0 + 3.0 / (2.0 * 5.0) * squares;
    let ulp = 2.0_f64.powi(1 - L::Scalar::DIGITS as i32);
    assert!((cost - expected).abs() <= 8.0 * ulp * expected, "{cost}, {expected}");
    assert_eq!(net.cost(&samples[..0], L2(0.0)).to_f64(), 0.0);
}

/// Each of the roundings of a number is half an ulp of the weight or of its step. A simple recurrent layer takes the
/// steps one by one, each as large as any, perhaps, though they cancel.
fn descend_is_the_update<L: Layers, E: Loss>(net: &Network<L, E>, seed: u64) {
    let (x, y) = &samples::<L>(1, seed)[0];
    let rate = L::Scalar::from_f64(0.3);
    let (mut online, mut exact, mut tape) = (copy(net), copy(net), Network::<L, E>::TAPE);
    online.descend(x, y, rate, &mut tape);
    let mut grad = Box::new(Network::<L, E>::GRADIENT);
    net.gradient(&[(x.clone(), y.clone())], NoPenalty, &mut grad, &mut tape);
    exact.update(&grad, rate);
    let ulp = 2.0_f64.powi(1 - L::Scalar::DIGITS as i32);
    let changes = net.parameters().iter().zip(exact.parameters()).map(|(&old, &new)| (new - old).abs().to_f64());
    let largest = changes.fold(0.0, f64::max);
    let others = if Network::<L, E>::PLAN.to_string().contains("Elman") { 4.0 * largest } else { 0.0 };
    let mut changed = 0;
    for ((&online, &exact), &before) in online.parameters().iter().zip(exact.parameters()).zip(net.parameters()) {
        let [online, exact, before] = [online, exact, before].map(|w| w.to_f64());
        let bound = 2.0 * ulp * (before.abs() + (exact - before).abs() + others);
        assert!((online - exact).abs() <= bound, "{online}, {exact}");
        changed += (exact != before) as usize;
    }
    assert!(changed > 0);
}

/// Steps of batch descent are updates by the gradient.
fn descend_batch_is_updates<L: Layers, E: Loss>(net: &Network<L, E>, seed: u64) {
    let samples = samples::<L>(4, seed);
    let number = L::Scalar::from_f64;
    let (mut batch, mut hand) = (copy(net), copy(net));
    let (mut grad, mut tape) = (Box::new(Network::<L, E>::GRADIENT), Network::<L, E>::TAPE);
    let end = batch.descend_batch(&samples, L2(0.1), number(0.1), Stop::Steps(3), &mut grad, &mut tape);
    for _ in 0..3 {
        hand.gradient(&samples, L2(0.1), &mut grad, &mut tape);
        hand.update(&grad, number(0.1));
    }
    assert_eq!(bits(batch.parameters()), bits(hand.parameters()));
    assert_eq!(bits(&[end.cost]), bits(&[batch.cost(&samples, L2(0.1))]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn of_a_batch(seed: u64) {
        on_each_network!(batch_is_the_average(seed));
        on_each_network!(cost_is_the_mean(seed));
        batch_is_the_sum_of_its_samples(&net(seed) as &Single, seed);
        batch_is_the_sum_of_its_samples(&net(seed) as &Double, seed);
        batch_is_the_sum_of_its_samples(&net(seed) as &Classifier, seed);
    }

    #[test]
    fn of_a_step(seed: u64) {
        on_each_network!(descend_is_the_update(seed));
        on_each_network!(descend_batch_is_updates(seed));
    }

    /// A class is the distribution that is 1 there.
    #[test]
    fn of_a_class(seed: u64, class in 0..2_usize) {
        let net: Box<Classifier> = net(seed);
        let (x, _) = samples::<(Dense<U3, U2>,)>(1, seed).remove(0);
        let one_hot: [f32; 2] = core::array::from_fn(|k| if k == class { 1.0 } else { 0.0 });
        let class = Class::<U2>::new(class).unwrap();
        let by_class = gradient(&net, |grad, tape| net.gradient(&[(x, class)], NoPenalty, grad, tape));
        let by_vector = gradient(&net, |grad, tape| net.gradient(&[(x, one_hot)], NoPenalty, grad, tape));
        prop_assert_eq!(bits(&by_class), bits(&by_vector));
        prop_assert_eq!(net.loss(&x, &class).to_bits(), net.loss(&x, &one_hot).to_bits());
    }
}

#[test]
fn stops_where_it_should() {
    let samples = samples::<(Dense<U3, U2>,)>(4, 1);
    let end = |rate, stop| {
        let mut net: Box<Network<(Dense<U3, U2>,), SquaredError>> = net(1);
        type Net = Network<(Dense<U3, U2>,), SquaredError>;
        let (mut grad, mut tape) = (Net::GRADIENT, Net::TAPE);
        let end = net.descend_batch(&samples, NoPenalty, rate, stop, &mut grad, &mut tape);
        (end, net.cost(&samples, NoPenalty))
    };
    let (stopped, cost) = end(0.1, Stop::Steps(0));
    assert_eq!((stopped.steps, stopped.converged, stopped.cost), (0, false, cost));
    let (stopped, cost) = end(0.1, Stop::Tolerance { tolerance: 1e-3, steps: 10_000 });
    assert!(stopped.converged && stopped.steps < 10_000 && stopped.cost == cost);
    let (stopped, _) = end(0.1, Stop::Tolerance { tolerance: 1e-30, steps: 5 });
    assert_eq!((stopped.steps, stopped.converged), (5, false));
    let (stopped, _) = end(1e6, Stop::Steps(10_000));
    assert!(stopped.steps < 100 && !stopped.cost.is_finite() && !stopped.converged);
}

/// An online step in slices has the bits of one at once; each slice back changes one layer, the last first.
fn slices_are_the_step<L: Layers, E: Loss>(net: &Network<L, E>, seed: u64) {
    type Step<L, E> = OnlineStep<Network<L, E>>;
    let (mut sliced, mut whole) = (copy(net), copy(net));
    let (mut tape, mut other) = (Network::<L, E>::TAPE, Network::<L, E>::TAPE);
    let (mut step, rate) = (Step::<L, E>::new(), L::Scalar::from_f64(0.1));
    assert_eq!(Step::<L, E>::SLICES, 2 * Network::<L, E>::PLAN.layers());
    for (x, y) in &samples::<L>(3, seed) {
        whole.descend(x, y, rate, &mut other);
        let start = bits(sliced.parameters());
        for slice in 1..=Step::<L, E>::SLICES {
            assert_eq!(step.advance(&mut sliced, x, y, rate, &mut tape), slice < Step::<L, E>::SLICES);
            let mut changed = Vec::new();
            Network::<L, E>::tensors(|t| {
                if bits(t.of(sliced.parameters())) != t.of(&start) {
                    changed.push(t.layer);
                }
            });
            let first = Step::<L, E>::SLICES - slice;
            assert!(changed.iter().all(|&layer| layer >= first), "{changed:?} after slice {slice}");
        }
        assert_eq!(bits(sliced.parameters()), bits(whole.parameters()));
    }
    let (x, y) = &samples::<L>(1, seed)[0];
    step.advance(&mut sliced, x, y, rate, &mut tape);
    assert!(step.restart());
    assert_eq!(bits(sliced.parameters()), bits(whole.parameters()));
    while step.advance(&mut sliced, x, y, rate, &mut tape) {}
    whole.descend(x, y, rate, &mut other);
    assert_eq!(bits(sliced.parameters()), bits(whole.parameters()));
}

#[test]
fn steps_in_slices() {
    on_each_network!(slices_are_the_step(3));
    type Nested = Network<((Softmax<U4>, Dense<U4, U5, Tanh>), (Gelu<U5>, Dense<U5, U4>), Dense<U4, U2>), Huber>;
    slices_are_the_step(&net(4) as &Nested, 4);
}
