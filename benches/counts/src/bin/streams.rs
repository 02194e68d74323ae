//! Steps of streams: a recurrent layer with gates and a dense layer to one number, each in a function of its own:
//! `streams avx2` runs each once, for `instructions`.

use std::hint::black_box;

use nanoprop::prelude::*;
use nanoprop::{Fused, StreamOf};

// streams! { Gru8 f32 gru_8_step: Gru<8>, } makes a network and the function that takes 64 steps, and `all`, which runs it.
macro_rules! streams {
    ($($Net:ident $T:ident $step:ident: $Layer:ident<$width:tt>,)*) => {
        $(
            network! { type $Net = [64, 1] => $Layer<$width> => Dense<1>, loss = SquaredError, scalar = $T; }

            #[unsafe(no_mangle)]
            #[inline(never)]
            fn $step(net: &$Net, stream: &mut StreamOf<$Net>, xs: &[[$T; 1]; 64]) {
                for x in xs {
                    black_box(net.stream(x, stream));
                }
            }
        )*

        fn all() {$(
            let rng = &mut Pcg32::new(1);
            let mut net = $Net::boxed();
            net.initialize(&Xavier, rng);
            let xs = [(); 64].map(|()| [$T::from_f64((rng.bits() >> 8) as f64 / (1 << 24) as f64)]);
            $step(black_box(&net), &mut black_box($Net::STREAM), &xs);
        )*}
    };
}

streams! {
    Gru8 f32 gru_8_step: Gru<8>,
    Gru16 f32 gru_16_step: Gru<16>,
    Lstm8 f32 lstm_8_step: Lstm<8>,
    Lstm16 f32 lstm_16_step: Lstm<16>,
    Lstm32 f32 lstm_32_step: Lstm<32>,
    Lstm40 f32 lstm_40_step: Lstm<40>,
    FusedGru8 Fused fused_gru_8_step: Gru<8>,
    FusedLstm16 Fused fused_lstm_16_step: Lstm<16>,
}

fn main() {
    counts::force_level();
    all();
}
