pub(crate) use super::bare::stack;
#[cfg(not(proved))]
pub(crate) use super::semihosting::exit;
pub(crate) use super::semihosting::write;

use core::arch::asm;
use cortex_m_rt as _;

use super::bare::run;

/// SysTick counts 24 bits.
pub(crate) const TICKS: u32 = 0xFF_FFFF;

const SYST_CSR: *mut u32 = 0xE000_E010 as *mut u32;
const SYST_RVR: *mut u32 = 0xE000_E014 as *mut u32;
const SYST_CVR: *mut u32 = 0xE000_E018 as *mut u32;

/// Called by the reset handler of `cortex-m-rt`, when memory and FPU are ready.
#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    // SAFETY: SysTick's registers are there on each of these; it runs from the processor's clock, without interrupts.
    unsafe {
        SYST_RVR.write_volatile(TICKS);
        SYST_CVR.write_volatile(0);
        SYST_CSR.write_volatile(0b101);
    }
    run()
}

/// Of the clock; QEMU advances it by a fixed time for each instruction.
#[inline(always)]
pub(crate) fn ticks() -> Option<u32> {
    // SAFETY: reading has no effect.
    Some(TICKS - unsafe { SYST_CVR.read_volatile() })
}

/// A call of the debugger.
///
/// # Safety
///
/// What the operation asks for.
pub(super) unsafe fn call(operation: usize, argument: usize) {
    // SAFETY: the caller's.
    unsafe { asm!("bkpt #0xAB", inout("r0") operation => _, in("r1") argument, options(nostack)) };
}
