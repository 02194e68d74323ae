//! A BatchNorm behind an activation is no part of the sums before it.

use nanoprop::prelude::*;

type Trained = Network<(Dense<U8, U10, Tanh, f32, Unbiased>, BatchNorm<U10>), SquaredError>;
type Shipped = Network<Dense<U8, U10, Tanh>, SquaredError>;

fn main() {
    let mut shipped = Shipped::ZERO;
    _ = Trained::ZERO.fold(&mut shipped);
}
