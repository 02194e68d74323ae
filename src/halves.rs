//! Weights of 16 bits in flash, computed with in `f32`: half of the bytes.
//!
//! [`Half`] is a network that has learned, with its parameters as [`bf16`] or [`f16`](struct@f16). Each is widened exactly where it is
//! used, so there is no copy of them in RAM, and all is computed in `f32`: a result has the bits of the `f32` network whose
//! parameters were rounded so. Nothing in it learns.
//!
//! | | bits of the significand | largest | an `f32` becomes one by |
//! | --- | --- | --- | --- |
//! | [`bf16`] | 8 | 3.4·10³⁸ | losing its lower half; a shift widens it |
//! | [`f16`](struct@f16) | 11 | 65504 | losing exponents, too; a multiplication widens it, on a Cortex-M4F and later one instruction |
//!
//! The digits of `data/digits` are recognised as well as in `f32` in both; see the guide's cookbook.
//!
//! All layers of `f32` can be in it but [`ConvTranspose1d`](crate::ConvTranspose1d), [`FakeQuantize`](crate::FakeQuantize) and
//! layers of one's own: those that are [`Widen`](crate::stored::Widen). A network with another layer does not compile as [`Half`];
//! the message names the layer. A [`Dropout`](crate::Dropout) drops nothing, as in any prediction.
//!
//! It runs step by step ([`stream`](Half::stream)), and is the weights of a [`Frozen`](crate::Frozen) layer, behind which others learn in
//! `f32`.

mod frozen;
mod network;
mod number;

pub use ::half::{bf16, f16};
pub use network::Half;
pub use number::HalfNumber;
