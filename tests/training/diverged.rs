//! What diverges is an error that says at which step, and what is not finite.

use super::refused::line_recipe;
use super::*;
use nanoprop::{Divergence, TensorName};

/// By hand, from w = 0, of the sample x = 2, y = 1 with the rate 10: δ = −1, w = 20; δ = 49 (with the bias), …, ×−49 each step.
#[test]
fn what_diverges() {
    let (mut net, mut best, mut training) = (Line::ZERO, Line::ZERO, Training::<Line, Sgd>::ZERO);
    let recipe = Recipe { epochs: 1000, ..line_recipe(10.0) };
    let samples = [([2.0], [1.0])];
    let error = recipe.train(&mut net, &mut training).keep_best(&mut best).run(&samples).unwrap_err();
    // 49ⁿ / 2 squared leaves f32 at n = 12, so the loss of the thirteenth step's sample.
    let text = "diverged at step 13: the loss of the batch is not finite; try a smaller rate or clip the gradient";
    assert_eq!((error.to_string().as_str(), training.progress().steps), (text, 12));
    assert!(net.is_finite());
    assert_eq!(best.parameters(), [0.0, 0.0], "no step was better than none");
    // With a rate that works it goes on from there.
    net.copy_from(&best);
    assert_eq!(Recipe { epochs: 50, ..line_recipe(0.1) }.train(&mut net, &mut training).run(&samples), Ok(End::Epochs));
    assert!((net.predict(&[2.0])[0] - 1.0).abs() < 1e-4);
}

/// Weights that the last step of an epoch made infinite do not end as a success.
#[test]
fn weights_that_become_infinite() {
    let (mut net, mut training) = (Line::ZERO, Training::<Line, Sgd>::ZERO);
    let recipe = Recipe { epochs: 1, ..line_recipe(1e30) };
    let error = recipe.train(&mut net, &mut training).run(&[([1e10], [1e10])]).unwrap_err();
    let tensor = TensorName { layer: 0, name: "bias" };
    assert_eq!(error, TrainingError::Diverged { step: 1, what: Divergence::Weights(tensor) });
    // In the middle of an epoch, at the next batch.
    let (mut net, mut training) = (Line::ZERO, Training::<Line, Sgd>::ZERO);
    let error = recipe.train(&mut net, &mut training).run(&[([1e10], [1e10]), ([1.0], [1.0])]).unwrap_err();
    assert_eq!(error, TrainingError::Diverged { step: 2, what: Divergence::Weights(tensor) });
}

/// A gradient that leaves the numbers before the loss does.
#[test]
fn gradients_that_are_not_finite() {
    type Absolute = Network<Dense<U1, U1>, AbsoluteError>;
    let (mut net, mut training) = (Absolute::ZERO, Training::<Absolute, Sgd>::ZERO);
    let recipe = Recipe { batch: 2, epochs: 1, ..line_recipe(1e-30) };
    let error = recipe.train(&mut net, &mut training).run(&[([3e38], [1.0]), ([3e38], [1.0])]).unwrap_err();
    let what = Divergence::Gradient(TensorName { layer: 0, name: "weight" });
    assert_eq!(error, TrainingError::Diverged { step: 1, what });
    let text = "diverged at step 1: the gradient of the weight of layer 1 is not finite; try a smaller rate or clip the gradient";
    assert_eq!(error.to_string(), text);
}
