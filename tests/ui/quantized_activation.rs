use nanoprop::Quantized;
use nanoprop::prelude::*;

network! { type Net = 8 => Dense<4, Elu> => Dense<2>, loss = SquaredError; }

fn main() {
    let _ = Quantized::<Net>::ZERO;
}
