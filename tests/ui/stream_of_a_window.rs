//! A chain that needs its window at once.

use nanoprop::prelude::*;

network! { type Net = [9, 2] => Conv1d<4, 2> => GlobalAvgPool => Dense<1>, loss = SquaredError; }

fn main() {
    Net::ZERO.stream(&[0.0, 0.0], &mut { Net::STREAM });
}
