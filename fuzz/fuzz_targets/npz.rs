//! Archives of NumPy's arrays, stored or deflated: what is read is written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nanoprop_exchange::numpy::{Width, read_npz, write_npz};

fuzz_target!(|data: &[u8]| {
    let Ok(arrays) = read_npz(data) else { return };
    if let Ok(file) = write_npz(&arrays, Width::Single) {
        assert!(read_npz(&file).is_ok());
    }
});
