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
    let text = from_folder(NETWORKS).unwrap().replace(NETWORKS, "networks");
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
    { kind = "Elman", reads = [12, 3], writes = [12, 16], activation = "Relu", emit = "All" },
    { kind = "Elman", reads = [12, 16], writes = 1_000 },
    { kind = "Dense", reads = 1000, writes = 8, activation = "crate::Swish", bias = false },
    { kind = "Gelu", reads = 8 },
    { kind = "Softmax", reads = 8, writes = 8 },
    { kind = "Dropout", reads = 8, percent = 20 },
    { kind = "crate::layers::Fold", reads = 8, writes = [2, 2, 4] },
    { kind = "Flatten", reads = [2, 2, 4] },
    { kind = "Frozen", reads = 16, weights = "super::Front" },
    { kind = "Dense", reads = 16, writes = 4, bias = true },
    { kind = "Residual", layer = [
        { kind = "LayerNorm", reads = 4 },
        { kind = "Dense", reads = 4, writes = 4, bias = false },
    ] },
]
"#;
    let expected = "\
::nanoprop::network! {
    /// Twelve readings of a sensor in, one of four gestures out.
    ///
    /// The second paragraph.
    ///
    /// `[12, 3] => Elman<16, Relu, All> => Elman<1000> => Dense<8, crate::Swish, Unbiased> => Gelu => Softmax => Dropout(20%) => (crate::layers::Fold) => Flatten => Frozen(super::Front) => Dense<4> => Residual(LayerNorm => Dense<4, Identity, Unbiased>)`, SoftmaxCrossEntropy, f64.
    #[allow(dead_code)]
    pub type Gesture = [12, 3]
        => Elman<16, ::nanoprop::Relu, ::nanoprop::All> // net.toml:11
        => Elman<1000> // net.toml:12
        => Dense<8, crate::Swish, ::nanoprop::Unbiased> // net.toml:13
        => Gelu // net.toml:14
        => Softmax // net.toml:15
        => Dropout(20%) // net.toml:16
        => (crate::layers::Fold) // net.toml:17
        => Flatten // net.toml:18
        => Frozen(super::Front) // net.toml:19
        => Dense<4> // net.toml:20
        => Residual(LayerNorm => Dense<4, ::nanoprop::Identity, ::nanoprop::Unbiased>) // net.toml:21
        , loss = ::nanoprop::SoftmaxCrossEntropy // net.toml:8
        , scalar = ::core::primitive::f64
        , in \"net.toml\" [
            (11, [12, 3], 11, [12, 16], []),
            (12, [12, 16], 12, [1000], []),
            (13, [1000], 13, [8], []),
            (14, [8], 0, [], []),
            (15, [8], 15, [8], []),
            (16, [8], 0, [], []),
            (17, [8], 17, [2, 2, 4], []),
            (18, [2, 2, 4], 0, [], []),
            (19, [16], 0, [], []),
            (20, [16], 20, [4], []),
            (22, [4], 23, [4], [
                (22, [4], 0, [], []),
                (23, [4], 23, [4], []),
            ]),
        ];
}
";
    assert_eq!(text(spec), expected);
}

