use nanoprop::runtime::{FIXED, WORDS, digest, kept, optimizer, progress, values};
use nanoprop::{CheckpointError, Optimizer, Progress};

use super::{CRC_32, number};
use crate::error::Error;
use crate::model::MOST_PARAMETERS;

const HEADER: usize = 24;
const CRC: usize = 4;
/// The versions of a network alone, and of a training.
const NETWORK: u16 = 1;
const TRAINING: u16 = 2;

/// A checkpoint by itself: what its bytes tell without the model that they belong to.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop_exchange::{Checkpoint, Error};
///
/// network! { type Net = 2 => Dense<1>, loss = SquaredError; }
/// let mut net = Net::ZERO;
/// net.parameters_mut().copy_from_slice(&[0.5, 1.0, 2.0]);
/// let mut file = [0; Net::CHECKPOINT];
/// net.save(&mut file).unwrap();
///
/// let checkpoint = Checkpoint::read(&file)?;
/// assert_eq!((checkpoint.fingerprint, checkpoint.digest), (Net::FINGERPRINT, net.digest()));
/// assert_eq!(checkpoint.parameters, [0.5, 1.0, 2.0]);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Checkpoint {
    /// Bytes of a number: 4 or 8. What they are, the fingerprint alone knows: they are read as `f32` and `f64`.
    pub width: usize,
    /// The hash of the architecture.
    pub fingerprint: u64,
    /// The hash of the parameters' bits, `Network::digest`.
    pub digest: u64,
    /// The parameters, in the order of the flat slice.
    pub parameters: Vec<f64>,
    /// What else the checkpoint of a training has.
    pub training: Option<Learning>,
}

/// A training in a checkpoint.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Learning {
    /// The optimiser's name; of one that is not nanoprop's, none.
    pub optimizer: Option<&'static str>,
    /// The steps that the optimiser counts.
    pub steps: u64,
    /// How far the training is.
    pub progress: Progress,
    /// What stands behind the parameters, each with as many numbers: what the optimiser keeps, `optimizer 1` and on; in the
    /// middle of a batch the `gradient`; the `best` weights, and the last `good` ones.
    pub parts: Vec<(String, Vec<f64>)>,
}

impl Checkpoint {
    /// Reads a checkpoint of a network or of a training. Memory is proportional to its size.
    ///
    /// # Errors
    ///
    /// If the bytes are no checkpoint, cut or changed.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let found = bytes.len();
        let Some(rest) = bytes.strip_prefix(b"nprp") else { return Err(CheckpointError::NotACheckpoint.into()) };
        let Some((&[v0, v1, w0, w1, f0, f1, f2, f3, f4, f5, f6, f7, ref count @ ..], _)) =
            rest.split_first_chunk::<{ HEADER - 4 }>()
        else {
            return Err(CheckpointError::Truncated { expected: HEADER + CRC, found }.into());
        };
        let (version, width) = (u16::from_le_bytes([v0, v1]), usize::from(u16::from_le_bytes([w0, w1])));
        let fingerprint = u64::from_le_bytes([f0, f1, f2, f3, f4, f5, f6, f7]);
        let count = usize::try_from(u64::from_le_bytes(*count)).unwrap_or(usize::MAX);
        if version != NETWORK && version != TRAINING {
            return Err(CheckpointError::UnknownVersion { found: version }.into());
        }
        if !matches!(width, 4 | 8) || count > MOST_PARAMETERS {
            return Err(CheckpointError::Corrupted.into());
        }
        let fixed = if version == NETWORK { HEADER } else { FIXED };
        let expected = fixed + count * width + CRC;
        if found < expected {
            return Err(CheckpointError::Truncated { expected, found }.into());
        }
        let numbers = |bytes: &[u8]| bytes.chunks_exact(width).map(number).collect::<Vec<_>>();
        if version == NETWORK {
            let values = values(bytes, fingerprint, count, width)?;
            let (digest, parameters) = (digest(values), numbers(values));
            return Ok(Checkpoint { width, fingerprint, digest, parameters, training: None });
        }
        let corrupted = || Error::Checkpoint(CheckpointError::Corrupted);
        let (body, crc) = bytes.split_last_chunk::<CRC>().ok_or_else(corrupted)?;
        if CRC_32.checksum(body).to_le_bytes() != *crc {
            return Err(corrupted());
        }
        let (head, body) = body.split_at_checked(FIXED).ok_or_else(corrupted)?;
        let (values, rest) = body.split_at_checked(count * width).ok_or_else(corrupted)?;
        let words = head.get(HEADER..).unwrap_or_default();
        let training = learning(words, rest, count * width, numbers).ok_or_else(corrupted)?;
        let (digest, parameters) = (digest(values), numbers(values));
        Ok(Checkpoint { width, fingerprint, digest, parameters, training: Some(training) })
    }
}

/// The training that these words and parts of `size` bytes are; `None` where no training can have written them.
fn learning(words: &[u8], parts: &[u8], size: usize, numbers: impl Fn(&[u8]) -> Vec<f64>) -> Option<Learning> {
    let words: Vec<u64> = words.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)).collect();
    let (&[name, flags, steps], words) = words.split_first_chunk::<3>()?;
    let progress = progress(words.first_chunk::<WORDS>()?)?;
    let flagged = ["gradient", "best", "good"].iter().enumerate().filter(|(bit, _)| flags >> bit & 1 == 1);
    let flagged: Vec<String> = flagged.map(|(_, name)| (*name).to_owned()).collect();
    let count = parts.len().checked_div(size).unwrap_or(flagged.len());
    if count * size != parts.len() || flags > 7 {
        return None;
    }
    let kept = count.checked_sub(flagged.len())?;
    let names = (1..=kept).map(|k| format!("optimizer {k}")).chain(flagged);
    let parts = names.zip(parts.chunks(size.max(1))).map(|(name, bytes)| (name, numbers(bytes))).collect();
    let optimizer = optimizers().find(|(_, hash)| *hash == name).map(|(name, _)| name);
    Some(Learning { optimizer, steps, progress, parts })
}

/// nanoprop's optimisers: names, and what stands for them in checkpoints.
fn optimizers() -> impl Iterator<Item = (&'static str, u64)> {
    macro_rules! all {
        ($($file:ident: $type:ident $rest:tt)+) => {
            [$((stringify!($type), optimizer::<nanoprop::$type>())),+]
        };
    }
    nanoprop::__optimizers!(all).into_iter()
}

/// nanoprop's optimisers, and how many numbers they keep of each parameter.
pub(crate) fn kept_by_optimizers() -> impl Iterator<Item = (&'static str, usize)> {
    fn of<O: Optimizer>(name: &'static str) -> (&'static str, usize) {
        (name, kept::<O>())
    }
    macro_rules! all {
        ($($file:ident: $type:ident $rest:tt)+) => {
            [$(of::<nanoprop::$type>(stringify!($type))),+]
        };
    }
    nanoprop::__optimizers!(all).into_iter()
}
