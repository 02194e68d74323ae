//! A stream whose steps become several.

use nanoprop::prelude::*;

network! { type Net = [9, 2] => ConvTranspose1d<4, 3, stride = 2, padding = causal> => Elman<3> => Dense<1>, loss = SquaredError; }

fn main() {
    Net::ZERO.stream(&[0.0, 0.0], &mut { Net::STREAM });
}
