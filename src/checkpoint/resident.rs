use super::{CheckpointError as Error, TRAINING, VERSION};
#[cfg(feature = "half")]
use crate::halves::{Half, HalfNumber};
use crate::int8::{Quantize, Quantized};
use crate::loss::Loss;
use crate::network::{Layers, Network};
use crate::plain::of_bytes;
use crate::shape::Text;
#[cfg(feature = "half")]
use crate::stored::Widen;

/// What [`load!`](crate::load) does: the network of a checkpoint, evaluated by the compiler.
///
/// Not a method: the compiler would advise it where somebody writes `Network::new()`.
#[doc(hidden)]
#[track_caller]
pub const fn resident<L: Layers, E: Loss>(net: &str, file: &str, bytes: &[u8]) -> Network<L, E> {
    let () = Network::<L, E>::FITS;
    if cfg!(target_endian = "big") {
        panic!("load! is for little-endian targets; `load` is for all");
    }
    match Network::<L, E>::check::<true>(bytes) {
        Ok(values) => of_bytes(values),
        Err(error) => panic!("{}", refusal(net, file, error).as_str()),
    }
}

/// [`resident`] of a [`Quantized`] network, whose bytes are the same on every target.
#[doc(hidden)]
#[track_caller]
pub const fn resident_int8<L: Layers<Chain: Quantize>, E: Loss>(
    net: &str,
    file: &str,
    bytes: &[u8],
) -> Quantized<Network<L, E>> {
    let () = Network::<L, E>::FITS;
    match Quantized::<Network<L, E>>::check::<true>(bytes) {
        Ok(values) => of_bytes(values),
        Err(error) => panic!("{}", refusal(net, file, error).as_str()),
    }
}

/// The network with parameters of 16 bits in the bytes of a file, for [`load_half!`](crate::load_half): checked by the compiler.
#[doc(hidden)]
#[cfg(feature = "half")]
#[track_caller]
pub const fn resident_half<L: Layers<Chain: Widen>, E: Loss, H: HalfNumber, const P: usize>(
    net: &str,
    file: &str,
    bytes: &[u8],
) -> Half<Network<L, E>, H, P> {
    if cfg!(target_endian = "big") {
        panic!("load_half! is for little-endian targets; `load` is for all");
    }
    match Half::<Network<L, E>, H, P>::check(bytes) {
        Ok(values) => Half::of_bytes(values),
        Err(error) => panic!("{}", refusal(net, file, error).as_str()),
    }
}

/// Why a file is refused.
const fn refusal(net: &str, file: &str, error: Error) -> Text {
    let text = Text::new().words(file).words(": ");
    match error {
        Error::NotACheckpoint => text.words("not a checkpoint of nanoprop"),
        Error::UnknownVersion { found: TRAINING } => {
            text.words("the checkpoint is of a training, not of a network alone")
        }
        Error::UnknownVersion { found } => {
            let text = text.words("a checkpoint of version ").number(found as usize);
            text.words(", but this nanoprop reads version ").number(VERSION as usize)
        }
        Error::Truncated { expected, found } => {
            text.words("a checkpoint cut short: ").number(found).words(" bytes of ").number(expected)
        }
        Error::TrailingBytes { expected, found } => {
            let text = text.number(found - expected).words(" bytes too many behind a whole checkpoint of ");
            text.number(expected)
        }
        Error::WrongScalar { expected, found } => {
            let text = text.words("the checkpoint's numbers have ").number(found).words(" bytes each, but those of ");
            text.words(net).words(" have ").number(expected)
        }
        Error::WrongArchitecture { expected, found } if expected == found => {
            let text = text.words("the checkpoint is of a different architecture than ").words(net);
            text.words(" with the same parameter count (").number(found as usize).words(")")
        }
        Error::WrongArchitecture { expected, found } => {
            let text = text.words("the checkpoint is of a different network: ").number(found as usize);
            text.words(" parameters, but ").words(net).words(" has ").number(expected as usize)
        }
        _ => text.words("a corrupted checkpoint: not the bytes that were written"),
    }
}

/// Loads the network of a [checkpoint](mod@crate::checkpoint) file at compile time, for a `static` that stays in flash, without
/// a copy in RAM.
///
/// The path is that of [`include_bytes!`]. A file that is cut short, corrupted, or of another network is a compile
/// error, such as `digits.nprp: the checkpoint is of a different network: 330 parameters, but Digits has 2410`.
///
/// # Memory
///
/// No RAM; the weights in flash, aligned. A big-endian target is a compile error, since its numbers have another byte order.
///
/// # Example
///
/// ```ignore
/// static NET: Digits = load!(Digits, "digits.nprp");
/// const DIGEST: u64 = NET.digest();
///
/// let class = NET.classify(&x);
/// ```
// load!(Digits, "digits.nprp") expands to
//
//     { const NET: Digits = checkpoint::resident("Digits", "digits.nprp", include_bytes!("digits.nprp")); NET }
#[macro_export]
macro_rules! load {
    ($net:ty, $file:expr $(,)?) => {{
        #[allow(long_running_const_eval, clippy::large_const_arrays)]
        const NET: $net = $crate::checkpoint::resident(::core::stringify!($net), $file, ::core::include_bytes!($file));
        NET
    }};
}

/// [`load!`](crate::load) of a [`Quantized`](crate::Quantized) network: `static SMALL: Small = load_int8!(Small, "small.nprp");`.
///
/// What is refused is a compile error, in the same words. The bytes are those of every target, big-endian ones too.
// load_int8!(Small, "small.nprp") expands to
//
//     { const NET: Small = checkpoint::resident_int8("Small", "small.nprp", include_bytes!("small.nprp")); NET }
#[macro_export]
macro_rules! load_int8 {
    ($net:ty, $file:expr $(,)?) => {{
        #[allow(long_running_const_eval, clippy::large_const_arrays)]
        const NET: $net =
            $crate::checkpoint::resident_int8(::core::stringify!($net), $file, ::core::include_bytes!($file));
        NET
    }};
}

/// A [`Half`](crate::Half) network in a checkpoint, as a constant: for a `static`, whose parameters stay in flash, 2 bytes each.
/// A file that is cut short, corrupted, or of another network or kind of number is an error of the compiler, as of
/// [`load!`](crate::load).
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::halved;
/// use nanoprop::halves::bf16;
///
/// network! { type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy; }
/// type Small = halved!(Digits, bf16);
/// static SMALL: Small = nanoprop::load_half!(Small, concat!(env!("CARGO_MANIFEST_DIR"), "/firmware/weights/digits_bf16.nprp"));
/// assert_eq!(size_of_val(&SMALL), 4820);
/// ```
// load_half!(Small, "small.nprp") expands to
//
//     { const NET: Small = checkpoint::resident_half("Small", "small.nprp", include_bytes!("small.nprp")); NET }
#[cfg(feature = "half")]
#[macro_export]
macro_rules! load_half {
    ($net:ty, $file:expr $(,)?) => {{
        #[allow(long_running_const_eval, clippy::large_const_arrays)]
        const NET: $net =
            $crate::checkpoint::resident_half(::core::stringify!($net), $file, ::core::include_bytes!($file));
        NET
    }};
}
