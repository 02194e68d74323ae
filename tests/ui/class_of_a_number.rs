//! One output under a loss of numbers has no class.

use nanoprop::metrics::Accuracy;
use nanoprop::prelude::*;

type Net = Network<Dense<U4, U1>, SquaredError>;

fn main() {
    let mut accuracy = Accuracy::NEW;
    accuracy.measure(&Net::ZERO, &[([0.0; 4], [1.0])]);
}
