//! Checkpoints in flash that survive a loss of power: two slots, of which one is always whole. Feature `storage`.
//!
//! [`Slots`] takes any flash of the [`embedded-storage`](embedded_storage) traits. A save goes to the slot that does
//! not hold the newest checkpoint, and its header is written last. Wherever power fails, a restore finds the
//! checkpoint that was there before, or the new one, whole.
//!
//! What is stored is a network, or a tuple of all that training goes on from: a network, an optimiser's state, a
//! counter, a generator's seed. It passes through 64 bytes of stack, whatever its size. A save of what is stored already
//! writes nothing.
//!
//! # Example
//!
//! ```
//! # use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};
//! # struct Flash([u8; 2048]);
//! # impl ErrorType for Flash { type Error = NorFlashErrorKind; }
//! # impl ReadNorFlash for Flash {
//! #     const READ_SIZE: usize = 1;
//! #     fn read(&mut self, at: u32, to: &mut [u8]) -> Result<(), NorFlashErrorKind> {
//! #         Ok(to.copy_from_slice(&self.0[at as usize..][..to.len()]))
//! #     }
//! #     fn capacity(&self) -> usize { self.0.len() }
//! # }
//! # impl NorFlash for Flash {
//! #     const WRITE_SIZE: usize = 4;
//! #     const ERASE_SIZE: usize = 512;
//! #     fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
//! #         Ok(self.0[from as usize..to as usize].fill(0xff))
//! #     }
//! #     fn write(&mut self, at: u32, from: &[u8]) -> Result<(), NorFlashErrorKind> {
//! #         Ok(self.0[at as usize..][..from.len()].copy_from_slice(from))
//! #     }
//! # }
//! # let flash = Flash([0xff; 2048]);
//! use nanoprop::prelude::*;
//! use nanoprop::storage::{Refusal, Slots, StorageError};
//!
//! type Net = Network<Dense<U2, U1>, SquaredError>;
//! let mut slots = Slots::new(flash, 0..1024)?; // two slots, each of whole pages
//!
//! let (mut net, mut steps) = (Net::ZERO, 0_u32);
//! let nothing = slots.restore((&mut net, &mut steps)).unwrap_err();
//! assert_eq!(nothing, StorageError::Nothing([Refusal::Blank, Refusal::Blank]));
//!
//! net.parameters_mut().fill(0.5);
//! steps = 1000;
//! slots.save((&net, &steps))?;
//!
//! // … the device starts anew.
//! let (mut net, mut steps) = (Net::ZERO, 0_u32);
//! let saved = slots.restore((&mut net, &mut steps))?;
//! assert_eq!((net.parameters(), steps), (&[0.5; 3][..], 1000));
//! assert_eq!((saved.sequence, saved.wear), (1, [1, 0]));
//!
//! let [first, second] = slots.inspect::<(&Net, &u32)>();
//! assert_eq!((first, second), (Ok(saved), Err(Refusal::Blank)));
//! let flash = slots.release(); // for others that share it
//! # let _ = flash;
//! # Ok::<(), StorageError<NorFlashErrorKind>>(())
//! ```
//!
//! # Format, version 1
//!
//! A slot is a header of 40 bytes, padded with `0xff` to whole words; from byte 64 on what is stored, padded likewise.
//! Numbers are little-endian.
//!
//! | bytes | what |
//! | --- | --- |
//! | 4 | magic, `nprs` |
//! | 2 | version, 1 |
//! | 2 | 0 |
//! | 8 | fingerprint of the architecture: [`Save::FINGERPRINT`] |
//! | 4 | bytes of what is stored |
//! | 4 | sequence number |
//! | 8 | times each slot was erased, as far as is known |
//! | 4 | CRC-32 of what is stored |
//! | 4 | CRC-32 of the 36 bytes before |
//!
//! # How a save goes
//!
//! 1. Both slots are read and checked. The one that a restore would give stays; the other is the place.
//! 2. What is stored is compared with what that slot has, byte for byte. Where they are the same, the save ends: flash
//!    does not wear by saves that change nothing.
//! 3. The place is erased, also where it looks blank: an erase that was cut short may look so.
//! 4. What is stored is written, in ascending order, each word once, and read again to compare its checksum.
//! 5. The header is written, and read again.
//!
//! # What it does not do
//!
//! A word that power failed in may read one way today and another way tomorrow. Where such a word belongs to the last
//! words of a header, a checkpoint can be there and go, also after a save of the same bytes that found it there. Flash
//! that corrects its errors may answer a read of such a word with an error, which counts as a slot that is not whole; a
//! driver that faults instead has to be taught.
//!
//! # Beside `sequential-storage`
//!
//! The crate `sequential-storage` keeps many small values in a region of pages, by key or in a queue, and spreads
//! the wear over all pages. Use it for settings and logs, and for a network if one is there already and the network
//! fits: an item has to fit in a page and in a buffer in RAM, so that digits, 9.6 KB, takes a checkpoint of
//! [`Network::save`](crate::Network::save) in 10 KB of RAM and pages larger than that. `Slots` streams, so that a
//! network larger than RAM's rest is no matter; it has to have its two regions to itself, and each save of what has
//! changed erases a whole slot: a flash of 10,000 cycles takes 20,000 of them. Both can share a flash, in regions of their own.

