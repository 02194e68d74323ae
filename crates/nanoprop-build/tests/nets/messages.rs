//! Bad specs → the exact messages.

use nanoprop_build::aliases;

use super::of_layers;

/// The displayed errors of one bad spec.
fn messages(spec: &str) -> Vec<String> {
    aliases(&[("bad.toml", spec)]).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn bad_networks() {
    let dense = "[[layer]]\nkind = 'Dense'\nreads = 2\nwrites = 2\n";
    let table: &[(&str, &[&str])] = &[
        (
            "",
            &[
                "bad.toml:1: a network needs the key `name`",
                "bad.toml:1: a network needs the key `loss`",
                "bad.toml:1: a network needs layers: add a `[[layer]]`",
            ],
        ),
        ("name = 'Net'\nloss = 'Huber'\nlayer = []", &["bad.toml:3: a network needs layers: add a `[[layer]]`"]),
        ("name = 'Net'\nloss = 'Huber'\n[layer]", &["bad.toml:3: `layer` must be tables, each headed `[[layer]]`"]),
        ("name = 'Net'\nloss = 'Huber'\nlayer = [3]", &["bad.toml:3: layer 1 must be a table headed `[[layer]]`"]),
        (
            "name = 'Net'\nlos = 'Huber'\ncolour = 'red'\n{dense}",
            &[
                "bad.toml:1: a network needs the key `loss`",
                "bad.toml:2: unknown key `los` of a network: did you mean `loss`?",
                "bad.toml:3: unknown key `colour` of a network: write one of name, doc, loss, scalar, layer",
            ],
        ),
        ("name = 3\nloss = 'Huber'\n{dense}", &["bad.toml:1: `name` must be a string, but is an integer"]),
        (
            "name = 'digits'\nloss = 'Huber'\n{dense}",
            &["bad.toml:1: name `digits` is not how Rust names types: write `Digits`"],
        ),
        (
            "name = '8x8'\nloss = 'Huber'\n{dense}",
            &["bad.toml:1: name `8x8` is not the name of a Rust type: write a capital, then letters and digits"],
        ),
        (
            "name = \"My\\nNet\"\nloss = 'Huber'\n{dense}",
            &["bad.toml:1: name `My\\nNet` is not the name of a Rust type: write a capital, then letters and digits"],
        ),
        (
            "name = 'Net_2'\nloss = 'Huber'\n{dense}",
            &["bad.toml:1: name `Net_2` is not how Rust names types: write `Net2`"],
        ),
        (
            "name = 'Macro_rules'\nloss = 'Huber'\n{dense}",
            &["bad.toml:1: name `Macro_rules` is not how Rust names types: write `MacroRules`"],
        ),
        ("name = '_'\nloss = 'Huber'\n{dense}", &["bad.toml:1: name `_` is a keyword of Rust: choose another"]),
        ("name = 'Self'\nloss = 'Huber'\n{dense}", &["bad.toml:1: name `Self` is a keyword of Rust: choose another"]),
        ("name = 'type'\nloss = 'Huber'\n{dense}", &["bad.toml:1: name `type` is a keyword of Rust: choose another"]),
        (
            "name = 'Net'\nloss = 'huber'\nscalar = 'f16'\n{dense}",
            &[
                "bad.toml:2: `loss` is `huber`, but types begin with a capital: write `Huber`",
                "bad.toml:3: unknown scalar `f16`: write one of f32, f64, Fused",
            ],
        ),
        (
            "name = 'Net'\nloss = 'mean squared'\n{dense}",
            &["bad.toml:2: `loss` is `mean squared`, but must be a name such as `Relu`, or the path of your own, \
                 identifiers joined by `::`, such as `crate::Mine`"],
        ),
        (
            "name = 'Net'\nloss = 'crate::Loss<f32>'\n{dense}",
            &["bad.toml:2: `loss` is `crate::Loss<f32>`, but must be a name such as `Relu`, or the path of your own, \
                 identifiers joined by `::`, such as `crate::Mine`"],
        ),
        (
            "name = 'Net'\nloss = 'Huber'\ndoc = \"a\\rb\"\n{dense}",
            &["bad.toml:3: `doc` has the invisible character U+000D: leave it out"],
        ),
        (
            "name = 'Net'\nloss = 'Huber'\ndoc = 'a\u{202e}b'\n{dense}",
            &["bad.toml:3: `doc` has the invisible character U+202E: leave it out"],
        ),
        ("name = 'Net'\nloss = 'Huber'\n{16 dense}{dense}", &["bad.toml:67: 17 layers, but a chain has at most 16"]),
    ];
    for (spec, expected) in table {
        let spec = spec.replace("{16 dense}", &dense.repeat(16)).replace("{dense}", dense);
        assert_eq!(messages(&spec), *expected, "{spec}");
    }
}

#[test]
fn bad_toml() {
    let table: &[(&str, &[&str])] = &[
        ("name = 'Net'\nloss = = 'Huber'", &["bad.toml:2: not TOML: extra `=`"]),
        ("name = 'Net\n", &["bad.toml:1: not TOML: invalid literal string, expected `'`"]),
        ("name = 'A'\n\nname = 'B'", &["bad.toml:3: not TOML: duplicate key"]),
        (
            "name = 'Net\"\n[[layer]\nkind 3",
            &[
                "bad.toml:1: not TOML: invalid literal string, expected `'`",
                "bad.toml:2: not TOML: unclosed array table, expected `]`",
                "bad.toml:3: not TOML: key with no value, expected `=`",
            ],
        ),
    ];
    for (spec, expected) in table {
        assert_eq!(messages(spec), *expected, "{spec}");
    }
}

#[test]
fn bad_layers() {
    let table: &[(&str, &[&str])] = &[
        (
            "reads = 2\nwrote = 3",
            &[
                "bad.toml:3: layer 1: a layer needs the key `kind`",
                "bad.toml:5: layer 1: unknown key `wrote` of a layer: did you mean `writes`?",
            ],
        ),
        (
            "kind = 'Dense'",
            &[
                "bad.toml:3: layer 1: a Dense needs the key `reads`",
                "bad.toml:3: layer 1: a Dense needs the key `writes`",
            ],
        ),
        ("kind = 'dense'", &["bad.toml:4: layer 1: unknown kind `dense`: did you mean `Dense`?"]),
        (
            "kind = 'Convolution'",
            &[
                "bad.toml:4: layer 1: unknown kind `Convolution`: write one of Dense, Elman, Embedding, Lstm, Gru, Conv1d, Conv2d, \
               ConvTranspose1d, DepthwiseConv1d, DepthwiseConv2d, MaxPool1d, AvgPool1d, MaxPool2d, AvgPool2d, GlobalAvgPool, Flatten, \
               Unflatten, Gelu, Silu, Mish, Softmax, LayerNorm, GroupNorm, InstanceNorm, BatchNorm, Standardize, Dropout, Residual, Bidirectional, KeepFloat, FakeQuantize, Frozen, or the path of your own, such as `crate::Mine` \
               (an activation is a key of a Dense or Elman)",
            ],
        ),
        (
            "kind = 'Relu'",
            &[
                "bad.toml:4: layer 1: unknown kind `Relu`: did you mean `Gelu`? (an activation is a key of a Dense or Elman)",
            ],
        ),
        (
            "kind = 'crate::type'",
            &["bad.toml:4: layer 1: kind `crate::type` is not a path: write identifiers joined by `::`, \
               such as `crate::layers::Mine`"],
        ),
        (
            "kind = 'Dense'\nreads = 0\nwrites = -7",
            &[
                "bad.toml:5: layer 1: `reads` is `0`, but a width is at least 1",
                "bad.toml:6: layer 1: `writes` is `-7`, but a width is at least 1",
            ],
        ),
        (
            "kind = 'Dense'\nreads = 6.5\nwrites = '64'",
            &[
                "bad.toml:5: layer 1: `reads` must be whole numbers, but is a float",
                "bad.toml:6: layer 1: `writes` must be whole numbers, but is a string",
            ],
        ),
        (
            "kind = 'Dense'\nreads = 1_048_576\nwrites = 123456789012345678901234567890",
            &[
                "bad.toml:5: layer 1: `reads` is `1048576`, but a width is at most 1,048,575",
                "bad.toml:6: layer 1: `writes` is `123456789012345678901234567890`, but a width is at most 1,048,575",
            ],
        ),
        (
            "kind = 'Dense'\nreads = 2\nwrites = 2\nactivation = 'sigmoid'\nbias = 'no'\nunits = 3",
            &[
                "bad.toml:7: layer 1: `activation` is `sigmoid`, but types begin with a capital: write `Sigmoid`",
                "bad.toml:8: layer 1: `bias` must be true or false, but is a string",
                "bad.toml:9: layer 1: unknown key `units` of a Dense: write one of kind, reads, writes, activation, bias",
            ],
        ),
        (
            "kind = 'Elman'\nreads = [8, 12]\nactivation = 3\nemit = 'Every one'",
            &[
                "bad.toml:3: layer 1: an Elman needs the key `writes`",
                "bad.toml:6: layer 1: `activation` must be a string, but is an integer",
                "bad.toml:7: layer 1: `emit` is `Every one`, but must be a name such as `Relu`, or the path of your own, \
                 identifiers joined by `::`, such as `crate::Mine`",
            ],
        ),
        (
            "kind = 'Flatten'\nreads = [1, 2, 3, 4]",
            &["bad.toml:5: layer 1: `reads` must be [rows, columns] or [height, width, channels], but lists 4"],
        ),
        (
            "kind = 'Flatten'\nreads = [0, 'x']",
            &[
                "bad.toml:5: layer 1: `reads` is `0`, but a width is at least 1",
                "bad.toml:5: layer 1: `reads` must be whole numbers, but is a string",
            ],
        ),
        ("kind = 'GroupNorm'\nreads = 8", &["bad.toml:3: layer 1: a GroupNorm needs the key `groups`"]),
        (
            "kind = 'GroupNorm'\nreads = 8\ngroups = [2, 4]",
            &["bad.toml:6: layer 1: `groups` must be a whole number, but is an array"],
        ),
        (
            "kind = 'Dropout'\nreads = 8\npercent = 100",
            &["bad.toml:6: layer 1: `percent` is `100`, but must be from 0 to 99"],
        ),
        (
            "kind = 'Dropout'\nreads = 8\npercent = 0.5",
            &["bad.toml:6: layer 1: `percent` must be a whole number from 0 to 99, but is a float"],
        ),
        (
            "kind = 'Bidirectional'\n[[layer.layer]]\nkind = 'Elman'\nreads = [4, 3]\nwrites = 2\n[[layer.layer]]\nkind = 'Gelu'\nreads = 2",
            &["bad.toml:9: layer 1: a Bidirectional has one layer"],
        ),
        (
            "kind = 'KeepFloat'\n[[layer.layer]]\nkind = 'Dense'\nreads = 4\nwrites = 2\n[[layer.layer]]\nkind = 'Gelu'\nreads = 2",
            &["bad.toml:9: layer 1: a KeepFloat has one layer"],
        ),
        ("kind = 'Frozen'\nreads = 8", &["bad.toml:3: layer 1: a Frozen needs the key `weights`"]),
        (
            "kind = 'Residual'\nreads = 8",
            &[
                "bad.toml:3: layer 1: a Residual needs layers: add a `[[layer]]`",
                "bad.toml:5: layer 1: unknown key `reads` of a Residual: write one of kind, layer",
            ],
        ),
        (
            "kind = 'Residual'\n[[layer.layer]]\nkind = 'Dense'\nreads = 0\nwrites = 2\n[[layer.layer]]\nkind = 'Gelu'",
            &[
                "bad.toml:7: layer 1: `reads` is `0`, but a width is at least 1",
                "bad.toml:9: layer 2: a Gelu needs the key `reads`",
            ],
        ),
    ];
    for (layer, expected) in table {
        assert_eq!(messages(&of_layers(&format!("[[layer]]\n{layer}"))), *expected, "{layer}");
    }
}

#[test]
fn misfits() {
    let elman_all = "{ kind = 'Elman', reads = [8, 3], writes = [8, 12], emit = 'All' }";
    let table: &[(&str, &str)] = &[
        (
            "{ kind = 'Dense', reads = 12, writes = 16 }, { kind = 'Dense', reads = 5, writes = 2 }",
            "layer 2 reads 5 values, but layer 1 writes 16",
        ),
        (
            "{elman}, { kind = 'Dense', reads = 96, writes = 2 }",
            "layer 2 reads 96 values, but layer 1 writes 8×12; put a Flatten between them",
        ),
        ("{elman}, { kind = 'Gelu', reads = 12 }", "layer 2 reads 12 values, but layer 1 writes 8×12"),
        (
            "{elman}, { kind = 'Elman', reads = [12, 8], writes = 2 }",
            "layer 2 reads 12×8 values, but layer 1 writes 8×12",
        ),
        ("{elman}, { kind = 'Flatten', reads = [1, 8, 12] }", "layer 2 reads 1×8×12 values, but layer 1 writes 8×12"),
        (
            "{ kind = 'Silu', reads = 96, writes = 96 }, { kind = 'Elman', reads = [8, 12], writes = 2 }",
            "layer 2 reads 8×12 values, but layer 1 writes 96; put an Unflatten between them",
        ),
        (
            "{ kind = 'crate::Fold', reads = 4, writes = [1, 2, 2] }, { kind = 'crate::Fold', reads = [2, 2], writes = 4 }",
            "layer 2 reads 2×2 values, but layer 1 writes 1×2×2",
        ),
        (
            "{ kind = 'Bidirectional', layer = [{ kind = 'Elman', reads = [8, 3], writes = 5 }] }, \
             { kind = 'Dense', reads = 5, writes = 2 }",
            "layer 2 reads 5 values, but layer 1 writes 10",
        ),
        (
            "{ kind = 'Residual', layer = [{ kind = 'Dense', reads = 4, writes = 5 }, { kind = 'Dense', reads = 6, writes = 4 }] }",
            "layer 2 reads 6 values, but layer 1 writes 5",
        ),
        (
            "{ kind = 'Gelu', reads = 4 }, { kind = 'Residual', layer = [{ kind = 'Dense', reads = 4, writes = 5 }] }",
            "layer 2 in a Residual reads 4 values, but writes 5",
        ),
        (
            "{ kind = 'Residual', layer = [{ kind = 'Gelu', reads = 4 }, { kind = 'Dense', reads = 4, writes = 4 }] }, \
             { kind = 'Dense', reads = 5, writes = 4 }",
            "layer 3 reads 5 values, but layer 2 writes 4",
        ),
    ];
    for (layers, expected) in table {
        let spec = of_layers(&format!("layer = [{}]", layers.replace("{elman}", elman_all)));
        assert_eq!(messages(&spec), [format!("bad.toml:3: {expected}")], "{layers}");
    }
    // The line is that of the number read, and another mistake in the layer doesn't hide the misfit.
    let spec = "[[layer]]\nkind = 'Dense'\nreads = 12\nwrites = 16\n\n[[layer]]\nkind = 'Dense'\nactivation = 'relu'\nreads = 5\nwrites = 2\n";
    assert_eq!(
        messages(&of_layers(spec)),
        [
            "bad.toml:10: layer 2: `activation` is `relu`, but types begin with a capital: write `Relu`",
            "bad.toml:11: layer 2 reads 5 values, but layer 1 writes 16",
        ]
    );
}
