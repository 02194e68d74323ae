//! `Csv::read`, with any settings, and what becomes of the table. The first byte chooses the settings.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nanoprop::prelude::*;
use nanoprop_host::data::{Csv, DataError};

/// A message of a bounded length that a terminal shows as it is.
fn message(error: &DataError) {
    let text = error.to_string();
    assert!(text.starts_with("fuzz.csv"), "{text}");
    assert!(text.chars().count() <= 1000, "a message of {} characters", text.chars().count());
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
}

fuzz_target!(|data: &[u8]| {
    let (&how, text) = data.split_first().unwrap_or((&0, &[]));
    let mut csv = Csv::new().delimiter([b',', b';', b'\t', b' '][usize::from(how >> 2 & 3)]);
    csv = if how & 1 != 0 { csv.without_header() } else { csv };
    csv = if how & 2 != 0 { csv.target_first() } else { csv };
    let table = match csv.read("fuzz.csv", text) {
        Ok(table) => table,
        Err(error) => return message(&error),
    };
    assert!(!table.is_empty() && table.len() <= text.len());
    let labels = table.labels();
    assert!(labels.len() <= table.len() && labels.is_sorted());
    match table.targets::<f32, 2, 1>() {
        Ok(samples) => {
            assert_eq!(samples.len(), table.len());
            assert!(samples.iter().all(|(x, y)| x.iter().chain(y).all(|value| value.is_finite())));
        }
        Err(error) => message(&error),
    }
    match table.numbered_classes::<f64, 2, U3>() {
        Ok(samples) => assert_eq!(samples.len(), table.len()),
        Err(error) => message(&error),
    }
    match table.classes::<f32, 2, U3>(&["a", "b", "c"]) {
        Ok(samples) => assert_eq!(samples.len(), table.len()),
        Err(error) => message(&error),
    }
});
