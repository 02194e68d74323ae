//! A tuple of seventeen: sixteen are the most.

use nanoprop::prelude::*;

type D = Dense<U4, U4>;
type Net = Network<(D, D, D, D, D, D, D, D, D, D, D, D, D, D, D, D, D), SquaredError>;

fn main() {
    Net::ZERO.predict(&[0.0; 4]);
}
