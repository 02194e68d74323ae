//! What a device checks when it starts: its arithmetic, the weights in flash, the errors and the step of the network as it
//! is linked; and that a weight of which one bit fell over is found.
#![cfg_attr(device, no_std, no_main)]

use firmware::digits::{self, BLANK, Sample};
use firmware::measure::measure;
use firmware::{Digits, Hand, digest, weights};
use nanoprop::SelfTestError;
use nanoprop::prelude::*;

static NET: Hand<Digits> = Hand::new(Digits::ZERO);
static TAPE: Hand<TapeOf<Digits>> = Hand::new(Digits::TAPE);
static SAMPLE: Hand<Sample> = Hand::new(BLANK);

/// Computed by the compiler.
const DIGEST: u64 = weights::DIGITS.digest();

firmware::program!(run);

fn run() -> bool {
    let (Some(net), Some(tape), Some(sample)) = (NET.take(), TAPE.take(), SAMPLE.take()) else { return false };
    let mut sound = true;
    measure("nothing", &mut || ());
    measure("selftest/machine", &mut || sound &= nanoprop::self_test().is_ok());
    measure("selftest/weights", &mut || sound &= weights::DIGITS.check_weights(DIGEST).is_ok());
    digits::read(0, sample);
    measure("selftest/errors", &mut || sound &= weights::DIGITS.check_errors(&sample.0, &sample.1, tape).is_ok());
    measure("selftest/step", &mut || sound &= net.check_step(tape).is_ok());
    digest("weights", DIGEST);

    // What it would say of damage.
    net.parameters_mut().copy_from_slice(weights::DIGITS.parameters());
    if let Some(weight) = net.parameters_mut().get_mut(1234) {
        *weight = f32::from_bits(weight.to_bits() ^ 1 << 7);
    }
    sound && net.check_weights(DIGEST) == Err(SelfTestError::Weights)
}
