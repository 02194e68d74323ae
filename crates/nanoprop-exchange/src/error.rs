use std::fmt;

use nanoprop::CheckpointError;

use crate::model::Misfit;

/// Why a model was not read, written or evaluated.
///
/// Displayed with what is wrong, where, and what to do; where several things are wrong, each on a line.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// A layer or a tensor does not fit.
    Misfit(Misfit),
    /// The spec is refused: all that is wrong with it, each with file and line.
    Spec(Vec<String>),
    /// The bytes are no checkpoint of this model.
    Checkpoint(CheckpointError),
    /// This tensor has no numbers.
    Unset(Place),
    /// This tensor has NaN or an infinite number.
    NotFinite(Place),
    /// A file of another library can't be read or written.
    File {
        /// What it should be, such as `.npy file`.
        what: &'static str,
        /// What is wrong.
        message: String,
    },
    /// Tensors of a file do not fit the model's: all that is wrong.
    Tensors(Vec<String>),
    /// An input of another length than the model reads.
    Input {
        /// How many numbers the model reads.
        expected: usize,
        /// How many there are.
        found: usize,
    },
}

impl Error {
    pub(crate) fn file(what: &'static str, message: impl ToString) -> Self {
        Error::File { what, message: message.to_string() }
    }
}

/// A tensor of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The layer, from 1, as nanoprop counts them.
    pub layer: usize,
    /// The layer's kind, and its name in the file that it comes from.
    pub what: String,
    /// The tensor.
    pub tensor: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` of layer {}, {}", self.tensor, self.layer, self.what)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Misfit(misfit) => misfit.fmt(f),
            Error::File { what, message } => write!(f, "{what}: {message}"),
            Error::Spec(errors) | Error::Tensors(errors) => f.write_str(&errors.join("\n")),
            Error::Checkpoint(error) => error.fmt(f),
            Error::Unset(place) => write!(f, "{place}, has no numbers: load weights first"),
            Error::NotFinite(place) => write!(f, "{place}, has NaN or an infinite number"),
            Error::Input { expected, found } => write!(f, "the model reads {expected} numbers, not {found}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<Misfit> for Error {
    fn from(misfit: Misfit) -> Self {
        Error::Misfit(misfit)
    }
}

impl From<CheckpointError> for Error {
    fn from(error: CheckpointError) -> Self {
        Error::Checkpoint(error)
    }
}
