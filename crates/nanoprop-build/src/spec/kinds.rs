//! The kinds of layers, and what each has besides its widths.

/// One argument of a kind of layer, in the order of `network!`.
#[derive(Clone, Copy)]
pub(super) enum Argument {
    /// The last of the widths that the layer writes.
    Writes,
    /// All widths that the layer writes.
    Form,
    /// The key's value: a name of nanoprop's, or a path. With a default it may be left out.
    Item(&'static str, Option<&'static str>),
    /// The name to write where the key is false.
    Not(&'static str, &'static str),
    /// The key's value, a share.
    Percent(&'static str),
    /// The key's value, a width.
    Width(&'static str),
    /// The key's value, a width or two.
    Window(&'static str),
    /// The key's value, one of these words; the first where it is left out.
    Choice(&'static str, &'static [&'static str]),
    /// An option `key = value`, left out where it is 1.
    Option(&'static str),
    /// The option `padding`, left out where it is `valid`.
    Padding,
    /// The layers within.
    Layers,
}

use Argument::{Form, Item, Layers, Not, Padding, Percent, Width, Window, Writes};

/// The kinds of layers that `network!` has a word for, and their arguments. All that is known of a layer here: a new one
/// is a new line, in the README too. What it reads and writes is for the compiler to compare.
pub(super) const KINDS: &[(&str, &[Argument])] = &[
    ("Dense", &[Writes, Item("activation", Some("Identity")), Not("bias", "Unbiased")]),
    ("Elman", &[Writes, Item("activation", Some("Tanh")), Item("emit", Some("Last"))]),
    ("Embedding", &[Width("classes"), Writes, Argument::Choice("numbers", &["u8", "u16"])]),
    ("Lstm", &[Writes, Item("emit", Some("Last"))]),
    ("Gru", &[Writes, Item("emit", Some("Last")), Item("reset", Some("ResetAfter"))]),
    ("Conv1d", CONV),
    ("Conv2d", CONV),
    ("ConvTranspose1d", CONV),
    ("DepthwiseConv1d", DEPTHWISE),
    ("DepthwiseConv2d", DEPTHWISE),
    ("MaxPool1d", POOL),
    ("AvgPool1d", POOL),
    ("MaxPool2d", POOL),
    ("AvgPool2d", POOL),
    ("GlobalAvgPool", &[]),
    ("Flatten", &[]),
    ("Unflatten", &[Form]),
    ("Gelu", &[]),
    ("Silu", &[]),
    ("Mish", &[]),
    ("Softmax", &[]),
    ("LayerNorm", &[]),
    ("GroupNorm", &[Width("groups")]),
    ("InstanceNorm", &[]),
    ("BatchNorm", &[]),
    ("Standardize", &[]),
    ("Dropout", &[Percent("percent")]),
    ("Residual", &[Layers]),
    ("Bidirectional", &[Layers]),
    ("KeepFloat", &[Layers]),
    ("FakeQuantize", &[Layers]),
    ("Frozen", &[Item("weights", None)]),
];

const CONV: &[Argument] = &[
    Writes,
    Window("window"),
    Item("activation", Some("Identity")),
    Argument::Option("stride"),
    Argument::Option("dilation"),
    Padding,
    Not("bias", "Unbiased"),
];
const DEPTHWISE: &[Argument] = CONV.split_at(1).1;
const POOL: &[Argument] = &[Window("window"), Argument::Option("stride"), Padding];
