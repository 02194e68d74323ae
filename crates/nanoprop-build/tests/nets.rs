//! Spec → text, bad specs → messages.

#[path = "nets/any.rs"]
mod any;
#[path = "nets/files.rs"]
mod files;
#[path = "nets/messages.rs"]
mod messages;

use nanoprop_build::{aliases, from_folder};

/// The workspace's reference networks.
const NETWORKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../networks");

/// The text of one good spec, without the file's head.
fn text(spec: &str) -> String {
    let text = aliases(&[("net.toml", spec)]).unwrap();
    syn::parse_file(&text).unwrap();
    text.split_once("\n\n").unwrap().1.to_owned()
}

/// A network of the given `[[layer]]`s; the first of them is on line 3.
fn of_layers(layers: &str) -> String {
    format!("name = \"Net\"\nloss = \"SquaredError\"\n{layers}")
}

#[test]
fn the_reference_networks() {
    let text = from_folder(NETWORKS).unwrap();
    syn::parse_file(&text).unwrap();
    assert_eq!(text, include_str!("golden/nets.rs"));
}

#[test]
fn every_kind_of_layer() {
    let spec = r#"
name = "Gesture"
doc = """
Twelve readings of a sensor in, one of four gestures out.

The second paragraph.
"""
loss = "SoftmaxCrossEntropy"
scalar = "f64"
layer = [
    { kind = "Elman", steps = 12, reads = 3, writes = 16, activation = "Relu", emit = "All" },
    { kind = "Elman", steps = 12, reads = 16, writes = 1_000 },
    { kind = "Dense", reads = 1000, writes = 8, activation = "crate::Swish", bias = false },
    { kind = "Gelu", reads = 8 },
    { kind = "Softmax", reads = 8, writes = 8 },
    { kind = "crate::layers::Fold", reads = 8, writes = [2, 2, 4] },
    { kind = "Flatten", reads = [2, 2, 4] },
    { kind = "Dense", reads = 16, writes = 4, bias = true },
]
"#;
    let expected = "\
/// Twelve readings of a sensor in, one of four gestures out.
///
/// The second paragraph.
///
/// `12×3 → Elman 12×16 Relu → Elman 1000 → Dense 8 Swish Unbiased → Gelu → Softmax → Fold 2×2×4 → Flatten 16 → Dense 4`, SoftmaxCrossEntropy, f64: 1,025,388 parameters, 8,203,104 bytes, without the layers of your own.
pub type Gesture = ::nanoprop::Network<
    (
        ::nanoprop::Elman<::nanoprop::width!(12), ::nanoprop::width!(3), ::nanoprop::width!(16), ::nanoprop::Relu, ::nanoprop::All, f64>,
        ::nanoprop::Elman<::nanoprop::width!(12), ::nanoprop::width!(16), ::nanoprop::width!(1000), ::nanoprop::Tanh, ::nanoprop::Last, f64>,
        ::nanoprop::Dense<::nanoprop::width!(1000), ::nanoprop::width!(8), crate::Swish, f64, ::nanoprop::Unbiased>,
        ::nanoprop::Gelu<::nanoprop::width!(8), f64>,
        ::nanoprop::Softmax<::nanoprop::width!(8), f64>,
        crate::layers::Fold,
        ::nanoprop::Flatten<::nanoprop::Volume<::nanoprop::width!(2), ::nanoprop::width!(2), ::nanoprop::width!(4), f64>>,
        ::nanoprop::Dense<::nanoprop::width!(16), ::nanoprop::width!(4), ::nanoprop::Identity, f64>,
    ),
    ::nanoprop::SoftmaxCrossEntropy,
>;
const _: () = <Gesture>::FITS;
";
    // Elman: (1 + 3 + 16) · 16 and (1 + 16 + 1000) · 1000; Dense: 1000 · 8 and 17 · 4.
    assert_eq!(320 + 1_017_000 + 8_000 + 68, 1_025_388);
    assert_eq!(text(spec), expected);
}

