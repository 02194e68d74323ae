//! A NOR flash in RAM, whose power fails after some operations: pages are erased to ones, words only lose them.

use nanoprop::storage::embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};

const PAGE: usize = 512;
const WORD: usize = 4;

/// Four pages, and how many operations there is power for: pages erased, words written.
pub struct Flash {
    bytes: [u8; 4 * PAGE],
    power: u32,
}

impl Flash {
    /// Bytes of two slots.
    pub const BYTES: u32 = 4 * PAGE as u32;

    /// Blank, with power.
    pub const NEW: Flash = Flash { bytes: [0xff; 4 * PAGE], power: u32::MAX };

    /// Power for so many operations more.
    pub fn power(&mut self, operations: u32) {
        self.power = operations;
    }

    /// The bytes from `at` on, where there are so many.
    fn part(&mut self, at: u32, len: usize) -> Result<&mut [u8], NorFlashErrorKind> {
        let rest = self.bytes.get_mut(at as usize..).and_then(|rest| rest.get_mut(..len));
        rest.ok_or(NorFlashErrorKind::OutOfBounds)
    }

    /// One operation: of the last one, which power fails in, only the first half is done.
    fn spend(&mut self, len: usize) -> Result<usize, NorFlashErrorKind> {
        match self.power {
            0 => Err(NorFlashErrorKind::Other),
            1 => {
                self.power = 0;
                Ok(len / 2)
            }
            _ => {
                self.power -= 1;
                Ok(len)
            }
        }
    }
}

impl ErrorType for Flash {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = 1;

    fn read(&mut self, at: u32, to: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        let from = self.part(at, to.len())?;
        to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.bytes.len()
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        for page in (from..to).step_by(PAGE) {
            let done = self.spend(PAGE)?;
            self.part(page, PAGE)?.iter_mut().take(done).for_each(|byte| *byte = 0xff);
        }
        Ok(())
    }

    fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        for (k, word) in bytes.chunks(WORD).enumerate() {
            let done = self.spend(WORD)?;
            let to = self.part(at + (k * WORD) as u32, word.len())?;
            to.iter_mut().zip(word).take(done).for_each(|(to, byte)| *to &= byte);
        }
        Ok(())
    }
}
