//! Power fails in each operation of a save, and again in each of the next one.

use super::*;

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
