//! The training of `firmware/src/bin/learn.rs`, whose digests are the same on every target.

use nanoprop::prelude::*;

use crate::Digits;
use crate::digits::{self, BLANK, Sample};
use crate::once::Once;

/// How many samples a batch has.
const BATCH: usize = 4;

struct Work {
    net: Digits,
    tape: TapeOf<Digits>,
    tapes: [TapeOf<Digits>; BATCH],
    samples: [Sample; BATCH],
}

static WORK: Once<Work> =
    Once::new(Work { net: Digits::ZERO, tape: Digits::TAPE, tapes: [Digits::TAPE; BATCH], samples: [BLANK; BATCH] });

/// Does a stage, 0 start, 1 online, 2 batch, each after the one before; gives the digest of the weights.
#[unsafe(no_mangle)]
extern "C" fn learn(stage: u32, seed: u32) -> u64 {
    // SAFETY: the only use of WORK.
    unsafe { WORK.with(|work| work.stage(stage, seed)) }
}

impl Work {
    fn stage(&mut self, stage: u32, seed: u32) -> u64 {
        match stage {
            0 => self.net.initialize(&Xavier, &mut Pcg32::new(seed.into())),
            1 => self.online(),
            _ => self.batch(),
        }
        self.net.digest()
    }

    fn online(&mut self) {
        let [sample, ..] = &mut self.samples;
        for rate in [0.4, 0.2] {
            for row in digits::training() {
                digits::read(row, sample);
                self.net.descend(&sample.0, &sample.1, rate, &mut self.tape);
            }
        }
    }

    fn batch(&mut self) {
        for batch in 0..16 {
            for (k, sample) in self.samples.iter_mut().enumerate() {
                digits::read(5 * batch + k, sample);
            }
            self.net.step_batch(&self.samples, L2(0.01), 0.3, &mut self.tapes);
        }
    }
}
