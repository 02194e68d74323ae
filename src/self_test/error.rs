use core::fmt;

/// What a self-test found.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum SelfTestError {
    /// Sums, products or quotients are not rounded to the nearest number.
    Rounding,
    /// Subnormal numbers are taken for 0 or made 0.
    Subnormals,
    /// A product and a sum are rounded once, as one operation.
    Contraction,
    /// Operations are not those that the program names, as with a compiler's flags for fast arithmetic.
    Reordered,
    /// An elementary function gives other bits.
    Functions,
    /// Forward pass, backward pass or step of a small network give other bits.
    Training,
    /// The weights are not those that they were.
    Weights,
    /// A slope of J is not what J's differences say.
    Gradient {
        /// Which number of the input, or of the flat slice of parameters.
        index: usize,
        /// The slope.
        found: f32,
        /// The smaller difference.
        low: f32,
        /// The larger difference.
        high: f32,
    },
}

impl fmt::Display for SelfTestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rounding => f.write_str("f32 is not rounded to the nearest"),
            Self::Subnormals => f.write_str("subnormal numbers are flushed to zero"),
            Self::Contraction => f.write_str("products and sums are fused"),
            Self::Reordered => f.write_str("arithmetic is not done as it is written"),
            Self::Functions => f.write_str("an elementary function gives other bits"),
            Self::Training => f.write_str("training gives other bits"),
            Self::Weights => f.write_str("the weights have changed"),
            Self::Gradient { index, found, low, high } => {
                write!(f, "the slope by number {index} is {found}, but differences say {low} to {high}")
            }
        }
    }
}

impl core::error::Error for SelfTestError {}
