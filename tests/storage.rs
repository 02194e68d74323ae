//! Checkpoints in flash: power fails in each operation of a save, and again in each of the next one.
//!
//! `cargo test --test storage -- --nocapture` prints how many cuts were tried.

#[path = "storage/contents.rs"]
mod contents;
#[path = "storage/cuts.rs"]
mod cuts;
#[path = "storage/flash.rs"]
mod flash;
#[path = "storage/format.rs"]
mod format;

use std::fmt::Debug;

use flash::{Fault, Flash, TEARS};
use nanoprop::prelude::*;
use nanoprop::storage::embedded_storage::nor_flash::NorFlash;
use nanoprop::storage::{Refusal, Restore, Save, Saved, Slots, StorageError};
use nanoprop::{Momentum, State, Uniform};

network! {
    type Net = 2 => Dense<3, Tanh> => Dense<2>, loss = SigmoidCrossEntropy;
    type Other = 2 => Dense<3, Relu> => Dense<2>, loss = SigmoidCrossEntropy;
    type Larger = 2 => Dense<30, Tanh> => Dense<2>, loss = SigmoidCrossEntropy;
}

/// A network with its momentum and a counter: what training goes on from.
struct Desk {
    net: Net,
    moments: Net,
    steps: u32,
}

impl Desk {
    /// The desk after so many steps, with any finite bits.
    fn new(steps: u32) -> Desk {
        let mut desk = Desk { net: Net::ZERO, moments: Net::ZERO, steps };
        let mut rng = Pcg32::new(steps as u64);
        let numbers = desk.net.parameters_mut().iter_mut().chain(desk.moments.parameters_mut());
        numbers.for_each(|number| *number = f32::from_bits(rng.bits() & !(1 << 23)));
        desk
    }

    fn bits(&self) -> (Vec<u32>, u32) {
        let numbers = self.net.parameters().iter().chain(self.moments.parameters());
        (numbers.map(|number| number.to_bits()).collect(), self.steps)
    }

    fn save<F: NorFlash>(&self, flash: &mut F) -> Result<Saved, StorageError<F::Error>> {
        slots(flash).save((&self.net, &self.moments, &self.steps))
    }

    /// What is in the flash: the steps, after a comparison of all bits. 0 where nothing is.
    fn found<F: NorFlash<Error: Debug>>(flash: &mut F) -> (u32, Option<Saved>) {
        let mut desk = Desk::new(0);
        match slots(flash).restore((&mut desk.net, &mut desk.moments, &mut desk.steps)) {
            Ok(saved) => {
                assert_eq!(desk.bits(), Desk::new(desk.steps).bits(), "neither the old nor the new one");
                (desk.steps, Some(saved))
            }
            Err(StorageError::Nothing(_)) => {
                assert_eq!(desk.bits(), Desk::new(0).bits(), "nothing was restored, but something changed");
                (0, None)
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// All but the first and the last page.
fn slots<F: NorFlash>(flash: &mut F) -> Slots<Borrowed<'_, F>> {
    let (page, end) = (F::ERASE_SIZE as u32, flash.capacity() as u32);
    Slots::new(Borrowed(flash), page..end - page).unwrap_or_else(|_| panic!("a region"))
}

/// Drivers are handed over; this lends one.
struct Borrowed<'f, F>(&'f mut F);

mod borrowed {
    use super::Borrowed;
    use nanoprop::storage::embedded_storage::nor_flash::{ErrorType, NorFlash, ReadNorFlash};

    impl<F: ErrorType> ErrorType for Borrowed<'_, F> {
        type Error = F::Error;
    }

    impl<F: ReadNorFlash> ReadNorFlash for Borrowed<'_, F> {
        const READ_SIZE: usize = F::READ_SIZE;

        fn read(&mut self, offset: u32, to: &mut [u8]) -> Result<(), F::Error> {
            self.0.read(offset, to)
        }

        fn capacity(&self) -> usize {
            self.0.capacity()
        }
    }

    impl<F: NorFlash> NorFlash for Borrowed<'_, F> {
        const WRITE_SIZE: usize = F::WRITE_SIZE;
        const ERASE_SIZE: usize = F::ERASE_SIZE;

