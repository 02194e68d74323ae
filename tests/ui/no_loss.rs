//! `network!` without a loss.

use nanoprop::prelude::*;

network! {
    type Net = 64 => Dense<10>;
}

fn main() {}
