//! Checkpoints of networks in integers.

use super::{CRC, CheckpointError, HEADER, VERSION, header, whole, write};
use crate::array::Plain;
use crate::int8::{Int8Layer, Quantize, Quantized};
use crate::layer::Fnv;
use crate::loss::Loss;
use crate::network::{Layers, Network};

/// Checkpoints, whose numbers are the network's bytes.
impl<L: Layers<Chain: Quantize>, E: Loss> Quantized<Network<L, E>> {
    /// Bytes of a checkpoint.
    pub const CHECKPOINT: usize = HEADER + size_of::<Self>() + CRC;

    /// A hash of the architecture: that of the network in floating point, and of this form. A file whose weights are
    /// not in pairs, or that has other layers in floating point, has another, and is refused.
    pub const FINGERPRINT: u64 = {
        let fnv = Fnv::new().number64(Network::<L, E>::FINGERPRINT).bytes(b"int8 in pairs");
        match <<L::Chain as Quantize>::Int8 as Int8Layer>::KEPT {
            0 => fnv.finish(),
            kept => fnv.number64(kept).finish(),
        }
    };

    /// Writes the network to the front of `bytes`, and returns how many bytes it wrote:
    /// [`CHECKPOINT`](Quantized::CHECKPOINT).
    ///
    /// # Errors
    ///
    /// [`BufferTooSmall`](CheckpointError::BufferTooSmall). Nothing is written then.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::{CheckpointError, Quantized};
    ///
    /// type Small = Quantized<Network<Dense<U2, U1>, SquaredError>>;
    /// let mut file = [0; Small::CHECKPOINT];
    /// Small::ZERO.save(&mut file)?;
    /// let mut restored = Small::ZERO;
    /// restored.load(&file)?;
    ///
    /// file[30] ^= 1;
    /// assert_eq!(restored.load(&file), Err(CheckpointError::Corrupted));
    /// # Ok::<(), CheckpointError>(())
    /// ```
    pub fn save(&self, bytes: &mut [u8]) -> Result<usize, CheckpointError> {
        write(bytes, Self::CHECKPOINT, header(VERSION, 1, Self::FINGERPRINT, Self::COUNT), self.flat())
    }

    /// Reads what [`save`](Quantized::save) wrote.
    ///
    /// # Errors
    ///
    /// A [`CheckpointError`] that says what is wrong with `bytes`. The network is unchanged then.
    pub fn load(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        let values = Self::check::<false>(bytes)?;
        self.flat_mut().iter_mut().zip(values).for_each(|(to, &from)| *to = from.cast_signed());
        Ok(())
    }

    /// The 64-bit FNV-1a of the bytes, for comparisons; a constant of a `static`.
    pub const fn digest(&self) -> u64 {
        super::fnv(crate::plain::bytes(self))
    }

    /// The bytes of a checkpoint that is whole and belongs to this network.
    pub(super) const fn check<const COMPILER: bool>(bytes: &[u8]) -> Result<&[u8], CheckpointError> {
        whole::<COMPILER>(bytes, Self::FINGERPRINT, <Self as Plain>::COUNT, 1)
    }
}
