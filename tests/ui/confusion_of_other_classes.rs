//! A confusion matrix of three classes for a network of four.

use nanoprop::metrics::Confusion;
use nanoprop::prelude::*;

type Net = Network<Dense<U4, U4>, SoftmaxCrossEntropy>;

fn main() {
    let mut confusion = Confusion::<U3>::NEW;
    confusion.measure(&Net::ZERO, &[([0.0; 4], [1.0, 0.0, 0.0, 0.0])]);
}
