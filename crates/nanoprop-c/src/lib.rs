//! A C library of any nanoprop network: [`c_api!`] exports its functions, and writes the header that C and C++ include.
//!
//! # A library
//!
//! A crate of its own, whose `Cargo.toml` has
//!
//! ```toml
//! [lib]
//! crate-type = ["staticlib", "lib"]   # the archive, and for the program that prints the header
//!
//! [dependencies]
//! nanoprop = { version = "0.1", default-features = false, features = ["checkpoint"] }
//! nanoprop-c = "0.1"
//!
//! [profile.release]
//! panic = "abort"
//! lto = true            # one object, of which the linker drops what is not called
//! codegen-units = 1
//! ```
//!
//! and whose `src/lib.rs` is all there is to write:
//!
//! ```
//! #![cfg_attr(target_os = "none", no_std)]
//!
//! use nanoprop::prelude::*;
//!
//! network! {
//!     /// 8×8 pixels in, one probability per digit out.
//!     pub type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
//! }
//! nanoprop_c::c_api!(Digits as digits);
//! nanoprop_c::panic_handler!();
//! # fn main() {}
//! ```
//!
//! `src/bin/header.rs` prints the header, `fn main() { print!("{}", my_digits::digits::HEADER) }`. In C:
//!
//! ```c
//! #include "digits.h"
//!
//! static digits_context net;                     /* 9,980 bytes, where you want them */
//! float x[DIGITS_INPUT] = {0};
//! int code = digits_init(&net, 1);               /* 0, or a negative code */
//! if (code == 0) code = digits_learn_class(&net, x, 7, 0.5f);
//! if (code < 0) puts(nanoprop_error(code));
//! printf("%d\n", digits_classify(&net, x));      /* the class, or a negative code */
//! ```
//!
//! # What is promised
//!
//! - **No allocation.** A context is the caller's; nothing else is kept.
//! - **No unwinding into C.** nanoprop's code has no panic; one in a layer of yours ends the program, since these functions are
//!   `extern "C"`.
//! - **Errors are codes.** Null and misaligned pointers, contexts without a network, files that are none, and a header of another
//!   network are refused. A pointer to too little memory can't be seen.
//! - **The same bits** as the network has in Rust, on every target.
//! - **Threads.** A context is used by one thread at a time; different contexts, and weights in flash, by any number.
//!
//! # The header
//!
//! [`Header`] writes it from the constants of the network's type. cbindgen can't: it sees no function that a macro makes, unless
//! a nightly compiler expands it, and no constant that is not a literal, such as a size.
//!
//! A header is made on a host, also for a device: no size in it depends on the target, unless a layer of yours has a `usize` on
//! its tape. The functions that write to a context for the first time compare the header's size and fingerprint with the
//! library's, so one that was not made anew is an error and no overwritten memory.
#![no_std]
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
// Examples don't warn where they are copied to.
#![doc(test(attr(deny(warnings))))]

// The README's code is a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod context;
mod error;
mod header;
mod macros;
#[doc(hidden)]
pub mod network;
mod pointer;

pub use context::{Claim, Context, xavier};
pub use error::{Error, nanoprop_error, status};
pub use header::{Facts, Header, Kind, Library};
#[doc(hidden)]
pub use nanoprop::ScalarOf;

/// The kind of number that a network reads.
#[doc(hidden)]
pub type InputNumberOf<N> = <nanoprop::InputOf<N> as nanoprop::Plain>::Scalar;

/// The script `install` of this crate, for programs that write crates: it builds the archive and the headers of the crate in
/// the current folder, and installs them with package files for CMake and pkg-config.
pub const INSTALL: &str = include_str!("../install");
