//! The shift by the mean needs a bias to go to.

use nanoprop::prelude::*;

network! {
    type Trained = 8 => Standardize => Dense<10, Tanh, Unbiased>, loss = SquaredError;
    type Shipped = 8 => Dense<10, Tanh, Unbiased>, loss = SquaredError;
}

fn main() {
    let mut shipped = Shipped::ZERO;
    _ = Trained::ZERO.fold(&mut shipped);
}
