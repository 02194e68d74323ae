use nanoprop::prelude::*;

network! { type Net = [8, 4] => FakeQuantize(Lstm<8>) => Dense<4>, loss = SoftmaxCrossEntropy; }

fn main() {}
