//! Tuples of tuples: the position counts in the whole chain.

use nanoprop::prelude::*;

type Head = (Dense<U8, U8>, Gelu<U8>);
type Body = ((Dense<U8, U4>, Relued), Dense<U4, U2>);
type Relued = Dense<U5, U4, Relu>;
type Net = Network<(Head, (Body, Dense<U2, U1>)), SquaredError>;

static NET: Net = Net::ZERO;

fn main() {
    NET.predict(&[0.0; 8]);
}
