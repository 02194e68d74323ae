//! What the machines without an operating system share.

use core::arch::asm;

use super::semihosting::exit;

unsafe extern "C" {
    fn program() -> bool;
    static __sheap: u32;
}

/// Runs the program, when memory and FPU are ready.
pub(super) extern "C" fn run() -> ! {
    // SAFETY: `program!` defines it so.
    exit(unsafe { program() })
}

/// The stack pointer, and where the statics end.
#[inline(always)]
pub(crate) fn stack() -> Option<(usize, usize)> {
    let sp: usize;
    // SAFETY: copies a register.
    unsafe {
        #[cfg(not(target_arch = "riscv32"))]
        asm!("mov {}, sp", out(reg) sp, options(nomem, nostack, preserves_flags));
        #[cfg(target_arch = "riscv32")]
        asm!("mv {}, sp", out(reg) sp, options(nomem, nostack, preserves_flags));
    }
    Some((sp, (&raw const __sheap).addr()))
}
