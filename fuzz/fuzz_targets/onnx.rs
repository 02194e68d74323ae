//! ONNX files: any bytes become a model that has the file's predictions and can be written, or a message.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nanoprop_exchange::onnx::{self, Options};

fuzz_target!(|data: &[u8]| {
    match onnx::from_bytes(data, None, &Options::default()) {
        Ok(import) => {
            assert!(import.report.difference_f64 < 1e-4, "{}", import.report);
            assert_eq!(import.report.input_order.len(), import.model.input().iter().product::<usize>());
            // Numbers beyond those of f32 are not written.
            if let Ok(file) = onnx::write(&import.model) {
                // Layers of ones, means of 0 and the like are read as less.
                let again = onnx::from_bytes(&file, None, &Options::default());
                assert!(again.is_ok(), "{}\n{:?}", import.report, again.err());
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
