//! Saves parameters as bytes and loads them. The bytes name the architecture that they belong to.
//!
//! # Format, version 1
//!
//! Little-endian, `24 + PARAMETERS · (4 or 8) + 4` bytes:
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | magic, `nprp` |
//! | 2 | version, 1 |
//! | 2 | bytes of a scalar, 4 for `f32` and 8 for `f64` |
//! | 8 | fingerprint of the architecture: [`Network::FINGERPRINT`](crate::Network::FINGERPRINT) |
//! | 8 | number of parameters |
//! | … | the parameters, in the order of the flat slice |
//! | 4 | CRC-32 (ISO-HDLC) of all bytes before |
//!
//! A [`Quantized`](crate::Quantized) network is the same with scalars of 1 byte and a fingerprint of its own: its bytes.
//!
//! Version 2 is a training, written by [`Trainer::save`](crate::Trainer::save). After the same header:
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | 64-bit FNV-1a of the optimiser's name and of how many numbers it keeps of each parameter |
//! | 8 | the sum of the parts that follow: 1, the gradient; 2, the best weights; 4, the last good weights |
//! | 8 | steps that the optimiser counts |
//! | 200 | the progress of the training: 25 integers and `f64`s |
//! | … | the parameters, each value that the optimiser keeps, and each part |
//! | 4 | CRC-32 (ISO-HDLC) of all bytes before |
//!
//! # Example
//!
//! ```
//! use nanoprop::prelude::*;
//! use nanoprop::CheckpointError;
//!
//! type Net = Network<Dense<U2, U1>, SquaredError>;
//! let mut net = Net::ZERO;
//! net.parameters_mut().copy_from_slice(&[1.0, 2.0, 3.0]);
//!
//! let mut file = [0; Net::CHECKPOINT];
//! net.save(&mut file)?;
//!
//! let mut restored = Net::ZERO;
//! restored.load(&file)?;
//! assert_eq!(restored.parameters(), [1.0, 2.0, 3.0]);
//!
//! file[30] ^= 1;
//! assert_eq!(restored.load(&file), Err(CheckpointError::Corrupted));
//! # Ok::<(), CheckpointError>(())
//! ```

mod error;
#[cfg(feature = "half")]
mod half;
mod int8;
mod resident;
#[doc(hidden)]
#[cfg(feature = "half")]
pub use resident::resident_half;
#[doc(hidden)]
pub use resident::{resident, resident_int8};

use crc::{CRC_32_ISO_HDLC, Crc, NoTable};
pub use error::CheckpointError;

use crate::array::Plain;
use crate::layer::Fnv;
use crate::loss::Loss;
use crate::network::{Layers, Network};
use crate::scalar::Number;

pub(crate) const MAGIC: [u8; 4] = *b"nprp";
const VERSION: u16 = 1;
/// The version that holds a training: `train/resume.rs`.
pub(crate) const TRAINING: u16 = 2;
pub(crate) const HEADER: usize = 24;
pub(crate) const CRC: usize = 4;

/// Without a table: a checkpoint is rare, and flash is small.
pub(crate) const CRC_32: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);

/// The same with a table, for the compiler: without, it takes 10 s for 437 KB, with it 2 s.
const TABLED: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// The CRC-32, by the compiler or by the program.
const fn checksum<const COMPILER: bool>(bytes: &[u8]) -> u32 {
    if COMPILER { TABLED.checksum(bytes) } else { CRC_32.checksum(bytes) }
}

impl<L: Layers, E: Loss> Network<L, E> {
    /// Bytes of a checkpoint.
    pub const CHECKPOINT: usize = HEADER + size_of::<Self>() + CRC;

    /// Writes the parameters to the front of `bytes`, and returns how many bytes it wrote:
    /// [`CHECKPOINT`](Network::CHECKPOINT).
    ///
    /// # Errors
    ///
    /// [`BufferTooSmall`](CheckpointError::BufferTooSmall), or [`NotFinite`](CheckpointError::NotFinite) for a network with
    /// NaN or an infinite number. Nothing is written then.
    pub fn save(&self, bytes: &mut [u8]) -> Result<usize, CheckpointError> {
        if let Some(tensor) = self.not_finite() {
            return Err(CheckpointError::NotFinite(tensor));
        }
        write(bytes, Self::CHECKPOINT, Self::header(VERSION), self.flat())
    }

