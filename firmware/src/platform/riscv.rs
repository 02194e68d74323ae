pub(crate) use super::bare::stack;
#[cfg(not(proved))]
pub(crate) use super::semihosting::exit;
pub(crate) use super::semihosting::write;

use core::arch::{asm, global_asm};

use super::bare::run;

pub(crate) const TICKS: u32 = u32::MAX;

// The stack; floating point on, where there is any; memory of statics that start from 0.
global_asm!(
    ".section .start, \"ax\"",
    ".global _start",
    "_start:",
    "  la sp, _stack_start",
    "  li t0, 0x6000",
    "  csrs mstatus, t0",
    "  la t0, __sbss",
    "  la t1, __ebss",
    "1: bgeu t0, t1, 2f",
    "  sw zero, 0(t0)",
    "  addi t0, t0, 4",
    "  j 1b",
    "2: call {run}",
    run = sym run,
);

/// Instructions retired.
#[inline(always)]
pub(crate) fn ticks() -> Option<u32> {
    let count: u32;
    // SAFETY: reads a counter.
    unsafe { asm!("csrr {}, minstret", out(reg) count, options(nomem, nostack)) };
    Some(count)
}

/// A call of the debugger: the three instructions must be these, uncompressed.
///
/// # Safety
///
/// What the operation asks for.
pub(super) unsafe fn call(operation: usize, argument: usize) {
    // SAFETY: the caller's.
    unsafe {
        asm!(
            ".balign 16",
            ".option push",
            ".option norvc",
            "slli zero, zero, 0x1f",
            "ebreak",
            "srai zero, zero, 7",
            ".option pop",
            inout("a0") operation => _,
            in("a1") argument,
            options(nostack)
        );
    }
}
