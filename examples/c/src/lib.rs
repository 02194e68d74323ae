//! Handwritten digits as a C library: a network that learns, and one that has learned.
#![cfg_attr(target_os = "none", no_std)]

use nanoprop::prelude::*;

network! {
    /// 8×8 pixels in, one probability per digit out.
    pub type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
}

/// The weights that `firmware`'s program `learn` leaves: constants, in flash on a device.
pub static TRAINED: Digits = nanoprop::load!(Digits, "../../../firmware/weights/digits.nprp");

nanoprop_c::c_api!(Digits as digits);
nanoprop_c::c_api!(Digits as trained, weights = TRAINED);
nanoprop_c::panic_handler!();
