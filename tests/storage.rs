//! Checkpoints in flash: power fails in each operation of a save, and again in each of the next one.
//!
//! `cargo test --test storage -- --nocapture` prints how many cuts were tried.

#[path = "storage/flash.rs"]
mod flash;

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

/// Of the cuts while it recovers, one in so many.
const EACH: usize = if cfg!(debug_assertions) { 31 } else { 1 };

/// After `saves` saves, power fails in each operation of one more; then in each operation of the restore and save that
/// follow; then nothing fails. Returns the number of cuts.
fn cuts<const READ: usize, const WRITE: usize, const ERASE: usize>(blank: u8, saves: u32) -> usize {
    let pages = 2 + 2 * (64 + 2 * 17 * 4 + 4_usize).div_ceil(ERASE);
    let mut before = Flash::<READ, WRITE, ERASE>::erased_to(blank, pages);
    (1..=saves).for_each(|steps| assert_eq!(Desk::new(steps).save(&mut before).unwrap().sequence, steps));
    let outside = |flash: &Flash<READ, WRITE, ERASE>| {
        let bytes = &flash.bytes;
        assert!([&bytes[..ERASE], &bytes[bytes.len() - ERASE..]].concat().iter().all(|&byte| byte == blank));
    };

    let mut cuts = 0;
    for tear in TEARS {
        for first in 0.. {
            let mut torn = before.until(first, tear, cuts as u64);
            let result = Desk::new(saves + 1).save(&mut torn);
            if torn.cut.is_some_and(|(left, _)| left != usize::MAX) {
                assert!(result.is_ok());
                break;
            }
            cuts += 1;
            assert_eq!(result, Err(StorageError::Flash(Fault::NoPower)));
            let (found, _) = Desk::found(&mut torn.again());
            assert!(found == saves || found == saves + 1, "{found} after {saves}, cut at {first}, {tear:?}");

            // Again, while it recovers: a restore, and a save of something else.
            // Unoptimised, one of 31 of all pairs.
            for second in (first % EACH..).step_by(EACH) {
                let tear = TEARS[(first + second / EACH) % TEARS.len()];
                let mut twice = torn.again().until(second, tear, cuts as u64);
                let mut desk = Desk::new(0);
                let _ = slots(&mut twice).restore((&mut desk.net, &mut desk.moments, &mut desk.steps));
                let result = Desk::new(saves + 2).save(&mut twice);
                if twice.cut.is_some_and(|(left, _)| left != usize::MAX) {
                    assert!(result.is_ok());
                    break;
                }
                cuts += 1;
                let again = Desk::found(&mut twice.again()).0;
                assert!(again == found || again == saves + 2, "{again} after {found}, cuts at {first} and {second}");
                next_save_works(twice.again(), saves + 3);
            }
            next_save_works(torn.again(), saves + 2);
            outside(&torn);
        }
    }
    cuts
}

fn next_save_works<F: NorFlash<Error: Debug>>(mut flash: F, steps: u32) {
    let saved = Desk::new(steps).save(&mut flash).unwrap();
    assert_eq!(Desk::found(&mut flash), (steps, Some(saved)));
}

macro_rules! cuts {
    ($($name:ident: $read:literal, $write:literal, $erase:literal, $blank:literal;)+) => {$(
        /// On a blank flash, on the second slot, on the first again.
        #[test]
        fn $name() {
            let cuts: usize = (0..3).map(|saves| cuts::<$read, $write, $erase>($blank, saves)).sum();
            println!("words of {} bytes, pages of {}, {:#x}: {cuts} cuts of power", $write, $erase, $blank);
            assert!(cuts > 100);
        }
    )+};
}

