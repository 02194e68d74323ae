//! Learns digits in fixed point of 16 bits, without a float once its weights are drawn, and recognises others; the instructions
//! and stack of a forward pass, an online step and a batch of four.
//!
//! 64-32-10 has 4,820 bytes of weights.
#![cfg_attr(device, no_std, no_main)]

use core::hint::black_box;

use firmware::measure::measure;
use firmware::{Fixed as Net, Hand, digest, digits, number};
use nanoprop::Q16;
use nanoprop::prelude::*;

type Sample = ([Q16<12>; 64], Class<U10>);

/// How many samples a batch has.
const BATCH: usize = 4;
const BLANK: Sample = ([Q16::from_bits(0); 64], digits::BLANK.1);
const RATE: Q16<12> = Q16::new(0.3);

static NET: Hand<Net> = Hand::new(Net::ZERO);
static TAPE: Hand<TapeOf<Net>> = Hand::new(Net::TAPE);
static TAPES: Hand<[TapeOf<Net>; BATCH]> = Hand::new([Net::TAPE; BATCH]);
static SAMPLES: Hand<[Sample; BATCH]> = Hand::new([BLANK; BATCH]);

firmware::program!(run);

fn run() -> bool {
    let (Some(net), Some(tape), Some(tapes), Some(samples)) = (NET.take(), TAPE.take(), TAPES.take(), SAMPLES.take())
    else {
        return false;
    };
    number("bytes", "online", Net::FOOTPRINT.online() as u32);
    number("bytes", "batch", (size_of::<[TapeOf<Net>; BATCH]>() + size_of::<[Sample; BATCH]>()) as u32);
    net.initialize(&Xavier, &mut Pcg32::new(1));
    digest("start", net.digest());

    measure("nothing", &mut || ());
    for rate in const { [Q16::new(0.4), Q16::new(0.2)] } {
        for row in digits::training() {
            let [sample, ..] = samples;
            read(row, sample);
            net.descend(&sample.0, &sample.1, rate, tape);
        }
    }
    digest("online", net.digest());
    number("count", "overflows", Q16::overflows(net.parameters()) as u32);

    let mut right = 0;
    for row in digits::held_out() {
        read(row, &mut samples[0]);
        right += u32::from(net.classify(&samples[0].0) == samples[0].1.index());
    }
    number("count", "right", right);
    number("count", "held_out", digits::held_out().count() as u32);
    if right < 96 {
        return false;
    }

    {
        // No input is 0, as in `steps`: the kernels pass over those.
        let mut rng = Pcg32::new(2);
        samples[0].0.iter_mut().for_each(|x| *x = Q16::from_bits(1 | (rng.bits() >> 20) as i16));
        let (x, y) = &samples[0];
        measure("fixed/forward", &mut || _ = black_box(net.predict(black_box(x))));
        measure("fixed/online", &mut || net.descend(black_box(x), black_box(y), black_box(RATE), tape));
    }
    for (k, sample) in samples.iter_mut().enumerate() {
        read(5 * k, sample);
    }
    {
        let (x, y) = &samples[0];
        measure("fixed/digit/forward", &mut || _ = black_box(net.predict(black_box(x))));
        measure("fixed/digit/online", &mut || net.descend(black_box(x), black_box(y), black_box(RATE), tape));
    }
    measure("fixed/batch4", &mut || net.step_batch(&*samples, NoPenalty, black_box(RATE), tapes));
    digest("batch", net.digest());

    true
}

/// Reads a row from flash: 16 is 1.
fn read(row: usize, (x, y): &mut Sample) {
    let Some((pixels, label)) = digits::row(row) else { return };
    x.iter_mut().zip(pixels).for_each(|(x, &pixel)| *x = Q16::from_bits(i16::from(pixel) << 8));
    *y = label;
}
