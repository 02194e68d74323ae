//! What the page calls: three parts, a dozen functions of plain numbers, and memory that both sides read.
//!
//! There is neither a heap nor an import. A path to a panic is an error of the linker.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[path = "../../../firmware/src/digits.rs"]
mod digits;

mod digest;
mod drawing;
mod once;
mod plane;

use nanoprop::prelude::*;

network! {
    /// 8×8 pixels in, one probability per digit out: the network of `firmware`.
    pub type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
}

/// Calls a function that does not exist, so that a program in which any path leads to a panic can't be linked.
#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    unsafe extern "C" {
        fn a_path_leads_to_a_panic() -> !;
    }
    // SAFETY: it is never linked.
    unsafe { a_path_leads_to_a_panic() }
}
