//! safetensors files: what is read is written and read as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nanoprop_exchange::numpy::Width;
use nanoprop_exchange::{Mapping, Model, safetensors};

fuzz_target!(|data: &[u8]| {
    let Ok(arrays) = safetensors::read(data) else { return };
    let numbers: usize = arrays.values().map(|array| array.values().len()).sum();
    assert!(numbers <= data.len());
    let again = safetensors::read(&safetensors::write(&arrays, Width::Double).unwrap()).unwrap();
    assert!(again.keys().eq(arrays.keys()));
    let spec = "name = 'Net'\nloss = 'Huber'\n[[layer]]\nkind = 'Gru'\nreads = [2, 2]\nwrites = 2\n[[layer]]\nkind = 'Dense'\nreads = 2\nwrites = 1";
    let mut model = Model::from_toml("net.toml", spec).unwrap();
    if model.load_torch(&arrays, &Mapping::default()).is_ok() {
        model.to_torch(&Mapping::default()).unwrap();
    }
});
