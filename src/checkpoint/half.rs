//! Checkpoints of networks with parameters of 16 bits.

use super::{CRC, CRC_32, CheckpointError, HEADER, VERSION, header, whole};
use crate::halves::{Half, HalfNumber};
use crate::layer::Fnv;
use crate::loss::Loss;
use crate::network::{Layers, Network};
use crate::stored::Widen;

impl<L: Layers<Chain: Widen>, E: Loss, H: HalfNumber, const P: usize> Half<Network<L, E>, H, P> {
    /// The bytes of a checkpoint.
    pub const CHECKPOINT: usize = HEADER + 2 * P + CRC;

    /// What tells the network and the kind of number apart in checkpoints.
    pub const FINGERPRINT: u64 = Fnv::new().number64(Network::<L, E>::FINGERPRINT).bytes(H::NAME.as_bytes()).finish();

    /// Writes a checkpoint to the front of `bytes`, and returns how many bytes it has.
    ///
    /// # Errors
    ///
    /// [`BufferTooSmall`](CheckpointError::BufferTooSmall), with nothing written.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::halved;
    /// use nanoprop::halves::f16;
    ///
    /// network! { type Net = 2 => Dense<3, Tanh> => Dense<1>, loss = SquaredError; }
    /// type Small = halved!(Net, f16);
    /// let (mut small, mut back) = (Small::ZERO, Small::ZERO);
    /// small.parameters_mut()[4] = f16::from_f32(0.1);
    /// let mut file = [0; Small::CHECKPOINT];
    /// assert_eq!(small.save(&mut file), Ok(24 + 13 * 2 + 4));
    /// back.load(&file).unwrap();
    /// assert_eq!(back.parameters(), small.parameters());
    /// file[30] ^= 1;
    /// assert_eq!(back.load(&file).unwrap_err().to_string(), "corrupted: not the bytes that were written");
    /// ```
    pub fn save(&self, bytes: &mut [u8]) -> Result<usize, CheckpointError> {
        let (needed, found) = (Self::CHECKPOINT, bytes.len());
        let error = CheckpointError::BufferTooSmall { needed, found };
        let (body, rest) = bytes.split_at_mut_checked(needed - CRC).ok_or(error)?;
        let crc = rest.first_chunk_mut::<CRC>().ok_or(error)?;
        let (first, values) = body.split_first_chunk_mut::<HEADER>().ok_or(error)?;
        *first = header(VERSION, 2, Self::FINGERPRINT, P);
        values
            .as_chunks_mut::<2>()
            .0
            .iter_mut()
            .zip(self.parameters())
            .for_each(|(to, from)| *to = from.bits().to_le_bytes());
        *crc = CRC_32.checksum(body).to_le_bytes();
        Ok(needed)
    }

    /// Reads a checkpoint; nothing changes where it is refused.
    ///
    /// # Errors
    ///
    /// Those of [`Network::load`], by which a network of other layers or another kind of number is a
    /// [`WrongArchitecture`](CheckpointError::WrongArchitecture).
    pub fn load(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        let values = whole::<false>(bytes, Self::FINGERPRINT, P, 2)?.as_chunks::<2>().0;
        let numbers = values.iter().map(|&bytes| H::of_bits(u16::from_le_bytes(bytes)));
        self.parameters_mut().iter_mut().zip(numbers).for_each(|(to, from)| *to = from);
        Ok(())
    }

    /// The bytes of the parameters, checked by the compiler.
    pub(super) const fn check(bytes: &[u8]) -> Result<&[u8], CheckpointError> {
        whole::<true>(bytes, Self::FINGERPRINT, P, 2)
    }

    /// A number that stands for all parameters, as [`Network::digest`].
    pub fn digest(&self) -> u64 {
        self.parameters().iter().flat_map(|number| number.bits().to_le_bytes()).fold(Fnv::new(), Fnv::byte).finish()
    }
}
