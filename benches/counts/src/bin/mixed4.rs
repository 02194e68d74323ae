//! Four layers of mixed kinds: the first half of the eight of `mixed8`.

use counts::learn;
use nanoprop::prelude::*;

network! {
    type Mixed = [64, 3] => Conv1d<8, 5, Relu> => LayerNorm => MaxPool1d<2> => Gru<10, All>, loss = SquaredError;
}

fn main() {
    learn(&mut Mixed::boxed());
}
