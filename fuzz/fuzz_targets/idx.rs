//! `Idx::read`, of the bytes as they are and packed by gzip.
#![no_main]

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use libfuzzer_sys::fuzz_target;
use nanoprop::prelude::*;
use nanoprop_host::data::Idx;

/// The samples, as bits; none where the file is refused.
fn check(bytes: &[u8], limit: usize) -> Option<Vec<u32>> {
    let idx = Idx::read("fuzz.idx", bytes).map_err(|error| assert!(error.to_string().starts_with("fuzz.idx"))).ok()?;
    let count = idx.widths().first().copied().unwrap_or(1);
    let rows = idx.rows::<f32, 4>(1.0 / 255.0).ok();
    if let Some(rows) = &rows {
        assert_eq!(rows.len(), count);
        assert!(4 * rows.len() <= limit && rows.as_flattened().iter().all(|value| value.is_finite()));
    }
    if let Ok(classes) = idx.classes::<U10>() {
        assert_eq!(classes.len(), count);
    }
    Some(rows?.as_flattened().iter().map(|value| value.to_bits()).collect())
}

fuzz_target!(|data: &[u8]| {
    let plain = check(data, data.len());
    if !data.starts_with(&[0x1f, 0x8b]) {
        let mut packed = GzEncoder::new(vec![], Compression::fast());
        packed.write_all(data).unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(check(&packed, data.len()), plain, "packed and unpacked differ");
    }
});
