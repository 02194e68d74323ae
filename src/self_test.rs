//! Whether a machine computes what the crate promises: checks for the boot of a device.
//!
//! A broken floating-point unit, a compiler flag, a mode of the processor or a bit that fell over in flash are not seen
//! by a network: it goes on, and is wrong. [`self_test`] is of the machine and of what is common to all networks;
//! [`check_weights`](Network::check_weights), [`check_errors`](Network::check_errors) and
//! [`check_step`](Network::check_step) are of one network, as it is linked. All have the same result on every sound
//! target: what passes on a desk fails on a device for a reason.

mod differences;
mod error;
mod machine;

use core::hint::black_box;

pub use error::SelfTestError;
use machine::Machine;

use crate::activation::Tanh;
use crate::layer::{Dense, Fnv};
use crate::loss::SigmoidCrossEntropy;
use crate::math::{exp, ln_1p, sigmoid, tanh};
use crate::network::Network;
use crate::scalar::Real;
use crate::width::{U2, U3, U4};

/// Tries the arithmetic of `f32`, the elementary functions, and a small training, whose bits are known.
///
/// It takes some 9,000 instructions on x86-64, and needs no network. What it finds:
///
/// - another rounding than to nearest, subnormal numbers that are taken for 0 or made 0: modes of a processor;
/// - products and sums that are fused, sums in another order, divisions by way of a reciprocal: flags of a compiler;
/// - functions and kernels that give other bits.
///
/// # Errors
///
/// What is wrong, the first in the order of [`SelfTestError`].
///
/// # Example
///
/// ```
/// assert_eq!(nanoprop::self_test(), Ok(()));
/// ```
pub fn self_test() -> Result<(), SelfTestError> {
    Machine::SOUND.check()?;
    functions(tanh)?;
    training(START)
}

/// Bits of elementary functions at some places, hashed; `tanh` is an argument for the tests.
fn functions(tanh: fn(f32) -> f32) -> Result<(), SelfTestError> {
    let mut hash = Fnv::new();
    for x in black_box([-90.0_f32, -9.5, -1.25, -0.4, -1e-4, 0.3, 0.7, 1.9, 5.5, 17.0, 88.5]) {
        for y in [exp(x), tanh(x), sigmoid(x), ln_1p(x.abs()), Real::sqrt(x.abs())] {
            hash = hash.number64(y.to_bits() as u64);
        }
    }
    if hash.0 == FUNCTIONS { Ok(()) } else { Err(SelfTestError::Functions) }
}

const FUNCTIONS: u64 = 0xe5d9_5db0_6759_21e0;

/// A few steps of a small network, hashed; `start` is its first weight in 64ths.
fn training(start: i16) -> Result<(), SelfTestError> {
    type Net = Network<(Dense<U3, U4, Tanh>, Dense<U4, U2>), SigmoidCrossEntropy>;
    let (mut net, mut tape) = (Net::ZERO, Net::TAPE);
    for (i, weight) in (0..).zip(net.parameters_mut()) {
        *weight = (((start + 37 * i) & 63) - 32) as f32 / 64.0;
    }
    let samples = [([0.5, -1.0, 0.25], [1.0, 0.0]), ([-0.75, 0.5, 1.0], [0.0, 1.0]), ([0.1, 0.2, 0.3], [0.5, 0.25])];
    for (x, y) in black_box(&samples).iter().cycle().take(12) {
        net.descend(x, y, 0.5, &mut tape);
    }
    let hash = net.parameters().iter().fold(Fnv::new(), |hash, w| hash.number64(w.to_bits() as u64));
    if hash.0 == TRAINED { Ok(()) } else { Err(SelfTestError::Training) }
}

const START: i16 = 5;
const TRAINED: u64 = 0x740b_69e0_1275_39fc;

#[cfg(test)]
mod tests;
