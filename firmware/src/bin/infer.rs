//! Recognises digits with trained weights that stay in flash: what it needs of RAM is a sample and the stack.
#![cfg_attr(device, no_std, no_main)]

use firmware::digits::{self, BLANK, Sample};
use firmware::{Hand, digest, number, weights};

static SAMPLE: Hand<Sample> = Hand::new(BLANK);

firmware::program!(run);

fn run() -> bool {
    let Some(sample) = SAMPLE.take() else { return false };
    digest("weights", weights::DIGITS.digest());
    let right = digits::recognised(&weights::DIGITS, sample);
    number("count", "right", right);
    right > 100
}
