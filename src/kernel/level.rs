use core::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// The instructions that the kernels use. All levels give the same bits.
///
/// On x86-64 the best level that the processor has is found once, at run time. On AArch64 it is NEON, which is part of
/// the target. Elsewhere (Cortex-M, RISC-V, wasm32), and in a build without optimisation, there are the plain loops.
///
/// # Example
///
/// ```
/// use nanoprop::Level;
///
/// assert!(Level::current().available() && Level::Portable.available());
/// let before = Level::current();
/// assert!(Level::Portable.force()); // slower, with the same bits
/// assert_eq!(Level::current(), Level::Portable);
/// assert!(before.force());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[repr(u8)]
pub enum Level {
    /// The plain loops, which define the bits.
    Portable = 1,
    /// Registers of 4 lanes: what every x86-64 has.
    Sse2,
    /// Registers of 8 lanes.
    Avx2,
    /// Registers of 16 lanes.
    Avx512,
    /// Registers of 4 lanes: what AArch64 has.
    Neon,
}

static CURRENT: AtomicU8 = AtomicU8::new(0);

#[cfg(all(simd, target_arch = "x86_64"))]
cpufeatures::new!(avx512, "avx512f", "avx512vl", "avx512dq", "avx512bw", "avx2", "fma");
#[cfg(all(simd, target_arch = "x86_64"))]
cpufeatures::new!(avx2, "avx2", "fma");

impl Level {
    /// The level in use.
    #[inline(always)]
    pub fn current() -> Level {
        Level::of(CURRENT.load(Relaxed)).unwrap_or_else(Level::choose)
    }

    /// The best level of this processor.
    ///
    /// ```
    /// use nanoprop::Level;
    ///
    /// assert!(Level::best().available());
    /// ```
    pub fn best() -> Level {
        #[cfg(all(simd, target_arch = "aarch64"))]
        return Level::Neon;
        #[cfg(all(simd, target_arch = "x86_64"))]
        return if avx512::get() {
            Level::Avx512
        } else if avx2::get() {
            Level::Avx2
        } else {
            Level::Sse2
        };
        #[cfg(not(simd))]
        return Level::Portable;
    }

    /// Whether this processor has the level.
    pub fn available(self) -> bool {
        match (self, Level::best()) {
            (Level::Portable, _) | (Level::Neon, Level::Neon) => true,
            (Level::Neon, _) | (_, Level::Neon) => false,
            (_, best) => self as u8 <= best as u8,
        }
    }

    /// Uses this level from now on, in all threads, for tests and measurements; gives false, and changes
    /// nothing, where the processor lacks it.
    ///
    /// Layers of a few dozen weights always use the target's own instructions.
    pub fn force(self) -> bool {
        let available = self.available();
        if available {
            CURRENT.store(self as u8, Relaxed);
        }
        available
    }

    #[cold]
    fn choose() -> Level {
        let best = Level::best();
        CURRENT.store(best as u8, Relaxed);
        best
    }

    #[inline(always)]
    fn of(number: u8) -> Option<Level> {
        match number {
            1 => Some(Level::Portable),
            2 => Some(Level::Sse2),
            3 => Some(Level::Avx2),
            4 => Some(Level::Avx512),
            5 => Some(Level::Neon),
            _ => None,
        }
    }
}
