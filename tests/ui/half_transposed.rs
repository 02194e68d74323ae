use nanoprop::prelude::*;

network! { type Net = [8, 4] => ConvTranspose1d<3, 2> => Flatten => Dense<2>, loss = SquaredError; }

static NET: nanoprop::halved!(Net, nanoprop::bf16) = nanoprop::Half::ZERO;

fn main() {}
