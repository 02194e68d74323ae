//! A BatchNorm before a convolution with padding, whose zeros are no means.

use nanoprop::prelude::*;

network! {
    type Trained = [8, 2] => BatchNorm => Conv1d<4, 3, padding = same>, loss = SquaredError;
    type Shipped = [8, 2] => Conv1d<4, 3, padding = same>, loss = SquaredError;
}

fn main() {
    let mut shipped = Shipped::ZERO;
    _ = Trained::ZERO.fold(&mut shipped);
}