mod error;
mod header;
mod look;
mod read;
mod save;
mod write;

use core::ops::Range;

pub use embedded_storage;
use embedded_storage::nor_flash::NorFlash;
pub use error::{Refusal, StorageError};
use header::{Header, newest, wear};
pub use save::{Restore, Save};
use write::Writer;

use crate::checkpoint::CRC_32;

/// Bytes that pass through the stack at once, and of a header with its padding.
const CHUNK: usize = 64;

/// Two slots of a flash for one checkpoint.
///
/// See the [module](self).
#[derive(Debug)]
pub struct Slots<F> {
    flash: F,
    /// Where the first slot starts.
    start: u32,
    /// Bytes of a slot.
    bytes: u32,
}

/// A checkpoint in flash: what [`Slots::save`] and [`Slots::restore`] return, as their example shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Saved {
    /// The slot that it is in, 0 or 1.
    pub slot: usize,
    /// How many saves there were with it, but for those that changed nothing; from 1, and from 2³² on again.
    pub sequence: u32,
    /// How often each slot was erased. Of several saves in a row that were cut short, one counts.
    pub wear: [u32; 2],
}

/// Bytes as a driver likes them: aligned.
#[repr(align(8))]
struct Chunk([u8; CHUNK]);

impl<F: NorFlash> Slots<F> {
    /// Two slots, the halves of a region of the flash.
    ///
    /// # Errors
    ///
    /// [`Region`](StorageError::Region) where it is not two halves of whole pages within the flash.
    pub fn new(flash: F, region: Range<u32>) -> Result<Self, StorageError<F::Error>> {
        const {
            let whole = F::WRITE_SIZE > 0 && F::READ_SIZE > 0 && F::ERASE_SIZE.is_multiple_of(F::WRITE_SIZE);
            assert!(whole && CHUNK.is_multiple_of(F::WRITE_SIZE), "a word of the flash has 1, 2, 4, … or 64 bytes");
            assert!(CHUNK.is_multiple_of(F::READ_SIZE), "the flash reads 1, 2, 4, … or 64 bytes at once");
        }
        let page = F::ERASE_SIZE as u32;
        let bytes = region.end.saturating_sub(region.start) / 2;
        let whole = region.start.is_multiple_of(page) && bytes.is_multiple_of(page) && bytes as usize >= CHUNK;
        if whole && region.end as usize <= flash.capacity() && region.end.is_multiple_of(page) {
            Ok(Slots { flash, start: region.start, bytes })
        } else {
            Err(StorageError::Region)
        }
    }

    /// Bytes of a slot for `S`: what it stores with its header, in whole pages. A region has two of them.
    pub const fn bytes<S: Save>() -> u32 {
        (CHUNK + S::BYTES).next_multiple_of(F::ERASE_SIZE) as u32
    }

    /// The flash.
    pub fn release(self) -> F {
        self.flash
    }

