use nanoprop::Quantized;
use nanoprop::prelude::*;

network! { type Net = 8 => Dense<4, Elu> => Dense<2>, loss = SquaredError; }

fn predict(_: &Quantized<Net>) {}

fn main() {}