    /// Reads parameters that [`save`](Network::save) wrote.
    ///
    /// # Errors
    ///
    /// A [`CheckpointError`] that says what is wrong with `bytes`. The network is unchanged then.
    pub fn load(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        let values = Self::check::<false>(bytes)?;
        for (value, chunk) in self.flat_mut().iter_mut().zip(values.chunks_exact(L::Scalar::BYTES)) {
            let mut bytes = [0; 8];
            bytes.iter_mut().zip(chunk).for_each(|(to, &from)| *to = from);
            *value = L::Scalar::from_bytes(bytes);
        }
        Ok(())
    }

    /// A hash of the parameters' bits, for comparisons of networks: the 64-bit FNV-1a of their little-endian bytes. The
    /// digest of a [`load!`](crate::load)ed network of up to 8 MB can be a constant; for a larger one, the compiler asks for
    /// `#[allow(long_running_const_eval)]`.
    pub const fn digest(&self) -> u64 {
        if cfg!(target_endian = "big") {
            fnv_in_words(crate::plain::bytes(self), L::Scalar::BYTES)
        } else {
            fnv(crate::plain::bytes(self))
        }
    }

    /// The header of this network's checkpoints.
    pub(crate) fn header(version: u16) -> [u8; HEADER] {
        header(version, L::Scalar::BYTES, Self::FINGERPRINT, Self::PARAMETERS)
    }

    /// The bytes of the parameters in a checkpoint that is whole and belongs to this network.
    const fn check<const COMPILER: bool>(bytes: &[u8]) -> Result<&[u8], CheckpointError> {
        whole::<COMPILER>(bytes, Self::FINGERPRINT, Self::PARAMETERS, L::Scalar::BYTES)
    }
}

/// A header, of `parameters` numbers of `width` bytes.
fn header(version: u16, width: usize, fingerprint: u64, parameters: usize) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    let fields = MAGIC
        .into_iter()
        .chain(version.to_le_bytes())
        .chain((width as u16).to_le_bytes())
        .chain(fingerprint.to_le_bytes())
        .chain((parameters as u64).to_le_bytes());
    header.iter_mut().zip(fields).for_each(|(to, from)| *to = from);
    header
}

/// Writes a checkpoint of so many bytes to the front of `bytes`.
fn write<T: Number>(
    bytes: &mut [u8],
    needed: usize,
    header: [u8; HEADER],
    numbers: &[T],
) -> Result<usize, CheckpointError> {
    let error = CheckpointError::BufferTooSmall { needed, found: bytes.len() };
    let (body, rest) = bytes.split_at_mut_checked(needed - CRC).ok_or(error)?;
    let crc = rest.first_chunk_mut::<CRC>().ok_or(error)?;
    let (first, values) = body.split_first_chunk_mut::<HEADER>().ok_or(error)?;
    *first = header;
    for (bytes, value) in values.chunks_exact_mut(T::BYTES).zip(numbers) {
        bytes.iter_mut().zip(value.to_bytes()).for_each(|(to, from)| *to = from);
    }
    *crc = CRC_32.checksum(body).to_le_bytes();
    Ok(needed)
}

/// The 64-bit FNV-1a of bytes.
///
/// The compiler refuses a constant for which it has to loop or call two million times (`long_running_const_eval`). So four
/// bytes are one turn of the loop, without a call, for which the product is in 128 bits: `wrapping_mul` would be one. That
/// is enough for 8 MB; more at once would be more code on a device.
const fn fnv(mut bytes: &[u8]) -> u64 {
    const PRIME: u128 = 0x100_0000_01b3;
    macro_rules! add {
        ($hash:ident, $($byte:ident)+) => {$( $hash = (($hash ^ *$byte as u64) as u128 * PRIME) as u64; )+};
    }
    let mut hash = Fnv::new().0;
    while let [a, b, c, d, rest @ ..] = bytes {
        add!(hash, a b c d);
        bytes = rest;
    }
    while let [a, rest @ ..] = bytes {
        add!(hash, a);
        bytes = rest;
    }
    hash
}

/// [`fnv`] of numbers of `width` bytes, each from its last byte to its first.
const fn fnv_in_words(bytes: &[u8], width: usize) -> u64 {
    let (mut hash, mut i) = (Fnv::new(), 0);
    while i < bytes.len() {
        hash = hash.byte(bytes[i ^ (width - 1)]);
        i += 1;
    }
    hash.0
}

