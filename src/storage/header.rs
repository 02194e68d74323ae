use super::{CHUNK, Refusal, Save, Saved};
use crate::checkpoint::CRC_32;

pub(super) const VERSION: u16 = 1;
const MAGIC: [u8; 4] = *b"nprs";
/// Bytes of the fields before the header's checksum.
const FIELDS: usize = 36;

/// What a slot says of itself, in the words that are written last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) fingerprint: u64,
    pub(super) length: u32,
    pub(super) sequence: u32,
    pub(super) wear: [u32; 2],
    /// Of what is stored.
    pub(super) crc: u32,
}

impl Header {
    pub(super) fn to_bytes(self) -> [u8; FIELDS + 4] {
        let mut bytes = [0; FIELDS + 4];
        let fields = MAGIC
            .into_iter()
            .chain(VERSION.to_le_bytes())
            .chain([0; 2])
            .chain(self.fingerprint.to_le_bytes())
            .chain(self.length.to_le_bytes())
            .chain(self.sequence.to_le_bytes())
            .chain(self.wear.into_iter().flat_map(u32::to_le_bytes))
            .chain(self.crc.to_le_bytes());
        bytes.iter_mut().zip(fields).for_each(|(to, from)| *to = from);
        if let Some((fields, crc)) = bytes.split_last_chunk_mut::<4>() {
            *crc = CRC_32.checksum(fields).to_le_bytes();
        }
        bytes
    }

    /// The header in the first bytes of a slot. Flash is blank where an erase has set all bits, or cleared all.
    pub(super) fn of<E>(bytes: &[u8; CHUNK]) -> Result<Header, Refusal<E>> {
        if [0xff, 0].iter().any(|blank| bytes.iter().all(|byte| byte == blank)) {
            return Err(Refusal::Blank);
        }
        let word = |at: usize| {
            let word = bytes.get(at..).and_then(|bytes| bytes.first_chunk::<4>());
            word.copied().map_or(0, u32::from_le_bytes)
        };
        let fields = bytes.get(..FIELDS).unwrap_or_default();
        if word(0) != u32::from_le_bytes(MAGIC) || word(FIELDS) != CRC_32.checksum(fields) {
            return Err(Refusal::Torn);
        }
        let version = word(4) as u16;
        if version != VERSION {
            return Err(Refusal::UnknownVersion { found: version });
        }
        let fingerprint = word(8) as u64 | (word(12) as u64) << 32;
        Ok(Header { fingerprint, length: word(16), sequence: word(20), wear: [word(24), word(28)], crc: word(32) })
    }

    /// Whether an `S` was stored.
    pub(super) fn is_of<S: Save>(&self) -> bool {
        self.fingerprint == S::FINGERPRINT && self.length as usize == S::BYTES
    }

    pub(super) fn saved(&self, slot: usize) -> Saved {
        Saved { slot, sequence: self.sequence, wear: self.wear }
    }
}

/// The newer of two headers. Sequence numbers follow each other around.
pub(super) fn newest(headers: [Option<&Header>; 2]) -> Option<(usize, &Header)> {
    match headers {
        [Some(a), Some(b)] if (b.sequence.wrapping_sub(a.sequence) as i32) < 0 => Some((0, a)),
        [_, Some(b)] => Some((1, b)),
        [a, None] => a.map(|a| (0, a)),
    }
}

/// How often each slot will have been erased when `place` is erased now.
pub(super) fn wear<E>(slots: &[Result<Header, Refusal<E>>; 2], place: usize) -> [u32; 2] {
    let mut wear = [0_u32; 2];
    for header in slots.iter().flatten() {
        wear.iter_mut().zip(header.wear).for_each(|(wear, found)| *wear = found.max(*wear));
    }
    let cut = match slots.get(place) {
        // Never used, or erased by a save that was cut short: then it had been used, or so the other slot knows.
        Some(Err(Refusal::Blank)) => wear.get(place).is_some_and(|&wear| wear > 0),
        Some(Err(_)) => true,
        _ => false,
    };
    wear.iter_mut().skip(place).take(1).for_each(|wear| *wear = wear.saturating_add(1 + cut as u32));
    wear
}
