//! Seventeen layers in `network!`: sixteen are the most.

use nanoprop::prelude::*;

network! {
    type Net = 4 => Dense<4> => Dense<4> => Dense<4> => Dense<4> => Dense<4> => Dense<4> => Dense<4> => Dense<4>
        => Dense<4> => Dense<4> => Dense<4> => Dense<4> => Dense<4> => Dense<4> => Dense<4> => Dense<4> => Dense<4>,
        loss = SquaredError;
}

fn main() {}
