use nanoprop::prelude::*;

network! { type Net = [8, 8, 1] => FakeQuantize(MaxPool2d<2>) => Flatten => Dense<4>, loss = SoftmaxCrossEntropy; }

fn main() {}
