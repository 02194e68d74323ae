//! Weights in flash.

use crate::Digits;

/// What `learn` leaves, checked by the compiler; `firmware/run` compares the digests.
pub static DIGITS: Digits = nanoprop::load!(Digits, "../weights/digits.nprp");
