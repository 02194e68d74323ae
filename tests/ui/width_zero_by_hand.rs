//! A width of 0 by hand.

use nanoprop::prelude::*;
use nanoprop::typenum::U0;

type Net = Network<(Dense<U64, U0>, Dense<U0, U10>), SigmoidCrossEntropy>;

fn main() {
    Net::ZERO.predict(&[0.0; 64]);
}
