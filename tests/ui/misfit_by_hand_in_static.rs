//! The same by hand, in a static: `cargo check` evaluates it.

use nanoprop::prelude::*;

type Net = Network<(Dense<U64, U32, Sigmoid>, Dense<U16, U10>), SigmoidCrossEntropy>;
static NET: Net = Net::ZERO;

fn main() {
    NET.predict(&[0.0; 64]);
}
