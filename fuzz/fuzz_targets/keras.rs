//! What is in a .keras file, `config.json` and `model.weights.h5`, the length of the first before them: a model that is read has a
//! spec that is read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nanoprop_exchange::{Model, keras};

fuzz_target!(|data: &[u8]| {
    let Some((len, rest)) = data.split_first_chunk::<2>() else { return };
    let (config, weights) = rest.split_at(usize::from(u16::from_le_bytes(*len)).min(rest.len()));
    let Ok(model) = keras::read_parts(config, weights) else { return };
    if let Ok(again) = Model::from_toml("net.toml", &model.to_toml()) {
        assert_eq!(again.fingerprint(), model.fingerprint());
    }
});
