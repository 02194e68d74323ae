//! One mistake within many layers.

use nanoprop::prelude::*;

network! {
    type Net = 16
        => Residual(LayerNorm => Dense<32, Relu> => Dropout(20%) => Dense<16>)
        => Residual(LayerNorm => Dense<32, Huber> => Dropout(20%) => Dense<16>)
        => Residual(LayerNorm => Dense<32, Relu> => Dropout(20%) => Dense<16>)
        => Residual(LayerNorm => Dense<32, Relu> => Dropout(20%) => Dense<16>)
        => Dense<10>, loss = SquaredError;
}

fn main() {}
