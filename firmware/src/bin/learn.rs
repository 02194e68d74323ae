//! Learns digits from samples in flash, online and by small batches, and recognises others.
//!
//! 64-32-10 has 9,640 bytes of weights; with the tapes of four samples, the samples, and the stack it fits into 16 KiB.
#![cfg_attr(device, no_std, no_main)]

use firmware::digits::{self, BLANK, Sample};
use firmware::{Digits, Hand, digest, number};
use nanoprop::prelude::*;

/// How many samples a batch has.
const BATCH: usize = 4;

static NET: Hand<Digits> = Hand::new(Digits::ZERO);
static TAPE: Hand<TapeOf<Digits>> = Hand::new(Digits::TAPE);
static TAPES: Hand<[TapeOf<Digits>; BATCH]> = Hand::new([Digits::TAPE; BATCH]);
static SAMPLES: Hand<[Sample; BATCH]> = Hand::new([BLANK; BATCH]);

firmware::program!(run);

fn run() -> bool {
    let (Some(net), Some(tape), Some(tapes), Some(samples)) = (NET.take(), TAPE.take(), TAPES.take(), SAMPLES.take())
    else {
        return false;
    };
    number("bytes", "online", Digits::FOOTPRINT.online() as u32);
    number("bytes", "batch", (size_of::<[TapeOf<Digits>; BATCH]>() + size_of::<[Sample; BATCH]>()) as u32);
    net.initialize(&Xavier, &mut Pcg32::new(1));
    digest("start", net.digest());

    for rate in [0.4, 0.2] {
        for row in digits::training() {
            let [sample, ..] = samples;
            digits::read(row, sample);
            net.descend(&sample.0, &sample.1, rate, tape);
        }
    }
    digest("online", net.digest());

    for batch in 0..16 {
        for (k, sample) in samples.iter_mut().enumerate() {
            digits::read(5 * batch + k, sample);
        }
        net.step_batch(&*samples, L2(0.01), 0.3, tapes);
    }
    digest("batch", net.digest());

    let [sample, ..] = samples;
    let right = digits::recognised(net, sample);
    number("count", "right", right);
    number("count", "held_out", digits::held_out().count() as u32);
    #[cfg(not(device))]
    if let Some(path) = std::env::args_os().nth(1) {
        let mut file = vec![0; Digits::CHECKPOINT];
        let written = net.save(&mut file);
        return written.is_ok() && std::fs::write(path, file).is_ok() && quantised(net) && halved(net);
    }
    right > 100
}

/// Writes the network with weights of 16 bits to the third and the fourth path: bf16, f16.
#[cfg(not(device))]
fn halved(net: &Digits) -> bool {
    let mut paths = std::env::args_os().skip(3);
    let (Some(brain), Some(binary)) = (paths.next(), paths.next()) else { return true };
    let (mut small, mut other) = (firmware::Brain::ZERO, firmware::Binary16::ZERO);
    let mut file = [0; firmware::Brain::CHECKPOINT];
    small.round(net) + other.round(net) == 0
        && small.save(&mut file).is_ok()
        && std::fs::write(brain, file).is_ok()
        && other.save(&mut file).is_ok()
        && std::fs::write(binary, file).is_ok()
}

/// Writes the network in integers to the second path.
#[cfg(not(device))]
fn quantised(net: &Digits) -> bool {
    let Some(path) = std::env::args_os().nth(2) else { return true };
    let mut samples = vec![BLANK; digits::training().count()];
    samples.iter_mut().zip(digits::training()).for_each(|(sample, row)| digits::read(row, sample));
    let mut small = firmware::Small::ZERO;
    small.quantize(net, &samples[..], nanoprop::int8::Observer::MinMax);
    let mut file = vec![0; firmware::Small::CHECKPOINT];
    small.save(&mut file).is_ok() && std::fs::write(path, file).is_ok()
}
