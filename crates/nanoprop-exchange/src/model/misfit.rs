use std::fmt;

/// Why a layer can't be where it is put, or numbers can't be a tensor's.
///
/// Displayed as `layer 2: a Dense reads a vector, but 8×16 values are before it: put a Flatten between them`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Misfit {
    /// The layer, from 1; 0 where it is about the whole.
    pub layer: usize,
    /// What is wrong and what to do: lower case, no full stop.
    pub message: String,
}

impl Misfit {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Misfit { layer: 0, message: message.into() }
    }

    /// The same, of this layer.
    pub(crate) fn at(self, layer: usize) -> Self {
        Misfit { layer, ..self }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.layer {
            0 => f.write_str(&self.message),
            layer => write!(f, "layer {layer}: {}", self.message),
        }
    }
}

impl std::error::Error for Misfit {}
