//! A layer where a loss should be.

use nanoprop::prelude::*;

type Net = Network<Dense<U64, U10>, Softmax<U10>>;

fn main() {
    Net::ZERO.predict(&[0.0; 64]);
}
