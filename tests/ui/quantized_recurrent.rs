use nanoprop::Quantized;
use nanoprop::prelude::*;

network! { type Net = [8, 3] => Elman<8, Relu> => Dense<4>, loss = SoftmaxCrossEntropy; }

fn predict(_: &Quantized<Net>) {}

fn main() {}
