//! The penalty's share of a step does not depend on how samples fall into batches.

use super::*;
use nanoprop::L1;

/// The weight, from 1, after an epoch of samples of 0, from which only the penalty moves it.
fn weight(samples: usize, batch: u64, penalty: impl Penalty) -> f32 {
    let (mut net, mut training) = (Line::ZERO, Training::<Line, Sgd, 4>::ZERO);
    net.parameters_mut().copy_from_slice(&[0.0, 1.0]);
    let samples = vec![([0.0_f32], [0.0_f32]); samples];
    let recipe = Recipe { batch, epochs: 1, ..Recipe::new(Sgd::new(0.125)) }.penalty(penalty);
    recipe.train(&mut net, &mut training).run(&samples).unwrap();
    assert_eq!(net.parameters()[0], 0.0, "the bias is free");
    net.parameters()[1]
}

/// By hand: w ← w − ⅛ λ/b w in each step, with b the recipe's batch or, if there are fewer, all samples.
#[test]
fn of_the_last_batch_as_of_any() {
    assert_eq!(weight(32, 32, L2(64.0)), 0.75); // 1 − ⅛ · 64/32
    assert_eq!(weight(33, 32, L2(64.0)), 0.75 * 0.75); // of 32 and of 1
    assert_eq!(weight(34, 32, L2(64.0)), 0.75 * 0.75);
    assert_eq!(weight(3, 2, L2(8.0)), 0.5 * 0.5);
    assert_eq!(weight(4, 32, L2(8.0)), 0.75); // (T 2.6.1): m is 4
    assert_eq!(weight(5, 4, L1(8.0)), 0.5); // 1 − 2 · ⅛ · 8/4
    assert_eq!(weight(5, 4, NoPenalty), 1.0);
}

/// The example that showed it: the weight went from 1 to −2.6.
#[test]
fn of_32_samples_and_one() {
    let (mut net, mut training) = (Line::ZERO, Training::<Line, Sgd>::ZERO);
    net.parameters_mut().copy_from_slice(&[0.0, 1.0]);
    let recipe = Recipe { epochs: 1, ..Recipe::new(Sgd::new(0.1)) }.penalty(L2(40.0));
    recipe.train(&mut net, &mut training).run(&[([0.0], [0.0]); 33]).unwrap();
    assert!((net.parameters()[1] - 0.765625).abs() < 1e-6, "{}", net.parameters()[1]); // (1 − 0.1 · 40/32)²
}

#[test]
fn of_a_stream() {
    let (mut net, mut training) = (Line::ZERO, Training::<Line, Sgd>::ZERO);
    net.parameters_mut().copy_from_slice(&[0.0, 1.0]);
    let recipe = Recipe { batch: 2, ..Recipe::new(Sgd::new(0.125)) }.penalty(L2(8.0));
    for _ in 0..4 {
        recipe.train(&mut net, &mut training).learn(&[0.0], &[0.0]).unwrap();
    }
    assert_eq!(net.parameters()[1], 0.25); // two steps of 1 − ⅛ · 8/2
}
