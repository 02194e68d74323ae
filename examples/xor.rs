//! The smallest job: a 2-4-1 network learns "one or the other, but not both" by batch gradient descent.
//!
//! ```text
//! cost before: 0.7302
//! cost after:  0.0023, converged after 1058 steps
//!
//! 0 xor 0 = 0, predicted 0.0003
//! 0 xor 1 = 1, predicted 0.9974
//! 1 xor 0 = 1, predicted 0.9974
//! 1 xor 1 = 0, predicted 0.0038
//! ```

#[path = "support/pipe.rs"]
mod pipe;

use nanoprop::Stop;
use nanoprop::prelude::*;

network! {
    /// Two truth values in, the probability that just one of them is true out.
    type Xor = 2 => Dense<4, Tanh> => Dense<1>, loss = SigmoidCrossEntropy;
}

fn main() {
    pipe::end_quietly();
    let samples = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])];

    let (mut net, mut grad, mut tape) = (Xor::ZERO, Xor::GRADIENT, Xor::TAPE);
    net.initialize(&Xavier, &mut Pcg32::new(1));
    println!("cost before: {:.4}", net.cost(&samples, NoPenalty));

    // Until a step lowers the cost by less than a thousandth of it.
    let stop = Stop::Tolerance { tolerance: 1e-3, steps: 10_000 };
    let end = net.descend_batch(&samples, NoPenalty, 1.0, stop, &mut grad, &mut tape);
    let how = if end.converged { "converged" } else { "out of steps" };
    println!("cost after:  {:.4}, {how} after {} steps\n", end.cost, end.steps);

    for (x, y) in &samples {
        println!("{} xor {} = {}, predicted {:.4}", x[0], x[1], y[0], net.predict(x)[0]);
    }
}
