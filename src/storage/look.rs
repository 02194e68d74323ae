//! What is in a slot.

use embedded_storage::nor_flash::NorFlash;

use super::header::Header;
use super::read::Reader;
use super::{CHUNK, Chunk, Refusal, Save, Slots};
use crate::checkpoint::CRC_32;

impl<F: NorFlash> Slots<F> {
    /// Whether the bytes in a slot are those of a value. Where they can't be read, they are not.
    pub(super) fn holds<S: Save>(&mut self, slot: usize, value: &S) -> bool {
        let (mut reader, mut left) = (self.reader(slot, S::BYTES), S::BYTES);
        let same = value.write(&mut |bytes| {
            left = left.checked_sub(bytes.len()).ok_or(())?;
            bytes.iter().try_for_each(|byte| {
                let mut found = [0];
                reader.pull(&mut found).map_err(|_| ())?;
                if found == [*byte] { Ok(()) } else { Err(()) }
            })
        });
        same.is_ok() && left == 0
    }

    /// The first bytes of what a slot stores.
    pub(super) fn reader(&mut self, slot: usize, length: usize) -> Reader<'_, F> {
        let start = self.start_of(slot) + CHUNK as u32;
        Reader::new(&mut self.flash, start, length)
    }

    pub(super) fn start_of(&self, slot: usize) -> u32 {
        self.start + if slot == 0 { 0 } else { self.bytes }
    }

    /// A checkpoint of this kind that is whole.
    pub(super) fn of<S: Save>(&mut self, slot: usize) -> Result<Header, Refusal<F::Error>> {
        let header = self.whole(slot)?;
        if header.is_of::<S>() {
            Ok(header)
        } else {
            Err(Refusal::Foreign { expected: S::BYTES, found: header.length as usize })
        }
    }

    /// A checkpoint of any kind that is whole.
    pub(super) fn whole(&mut self, slot: usize) -> Result<Header, Refusal<F::Error>> {
        let header = self.header(slot)?;
        let length = header.length as usize;
        if length > self.bytes as usize - CHUNK {
            return Err(Refusal::Torn);
        }
        match self.checksum(slot, length) {
            Ok(crc) if crc == header.crc => Ok(header),
            Ok(_) => Err(Refusal::Corrupted),
            Err(error) => Err(Refusal::Flash(error)),
        }
    }

    pub(super) fn header(&mut self, slot: usize) -> Result<Header, Refusal<F::Error>> {
        let mut chunk = Chunk([0; CHUNK]);
        self.flash.read(self.start_of(slot), &mut chunk.0).map_err(Refusal::Flash)?;
        Header::of(&chunk.0)
    }

    /// The checksum of what a slot stores.
    pub(super) fn checksum(&mut self, slot: usize, length: usize) -> Result<u32, F::Error> {
        let (mut crc, mut chunk) = (CRC_32.digest(), Chunk([0; CHUNK]));
        let start = self.start_of(slot) + CHUNK as u32;
        for done in (0..length).step_by(CHUNK) {
            let bytes = CHUNK.min(length - done);
            let read = chunk.0.get_mut(..bytes.next_multiple_of(F::READ_SIZE)).unwrap_or_default();
            self.flash.read(start + done as u32, read)?;
            crc.update(chunk.0.get(..bytes).unwrap_or_default());
        }
        Ok(crc.finalize())
    }
}
