//! A NOR flash that loses power: an erase sets a page's bits, a write clears bits, word by word, and no word twice. Or the
//! other way round, as the flash of some microcontrollers.

use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash};
use nanoprop::prelude::*;
use nanoprop::storage::embedded_storage;

/// What is left of the operation in which power fails.
#[derive(Clone, Copy, Debug)]
pub enum Tear {
    /// It has not begun.
    Before,
    /// The first half of the word or page.
    Half,
    /// The second half of the word or page, as where a page is erased from its end.
    LastHalf,
    /// Each bit that was to change has, or has not.
    Bits,
    /// Any bits.
    Junk,
    /// All of it.
    After,
}

pub const TEARS: [Tear; 6] = [Tear::Before, Tear::Half, Tear::LastHalf, Tear::Bits, Tear::Junk, Tear::After];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Power is gone.
    NoPower,
    /// The flash was used in a way that it does not allow.
    Misuse,
    /// A read that the flash can't correct.
    Unreadable,
}

impl NorFlashError for Fault {
    fn kind(&self) -> NorFlashErrorKind {
        NorFlashErrorKind::Other
    }
}

/// `PAGES` pages of `ERASE` bytes; `WRITE` bytes are a word.
#[derive(Clone)]
pub struct Flash<const READ: usize, const WRITE: usize, const ERASE: usize> {
    /// A byte after an erase: 0xff or 0.
    pub blank: u8,
    pub bytes: Vec<u8>,
    /// Words that were written since their page was erased.
    written: Vec<bool>,
    /// How many operations (words, pages, reads) are left before power fails, and how it does.
    pub cut: Option<(usize, Tear)>,
    /// Operations so far.
    pub operations: usize,
    /// Erases of each page.
    pub erased: Vec<u32>,
    /// Bytes that can't be read.
    pub unreadable: core::ops::Range<usize>,
    /// Bits that no erase sets.
    pub stuck: Option<usize>,
    random: Pcg32,
}

impl<const READ: usize, const WRITE: usize, const ERASE: usize> Flash<READ, WRITE, ERASE> {
    pub fn new(pages: usize) -> Self {
        Self::erased_to(0xff, pages)
    }

    pub fn erased_to(blank: u8, pages: usize) -> Self {
        Flash {
            blank,
            bytes: vec![blank; pages * ERASE],
            written: vec![false; pages * ERASE / WRITE],
            cut: None,
            operations: 0,
            erased: vec![0; pages],
            unreadable: 0..0,
            stuck: None,
            random: Pcg32::new(1),
        }
    }

    /// The flash, with power again.
    pub fn again(&self) -> Self {
        Flash { cut: None, ..self.clone() }
    }

    /// The flash, with power for so many operations, and a little.
    pub fn until(&self, operations: usize, tear: Tear, seed: u64) -> Self {
        Flash { cut: Some((operations, tear)), operations: 0, random: Pcg32::new(seed), ..self.clone() }
    }

    /// Counts an operation: `None` where it is done as a whole, how it is torn where power fails in it.
    fn operation(&mut self) -> Result<Option<Tear>, Fault> {
        self.operations += 1;
        match &mut self.cut {
            None => Ok(None),
            Some((usize::MAX, _)) => Err(Fault::NoPower),
            Some((left @ 0, tear)) => {
                *left = usize::MAX;
                Ok(Some(*tear))
            }
            Some((left, _)) => {
                *left -= 1;
                Ok(None)
            }
        }
    }

    /// Changes bytes from `at` to `new`, as far as power lasts.
    fn change(&mut self, at: usize, new: &[u8]) -> Result<(), Fault> {
        let Some(tear) = self.operation()? else {
            self.bytes[at..at + new.len()].copy_from_slice(new);
            return Ok(());
        };
        let half = new.len() / 2;
        for (i, &new) in new.iter().enumerate() {
            let byte = &mut self.bytes[at + i];
            let random = self.random.bits() as u8;
            match tear {
                Tear::Before => {}
                Tear::Half if i >= half => {}
                Tear::LastHalf if i < half => {}
                Tear::Bits => *byte ^= (*byte ^ new) & random,
                Tear::Junk => *byte = random,
                _ => *byte = new,
            }
        }
        Err(Fault::NoPower)
    }
}

fn aligned(size: usize, from: usize, len: usize, capacity: usize) -> Result<(), Fault> {
    let fits = from.is_multiple_of(size) && len.is_multiple_of(size) && from + len <= capacity;
    if fits { Ok(()) } else { Err(Fault::Misuse) }
}

impl<const READ: usize, const WRITE: usize, const ERASE: usize> ErrorType for Flash<READ, WRITE, ERASE> {
    type Error = Fault;
}

impl<const READ: usize, const WRITE: usize, const ERASE: usize> ReadNorFlash for Flash<READ, WRITE, ERASE> {
    const READ_SIZE: usize = READ;

    fn read(&mut self, offset: u32, to: &mut [u8]) -> Result<(), Fault> {
        let at = offset as usize;
        aligned(READ, at, to.len(), self.bytes.len())?;
        if self.operation()?.is_some() {
            return Err(Fault::NoPower);
        }
        to.copy_from_slice(&self.bytes[at..at + to.len()]);
        let overlaps = at < self.unreadable.end && self.unreadable.start < at + to.len();
        if overlaps { Err(Fault::Unreadable) } else { Ok(()) }
    }

    fn capacity(&self) -> usize {
        self.bytes.len()
    }
}

impl<const READ: usize, const WRITE: usize, const ERASE: usize> NorFlash for Flash<READ, WRITE, ERASE> {
    const WRITE_SIZE: usize = WRITE;
    const ERASE_SIZE: usize = ERASE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Fault> {
        aligned(ERASE, from as usize, (to - from) as usize, self.bytes.len())?;
        for page in (from as usize..to as usize).step_by(ERASE) {
            let mut blank = [self.blank; ERASE];
            if let Some(stuck) = self.stuck.filter(|stuck| (page..page + ERASE).contains(stuck)) {
                blank[stuck - page] ^= 1;
            }
            // Until the erase is whole, none of the page's words may be written.
            self.written[page / WRITE..(page + ERASE) / WRITE].fill(true);
            self.change(page, &blank)?;
            self.written[page / WRITE..(page + ERASE) / WRITE].fill(false);
            self.erased[page / ERASE] += 1;
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Fault> {
        aligned(WRITE, offset as usize, bytes.len(), self.bytes.len())?;
        for (at, word) in (offset as usize..).step_by(WRITE).zip(bytes.chunks(WRITE)) {
            if std::mem::replace(&mut self.written[at / WRITE], true) {
                return Err(Fault::Misuse);
            }
            // The bits that the erase left as they were become the word's; the others stay.
            let written = |(new, old): (&u8, &u8)| old ^ (old ^ new) & !(old ^ self.blank);
            let written: Vec<u8> = word.iter().zip(&self.bytes[at..]).map(written).collect();
            self.change(at, &written)?;
        }
        Ok(())
    }
}
