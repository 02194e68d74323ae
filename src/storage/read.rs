use embedded_storage::nor_flash::ReadNorFlash;

use super::{CHUNK, Chunk};

/// Bytes on their way from the flash, in ascending order.
pub(super) struct Reader<'f, F> {
    flash: &'f mut F,
    /// Where the next chunk starts.
    at: u32,
    /// How many bytes are behind it.
    left: usize,
    chunk: Chunk,
    /// How many bytes of the chunk were taken.
    taken: usize,
}

impl<'f, F: ReadNorFlash> Reader<'f, F> {
    pub(super) fn new(flash: &'f mut F, at: u32, length: usize) -> Self {
        Reader { flash, at, left: length, chunk: Chunk([0xff; CHUNK]), taken: CHUNK }
    }

    /// Fills `to` with the next bytes; behind the last one, with any.
    pub(super) fn pull(&mut self, to: &mut [u8]) -> Result<(), F::Error> {
        for to in to {
            if self.taken == CHUNK {
                let bytes = self.left.min(CHUNK).next_multiple_of(F::READ_SIZE);
                self.flash.read(self.at, self.chunk.0.get_mut(..bytes).unwrap_or_default())?;
                (self.at, self.left, self.taken) = (self.at + CHUNK as u32, self.left.saturating_sub(CHUNK), 0);
            }
            *to = self.chunk.0.get(self.taken).copied().unwrap_or_default();
            self.taken += 1;
        }
        Ok(())
    }
}
