//! NumPy's arrays: what is read is written and read as the same, and has no more numbers than the file bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nanoprop_exchange::numpy::{Width, read_npy, write_npy};

fuzz_target!(|data: &[u8]| {
    let Ok(array) = read_npy(data) else { return };
    assert!(array.values().len() <= data.len());
    let again = read_npy(&write_npy(&array, Width::Double)).unwrap();
    assert_eq!(again.shape(), array.shape());
    assert!(again.values().iter().map(|x| x.to_bits()).eq(array.values().iter().map(|x| x.to_bits())));
});
