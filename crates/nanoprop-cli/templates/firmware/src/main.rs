//! The network on a device: it predicts with weights in flash, then its last layer goes on learning in RAM.
#![no_std]
#![no_main]

use core::panic::PanicInfo;

use cortex_m as _;
use cortex_m_rt::entry;
use cortex_m_semihosting::debug::{self, EXIT_FAILURE, EXIT_SUCCESS};
use cortex_m_semihosting::hprintln;
use nanoprop::prelude::*;
use static_cell::ConstStaticCell;

use {{ident}}::{MODEL, ROWS, Tuned, start};

// Each is handed out once: no code to start them, no stack.
static NET: ConstStaticCell<Tuned> = ConstStaticCell::new(Tuned::ZERO);
static TAPE: ConstStaticCell<TapeOf<Tuned>> = ConstStaticCell::new(Tuned::TAPE);

/// The digest of the weights in flash, computed by the compiler.
const DIGEST: u64 = MODEL.digest();

#[entry]
fn main() -> ! {
    let (net, tape) = (NET.take(), TAPE.take());
    // Before anything is trusted: the arithmetic, the derivatives, and the flash.
    let sound = nanoprop::self_test().and(net.check_step(tape)).and(MODEL.check_weights(DIGEST));
    hprintln!("weights {:016x}, self-test passed: {}", MODEL.digest(), sound.is_ok());

%classes     let same = ROWS.iter().filter(|row| MODEL.classify(&row.x) == row.predicted).count();
%classes     let right = ROWS.iter().filter(|row| MODEL.classify(&row.x) == row.target).count();
%classes     hprintln!("{} of {} rows held out are classified correctly", right, ROWS.len());
%numbers     let same = ROWS.iter().filter(|row| MODEL.predict(&row.x)[0] == row.predicted).count();
    hprintln!("{} of {} predictions are those of the training", same, ROWS.len());

    // What the device measures would come here; it learns from the rows held out.
    start(net);
    for row in ROWS {
%classes         if let Ok(target) = Class::new(row.target) {
%classes             net.descend(&row.x, &target, 0.01, tape);
%classes         }
%numbers         net.descend(&row.x, &[row.target], 0.001, tape);
    }
    hprintln!("{} bytes of RAM learned on: {:016x}", size_of::<Tuned>() + size_of::<TapeOf<Tuned>>(), net.digest());
    exit(sound.is_ok() && same == ROWS.len())
}

/// Ends the emulator; a board with no debugger loops.
fn exit(success: bool) -> ! {
    debug::exit(if success { EXIT_SUCCESS } else { EXIT_FAILURE });
    loop {}
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    exit(false)
}
