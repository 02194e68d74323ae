//! The digest of outputs that the scripts write: FNV-1a of 64 bits.

pub(crate) const FNV: u64 = 0xcbf2_9ce4_8422_2325;

pub(crate) fn fnv(digest: u64, numbers: &[i8]) -> u64 {
    numbers.iter().fold(digest, |digest, &x| (digest ^ u64::from(x.cast_unsigned())).wrapping_mul(0x100_0000_01b3))
}
