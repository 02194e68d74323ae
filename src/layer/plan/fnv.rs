use crate::shape::Shape;

/// The 64-bit FNV-1a hash, of fields that end where they say.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Fnv(pub(crate) u64);

impl Fnv {
    #[allow(clippy::new_without_default, reason = "for nanoprop-exchange only")]
    pub const fn new() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    pub(crate) const fn byte(self, byte: u8) -> Fnv {
        Fnv((self.0 ^ byte as u64).wrapping_mul(0x100_0000_01b3))
    }

    pub const fn bytes(self, bytes: &[u8]) -> Fnv {
        let mut hash = self.number(bytes.len());
        let mut i = 0;
        while i < bytes.len() {
            hash = hash.byte(bytes[i]);
            i += 1;
        }
        hash
    }

    pub const fn number(self, n: usize) -> Fnv {
        self.number64(n as u64)
    }

    pub(crate) const fn number64(mut self, n: u64) -> Fnv {
        let bytes = n.to_le_bytes();
        let mut i = 0;
        while i < 8 {
            self = self.byte(bytes[i]);
            i += 1;
        }
        self
    }

    pub(super) const fn shape(self, shape: Shape) -> Fnv {
        self.widths(shape.widths())
    }

    pub const fn widths(self, widths: &[usize]) -> Fnv {
        let mut hash = self.number(widths.len());
        let mut i = 0;
        while i < widths.len() {
            hash = hash.number(widths[i]);
            i += 1;
        }
        hash
    }

    pub const fn finish(self) -> u64 {
        self.0
    }
}
