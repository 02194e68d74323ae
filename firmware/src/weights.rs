//! Weights in flash.

use crate::Digits;

/// A checkpoint: 24 bytes of header, the weights, 4 bytes of checksum.
const FILE: &[u8; 24 + size_of::<Digits>() + 4] = include_bytes!("../weights/digits.nprp");

/// What `learn` leaves; `firmware/run` compares.
pub static DIGITS: Digits = {
    let (_, rest) = FILE.split_first_chunk::<24>().unwrap();
    let weights = rest.first_chunk::<{ size_of::<Digits>() }>().unwrap();
    // SAFETY: a network is its weights, here of f32 in little-endian bytes.
    unsafe { core::mem::transmute_copy(weights) }
};
