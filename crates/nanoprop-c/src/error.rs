//! What the exported functions return where they refuse.

use core::ffi::{CStr, c_char, c_int};

use nanoprop::{CheckpointError, SelfTestError};

// errors! { /// A pointer is null. Null = -1, "a pointer is null"; } makes a variant, its code, its name in C
// (NANOPROP_NULL) and its text.
macro_rules! errors {
    ($($(#[$meta:meta])* $variant:ident = $code:literal, $text:literal;)+) => {
        /// Why a function refused, as the negative number that it returns.
        ///
        /// A code keeps its meaning in later versions; [`nanoprop_error`] gives its text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        #[repr(i32)]
        pub enum Error { $($(#[$meta])* $variant = $code,)+ }

        impl Error {
            /// All errors, in the order of their codes.
            pub const ALL: &'static [Error] = &[$(Error::$variant),+];

            /// The message, in ASCII.
            pub const fn text(self) -> &'static CStr {
                match self {
                    $(Error::$variant => const { terminated(concat!($text, "\0")) },)+
                }
            }

            /// The variant's name.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Error::$variant => stringify!($variant),)+
                }
            }
        }
    };
}

errors! {
    /// A pointer is null.
    Null = -1, "a pointer is null";
    /// An address is not a multiple of the alignment of what it points to.
    Misaligned = -2, "a pointer is misaligned";
    /// The context was neither initialized nor loaded, or a self-test was run in it.
    Uninitialized = -3, "the context is not initialized";
    /// The header is of another network than the library, or its context is too small.
    WrongHeader = -4, "the header does not belong to the library: make it anew";
    /// The class is not one of the network's.
    NoSuchClass = -5, "there is no such class";
    /// The loss of the network knows no classes.
    NoClasses = -6, "the network predicts numbers, not classes";
    /// So many samples have more bytes than there are addresses.
    TooMany = -7, "there can't be so many samples";
    /// The rate is NaN or infinite.
    WrongRate = -8, "the rate is not finite";
    /// The buffer is shorter than a checkpoint.
    BufferTooSmall = -16, "the buffer is too small for the checkpoint";
    /// A parameter is NaN or infinite, so nothing was saved.
    NotFinite = -17, "not saved: a parameter is not finite";
    /// The bytes do not begin with a checkpoint's magic.
    NotACheckpoint = -18, "not a checkpoint of nanoprop";
    /// A checkpoint of another format: of a training, or of a later version.
    UnknownVersion = -19, "the checkpoint is of a training, or of another version";
    /// The checkpoint is cut short.
    Truncated = -20, "the checkpoint is cut short";
    /// Bytes follow a whole checkpoint.
    TrailingBytes = -21, "bytes follow a whole checkpoint";
    /// The checksum does not match.
    Corrupted = -22, "the checkpoint is corrupted: not the bytes that were written";
    /// The checkpoint's numbers have another size.
    WrongScalar = -23, "the checkpoint's numbers have another size";
    /// The checkpoint is of another network.
    WrongArchitecture = -24, "the checkpoint is of a different network";
    /// A checkpoint was refused for a reason that this crate has no code for.
    OtherCheckpoint = -25, "the checkpoint can't be used";
    /// Sums, products or quotients are not rounded to the nearest number.
    Rounding = -32, "f32 is not rounded to the nearest";
    /// Subnormal numbers are taken for 0 or made 0.
    Subnormals = -33, "subnormal numbers are flushed to zero";
    /// Products and sums are fused.
    Contraction = -34, "products and sums are fused";
    /// Operations are not those that the program names.
    Reordered = -35, "arithmetic is not done as it is written";
    /// An elementary function gives other bits.
    Functions = -36, "an elementary function gives other bits";
    /// The training of a small network gives other bits.
    Training = -37, "training gives other bits";
    /// The weights are not those of the build.
    Weights = -38, "the weights have changed";
    /// A slope of the cost is not what the cost's differences say.
    Gradient = -39, "a slope is not what differences of the cost say";
    /// A self-test failed for a reason that this crate has no code for.
    OtherSelfTest = -40, "a self-test failed";
}

/// Text that ends with its only NUL.
const fn terminated(text: &'static str) -> &'static CStr {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(text) => text,
        Err(_) => panic!("a text has a NUL within"),
    }
}

/// The text of a code that a function returned: of an [`Error`], or of success for 0 and above. Never null; the text is a
/// constant.
///
/// The one function that all networks of a program share; its header is part of each [`Header`](crate::Header).
#[unsafe(no_mangle)]
pub extern "C" fn nanoprop_error(code: c_int) -> *const c_char {
    let error = Error::ALL.iter().find(|&&error| error as c_int == code);
    match error {
        Some(error) => error.text(),
        None if code >= 0 => c"success",
        None => c"unknown error",
    }
    .as_ptr()
}

/// What an exported function returns: a number from 0, or the code of an error.
pub fn status(result: Result<c_int, Error>) -> c_int {
    result.unwrap_or_else(|error| error as c_int)
}

impl From<CheckpointError> for Error {
    fn from(error: CheckpointError) -> Error {
        match error {
            CheckpointError::BufferTooSmall { .. } => Error::BufferTooSmall,
            CheckpointError::NotFinite(_) => Error::NotFinite,
            CheckpointError::NotACheckpoint => Error::NotACheckpoint,
            CheckpointError::UnknownVersion { .. } => Error::UnknownVersion,
            CheckpointError::Truncated { .. } => Error::Truncated,
            CheckpointError::TrailingBytes { .. } => Error::TrailingBytes,
            CheckpointError::Corrupted => Error::Corrupted,
            CheckpointError::WrongScalar { .. } => Error::WrongScalar,
            CheckpointError::WrongArchitecture { .. } => Error::WrongArchitecture,
            _ => Error::OtherCheckpoint,
        }
    }
}

impl From<SelfTestError> for Error {
    fn from(error: SelfTestError) -> Error {
        match error {
            SelfTestError::Rounding => Error::Rounding,
            SelfTestError::Subnormals => Error::Subnormals,
            SelfTestError::Contraction => Error::Contraction,
            SelfTestError::Reordered => Error::Reordered,
            SelfTestError::Functions => Error::Functions,
            SelfTestError::Training => Error::Training,
            SelfTestError::Weights => Error::Weights,
            SelfTestError::Gradient { .. } => Error::Gradient,
            _ => Error::OtherSelfTest,
        }
    }
}
