use nanoprop::Quantized;
use nanoprop::prelude::*;

network! { type Net = [8, 3] => Gru<8, All> => Flatten => Dense<4>, loss = SoftmaxCrossEntropy; }

static NET: Quantized<Net> = Quantized::<Net>::ZERO;

fn main() {
    NET.stream(&[0; 3], &mut NET.start());
}
