use nanoprop::Quantized;
use nanoprop::prelude::*;

network! { type Net = [8, 3] => KeepFloat(ConvTranspose1d<4, 2>) => Flatten => Dense<4>, loss = SoftmaxCrossEntropy; }

fn predict(_: &Quantized<Net>) {}

fn main() {}
