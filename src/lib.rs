//! Fixed-size neural networks whose widths are types.
#![cfg_attr(not(test), no_std)]
#![deny(unsafe_code)]

pub mod math;
pub mod scalar;
