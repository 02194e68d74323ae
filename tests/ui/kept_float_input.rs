use nanoprop::Quantized;
use nanoprop::prelude::*;

network! { type Net = 8 => KeepFloat(Dense<4, Relu>) => Dense<2>, loss = SoftmaxCrossEntropy; }

static NET: Quantized<Net> = Quantized::<Net>::ZERO;

fn main() {
    NET.classify(&[0.5; 7]);
}