#[test]
fn arguments_are_spelled_only_as_far_as_needed() {
    let layer = |layer: &str| {
        let text = text(&of_layers(&format!("[[layer]]\n{layer}")));
        let line = text.lines().find_map(|line| line.trim().strip_prefix("=> ")).unwrap();
        line.split_once(" // net.toml:3").unwrap().0.replace("::nanoprop::", "")
    };
    assert_eq!(layer("kind = 'Dense'\nreads = 2\nwrites = 3"), "Dense<3>");
    assert_eq!(layer("kind = 'Dense'\nreads = 2\nwrites = 3\nactivation = 'Identity'"), "Dense<3>");
    assert_eq!(layer("kind = 'Dense'\nreads = 2\nwrites = 3\nbias = false"), "Dense<3, Identity, Unbiased>");
    assert_eq!(layer("kind = 'Dense'\nreads = 2\nwrites = 3\nactivation = 'Selu'"), "Dense<3, Selu>");
    assert_eq!(layer("kind = 'LayerNorm'\nreads = 8"), "LayerNorm");
    assert_eq!(layer("kind = 'Dropout'\nreads = 8\nwrites = 8\npercent = 20"), "Dropout(20%)");
    assert_eq!(layer("kind = 'Elman'\nreads = [0x10, 2]\nwrites = 3"), "Elman<3>");
    assert_eq!(layer("kind = 'Elman'\nreads = [4, 2]\nwrites = [4, 3]\nemit = 'All'"), "Elman<3, Tanh, All>");
    assert_eq!(layer("kind = 'Lstm'\nreads = [4, 2]\nwrites = 3"), "Lstm<3>");
    assert_eq!(layer("kind = 'Lstm'\nreads = [4, 2]\nwrites = [4, 3]\nemit = 'All'"), "Lstm<3, All>");
    assert_eq!(layer("kind = 'Gru'\nreads = [4, 2]\nwrites = 3\nemit = 'Last'\nreset = 'ResetAfter'"), "Gru<3>");
    assert_eq!(layer("kind = 'Gru'\nreads = [4, 2]\nwrites = 3\nreset = 'ResetBefore'"), "Gru<3, Last, ResetBefore>");
    assert_eq!(layer("kind = 'Flatten'\nreads = [8, 12]\nwrites = 96"), "Flatten");
    let conv = "kind = 'Conv1d'\nreads = [64, 3]\nwrites = [30, 16]\nwindow = 5";
    assert_eq!(layer(conv), "Conv1d<16, 5>");
    assert_eq!(
        layer(&format!("{conv}\nbias = false\nstride = 2\nactivation = 'Relu'\npadding = 'same'\ndilation = 3")),
        "Conv1d<16, 5, Relu, stride = 2, dilation = 3, padding = same, Unbiased>"
    );
    assert_eq!(layer(&format!("{conv}\npadding = [2, 0]")), "Conv1d<16, 5, padding = [2, 0]>");
    let conv = "kind = 'Conv2d'\nreads = [9, 9, 1]\nwrites = [9, 9, 8]";
    assert_eq!(layer(&format!("{conv}\nwindow = [3, 5]\npadding = 1")), "Conv2d<8, [3, 5], padding = 1>");
    let depthwise =
        "kind = 'DepthwiseConv1d'\nreads = [9, 2]\nwindow = 3\nbias = false\nactivation = 'Relu'\ndilation = 2";
    assert_eq!(layer(depthwise), "DepthwiseConv1d<3, Relu, dilation = 2, Unbiased>");
    let depthwise =
        "kind = 'DepthwiseConv2d'\nreads = [9, 9, 2]\nwrites = [9, 9, 2]\nwindow = [3, 1]\npadding = 'same'";
    assert_eq!(layer(depthwise), "DepthwiseConv2d<[3, 1], padding = same>");
    assert_eq!(layer("kind = 'MaxPool1d'\nreads = [9, 2]\nwindow = 3\nstride = 2"), "MaxPool1d<3, stride = 2>");
    assert_eq!(
        layer("kind = 'Bidirectional'\nlayer = [{ kind = 'Elman', reads = [8, 3], writes = [8, 5], emit = 'All' }]"),
        "Bidirectional(Elman<5, Tanh, All>)"
    );
    assert_eq!(layer("kind = 'KeepFloat'\nlayer = [{ kind = 'Dense', reads = 8, writes = 3 }]"), "KeepFloat(Dense<3>)");
    assert_eq!(
        layer("kind = 'FakeQuantize'\nlayer = [{ kind = 'Dense', reads = 8, writes = 3 }]"),
        "FakeQuantize(Dense<3>)"
    );
    assert_eq!(layer("kind = 'FakeQuantize'\nreads = [8, 8, 1]"), "FakeQuantize");
    let letters = "kind = 'Embedding'\nreads = 16\nwrites = [16, 8]\nclasses = 27";
    assert_eq!(layer(letters), "Embedding<27, 8>");
    assert_eq!(layer(&format!("{letters}\nnumbers = 'u16'")), "Embedding<27, 8, u16>");
    assert_eq!(layer("kind = 'Unflatten'\nreads = 24\nwrites = [8, 3]"), "Unflatten<[8, 3]>");
    assert_eq!(layer("kind = 'Unflatten'\nreads = 24\nwrites = [4, 2, 3]"), "Unflatten<[4, 2, 3]>");
    assert_eq!(layer("kind = 'Standardize'\nreads = [64, 3]"), "Standardize");
    assert_eq!(layer("kind = 'GlobalAvgPool'\nreads = [9, 2]"), "GlobalAvgPool");
    assert_eq!(layer("kind = 'GroupNorm'\nreads = [9, 4]\ngroups = 2"), "GroupNorm<2>");
    assert_eq!(layer("kind = 'InstanceNorm'\nreads = [9, 4]"), "InstanceNorm");
    assert_eq!(layer("kind = 'BatchNorm'\nreads = 4"), "BatchNorm");
    let longer = "kind = 'ConvTranspose1d'\nreads = [9, 2]\nwrites = [18, 4]\nwindow = 4\nstride = 2\npadding = 1";
    assert_eq!(layer(longer), "ConvTranspose1d<4, 4, stride = 2, padding = 1>");
    assert_eq!(layer("kind = '::own::Layer'\nreads = 1\nwrites = 1"), "(::own::Layer)");
}

#[test]
fn a_loss_of_ones_own_and_no_doc() {
    let spec = "name = 'Net'\nloss = 'super::super::Hinge'\nlayer = [{ kind = 'Silu', reads = 2 }]";
    let expected = "\
::nanoprop::network! {
    /// `2 => Silu`, Hinge, f32.
    #[allow(dead_code)]
    pub type Net = 2
        => Silu // net.toml:3
        , loss = super::super::Hinge // net.toml:2
        , in \"net.toml\" [
            (3, [2], 0, [], []),
        ];
}
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
    let names: Vec<_> = first.lines().filter(|line| line.starts_with("    pub type")).collect();
    assert!(names.is_sorted() && names.len() == 4, "{names:?}");
}
