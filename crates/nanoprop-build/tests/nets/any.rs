//! Any text, however odd, is answered: no panics, no broken Rust.

use nanoprop_build::aliases;
use proptest::prelude::*;

use super::of_layers;

/// What is made of a spec is good Rust or one-line messages that say where.
fn text_or_messages(spec: &str) {
    match aliases(&[("any.toml", spec)]) {
        Ok(text) => {
            syn::parse_file(&text).unwrap();
        }
        Err(errors) => {
            assert!(!errors.is_empty());
            for error in errors {
                assert!(!error.to_string().contains(char::is_control), "{error:?}");
                assert!(error.line.is_some_and(|line| line > 0 && line <= spec.split('\n').count()), "{error:?}");
            }
        }
    }
}

/// Lines that are good or bad in interesting ways; put together at random they reach deeper than random text.
const LINES: &[&str] = &[
    "name = 'Net'",
    "name = \"a\\u0007\"",
    "loss = 'Huber'",
    "loss = '::a::B'",
    "loss = '::::'",
    "scalar = 'f64'",
    "scalar = 'Fused'",
    "doc = \"\"\"\n  */ 8×8 \\\\ \"x\"\n\"\"\"",
    "[[layer]]",
    "[layer]",
    "[[layer.layer]]",
    "layer = []",
    "kind = 'Dense'",
    "kind = 'Elman'",
    "kind = 'Flatten'",
    "kind = 'Softmax'",
    "kind = 'Dropout'",
    "percent = 20",
    "kind = 'crate::Own'",
    "kind = 'Residual'",
    "kind = 'Frozen'",
    "weights = 'super::Own'",
    "layer = [{ kind = 'Gelu', reads = 64 }, { kind = 'Dense', reads = 64, writes = 64 }]",
    "kind = 1979-05-27",
    "reads = [1048575, 8]",
    "reads = 1048575",
    "reads = 64",
    "reads = 0xffff_ffff_ffff_ffff",
    "reads = [1048575, 1048575, 1048575]",
    "reads = []",
    "reads = [[1]]",
    "reads.x = nan",
    "writes = 64",
    "writes = 1048575",
    "writes = -0",
    "writes = [2, 3]",
    "activation = 'Tanh'",
    "activation = ''",
    "emit = 'All'",
    "bias = false",
    "\u{202e} = '\u{0}'",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn any_text_is_answered(spec in any::<String>()) {
        text_or_messages(&spec);
    }

    #[test]
    fn any_toml_like_text_is_answered(spec in "[a-z\\[\\]{}='\".,#0-9_ \n\r\\\\-]{0,200}") {
        text_or_messages(&spec);
    }

    #[test]
    fn any_lines_are_answered(lines in prop::collection::vec(prop::sample::select(LINES), 0..24)) {
        text_or_messages(&lines.join("\n"));
    }

    #[test]
    fn any_layers_are_answered(lines in prop::collection::vec(prop::sample::subsequence(LINES[11..].to_vec(), 0..8), 0..18)) {
        let layers: Vec<_> = lines.iter().map(|lines| format!("[[layer]]\n{}\n", lines.join("\n"))).collect();
        text_or_messages(&of_layers(&layers.concat()));
    }

    #[test]
    fn any_change_of_a_spec_is_answered(at in 0..1000_usize, cut in 0..20_usize, put in any::<String>()) {
        let spec = include_str!("../../../../networks/digits.toml");
        let chars: Vec<_> = spec.chars().collect();
        let at = at.min(chars.len());
        let end = (at + cut).min(chars.len());
        let changed: String = chars[..at].iter().copied().chain(put.chars()).chain(chars[end..].iter().copied()).collect();
        text_or_messages(&changed);
    }

    #[test]
    fn any_doc_and_path_make_good_rust(doc in any::<String>(), path in "[a-zA-Z_:<> ]{1,12}") {
        // A TOML string has JSON's escapes, as far as these go.
        let doc: String = doc.chars().map(|c| format!("\\U{:08X}", u32::from(c))).collect();
        text_or_messages(&format!("name = 'Net'\nloss = '{path}'\ndoc = \"{doc}\"\nlayer = [{{ kind = 'crate::{path}', reads = 1, writes = 1 }}]"));
    }
}
