//! Specs of networks: any text becomes Rust that parses, or messages that name the file.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(spec) = str::from_utf8(data) else { return };
    let specs = [("fuzz.toml", spec)];
    match nanoprop_build::aliases(&specs) {
        Ok(text) => {
            assert!(syn::parse_file(&text).is_ok(), "not Rust:\n{text}");
            assert_eq!(nanoprop_build::aliases(&specs).unwrap(), text);
        }
        Err(errors) => {
            assert!(!errors.is_empty());
            errors.iter().for_each(|error| assert!(error.to_string().starts_with("fuzz.toml"), "{error}"));
        }
    }
});