cuts! {
    bytes: 1, 1, 64, 0xff;
    halves: 2, 2, 128, 0xff;
    words: 4, 4, 128, 0xff;
    words_of_8: 1, 8, 256, 0xff;
    words_of_16: 16, 16, 64, 0xff;
    words_of_32: 1, 32, 512, 0xff;
    words_of_64: 64, 64, 64, 0xff;
    words_of_4_erased_to_0: 4, 4, 128, 0;
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

/// Eight bytes with the CRC-32 of `[1, 2, 3, 4, 0, 0, 0, 0]`: a CRC is linear in the bits, so each of the last 32 bits that
/// is the highest one left to change it clears a bit of the difference.
fn collision() -> [u8; 8] {
    let mut rows: Vec<(u32, u32)> = vec![];
    let zero = crc(&[0; 8]);
    let reduce = |rows: &[(u32, u32)], start: (u32, u32)| {
        rows.iter()
            .fold(start, |(sum, bits), row| if sum ^ row.0 < sum { (sum ^ row.0, bits ^ row.1) } else { (sum, bits) })
    };
    for bit in 0..32 {
        let mut bytes = [0; 8];
        bytes[4..].copy_from_slice(&(1_u32 << bit).to_le_bytes());
        rows.push(reduce(&rows, (crc(&bytes) ^ zero, 1 << bit)));
        rows.sort_by(|a, b| b.cmp(a));
    }
    let mut found = [9, 2, 3, 4, 0, 0, 0, 0];
    let (left, bits) = reduce(&rows, (crc(&found) ^ crc(&[1, 2, 3, 4, 0, 0, 0, 0]), 0));
    assert_eq!(left, 0);
    found[4..].copy_from_slice(&bits.to_le_bytes());
    found
}

/// Bytes are compared, not checksums: another value with the checksum of the first is written.
#[test]
fn a_checksum_that_is_the_same_does_not_pass_for_the_bytes() {
    let (first, found) = ([1, 2, 3, 4, 0, 0, 0, 0], collision());
    assert_eq!(crc(&found), crc(&first));
    let mut slots = common();
    slots.save(first).unwrap();
    assert_eq!(slots.save(found).unwrap().sequence, 2);
    let mut restored = [0_u8; 8];
    slots.restore(&mut restored).unwrap();
    assert_eq!(restored, found);
}

#[test]
fn sequence_numbers_go_around() {
    let mut slots = common();
    slots.save(numbers(1)).unwrap();
    let mut flash = slots.release();
    flash.bytes[20..24].copy_from_slice(&(u32::MAX - 1).to_le_bytes());
    sealed(&mut flash.bytes);
    let mut slots = Slots::new(flash, 0..1024).unwrap();
    for (n, sequence) in [(2, u32::MAX), (3, 0), (4, 1), (5, 2)] {
        assert_eq!(slots.save(numbers(n)).unwrap().sequence, sequence);
        let mut net = Net::ZERO;
        slots.restore(&mut net).unwrap();
        assert_eq!(net.digest(), numbers(n).digest());
    }
}

/// CRC-32 by its definition, a bit at a time.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ byte as u32, |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// Makes the checksum of the first slot's header right.
fn sealed(bytes: &mut [u8]) {
    let crc = crc(&bytes[..36]).to_le_bytes();
    bytes[36..40].copy_from_slice(&crc);
}

/// The bytes as the documentation lists them, so that they can't change unnoticed.
#[test]
fn the_format_is_the_documented_one() {
    let (net, mut slots) = (numbers(1), common());
    slots.save(numbers(2)).unwrap();
    slots.save(numbers(3)).unwrap();
    slots.save(&net).unwrap();
    let values: Vec<u8> = net.parameters().iter().flat_map(|w| w.to_le_bytes()).collect();
    let mut expected = b"nprs\x01\x00\x00\x00".to_vec();
    expected.extend(Net::FINGERPRINT.to_le_bytes());
    expected.extend([17 * 4, 3, 2, 1_u32].map(u32::to_le_bytes).concat());
    expected.extend(crc(&values).to_le_bytes());
    expected.extend(crc(&expected).to_le_bytes());
    expected.resize(64, 0xff);
    expected.extend(values);
    expected.resize(256, 0xff);
    assert_eq!(slots.release().bytes[..256], expected);
}

/// The reason why slot 0 is refused, after a change to a good one; slot 1 is blank.
fn refused(change: impl FnOnce(&mut Common)) -> Refusal<Fault> {
    let mut slots = common();
    slots.save(numbers(1)).unwrap();
    let mut flash = slots.release();
    change(&mut flash);
    let mut slots = Slots::new(flash, 0..1024).unwrap();
    let mut net = numbers(2);
    let Err(StorageError::Nothing([refusal, Refusal::Blank])) = slots.restore(&mut net) else { panic!("restored") };
    assert_eq!(net.digest(), numbers(2).digest());
    assert_eq!(slots.inspect::<Net>(), [Err(refusal), Err(Refusal::Blank)]);
    refusal
}

#[test]
fn every_flipped_bit_is_found() {
    for bit in (0..8 * 40).chain(8 * 64..8 * (64 + 17 * 4)) {
        let refusal = refused(|flash| flash.bytes[bit / 8] ^= 1 << (bit % 8));
        assert_eq!(refusal, if bit < 8 * 64 { Refusal::Torn } else { Refusal::Corrupted }, "bit {bit}");
    }
}

#[test]
fn refusals_have_a_reason() {
    assert_eq!(refused(|flash| flash.bytes[..512].fill(0xff)), Refusal::Blank);
    assert_eq!(refused(|flash| flash.bytes[..512].fill(0)), Refusal::Blank);
    assert_eq!(refused(|flash| flash.bytes[..512].fill(1)), Refusal::Torn);
    assert_eq!(refused(|flash| flash.unreadable = 100..101), Refusal::Flash(Fault::Unreadable));
    assert_eq!(refused(|flash| flash.unreadable = 3..4), Refusal::Flash(Fault::Unreadable));
    let header = |at: usize, value: u8| {
        refused(|flash| {
            flash.bytes[at] = value;
            sealed(&mut flash.bytes);
        })
    };
    assert_eq!(header(4, 2), Refusal::UnknownVersion { found: 2 });
    assert_eq!(header(8, !(Net::FINGERPRINT as u8)), Refusal::Foreign { expected: 68, found: 68 });
    assert_eq!(header(18, 1), Refusal::Torn);
    assert_eq!(header(16, 64), Refusal::Corrupted);
    assert_eq!(refused(|flash| *flash = foreign(numbers(1), 7_u32)), Refusal::Foreign { expected: 68, found: 72 });
    let other = Refusal::<Fault>::Foreign { expected: 68, found: 68 };
    assert_eq!(refused(|flash| *flash = foreign(Other::ZERO, [0_u8; 0])), other);
    assert_eq!(
        refused(|flash| *flash = foreign(numbers(1).parameters().first_chunk::<17>().unwrap(), [0_u8; 0])),
        other
    );
    assert_eq!(other.to_string(), "a checkpoint of something else of as many bytes, 68");
    let text = StorageError::Nothing([other, Refusal::Blank]).to_string();
    assert!(text.ends_with("as many bytes, 68; slot 1: blank"));
}

/// A flash whose first slot has something else.
fn foreign(first: impl Save, beside: impl Save) -> Common {
    let mut slots = common();
    slots.save((first, beside)).unwrap();
    slots.release()
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

/// All that can be stored comes back, and is another's where anything of its type is.
#[test]
fn what_is_stored_is_restored() {
    let mut slots = Slots::new(Flash::<1, 8, 4096>::new(2), 0..8192).unwrap();
    let seeds = [1_u64, u64::MAX];
    let rows = Vector::<U3, [f64; 2]>::from([[0.5, -0.0], [f64::MAX, f64::MIN_POSITIVE], [1e-310, 3.0]]);
    slots.save((numbers(1), numbers(2), seeds, &rows, (-7_i8, 300_u16, i64::MIN))).unwrap();
    let (mut net, mut moments, mut numbers_found) = (Net::ZERO, Net::ZERO, [0_u64; 2]);
    let mut rows_found = Vector::<U3, [f64; 2]>::from([[9.0; 2]; 3]);
    let (mut a, mut b, mut c) = (0_i8, 0_u16, 0_i64);
    let all = (&mut net, &mut moments, &mut numbers_found, &mut rows_found, (&mut a, &mut b, &mut c));
    slots.restore(all).unwrap();
    assert_eq!([net.digest(), moments.digest()], [numbers(1).digest(), numbers(2).digest()]);
    assert_eq!((numbers_found, a, b, c), (seeds, -7, 300, i64::MIN));
    let bits = |rows: &[[f64; 2]]| rows.as_flattened().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&rows_found), bits(&rows));

    fn differ(fingerprints: &[u64]) {
        let mut sorted = fingerprints.to_vec();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), fingerprints.len());
    }
    differ(&[
        Net::FINGERPRINT,
        Other::FINGERPRINT,
        <(Net,)>::FINGERPRINT,
        <(Net, Net)>::FINGERPRINT,
        <(Net, u32)>::FINGERPRINT,
        <(u32, Net)>::FINGERPRINT,
        <(Net, i32)>::FINGERPRINT,
        <[Net; 2]>::FINGERPRINT,
        <[u8; 68]>::FINGERPRINT,
        <[f32; 17]>::FINGERPRINT,
        <[u32; 17]>::FINGERPRINT,
    ]);
    fn restores<R: Restore>() {}
    restores::<&mut Net>();
}

