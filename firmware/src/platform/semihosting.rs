//! The debugger's services, by which a program prints and ends under QEMU: "Semihosting for AArch32 and AArch64",
//! and the same for RISC-V.

use super::this::call;

/// Prints a byte: SYS_WRITEC.
pub(crate) fn write(byte: u8) {
    // SAFETY: the operation reads one byte.
    unsafe { call(0x03, (&raw const byte).addr()) };
}

/// Ends the program: SYS_EXIT_EXTENDED, whose code is QEMU's.
pub(crate) fn exit(success: bool) -> ! {
    let application_exit = [0x20026, usize::from(!success)];
    loop {
        // SAFETY: the operation reads two words.
        unsafe { call(0x20, application_exit.as_ptr().addr()) };
    }
}
