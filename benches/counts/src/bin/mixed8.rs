//! Eight layers of mixed kinds: windows, a norm, gates of both kinds, and a dense layer between other shapes.

use counts::learn;
use nanoprop::prelude::*;

network! {
    type Mixed = [64, 3] => Conv1d<8, 5, Relu> => LayerNorm => MaxPool1d<2> => Gru<10, All>
        => Flatten => Dense<48, Tanh> => Unflatten<[12, 4]> => Lstm<6, All>, loss = SquaredError;
}

fn main() {
    learn(&mut Mixed::boxed());
}