        fn erase(&mut self, from: u32, to: u32) -> Result<(), F::Error> {
            self.0.erase(from, to)
        }

        fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), F::Error> {
            self.0.write(offset, bytes)
        }
    }
}

type Common = Flash<4, 4, 256>;

/// A region of four pages.
fn common() -> Slots<Common> {
    Slots::new(Flash::new(4), 0..1024).unwrap()
}

fn numbers(seed: u64) -> Net {
    let mut net = Net::ZERO;
    net.initialize(&Uniform(0.7), &mut Pcg32::new(seed));
    net
}

#[test]
fn slots_take_turns_and_wear_is_counted() {
    turns(0xff);
    turns(0);
}

fn turns(blank: u8) {
    let mut slots = Slots::new(Common::erased_to(blank, 4), 0..1024).unwrap();
    assert_eq!(slots.inspect::<Net>(), [Err(Refusal::Blank); 2]);
    for n in 1..=20_u32 {
        let saved = slots.save(numbers(n as u64)).unwrap();
        assert_eq!((saved.slot, saved.sequence), ((n as usize + 1) % 2, n));
        assert_eq!(saved.wear, [n.div_ceil(2), n / 2]);
        let mut net = Net::ZERO;
        assert_eq!(slots.restore(&mut net), Ok(saved));
        assert_eq!(net.digest(), numbers(n as u64).digest());
    }
    let flash = slots.release();
    assert_eq!(flash.erased, [10, 0, 10, 0], "pages that a slot does not need stay as they are");

    // A save that was cut short counts too, and several in a row once.
    for cut in [8, 8] {
        let mut slots = Slots::new(flash.until(cut, TEARS[0], 1), 0..1024).unwrap();
        assert!(slots.save(numbers(0)).is_err());
        let mut slots = Slots::new(slots.release().again(), 0..1024).unwrap();
        assert_eq!(slots.save(numbers(0)).unwrap().wear, [12, 10]);
    }
}

/// A save of what is there already: no word is written, no page erased, whatever the other slot holds.
#[test]
fn what_is_unchanged_is_not_written_again() {
    let mut slots = common();
    let unchanged = |slots: Slots<Common>, net: &Net, saved: Saved| {
        let before = slots.release();
        let mut slots = Slots::new(before.clone(), 0..1024).unwrap();
        for _ in 0..3 {
            assert_eq!(slots.save(net), Ok(saved));
        }
        let flash = slots.release();
        assert_eq!((&flash.bytes, &flash.erased), (&before.bytes, &before.erased));
        Slots::new(flash, 0..1024).unwrap()
    };
    for n in 1..=3 {
        let saved = slots.save(numbers(n)).unwrap();
        assert_eq!(saved.sequence, n as u32);
        slots = unchanged(slots, &numbers(n), saved);
    }
    // What is there but not the newest is saved: a restore has to give it.
    let saved = slots.save(numbers(2)).unwrap();
    assert_eq!((saved.slot, saved.sequence, saved.wear), (1, 4, [2, 2]));

    // Another program's checkpoint of the same bytes is not this one's.
    let mut same = Other::ZERO;
    same.parameters_mut().copy_from_slice(numbers(2).parameters());
    assert_eq!(slots.save(&same).unwrap().slot, 0);
    slots = unchanged(slots, &numbers(2), saved);

    // One bit of the first number, and one of the last.
    for (place, sequence) in [(0, 6), (16, 8)] {
        let mut net = numbers(2);
        net.parameters_mut()[place] = f32::from_bits(net.parameters()[place].to_bits() ^ 1);
        assert_eq!(slots.save(&net).unwrap().sequence, sequence);
        let mut found = Net::ZERO;
        slots.restore(&mut found).unwrap();
        assert_eq!(found.digest(), net.digest());
        assert_eq!(slots.save(numbers(2)).unwrap().sequence, sequence + 1);
    }
}

