//! Instructions and stack of a forward pass, an online step and batches, of each network that fits; it is saved and loaded
//! too, so that no panic can hide there.
#![cfg_attr(device, no_std, no_main)]

use core::hint::black_box;

#[cfg(not(small))]
use firmware::Control;
use firmware::measure::{longest, measure};
use firmware::{Digits, Hand, Tiny};
use nanoprop::OnlineStep;
use nanoprop::prelude::*;

firmware::program!(run);

// steps!(Tiny: 3 => 3, …) measures a network; the batches are of four samples, whose gradient needs a second network.
macro_rules! steps {
    ($Net:ident: $x:literal => $y:literal, $forward:literal, $online:literal, $slice:literal, $batch:literal, $gradient:literal) => {{
        static NET: Hand<$Net> = Hand::new($Net::ZERO);
        static TAPE: Hand<TapeOf<$Net>> = Hand::new($Net::TAPE);
        static TAPES: Hand<[TapeOf<$Net>; 4]> = Hand::new([$Net::TAPE; 4]);
        static SAMPLES: Hand<[([f32; $x], [f32; $y]); 4]> = Hand::new([([0.5; $x], [0.25; $y]); 4]);
        let (Some(net), Some(tape)) = (NET.take(), TAPE.take()) else { return false };
        let (Some(tapes), Some(samples)) = (TAPES.take(), SAMPLES.take()) else { return false };
        let mut rng = Pcg32::new(1);
        net.initialize(&Xavier, &mut rng);
        for (x, _) in samples.iter_mut() {
            x.iter_mut().for_each(|x| *x = (rng.bits() >> 8) as f32 / (1 << 24) as f32);
        }
        let samples = black_box(samples);
        let (x, y) = &samples[0];
        measure($forward, &mut || _ = black_box(net.predict(black_box(x))));
        measure($online, &mut || net.descend(black_box(x), black_box(y), black_box(0.1), tape));
        let mut step = OnlineStep::<$Net>::new();
        longest($slice, &mut || step.advance(net, black_box(x), black_box(y), black_box(0.1), tape));
        measure($batch, &mut || net.step_batch(&*samples, NoPenalty, black_box(0.1), tapes));
        steps!(@gradient $Net, net, tape, samples, $gradient);
        firmware::digest($online, net.digest());
    }};
    (@gradient $Net:ident, $net:ident, $tape:ident, $samples:ident, $gradient:literal) => {
        #[cfg(not(small))]
        {
            static GRAD: Hand<Gradient<$Net>> = Hand::new($Net::GRADIENT);
            let Some(grad) = GRAD.take() else { return false };
            measure($gradient, &mut || $net.gradient(&*$samples, NoPenalty, grad, $tape));

            static FILE: Hand<[u8; $Net::CHECKPOINT]> = Hand::new([0; $Net::CHECKPOINT]);
            let Some(file) = FILE.take() else { return false };
            if black_box($net.save(file)).is_err() || grad.load(black_box(file)).is_err() || grad.digest() != $net.digest() {
                return false;
            }
        }
    };
}

fn run() -> bool {
    measure("nothing", &mut || ());
    steps!(Tiny: 3 => 3, "tiny/forward", "tiny/online", "tiny/slice", "tiny/batch4", "tiny/gradient4");
    steps!(Digits: 64 => 10, "digits/forward", "digits/online", "digits/slice", "digits/batch4", "digits/gradient4");
    #[cfg(not(small))]
    steps!(Control: 13 => 4, "control/forward", "control/online", "control/slice", "control/batch4", "control/gradient4");
    true
}
