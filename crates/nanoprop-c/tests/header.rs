//! The text of headers: whole ones, as C compilers see them in `examples/c`. `BLESS=1` writes them anew.

use std::{env, fs, path::Path};

use nanoprop::prelude::*;
use nanoprop_c::{Header, Kind};

network! {
    type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    type Motion = [32, 3] => Conv1d<8, 5, Relu> => Gru<8> => Dense<4>, loss = SoftmaxCrossEntropy;
    type Line = 2 => Dense<1>, loss = SquaredError, scalar = f64;
    type Masked = 2 => Dropout(20%) => Dense<1>, loss = SquaredError;
}

#[test]
fn headers_are_as_recorded() {
    golden(Header::new::<Digits>("digits", Kind::Learning));
    golden(Header::new::<Motion>("motion", Kind::Resident));
    golden(Header::new::<Line>("line", Kind::Learning));
}

/// The sizes that stand in the text are those of the types.
#[test]
fn sizes_are_those_of_the_types() {
    let has = |header: Header, line: &str| assert!(header.to_string().contains(line), "{line}\n{header}");
    let digits = Header::new::<Digits>("digits", Kind::Learning);
    // Weights, tape and tag.
    has(digits, "#define DIGITS_CONTEXT_SIZE 9980\n");
    has(digits, "#define DIGITS_CONTEXT_ALIGNMENT 4\n");
    has(digits, "{ uint32_t opaque[2495]; } digits_context;");
    has(digits, &format!("UINT64_C(0x{:016x})", Digits::FINGERPRINT));
    has(Header::new::<Line>("line", Kind::Learning), "double y[LINE_OUTPUT]");
    // The masks' place is 64-bit numbers.
    has(Header::new::<Masked>("masked", Kind::Learning), "uint64_t opaque[");
    let numbers = Header::new::<Line>("line", Kind::Learning).to_string();
    assert!(!numbers.contains("classify") && !numbers.contains("learn_class"), "{numbers}");
    let resident = Header::new::<Motion>("motion", Kind::Resident).to_string();
    assert!(!resident.contains("context *") && !resident.contains("motion_learn"), "{resident}");
}

#[track_caller]
fn golden(header: Header) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{}.h", header.name()));
    let text = header.to_string();
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert!(text.is_ascii());
    let recorded = fs::read_to_string(&path).unwrap();
    assert_eq!(text, recorded, "{} has changed", path.display());
}

#[test]
fn classes_are_bytes() {
    network! { type Words = 3 => Embedding<4, 2> => Elman<2> => Dense<1>, loss = SquaredError; }
    let header = Header::new::<Words>("words", Kind::Learning).to_string();
    assert!(header.contains("int words_predict(const words_context *context, const uint8_t x[WORDS_INPUT], float y["));
}
