//! What a program needs of the machine: to print, to end, to count instructions, to see its stack.

#[cfg(all(device, target_arch = "aarch64"))]
#[path = "platform/aarch64.rs"]
mod this;
#[cfg(all(device, target_arch = "arm"))]
#[path = "platform/cortex_m.rs"]
mod this;
#[cfg(not(device))]
#[path = "platform/host.rs"]
mod this;
#[cfg(all(device, target_arch = "riscv32"))]
#[path = "platform/riscv.rs"]
mod this;
#[cfg(all(device, target_arch = "wasm32"))]
#[path = "platform/wasm.rs"]
mod this;

#[cfg(all(device, not(target_arch = "wasm32")))]
mod bare;
#[cfg(all(device, not(target_arch = "wasm32")))]
mod semihosting;

#[cfg(all(device, not(proved)))]
pub(crate) use this::exit;
pub(crate) use this::{TICKS, stack, ticks, write};
