//! Damage that a checksum does not find.

use crc::{CRC_32_ISO_HDLC, Crc};

pub const CRC_32: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// Changes `bytes` as `edits` says: each edit is an offset, two bytes, and the byte that goes there. With the highest bit
/// of the offset, a whole word becomes a number below 2⁶⁴ by so many.
pub fn damage(bytes: &mut [u8], edits: &[u8]) {
    for edit in edits.as_chunks::<3>().0 {
        let offset = u16::from_le_bytes([edit[0], edit[1]]);
        let at = usize::from(offset & 0x7fff) % bytes.len().max(1);
        if offset & 0x8000 == 0 {
            bytes[at..].iter_mut().take(1).for_each(|byte| *byte = edit[2]);
        } else {
            let word = (u64::MAX - u64::from(edit[2])).to_le_bytes();
            bytes[at & !7..].iter_mut().zip(word).for_each(|(byte, new)| *byte = new);
        }
    }
}

/// Writes the CRC-32 of all bytes but the last four into the last four.
pub fn seal(bytes: &mut [u8]) {
    if let Some((body, crc)) = bytes.split_last_chunk_mut::<4>() {
        *crc = CRC_32.checksum(body).to_le_bytes();
    }
}
