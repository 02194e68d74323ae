//! What a person writes in TOML beside a model or a table: `Mapping::from_toml`, and `TableSpec::parse` with the table that stands
//! behind a zero byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nanoprop_exchange::Mapping;
use nanoprop_host::data::TableSpec;

fuzz_target!(|data: &[u8]| {
    let end = data.iter().position(|&byte| byte == 0).unwrap_or(data.len());
    let Ok(text) = str::from_utf8(&data[..end]) else { return };
    if let Err(error) = Mapping::from_toml("fuzz.toml", text) {
        assert!(error.to_string().starts_with("mapping: fuzz.toml: "), "{error}");
    }
    let spec = match TableSpec::parse("fuzz.toml", text) {
        Ok(spec) => spec,
        Err(error) => return assert!(error.to_string().starts_with("fuzz.toml"), "{error}"),
    };
    let mut columns = spec.encoding();
    assert_eq!(columns.width(), spec.inputs().len());
    let Ok(table) = spec.csv().read("fuzz.csv", data.get(end + 1..).unwrap_or_default()) else { return };
    if let Ok(parts) = spec.parts(&table) {
        let mut rows = [parts.train.as_slice(), &parts.validation, &parts.test].concat();
        rows.sort_unstable();
        assert!(rows.into_iter().eq(0..table.len()), "each row is in one part");
        let _ = columns.learn(&table, &parts.train);
    }
});
