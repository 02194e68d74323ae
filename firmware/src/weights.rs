//! Weights in flash.

use nanoprop::array::Aligned;

use crate::{Binary16, Brain, Digits, Small};

/// What `learn` leaves, checked by the compiler; `firmware/run` compares the digests.
pub static DIGITS: Digits = nanoprop::load!(Digits, "../weights/digits.nprp");

/// The same in integers.
pub static SMALL: Aligned<Small> = Aligned::new(nanoprop::load_int8!(Small, "../weights/digits_int8.nprp"));

/// The same with weights of 16 bits.
pub static BRAIN: Brain = nanoprop::load_half!(Brain, "../weights/digits_bf16.nprp");
pub static BINARY16: Binary16 = nanoprop::load_half!(Binary16, "../weights/digits_f16.nprp");
