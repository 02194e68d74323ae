use embedded_storage::nor_flash::NorFlash;

use super::{CHUNK, Chunk};

/// Bytes on their way to the flash.
pub(super) struct Writer<'f, F> {
    pub(super) flash: &'f mut F,
    pub(super) at: u32,
    pub(super) chunk: Chunk,
    /// How many bytes of the chunk are there.
    pub(super) len: usize,
    pub(super) crc: crc::Digest<'static, u32, crc::NoTable>,
}

impl<F: NorFlash> Writer<'_, F> {
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), F::Error> {
        self.crc.update(bytes);
        for &byte in bytes {
            self.chunk.0.iter_mut().skip(self.len).take(1).for_each(|to| *to = byte);
            self.len += 1;
            if self.len == CHUNK {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Writes what is there, padded to whole words.
    pub(super) fn flush(&mut self) -> Result<(), F::Error> {
        let words = self.len.next_multiple_of(F::WRITE_SIZE);
        if words > 0 {
            self.flash.write(self.at, self.chunk.0.get(..words).unwrap_or_default())?;
        }
        self.at += words as u32;
        (self.len, self.chunk) = (0, Chunk([0xff; CHUNK]));
        Ok(())
    }
}