/// The bytes of the parameters in a checkpoint that is whole and belongs to the network of this fingerprint, of
/// `parameters` numbers of `width` bytes: what [`load`](Network::load) reads, of a network known at run time.
#[doc(hidden)]
pub fn values(bytes: &[u8], fingerprint: u64, parameters: usize, width: usize) -> Result<&[u8], CheckpointError> {
    whole::<false>(bytes, fingerprint, parameters, width)
}

/// [`digest`](Network::digest) of the bytes of parameters in a checkpoint, of a network known at run time.
#[doc(hidden)]
pub fn digest(bytes: &[u8]) -> u64 {
    fnv(bytes)
}

/// [`values`], by the compiler or by the program.
const fn whole<const COMPILER: bool>(
    bytes: &[u8],
    fingerprint: u64,
    parameters: usize,
    width: usize,
) -> Result<&[u8], CheckpointError> {
    use CheckpointError as Error;
    let (found, expected) = (bytes.len(), HEADER + parameters * width + CRC);
    let mut i = 0;
    while i < MAGIC.len() && i < bytes.len() {
        if bytes[i] != MAGIC[i] {
            return Err(Error::NotACheckpoint);
        }
        i += 1;
    }
    let Some((body, crc)) = bytes.split_last_chunk::<CRC>() else { return Err(Error::Truncated { expected, found }) };
    let Some((header, values)) = body.split_first_chunk::<HEADER>() else {
        return Err(Error::Truncated { expected, found });
    };
    let Header { scalar, count, .. } = Header::read(header);

    if checksum::<COMPILER>(body) != u32::from_le_bytes(*crc) {
        // Not whole. What the header claims tells a cut file from a longer one, if it can be believed.
        let claimed = count.saturating_mul(scalar as u64).saturating_add((HEADER + CRC) as u64);
        let claimed = if claimed < usize::MAX as u64 { claimed as usize } else { usize::MAX };
        let Some((whole, _)) = bytes.split_at_checked(claimed) else {
            return Err(if claimed == expected { Error::Truncated { expected, found } } else { Error::Corrupted });
        };
        return Err(match whole.split_last_chunk::<CRC>() {
            Some((body, crc)) if checksum::<COMPILER>(body) == u32::from_le_bytes(*crc) => {
                Error::TrailingBytes { expected: claimed, found }
            }
            _ => Error::Corrupted,
        });
    }
    if let Err(error) = belongs(header, VERSION, fingerprint, parameters, width) {
        return Err(error);
    }
    if found == expected { Ok(values) } else { Err(Error::Corrupted) }
}

/// Whether a header is of this version of the format, and of the network of this fingerprint.
pub(crate) const fn belongs(
    header: &[u8; HEADER],
    version: u16,
    fingerprint: u64,
    parameters: usize,
    width: usize,
) -> Result<(), CheckpointError> {
    use CheckpointError as Error;
    let found = Header::read(header);
    if found.version != version {
        return Err(Error::UnknownVersion { found: found.version });
    }
    if found.scalar as usize != width {
        return Err(Error::WrongScalar { expected: width, found: found.scalar as usize });
    }
    if found.fingerprint != fingerprint || found.count != parameters as u64 {
        return Err(Error::WrongArchitecture { expected: parameters as u64, found: found.count });
    }
    Ok(())
}

/// What a header says, behind the magic.
struct Header {
    version: u16,
    scalar: u16,
    fingerprint: u64,
    count: u64,
}

impl Header {
    const fn read(header: &[u8; HEADER]) -> Header {
        let [_, _, _, _, v0, v1, s0, s1, rest @ ..] = *header;
        let [f0, f1, f2, f3, f4, f5, f6, f7, n0, n1, n2, n3, n4, n5, n6, n7] = rest;
        Header {
            version: u16::from_le_bytes([v0, v1]),
            scalar: u16::from_le_bytes([s0, s1]),
            fingerprint: u64::from_le_bytes([f0, f1, f2, f3, f4, f5, f6, f7]),
            count: u64::from_le_bytes([n0, n1, n2, n3, n4, n5, n6, n7]),
        }
    }
}
