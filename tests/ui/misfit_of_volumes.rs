//! Volumes are compared width by width.

use nanoprop::prelude::*;
use nanoprop::{Map, layer};

type Pool = (Gelu8x12x12, Flatten<Volume<U10, U12, U8>>, Dense<U960, U10>);
type Gelu8x12x12 = Map<layer::GeluFunction, Volume<U12, U12, U8>>;

fn main() {
    const _: () = Network::<Pool, SoftmaxCrossEntropy>::FITS;
}
