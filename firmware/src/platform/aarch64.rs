pub(crate) use super::bare::stack;
#[cfg(not(proved))]
pub(crate) use super::semihosting::exit;
pub(crate) use super::semihosting::write;

use core::arch::{asm, global_asm};

use super::bare::run;

pub(crate) const TICKS: u32 = u32::MAX;

// The stack; floating point on; memory of statics that start from 0.
global_asm!(
    ".section .start, \"ax\"",
    ".global _start",
    "_start:",
    "  adrp x0, _stack_start",
    "  add x0, x0, :lo12:_stack_start",
    "  mov sp, x0",
    "  mov x0, #0x300000",
    "  msr cpacr_el1, x0",
    "  isb",
    "  adrp x0, __sbss",
    "  add x0, x0, :lo12:__sbss",
    "  adrp x1, __ebss",
    "  add x1, x1, :lo12:__ebss",
    "1: cmp x0, x1",
    "  b.hs 2f",
    "  str xzr, [x0], #8",
    "  b 1b",
    "2: bl {run}",
    run = sym run,
);

/// The virtual timer: 62.5 MHz; QEMU advances it by a fixed time for each instruction.
#[inline(always)]
pub(crate) fn ticks() -> Option<u32> {
    let count: u64;
    // SAFETY: reads a counter.
    unsafe { asm!("isb", "mrs {}, cntvct_el0", out(reg) count, options(nomem, nostack)) };
    Some(count as u32)
}

/// A call of the debugger.
///
/// # Safety
///
/// What the operation asks for.
pub(super) unsafe fn call(operation: usize, argument: usize) {
    // SAFETY: the caller's.
    unsafe { asm!("hlt #0xF000", inout("x0") operation => _, in("x1") argument, options(nostack)) };
}
