//! Weights in flash.

use crate::{Digits, Small};

/// What `learn` leaves, checked by the compiler; `firmware/run` compares the digests.
pub static DIGITS: Digits = nanoprop::load!(Digits, "../weights/digits.nprp");

/// The same in integers.
pub static SMALL: Small = nanoprop::load_int8!(Small, "../weights/digits_int8.nprp");
