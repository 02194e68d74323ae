//! Recognises digits with weights of 16 bits that stay in flash, half of the bytes of `infer`'s: the instructions and stack of a
//! forward pass in bf16 and in f16; and a last layer that learns in `f32` behind a first one in bf16.
#![cfg_attr(device, no_std, no_main)]

use core::hint::black_box;

use firmware::digits::{self, BLANK, Sample};
use firmware::measure::measure;
use firmware::{Binary16, Brain, Hand, Learner, digest, number, weights};
use nanoprop::TapeOf;

static SAMPLE: Hand<Sample> = Hand::new(BLANK);
static LEARNER: Hand<(Learner, TapeOf<Learner>)> = Hand::new((Learner::ZERO, Learner::TAPE));

firmware::program!(run);

fn run() -> bool {
    let (Some(sample), Some((learner, tape))) = (SAMPLE.take(), LEARNER.take()) else { return false };
    let (brain, binary): (&Brain, &Binary16) = (&weights::BRAIN, &weights::BINARY16);
    digest("weights_bf16", brain.digest());
    digest("weights_f16", binary.digest());
    number("bytes", "sample", size_of_val(sample) as u32);
    number("bytes", "learner", (size_of_val(learner) + size_of_val(tape)) as u32);
    number("count", "bytes", size_of_val(brain) as u32);

    let (mut right, mut all) = ([0; 2], 0xcbf2_9ce4_8422_2325_u64);
    for row in digits::held_out() {
        digits::read(row, sample);
        right[0] += u32::from(brain.classify(&sample.0) == sample.1.index());
        right[1] += u32::from(binary.classify(&sample.0) == sample.1.index());
        for z in brain.logits(&sample.0).iter().chain(&binary.logits(&sample.0)) {
            all = (all ^ u64::from(z.to_bits())).wrapping_mul(0x100_0000_01b3);
        }
    }
    digest("logits", all);
    number("count", "right_bf16", right[0]);
    number("count", "right_f16", right[1]);
    measure("nothing", &mut || ());
    measure("bf16/forward", &mut || _ = black_box(brain.predict(black_box(&sample.0))));
    measure("f16/forward", &mut || _ = black_box(binary.predict(black_box(&sample.0))));

    // From 0, one pass over the samples.
    for row in digits::training() {
        digits::read(row, sample);
        learner.descend(&sample.0, &sample.1, 0.2, tape);
    }
    let learned = digits::held_out().filter(|&row| {
        digits::read(row, sample);
        learner.classify(&sample.0) == sample.1.index()
    });
    number("count", "right_behind_bf16", learned.count() as u32);
    digest("behind_bf16", learner.digest());
    measure("behind_bf16/online", &mut || learner.descend(&sample.0, &sample.1, 0.2, tape));
    right[0] > 100 && right[1] > 100
}