#[test]
fn parameters_are_spelled_only_as_far_as_needed() {
    let layer = |layer: &str| {
        let text = text(&of_layers(&format!("[[layer]]\n{layer}")));
        text.lines().nth(3).unwrap().trim().replace("::nanoprop::", "")
    };
    assert_eq!(layer("kind = 'Dense'\nreads = 2\nwrites = 3"), "Dense<width!(2), width!(3)>,");
    assert_eq!(
        layer("kind = 'Dense'\nreads = 2\nwrites = 3\nbias = false"),
        "Dense<width!(2), width!(3), Identity, f32, Unbiased>,"
    );
    assert_eq!(layer("kind = 'LayerNorm'\nreads = 8"), "LayerNorm<width!(8)>,");
    assert_eq!(layer("kind = 'Dropout'\nreads = 8\npercent = 50"), "Dropout<width!(8)>,");
    assert_eq!(layer("kind = 'Dropout'\nreads = 8\nwrites = 8\npercent = 20"), "Dropout<width!(8), Percent<20>>,");
    let spec =
        of_layers("[[layer]]\nkind = 'Standardize'\nreads = 8\n[[layer]]\nkind = 'Dropout'\nreads = 8\npercent = 5");
    let summary = "/// `8 → Standardize → Dropout 5 %`, SquaredError, f32: 16 parameters, 64 bytes.";
    assert!(text(&spec).contains(summary), "{}", text(&spec));
    assert_eq!(
        layer("kind = 'Elman'\nsteps = 0x10\nreads = 2\nwrites = 3"),
        "Elman<width!(16), width!(2), width!(3)>,"
    );
    assert_eq!(layer("kind = 'LayerNorm'\nreads = 8"), "LayerNorm<width!(8)>,");
    assert_eq!(layer("kind = 'Dropout'\nreads = 8\npercent = 50"), "Dropout<width!(8)>,");
    assert_eq!(layer("kind = 'Dropout'\nreads = 8\nwrites = 8\npercent = 20"), "Dropout<width!(8), Percent<20>>,");
    let spec =
        of_layers("[[layer]]\nkind = 'Standardize'\nreads = 8\n[[layer]]\nkind = 'Dropout'\nreads = 8\npercent = 5");
    let summary = "/// `8 → Standardize → Dropout 5 %`, SquaredError, f32: 16 parameters, 64 bytes.";
    assert!(text(&spec).contains(summary), "{}", text(&spec));
    assert_eq!(
        layer("kind = 'Elman'\nsteps = 4\nreads = 2\nwrites = 3\nemit = 'All'"),
        "Elman<width!(4), width!(2), width!(3), Tanh, All>,"
    );
    assert_eq!(layer("kind = 'Flatten'\nreads = [8, 12]\nwrites = 96"), "Flatten<Matrix<width!(8), width!(12)>>,");
    assert_eq!(layer("kind = 'Mish'\nreads = 1_048_575"), "Mish<width!(1048575)>,");
    assert_eq!(layer("kind = '::own::Layer'\nreads = 1\nwrites = 1"), "::own::Layer,");
}

#[test]
fn fused_is_an_item_of_the_crate() {
    let layers = "layer = [{ kind = 'Dense', reads = 2, writes = 3 }, { kind = 'Silu', reads = 3 }]";
    let text = text(&of_layers(&format!("scalar = \"Fused\"\n{layers}")));
    let dense =
        "::nanoprop::Dense<::nanoprop::width!(2), ::nanoprop::width!(3), ::nanoprop::Identity, ::nanoprop::Fused>,";
    for line in [
        "/// `2 → Dense 3 → Silu`, SquaredError, Fused: 9 parameters, 36 bytes.",
        &format!("        {dense}"),
        "        ::nanoprop::Silu<::nanoprop::width!(3), ::nanoprop::Fused>,",
    ] {
        assert!(text.lines().any(|found| found == line), "no {line} in\n{text}");
    }
}

#[test]
fn a_loss_of_ones_own_and_no_doc() {
    let spec = "name = 'Net'\nloss = 'super::super::Hinge'\nlayer = [{ kind = 'Silu', reads = 2 }]";
    let expected = "\
/// `2 → Silu`, Hinge, f32: 0 parameters, 0 bytes.
pub type Net = ::nanoprop::Network<
    (
        ::nanoprop::Silu<::nanoprop::width!(2)>,
    ),
    super::super::Hinge,
>;
const _: () = <Net>::FITS;
";
    assert_eq!(text(spec), expected);
}

#[test]
fn the_order_of_the_specs_does_not_matter() {
    let specs: Vec<_> = [("1", "B"), ("2", "A"), ("3", "D"), ("4", "C")]
        .map(|(file, name)| {
            (format!("{file}.toml"), of_layers("layer = [{ kind = 'Silu', reads = 2 }]").replace("Net", name))
        })
        .into();
    let mut specs: Vec<_> = specs.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    let first = aliases(&specs).unwrap();
    assert_eq!(first, aliases(&specs).unwrap());
    specs.reverse();
    assert_eq!(first, aliases(&specs).unwrap());
    let names: Vec<_> = first.lines().filter(|line| line.starts_with("pub type")).collect();
    assert!(names.is_sorted() && names.len() == 4, "{names:?}");
}
