//! By hand: the error names both widths in decimal.

use nanoprop::prelude::*;

type Net = Network<(Dense<U64, U32, Sigmoid>, Dense<U16, U10>), SigmoidCrossEntropy>;

fn main() {
    let net = Net::ZERO;
    net.predict(&[0.0; 64]);
}