    /// Writes a checkpoint: of a network, `slots.save(&net)`, or of a tuple, `slots.save((&net, &moments, &steps))`.
    ///
    /// It erases the pages of one slot. The other has the checkpoint before, until this one is whole. Where the newest
    /// checkpoint of this kind has the same bytes already, nothing is written, and that one is returned.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](StorageError::TooLarge), [`NotFinite`](StorageError::NotFinite) for a network with NaN, the
    /// [flash's](StorageError::Flash), or [`Worn`](StorageError::Worn) where the flash does not keep what is written; the
    /// checkpoint before is there still.
    pub fn save<S: Save>(&mut self, value: S) -> Result<Saved, StorageError<F::Error>> {
        let needed = Self::bytes::<S>();
        if needed > self.bytes {
            return Err(StorageError::TooLarge { needed, slot: self.bytes });
        }
        if let Some(tensor) = value.not_finite() {
            return Err(StorageError::NotFinite(tensor));
        }
        let slots = [self.whole(0), self.whole(1)];
        let [mine, any] = [true, false].map(|mine| {
            newest(slots.each_ref().map(|slot| slot.as_ref().ok().filter(|header| !mine || header.is_of::<S>())))
        });
        if let Some((kept, header)) = mine
            && self.holds(kept, &value)
        {
            return Ok(header.saved(kept));
        }
        let slot = mine.or(any).map_or(0, |(kept, _)| 1 - kept);
        let sequence = any.map_or(1, |(_, header)| header.sequence.wrapping_add(1));
        let wear = wear(&slots, slot);

        let start = self.start_of(slot);
        self.flash.erase(start, start + needed).map_err(StorageError::Flash)?;
        let mut writer = Writer {
            flash: &mut self.flash,
            at: start + CHUNK as u32,
            chunk: Chunk([0xff; CHUNK]),
            len: 0,
            crc: CRC_32.digest(),
        };
        value.write(&mut |bytes| writer.push(bytes)).map_err(StorageError::Flash)?;
        writer.flush().map_err(StorageError::Flash)?;
        let crc = writer.crc.finalize();
        if self.checksum(slot, S::BYTES).map_err(StorageError::Flash)? != crc {
            return Err(StorageError::Worn { slot });
        }

        let header = Header { fingerprint: S::FINGERPRINT, length: S::BYTES as u32, sequence, wear, crc };
        let (bytes, chunk) = (header.to_bytes(), &mut Chunk([0xff; CHUNK]));
        chunk.0.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        let words = chunk.0.get(..bytes.len().next_multiple_of(F::WRITE_SIZE)).unwrap_or_default();
        self.flash.write(start, words).map_err(StorageError::Flash)?;
        match self.header(slot) {
            Ok(found) if found == header => Ok(header.saved(slot)),
            Err(Refusal::Flash(error)) => Err(StorageError::Flash(error)),
            _ => Err(StorageError::Worn { slot }),
        }
    }

    /// Reads the newest checkpoint of this kind that is whole: `slots.restore(&mut net)`, or
    /// `slots.restore((&mut net, &mut moments, &mut steps))`.
    ///
    /// # Errors
    ///
    /// [`Nothing`](StorageError::Nothing) with the reason for each slot; what was to be restored is then as it was.
    /// An error of the [flash](StorageError::Flash), or [`Worn`](StorageError::Worn), where a slot that was just found
    /// whole can't be read any more; what was to be restored may then be changed.
    pub fn restore<S: Restore>(&mut self, mut value: S) -> Result<Saved, StorageError<F::Error>> {
        let slots = [self.of::<S>(0), self.of::<S>(1)];
        let Some((slot, header)) = newest(slots.each_ref().map(|slot| slot.as_ref().ok())) else {
            let [first, second] = slots.map(|slot| slot.err().unwrap_or(Refusal::Torn));
            return Err(StorageError::Nothing([first, second]));
        };
        let (header, mut crc) = (*header, CRC_32.digest());
        let mut reader = self.reader(slot, S::BYTES);
        let mut read = |to: &mut [u8]| {
            reader.pull(to)?;
            crc.update(to);
            Ok(())
        };
        value.read(&mut read).map_err(StorageError::Flash)?;
        if crc.finalize() == header.crc { Ok(header.saved(slot)) } else { Err(StorageError::Worn { slot }) }
    }

    /// What each slot holds, or why it can't be restored as an `S`.
    pub fn inspect<S: Save>(&mut self) -> [Result<Saved, Refusal<F::Error>>; 2] {
        [self.of::<S>(0).map(|header| header.saved(0)), self.of::<S>(1).map(|header| header.saved(1))]
    }
}
