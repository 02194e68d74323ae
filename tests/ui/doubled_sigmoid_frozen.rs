//! The layers that end in the link are frozen.

use nanoprop::prelude::*;
use nanoprop::Weights;

struct Trained;

impl Weights for Trained {
    type Layer = Network<(Dense<U5, U4, Tanh>, Dense<U4, U3, Sigmoid>), SquaredError>;

    fn weights() -> &'static Self::Layer {
        static NET: <Trained as Weights>::Layer = Network::ZERO;
        &NET
    }
}

network! {
    type Net = 4 => Dense<5> => (Frozen<Trained>), loss = SigmoidCrossEntropy;
}

fn main() {}
