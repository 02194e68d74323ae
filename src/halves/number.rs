use core::fmt::{Debug, Display};

use super::{bf16, f16};
use crate::stored::Stored;

/// A floating-point number of 16 bits: [`bf16`] or [`f16`](struct@f16). Sealed.
pub trait HalfNumber: Stored + Debug + Display + PartialEq + Send + Sync + sealed::Sealed + 'static {
    /// Its name in checkpoints: `"bf16"` or `"f16"`.
    const NAME: &'static str;
    /// +0.
    const ZERO: Self;

    /// The number nearest to `x`, ties to even; infinite beyond the range.
    fn nearest(x: f32) -> Self;

    /// Its bits.
    fn bits(self) -> u16;

    /// The number of some bits.
    fn of_bits(bits: u16) -> Self;

    /// Whether it is neither infinite nor NaN.
    fn is_finite(self) -> bool {
        self.bits() & 0x7fff < Self::nearest(f32::INFINITY).bits()
    }
}

impl Stored for bf16 {
    #[inline(always)]
    fn widen(self) -> f32 {
        f32::from_bits(u32::from(self.to_bits()) << 16)
    }
}

impl HalfNumber for bf16 {
    const NAME: &'static str = "bf16";
    const ZERO: bf16 = bf16::ZERO;

    #[inline]
    fn nearest(x: f32) -> bf16 {
        bf16::from_f32(x)
    }
    #[inline(always)]
    fn bits(self) -> u16 {
        self.to_bits()
    }
    #[inline(always)]
    fn of_bits(bits: u16) -> bf16 {
        bf16::from_bits(bits)
    }
}

/// Of infinite numbers and NaN, any number: no checkpoint has them.
impl Stored for f16 {
    /// A Cortex-M's FPU has an instruction for it.
    #[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
    #[allow(unsafe_code)]
    #[inline(always)]
    fn widen(self) -> f32 {
        let mut bits = u32::from(self.to_bits());
        // SAFETY: registers only. The compiler has no operands in the FPU's for a target of Armv7-M.
        unsafe {
            core::arch::asm!("vmov s0, {bits}", "vcvtb.f32.f16 s0, s0", "vmov {bits}, s0", bits = inout(reg) bits,
                out("s0") _, options(pure, nomem, nostack, preserves_flags));
        }
        f32::from_bits(bits)
    }
    /// The exponent's field is 112 too small, also of a subnormal number: a multiplication by 2¹¹² is exact, and has no branch.
    #[cfg(not(all(target_arch = "arm", target_abi = "eabihf")))]
    #[inline(always)]
    fn widen(self) -> f32 {
        const SCALE: f32 = f32::from_bits((127 + 112) << 23);
        let bits = u32::from(self.to_bits());
        let magnitude = f32::from_bits((bits & 0x7FFF) << 13) * SCALE;
        f32::from_bits(magnitude.to_bits() | (bits & 0x8000) << 16)
    }
}

impl HalfNumber for f16 {
    const NAME: &'static str = "f16";
    const ZERO: f16 = f16::ZERO;

    #[inline]
    fn nearest(x: f32) -> f16 {
        f16::from_f32(x)
    }
    #[inline(always)]
    fn bits(self) -> u16 {
        self.to_bits()
    }
    #[inline(always)]
    fn of_bits(bits: u16) -> f16 {
        f16::from_bits(bits)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::bf16 {}
    impl Sealed for super::f16 {}
}
