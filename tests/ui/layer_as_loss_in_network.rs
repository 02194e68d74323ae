//! A layer where a loss should be, in `network!`.

use nanoprop::prelude::*;

network! {
    type Net = 64 => Dense<10>, loss = Softmax<U10>;
}

fn main() {}
