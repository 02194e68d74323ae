//! A stream whose statistics are of all steps.

use nanoprop::prelude::*;

network! { type Net = [9, 2] => Conv1d<4, 3> => GroupNorm<2> => Elman<3> => Dense<1>, loss = SquaredError; }

fn main() {
    Net::ZERO.stream(&[0.0, 0.0], &mut { Net::STREAM });
}