/// A program that was changed, and changed back: each restores its own, and saves over the other's.
#[test]
fn programs_share_the_slots() {
    let mut slots = common();
    slots.save(numbers(1)).unwrap();
    let (mut net, mut other) = (Net::ZERO, Other::ZERO);
    assert!(slots.restore(&mut other).is_err());
    assert_eq!(slots.save(Other::ZERO).unwrap().sequence, 2);
    assert_eq!(slots.restore(&mut net).unwrap().sequence, 1);
    assert_eq!(slots.restore(&mut other).unwrap().sequence, 2);
    // The newest of all is the other's, but the one that a restore gives stays, in slot 0, wherever power fails.
    let before = slots.release();
    for operation in 0.. {
        let mut slots = Slots::new(before.until(operation, TEARS[operation % TEARS.len()], 1), 0..1024).unwrap();
        let saved = slots.save(numbers(3)).is_ok();
        let mut slots = Slots::new(slots.release().again(), 0..1024).unwrap();
        let sequence = slots.restore(&mut net).unwrap_or_else(|error| panic!("cut at {operation}: {error}")).sequence;
        assert!(sequence == 3 || sequence == 1 && !saved, "cut at {operation}");
        assert_eq!(net.digest(), numbers(sequence.into()).digest());
        if saved {
            break;
        }
    }
    let mut slots = Slots::new(before, 0..1024).unwrap();
    for (n, slot) in [(3, 1), (4, 0), (5, 1)] {
        let saved = slots.save(numbers(n)).unwrap();
        assert_eq!((saved.sequence, saved.slot), (n as u32, slot));
        slots.restore(&mut net).unwrap();
        assert_eq!(net.digest(), numbers(n).digest());
    }
}

/// One slot can't be read: it is as good as not there, and the next save takes it.
#[test]
fn an_unreadable_slot_is_saved_over() {
    let mut slots = common();
    slots.save(numbers(1)).unwrap();
    slots.save(numbers(2)).unwrap();
    let mut flash = slots.release();
    flash.unreadable = 600..604;
    let mut slots = Slots::new(flash, 0..1024).unwrap();
    let mut net = Net::ZERO;
    assert_eq!(slots.restore(&mut net).unwrap().sequence, 1);
    assert_eq!(slots.save(numbers(3)), Err(StorageError::Flash(Fault::Unreadable)));
    let mut flash = slots.release();
    flash.unreadable = 0..0;
    let mut slots = Slots::new(flash, 0..1024).unwrap();
    assert_eq!(slots.restore(&mut net).unwrap().sequence, 1);
    assert_eq!(slots.save(numbers(3)).unwrap().slot, 1);
}

#[test]
fn worn_flash_is_found_when_it_is_written() {
    let worn = |byte| {
        let mut slots = common();
        slots.save(numbers(1)).unwrap();
        let mut flash = slots.release();
        flash.stuck = Some(byte);
        let mut slots = Slots::new(flash, 0..1024).unwrap();
        // Whatever is to be there, one of two has a 1 where the 0 is stuck.
        let mut odd = numbers(2);
        odd.parameters_mut().fill(f32::MIN);
        let result = slots.save(&odd).map(|saved| saved.sequence);
        (result, slots.restore(&mut numbers(3)).unwrap().sequence)
    };
    assert_eq!(worn(512 + 64 + 8), (Err(StorageError::Worn { slot: 1 }), 1));
    assert_eq!(worn(512 + 4), (Err(StorageError::Worn { slot: 1 }), 1));
    assert_eq!(worn(512 + 200), (Ok(2), 2), "nothing is written there");
}

#[test]
fn regions_are_two_slots_of_whole_pages() {
    let reversed = core::ops::Range { start: 1024, end: 512 };
    for region in [0..1000, 4..1024, 0..256, 0..768, 512..512, reversed, 0..1536, 1..1025] {
        let error = Slots::new(Common::new(4), region.clone()).map(|_| ()).unwrap_err();
        assert_eq!(error, StorageError::Region, "{region:?}");
    }
    let mut slots = Slots::new(Common::new(4), 512..1024).unwrap();
    assert_eq!(Slots::<Common>::bytes::<Net>(), 256);
    assert_eq!(Slots::<Common>::bytes::<Larger>(), 768);
    assert_eq!(slots.save(Larger::ZERO), Err(StorageError::TooLarge { needed: 768, slot: 256 }));
    assert_eq!(slots.inspect::<Net>(), [Err(Refusal::Blank); 2]);
    slots.save(numbers(1)).unwrap();
}
