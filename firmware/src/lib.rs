//! What the programs share: a platform to print, measure and end with, and the digits in flash.
//!
//! On a device there is neither an operating system nor a heap. The same programs run on a host, as references
//! for the digests.
#![cfg_attr(device, no_std)]

pub mod digits;
pub mod flash;
mod hand;
pub mod measure;
pub mod motion;
mod platform;
mod print;
pub mod weights;

pub use hand::Hand;
pub use print::{digest, hexadecimal, number};

use nanoprop::prelude::*;

network! {
    /// 8×8 pixels in, one probability per digit out.
    pub type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    /// Its first layer, which stays in flash.
    pub type Front = 64 => Dense<32, Sigmoid>, loss = SquaredError;
    /// Its last one, which learns behind weights of 16 bits.
    pub type Learner = 64 => Frozen(Features) => Dense<10>, loss = SigmoidCrossEntropy;
    /// Thirteen readings in, four commands out.
    pub type Control = 13 => Dense<64, Tanh> => Dense<64, Tanh> => Dense<4, Tanh>, loss = SquaredError;
    /// Sixteen numbers in, one of five classes out.
    pub type Rectified = 16 => Dense<24, Relu> => Dense<24, Relu> => Dense<5>, loss = SoftmaxCrossEntropy;
    /// Three accelerations in 32 steps in, one of four motions out.
    pub type Gesture = [32, 3] => Conv1d<8, 5, Relu, padding = causal> => MaxPool1d<2> => Gru<8> => Dense<4>,
        loss = SoftmaxCrossEntropy;
    /// The digits' network in fixed point.
    pub type Fixed = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy, scalar = nanoprop::Q16<12>;
    /// The widths of a textbook drawing.
    pub type Tiny = 3 => Dense<5, Sigmoid> => Dense<5, Sigmoid> => Dense<3>, loss = SigmoidCrossEntropy;
}

/// The digits' network in integers of 8 bits.
pub type Small = nanoprop::Quantized<Digits>;

/// The digits' network with weights of 16 bits.
pub type Brain = nanoprop::halved!(Digits, nanoprop::bf16);
/// The same with IEEE's 16 bits.
pub type Binary16 = nanoprop::halved!(Digits, nanoprop::f16);

frozen! {
    /// The first layer of [`weights::BRAIN`].
    pub struct Features: nanoprop::halved!(Front, nanoprop::bf16) = weights::BRAIN.front();
}

/// Makes a program of `fn run() -> bool`, which says whether all went well: its reset handler or `main`, which
/// paints the stack before and prints its depth after.
#[macro_export]
macro_rules! program {
    ($run:ident) => {
        #[cfg(device)]
        #[unsafe(no_mangle)]
        extern "C" fn program() -> bool {
            $crate::start($run)
        }

        #[cfg(not(device))]
        fn main() {
            $crate::host($run)
        }
    };
}

/// Runs a program on a device.
pub fn start(run: fn() -> bool) -> bool {
    #[cfg(feature = "plant-panic")]
    print::plant_panic();
    #[cfg(feature = "plant-allocation")]
    print::plant_allocation();
    let depth = measure::paint();
    // Not inlined: what it uses is to lie below the paint.
    let done = core::hint::black_box(run)();
    if let Some(depth) = depth {
        number("stack", "all", depth.used());
    }
    done
}

/// Runs a program on a host, at the level of instructions that `NANOPROP_LEVEL` names, or the best.
#[cfg(not(device))]
pub fn host(run: fn() -> bool) {
    use nanoprop::Level;
    let levels =
        [("portable", Level::Portable), ("sse2", Level::Sse2), ("avx2", Level::Avx2), ("avx512", Level::Avx512)];
    let named = std::env::var("NANOPROP_LEVEL").ok();
    let level = named.as_deref().and_then(|name| levels.iter().find(|(known, _)| *known == name));
    assert!(named.is_none() || level.is_some(), "NANOPROP_LEVEL is one of {levels:?}");
    if let Some((name, level)) = level
        && !level.force()
    {
        eprintln!("this processor or build has no {name}");
        std::process::exit(77);
    }
    std::process::exit(if run() { 0 } else { 1 });
}

/// The panic handler calls a function that does not exist, so that a program in which any path leads to a panic
/// can't be linked. With less optimisation some remain, and it ends the program.
#[cfg(device)]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    #[cfg(not(proved))]
    platform::exit(false);
    #[cfg(proved)]
    {
        unsafe extern "C" {
            fn a_path_leads_to_a_panic() -> !;
        }
        // SAFETY: it is never linked.
        unsafe { a_path_leads_to_a_panic() }
    }
}
