//! A BatchNorm behind an activation is no part of the sums before it.

use nanoprop::prelude::*;

network! {
    type Trained = 8 => Dense<10, Tanh, Unbiased> => BatchNorm, loss = SquaredError;
    type Shipped = 8 => Dense<10, Tanh>, loss = SquaredError;
}

fn main() {
    let mut shipped = Shipped::ZERO;
    _ = Trained::ZERO.fold(&mut shipped);
}
