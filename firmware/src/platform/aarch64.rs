pub(crate) use super::semihosting::{exit, write};

use core::arch::{asm, global_asm};

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
    "2: bl {main}",
    main = sym main,
);

unsafe extern "C" {
    fn program() -> bool;
    static __sheap: u32;
}

extern "C" fn main() -> ! {
    // SAFETY: `program!` defines it so.
    exit(unsafe { program() })
}

/// The virtual timer: 62.5 MHz; QEMU advances it by a fixed time for each instruction.
#[inline(always)]
pub(crate) fn ticks() -> Option<u32> {
    let count: u64;
    // SAFETY: reads a counter.
    unsafe { asm!("isb", "mrs {}, cntvct_el0", out(reg) count, options(nomem, nostack)) };
    Some(count as u32)
}

/// The stack pointer, and where the statics end.
#[inline(always)]
pub(crate) fn stack() -> Option<(usize, usize)> {
    let sp: usize;
    // SAFETY: copies a register.
    unsafe { asm!("mov {}, sp", out(reg) sp, options(nomem, nostack, preserves_flags)) };
    Some((sp, (&raw const __sheap).addr()))
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
