//! Windows that can't go on from each other.

use nanoprop::prelude::*;

network! {
    type Net = [4, 3] => Bidirectional(Elman<5>) => Dense<1>, loss = SquaredError;
}

fn main() {
    let mut tape = Net::TAPE;
    Net::carry(&mut tape);
}
