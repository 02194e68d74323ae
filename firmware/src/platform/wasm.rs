//! node calls `program` (see `firmware/run`) and lends it a function to print with.

pub(crate) const TICKS: u32 = 0;

#[link(wasm_import_module = "host")]
unsafe extern "C" {
    #[link_name = "write"]
    fn host_write(byte: u32);
}

pub(crate) fn write(byte: u8) {
    // SAFETY: a function of the host.
    unsafe { host_write(byte.into()) };
}

#[allow(dead_code, reason = "for panics, of which a release build has none")]
pub(crate) fn exit(_: bool) -> ! {
    core::arch::wasm32::unreachable()
}

pub(crate) fn ticks() -> Option<u32> {
    None
}

pub(crate) fn stack() -> Option<(usize, usize)> {
    None
}