/// A network of 9.6 KB, cut in every word and page.
#[test]
fn digits() {
    type Digits = nanoprop::nets::Digits;
    let numbers = |seed| {
        let mut net = Digits::boxed();
        net.initialize(&Xavier, &mut Pcg32::new(seed));
        net
    };
    let (old, new) = (numbers(1), numbers(2));
    let mut slots = Slots::new(Flash::<4, 4, 1024>::new(20), 0..20 * 1024).unwrap();
    slots.save(&*old).unwrap();
    let before = slots.release();
    let mut cuts = 0;
    // Unoptimised, the checksums take their time.
    for operation in (0..).step_by(if cfg!(debug_assertions) { 7 } else { 1 }) {
        let tear = TEARS[operation % TEARS.len()];
        let mut slots = Slots::new(before.until(operation, tear, operation as u64), 0..20 * 1024).unwrap();
        let saved = slots.save(&*new).is_ok();
        let flash = slots.release();
        let mut slots = Slots::new(flash.again(), 0..20 * 1024).unwrap();
        let mut net = Digits::boxed();
        slots.restore(&mut *net).unwrap();
        assert!(net.digest() == new.digest() || !saved && net.digest() == old.digest(), "cut at {operation}");
        if saved {
            break;
        }
        cuts += 1;
    }
    println!("9.6 KB in words of 4 bytes: {cuts} cuts of power");
    assert!(cuts > 100);
}

