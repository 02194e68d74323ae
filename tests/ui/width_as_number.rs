//! A number where a width should be.

use nanoprop::prelude::*;

type Net = Network<Dense<64, 10>, SigmoidCrossEntropy>;

fn main() {
    Net::ZERO.predict(&[0.0; 64]);
}
