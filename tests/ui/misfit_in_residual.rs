//! What a Residual's layers write can't be added to what they read.

use nanoprop::prelude::*;

type Around = Residual<(Dense<U64, U48, Relu>, Dense<U48, U32>)>;
type Net = Network<(Dense<U8, U64>, Around, Dense<U32, U10>), SquaredError>;

static NET: Net = Net::ZERO;

fn main() {
    NET.predict(&[0.0; 8]);
}