/// A network with NaN is not stored, by itself or beside others: nothing is erased, and the one before stays.
#[test]
fn what_is_not_finite_is_not_stored() {
    let mut bad = numbers(2);
    bad.parameters_mut()[16] = f32::NAN;
    let named = "not saved: the weight of layer 2 is not finite";
    let mut slots = common();
    let saved = slots.save(numbers(1)).unwrap();
    assert_eq!(slots.save(&bad).unwrap_err().to_string(), named);
    assert_eq!(format!("{:?}", slots.save(&mut bad).unwrap_err()), named, "what `main` prints");
    let beside = [slots.save((7_u32, &bad)), slots.save([&numbers(1), &bad]), slots.save((&numbers(1), (&bad, 1_u8)))];
    for result in beside {
        assert_eq!(result.unwrap_err().to_string(), named);
    }
    let mut net = Net::ZERO;
    assert_eq!(slots.restore(&mut net), Ok(saved));
    assert_eq!(net.digest(), numbers(1).digest());
    assert_eq!(slots.release().erased, [1, 0, 0, 0]);

    // What an optimiser keeps may be infinite where the weights are not, and a number beside them anything.
    let (mut other, mut state) = (numbers(1), State::<Net, Momentum>::ZERO);
    other.optimize(&bad, &Momentum::new(0.1), &mut state);
    let mut slots = Slots::new(Flash::<4, 4, 1024>::new(2), 0..2048).unwrap();
    assert!(slots.save((&net, &state, f64::NAN)).is_ok());
    assert_eq!(slots.save((&other, &state, 0.0)).unwrap_err().to_string(), named);
}
