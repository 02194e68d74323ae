//! Sixteen layers of mixed kinds: the eight of `mixed8`, and the same kinds again in other widths.

use counts::learn;
use nanoprop::prelude::*;

network! {
    type Mixed = [64, 3] => Conv1d<8, 5, Relu> => LayerNorm => MaxPool1d<2> => Gru<10, All>
        => Flatten => Dense<48, Tanh> => Unflatten<[12, 4]> => Lstm<6, All>
        => Conv1d<9, 3, Relu> => LayerNorm => MaxPool1d<2> => Gru<7, All>
        => Flatten => Dense<24, Tanh> => Unflatten<[8, 3]> => Lstm<5, All>, loss = SquaredError;
}

fn main() {
    learn(&mut Mixed::boxed());
}
