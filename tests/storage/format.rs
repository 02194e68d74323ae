//! The bytes of a slot, and what is refused.

use super::*;

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
