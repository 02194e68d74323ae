use nanoprop::prelude::*;
use nanoprop::{Half, Network};

type Net = Network<(Residual<Dense<U4, U4, Tanh>>, Dense<U4, U2>), SquaredError>;
type Front = Network<Dense<U4, U4, Tanh>, SquaredError>;

static NET: nanoprop::halved!(Net, nanoprop::bf16) = Half::ZERO;

fn main() {
    let _: &nanoprop::halved!(Front, nanoprop::bf16) = NET.front();
}
