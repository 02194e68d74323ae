//! A convolutional network of 28×28 pixels, with training.

use counts::{LeNet, learn};
use nanoprop::prelude::*;

fn main() {
    learn(&mut LeNet::boxed());
}
