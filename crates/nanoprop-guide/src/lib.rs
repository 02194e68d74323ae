#![doc = include_str!("contents.md")]
#![forbid(unsafe_code)]
// Examples don't warn where they are copied to, but for what only the pieces behind them use.
#![doc(test(attr(deny(warnings), allow(unused))))]

// What the chapters link to.
#[cfg(doc)]
#[allow(unused_imports)]
use nanoprop::*;

#[doc = include_str!("backpropagation.md")]
pub mod backpropagation {}
#[doc = include_str!("extensions.md")]
pub mod extensions {}
#[doc = include_str!("train_your_own.md")]
pub mod train_your_own {}
#[doc = include_str!("from_pytorch.md")]
pub mod from_pytorch {}
#[doc = include_str!("device.md")]
pub mod device {}
#[doc = include_str!("numerics.md")]
pub mod numerics {}
#[doc = include_str!("speed.md")]
pub mod speed {}
#[doc = include_str!("layer.md")]
pub mod layer {}
#[doc = include_str!("cookbook.md")]
pub mod cookbook {}
#[doc = include_str!("reference.md")]
pub mod reference {}

// The README's code is a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod readme {}
