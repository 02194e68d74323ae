//! What has a name in specs and in checkpoints: activations, losses, scalars.

/// A function of each sum of a layer.
///
/// ```
/// use nanoprop_exchange::Activation;
///
/// let relu = Activation::from_word("LeakyRelu").unwrap(); // as in `network!` and in specs
/// assert_eq!((relu, relu.word(), relu.name()), (Activation::LeakyRelu, "LeakyRelu", "leaky_relu"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Activation {
    /// z
    #[default]
    Identity,
    /// z, or eᶻ − 1 where z is negative
    Elu,
    /// z/6 + ½, between 0 and 1
    HardSigmoid,
    /// z, between −1 and 1
    HardTanh,
    /// z, or z/100 where z is negative
    LeakyRelu,
    /// z, or 0 where z is negative
    Relu,
    /// 1 / (1 + e⁻ᶻ)
    Sigmoid,
    /// ln(1 + eᶻ)
    Softplus,
    /// z / (1 + |z|)
    Softsign,
    /// tanh z
    Tanh,
}

/// The loss, which owns the link from logits to predictions.
///
/// ```
/// use nanoprop_exchange::Loss;
///
/// assert_eq!(Loss::from_word("Huber").map(Loss::name), Some("huber"));
/// assert_eq!(Loss::SoftmaxCrossEntropy.word(), "SoftmaxCrossEntropy");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Loss {
    /// Half the squared distance, of numbers.
    #[default]
    SquaredError,
    /// The distance, of numbers.
    AbsoluteError,
    /// The squared error near the target, the distance beyond 1.
    Huber,
    /// Cross-entropy of labels, behind a sigmoid.
    SigmoidCrossEntropy,
    /// Cross-entropy of a choice, behind a softmax.
    SoftmaxCrossEntropy,
}

/// What a network computes with.
///
/// ```
/// use nanoprop_exchange::Scalar;
///
/// assert_eq!((Scalar::F64.word(), Scalar::F64.bytes()), ("f64", 8));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scalar {
    /// `f32`
    #[default]
    F32,
    /// `f64`
    F64,
    /// `f32` with fused multiply-adds
    Fused,
}

// names! { Type { Variant: "its name in checkpoints", … } } gives a type its variants and their names.
macro_rules! names {
    ($($type:ident { $($variant:ident: $name:literal)+ })+) => {$(
        impl $type {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The type's name in Rust and in specs.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($variant),)+
                }
            }

            /// The name in checkpoints and messages.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The one of this word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }
    )+};
}

names! {
    Activation {
        Identity: "identity"
        Elu: "elu"
        HardSigmoid: "hard_sigmoid"
        HardTanh: "hard_tanh"
        LeakyRelu: "leaky_relu"
        Relu: "relu"
        Sigmoid: "sigmoid"
        Softplus: "softplus"
        Softsign: "softsign"
        Tanh: "tanh"
    }
    Loss {
        SquaredError: "squared_error"
        AbsoluteError: "absolute_error"
        Huber: "huber"
        SigmoidCrossEntropy: "sigmoid_cross_entropy"
        SoftmaxCrossEntropy: "softmax_cross_entropy"
    }
}

impl Scalar {
    /// The name in specs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Scalar::F32 => "f32",
            Scalar::F64 => "f64",
            Scalar::Fused => "Fused",
        }
    }

    /// Bytes of one number.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Scalar::F32 | Scalar::Fused => 4,
            Scalar::F64 => 8,
        }
    }
}

/// A type's name of any text: a capital, then letters and digits.
///
/// # Example
///
/// ```
/// use nanoprop_exchange::model::type_name;
///
/// assert_eq!(["my-digits v2", "3 words", "self", "?"].map(type_name), ["MyDigitsV2", "Net3Words", "NetSelf", "Net"]);
/// ```
#[must_use]
pub fn type_name(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
    };
    let name: String = words.map(capital).collect();
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() && name != "Self" => name,
        _ => format!("Net{name}"),
    }
}
