//! Damage that a checksum does not find.

use crc::{CRC_32_ISO_HDLC, Crc};

pub const CRC_32: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// Changes `bytes` as `edits` says: each edit is an offset, two bytes, and the byte that goes there.
pub fn damage(bytes: &mut [u8], edits: &[u8]) {
    for edit in edits.as_chunks::<3>().0 {
        let at = usize::from(u16::from_le_bytes([edit[0], edit[1]]));
        let at = at % bytes.len().max(1);
        if let Some(byte) = bytes.get_mut(at) {
            *byte = edit[2];
        }
    }
}

/// Writes the CRC-32 of all bytes but the last four into the last four.
pub fn seal(bytes: &mut [u8]) {
    if let Some((body, crc)) = bytes.split_last_chunk_mut::<4>() {
        *crc = CRC_32.checksum(body).to_le_bytes();
    }
}
