use core::fmt;

use super::{TRAINING, VERSION};
use crate::train::TensorName;

/// Why a checkpoint was not written or not read.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The buffer to write to is shorter than the checkpoint.
    BufferTooSmall {
        /// Bytes of the checkpoint.
        needed: usize,
        /// Bytes of the buffer.
        found: usize,
    },
    /// This tensor has NaN or an infinite number, so it was not written.
    NotFinite(TensorName),
    /// The bytes do not begin with a checkpoint's magic.
    NotACheckpoint,
    /// A checkpoint of a format that this version of nanoprop does not read, or a training where a network is read, or a
    /// network alone where a training is.
    UnknownVersion {
        /// Its version.
        found: u16,
    },
    /// The checkpoint is cut short.
    Truncated {
        /// Bytes of the whole checkpoint.
        expected: usize,
        /// Bytes that are there.
        found: usize,
    },
    /// More bytes follow a whole checkpoint.
    TrailingBytes {
        /// Bytes of the checkpoint.
        expected: usize,
        /// Bytes that are there.
        found: usize,
    },
    /// The bytes were changed: the CRC-32 does not match, or a counter has a value that no training reaches.
    Corrupted,
    /// The parameters have another scalar.
    WrongScalar {
        /// Bytes of the network's scalar: 4 for `f32`, 8 for `f64`.
        expected: usize,
        /// Bytes of the checkpoint's scalar.
        found: usize,
    },
    /// The parameters are of another network: its widths, layers, activations, their order, or the loss differ.
    WrongArchitecture {
        /// Parameters of the network.
        expected: u64,
        /// Parameters of the checkpoint.
        found: u64,
    },
    /// The training has another optimiser, or keeps other weights beside the network's.
    WrongTraining,
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::BufferTooSmall { needed, found } => {
                write!(f, "the checkpoint has {needed} bytes, but the buffer has room for {found}")
            }
            Self::NotFinite(tensor) => write!(f, "not saved: {tensor} is not finite"),
            Self::NotACheckpoint => f.write_str("not a checkpoint of nanoprop"),
            Self::UnknownVersion { found: TRAINING } => {
                f.write_str("the checkpoint is of a training, not of a network alone")
            }
            Self::UnknownVersion { found: VERSION } => {
                f.write_str("the checkpoint is of a network alone, without its training")
            }
            Self::UnknownVersion { found } => {
                write!(f, "a checkpoint of version {found}, but this program reads versions {VERSION} and {TRAINING}")
            }
            Self::Truncated { expected, found } => write!(f, "cut short: {found} bytes of {expected}"),
            Self::TrailingBytes { expected, found } => {
                write!(f, "{} bytes too many behind a whole checkpoint of {expected}", found - expected)
            }
            Self::Corrupted => f.write_str("corrupted: not the bytes that were written"),
            Self::WrongScalar { expected, found } => {
                write!(f, "the checkpoint's numbers have {found} bytes each, but the network's have {expected}")
            }
            Self::WrongTraining => {
                f.write_str("the checkpoint is of a training with a different optimizer, `guard` or `keep_best`")
            }
            Self::WrongArchitecture { expected, found } if expected == found => {
                write!(f, "the checkpoint is of a different architecture with the same parameter count ({found})")
            }
            Self::WrongArchitecture { expected, found } => {
                write!(f, "the checkpoint is of a different network: {found} parameters, but this one has {expected}")
            }
        }
    }
}

/// The message: what is printed where `main` returns the error.
impl fmt::Debug for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for CheckpointError {}
