use core::fmt;

/// The bytes that a network needs, part by part; constants of its type.
///
/// Plain descent keeps no state of its own. To infer takes the weights; to learn online, weights and tape;
/// to learn from batches, also a gradient. The stack is not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Footprint {
    /// The network.
    pub weights: usize,
    /// A gradient, for batches only.
    pub gradient: usize,
    /// A tape.
    pub tape: usize,
}

impl Footprint {
    /// Bytes for inference.
    pub const fn inference(&self) -> usize {
        self.weights
    }

    /// Bytes for learning one sample at a time.
    pub const fn online(&self) -> usize {
        self.weights + self.tape
    }

    /// Bytes for learning from batches.
    pub const fn batch(&self) -> usize {
        self.weights + self.tape + self.gradient
    }
}

impl fmt::Display for Footprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "weights {} B, gradient {} B, tape {} B", self.weights, self.gradient, self.tape)
    }
}
