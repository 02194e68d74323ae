//! The same by hand, asked for by a constant: so `cargo check` finds it too.

use nanoprop::prelude::*;

type Net = Network<(Dense<U64, U32, Sigmoid>, Dense<U16, U10>), SigmoidCrossEntropy>;
const _: () = Net::FITS;

fn main() {}
