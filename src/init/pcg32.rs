#[cfg(not(feature = "rand"))]
use crate::init::Random;

/// A small generator for firmware and tests: 16 bytes, the same numbers everywhere.
///
/// # Equations
///
/// PCG-XSH-RR 64/32: the state steps by `s ← 6364136223846793005 s + 1442695040888963407 (mod 2⁶⁴)`; its
/// upper bits, folded and rotated, are the output.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// let mut rng = Pcg32::new(42);
/// assert_eq!([rng.bits(), rng.bits()], [3_270_867_926, 1_795_671_209]);
/// ```
///
/// # Source
///
/// M. O'Neill, "PCG: a family of simple fast space-efficient statistically good algorithms for random
/// number generation", HMC-CS-2014-0905.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pcg32 {
    state: u64,
}

impl Pcg32 {
    const INCREMENT: u64 = 1_442_695_040_888_963_407;

    /// The generator of a seed.
    pub const fn new(seed: u64) -> Self {
        let mut rng = Pcg32 { state: seed.wrapping_add(Self::INCREMENT) };
        rng.advance();
        rng
    }

    const fn advance(&mut self) {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(Self::INCREMENT);
    }

    pub(crate) fn output(&mut self) -> u32 {
        let state = self.state;
        self.advance();
        ((((state >> 18) ^ state) >> 27) as u32).rotate_right((state >> 59) as u32)
    }
}

#[cfg(not(feature = "rand"))]
impl Random for Pcg32 {
    #[inline]
    fn bits(&mut self) -> u32 {
        self.output()
    }
}

#[cfg(feature = "rand")]
impl rand_core::TryRng for Pcg32 {
    type Error = core::convert::Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(self.output())
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let low = self.output() as u64;
        Ok(low | (self.output() as u64) << 32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in bytes.chunks_mut(4) {
            chunk.iter_mut().zip(self.output().to_le_bytes()).for_each(|(to, from)| *to = from);
        }
        Ok(())
    }
}
