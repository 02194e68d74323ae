use core::fmt;

use super::header;
use crate::train::TensorName;

/// Why a save or a restore did not succeed. `E` is the flash's own error.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StorageError<E> {
    /// The region is not two halves of whole pages within the flash.
    Region,
    /// What is to be stored is larger than a slot.
    TooLarge {
        /// Bytes of a slot that would do: whole pages.
        needed: u32,
        /// Bytes of each slot.
        slot: u32,
    },
    /// This tensor has NaN or an infinite number. Nothing was erased.
    NotFinite(TensorName),
    /// No slot holds a checkpoint that can be restored; the reason for each.
    Nothing([Refusal<E>; 2]),
    /// What is read from a slot is not what was written to it.
    Worn {
        /// The slot.
        slot: usize,
    },
    /// The flash's own error.
    Flash(E),
}

/// Why a slot's checkpoint is not one to restore. `E` is the flash's own error.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal<E> {
    /// Nothing is there: it was never written, or power failed between its erase and the end of a save.
    Blank,
    /// The header is not whole: power failed in an erase or a header, or something else is there.
    Torn,
    /// The header is whole, but what is behind it is not what was written.
    Corrupted,
    /// A format that this version of nanoprop does not read.
    UnknownVersion {
        /// Its version.
        found: u16,
    },
    /// A whole checkpoint of another network, or of a network with other things beside it.
    Foreign {
        /// Bytes of what was to be restored.
        expected: usize,
        /// Bytes of what is there.
        found: usize,
    },
    /// The flash's own error.
    Flash(E),
}

impl<E: fmt::Debug> fmt::Display for StorageError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Region => f.write_str("the region is not two halves of whole pages within the flash"),
            Self::TooLarge { needed, slot } => write!(f, "it takes a slot of {needed} bytes, but each has {slot}"),
            Self::NotFinite(tensor) => write!(f, "not saved: {tensor} is not finite"),
            Self::Nothing([first, second]) => write!(f, "nothing to restore: slot 0: {first}; slot 1: {second}"),
            Self::Worn { slot } => write!(f, "slot {slot} does not keep what is written to it"),
            Self::Flash(error) => write!(f, "the flash: {error:?}"),
        }
    }
}

impl<E: fmt::Debug> fmt::Display for Refusal<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("blank"),
            Self::Torn => f.write_str("no whole header"),
            Self::Corrupted => f.write_str("corrupted: not the bytes that were written"),
            Self::UnknownVersion { found } => {
                write!(f, "of version {found}, but this program reads version {}", header::VERSION)
            }
            Self::Foreign { expected, found } if expected == found => {
                write!(f, "a checkpoint of something else of as many bytes, {found}")
            }
            Self::Foreign { expected, found } => {
                write!(f, "a checkpoint of something else: {found} bytes, but this one has {expected}")
            }
            Self::Flash(error) => write!(f, "the flash: {error:?}"),
        }
    }
}

/// The message: what is printed where `main` returns the error.
impl<E: fmt::Debug> fmt::Debug for StorageError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The message, as of [`StorageError`].
impl<E: fmt::Debug> fmt::Debug for Refusal<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<E: fmt::Debug> core::error::Error for StorageError<E> {}
impl<E: fmt::Debug> core::error::Error for Refusal<E> {}
