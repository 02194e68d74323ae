//! `Slots::restore`, over two saved slots with damage that their checksums may not find. What is restored is what the slot
//! says; what is refused changes nothing; and the next save works.
#![no_main]

use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash};
use libfuzzer_sys::fuzz_target;
use nanoprop::prelude::*;
use nanoprop::storage::{Slots, StorageError};

mod forge;

network! {
    type Net = 3 => Dense<4, Tanh> => Dense<2>, loss = SoftmaxCrossEntropy;
}

const SLOT: usize = Slots::<Flash>::bytes::<&Net>() as usize;

#[derive(Clone, Debug)]
struct Flash([u8; 2 * SLOT]);

impl ErrorType for Flash {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = 1;
    fn read(&mut self, at: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        let from = self.0.get(at as usize..).and_then(|from| from.get(..bytes.len()));
        bytes.copy_from_slice(from.ok_or(NorFlashErrorKind::OutOfBounds)?);
        Ok(())
    }
    fn capacity(&self) -> usize {
        self.0.len()
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = 4;
    const ERASE_SIZE: usize = 64;
    fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        self.0.get_mut(from as usize..to as usize).ok_or(NorFlashErrorKind::OutOfBounds)?.fill(0xff);
        Ok(())
    }
    fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        let to = self.0.get_mut(at as usize..).and_then(|to| to.get_mut(..bytes.len()));
        to.ok_or(NorFlashErrorKind::OutOfBounds)?.iter_mut().zip(bytes).for_each(|(to, from)| *to &= from);
        Ok(())
    }
}

/// The bytes of the header before its checksum; the last four are the checksum of what is stored.
const FIELDS: usize = 36;

/// Makes the checksums of a slot right: of what is stored, and of the header.
fn seal(slot: &mut [u8]) {
    let stored = forge::CRC_32.checksum(&slot[64..64 + size_of::<Net>()]);
    slot[FIELDS - 4..FIELDS].copy_from_slice(&stored.to_le_bytes());
    forge::seal(&mut slot[..FIELDS + 4]);
}

fuzz_target!(|data: &[u8]| {
    let (&how, edits) = data.split_first().unwrap_or((&0, &[]));
    let region = 0..2 * SLOT as u32;
    let mut slots = Slots::new(Flash([0xff; 2 * SLOT]), region.clone()).unwrap();
    let mut net = Net::ZERO;
    for seed in 0..how % 4 {
        net.initialize(&Xavier, &mut Pcg32::new(seed.into()));
        slots.save(&net).unwrap();
    }
    let mut flash = slots.release();
    forge::damage(&mut flash.0, edits);
    let (first, second) = flash.0.split_at_mut(SLOT);
    [(4, first), (8, second)].into_iter().filter(|(bit, _)| how & bit != 0).for_each(|(_, slot)| seal(slot));

    let stored = flash.0;
    let mut slots = Slots::new(flash, region).unwrap();
    let before = net.digest();
    let kept = match slots.restore(&mut net) {
        Ok(saved) => {
            let slot = &stored[saved.slot * SLOT..][..SLOT];
            let mut numbers = slot[64..].as_chunks::<4>().0.iter().map(|&bytes| u32::from_le_bytes(bytes));
            assert!(net.parameters().iter().all(|w| Some(w.to_bits()) == numbers.next()), "restored otherwise");
            assert_eq!(slots.inspect::<&Net>()[saved.slot].ok(), Some(saved));
            Some(saved)
        }
        Err(StorageError::Nothing(_)) => {
            assert_eq!(net.digest(), before, "refused, and the network has changed");
            None
        }
        Err(error) => panic!("{error}"),
    };
    net.initialize(&Xavier, &mut Pcg32::new(99));
    let saved = slots.save(&net).unwrap();
    assert!(kept.is_none_or(|kept| kept.slot != saved.slot), "what would be restored was written over");
    let mut read = Net::ZERO;
    let restored = slots.restore(&mut read).unwrap();
    assert_eq!((restored, read.digest()), (saved, net.digest()), "the newest is what was saved last");
});
