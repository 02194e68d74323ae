//! The arithmetic of `f32`, operation by operation.

use core::hint::black_box;

use super::SelfTestError;

/// The operations of a machine: a field each, so that a test can plant wrong ones.
#[derive(Clone, Copy)]
pub(super) struct Machine {
    pub(super) add: fn(f32, f32) -> f32,
    pub(super) multiply: fn(f32, f32) -> f32,
    pub(super) divide: fn(f32, f32) -> f32,
    /// a · b + c
    pub(super) multiply_add: fn(f32, f32, f32) -> f32,
    /// (a + b) − a
    pub(super) difference: fn(f32, f32) -> f32,
}

impl Machine {
    pub(super) const SOUND: Machine = Machine {
        add: |a, b| a + b,
        multiply: |a, b| a * b,
        divide: |a, b| a / b,
        multiply_add: |a, b, c| a * b + c,
        difference: |a, b| (a + b) - a,
    };

    pub(super) fn check(self) -> Result<(), SelfTestError> {
        use SelfTestError as Error;
        let f = f32::from_bits;
        let two = |operation: fn(f32, f32) -> f32, a, b| black_box(operation)(black_box(a), black_box(b)).to_bits();
        // Bits of 1, and of the numbers that follow it.
        let one = 1.0_f32.to_bits();
        // Ties to the even number, below and above, and of a negative number; then no ties.
        let rounds = two(self.add, 1.0, f(0x3380_0000)) == one
            && two(self.add, 1.0, f(0x3440_0000)) == one + 2
            && two(self.add, -1.0, f(0xb440_0000)) == (one + 2) | 1 << 31
            && two(self.multiply, f(one + 1), f(one + 1)) == one + 2
            && two(self.divide, 1.0, 3.0) == 0x3eaa_aaab
            && two(self.divide, -1.0, 3.0) == 0xbeaa_aaab
            && two(self.divide, 1.0, 7.0) == 0x3e12_4925;
        // The largest subnormal's half from a normal one, and sums of the smallest.
        let subnormal = two(self.multiply, f32::MIN_POSITIVE, 0.5) == 0x0040_0000
            && two(self.add, f(1), f(1)) == 2
            && two(self.multiply, f(1), 8_388_608.0) == f32::MIN_POSITIVE.to_bits();
        // (1 + 2⁻¹²)² = 1 + 2⁻¹¹ + 2⁻²⁴, of which a rounded product keeps no 2⁻²⁴.
        let factor = black_box(f(one + (1 << 11)));
        let apart = black_box(self.multiply_add)(factor, factor, black_box(-f(one + (1 << 12)))) == 0.0;
        // 2²⁴ + 1 is no number of f32; 5 · (1/49) is not 5/49; +0 and −0 are two; a NaN is not itself.
        let strict = two(self.difference, 16_777_216.0, 1.0) == 0
            && two(self.divide, RECIPROCAL.0, RECIPROCAL.1) == RECIPROCAL.2
            && two(self.multiply, 0.0, -1.0) == 1 << 31
            && two(self.add, -0.0, 0.0) == 0
            && !is_itself(black_box(f32::NAN));
        match () {
            () if !rounds => Err(Error::Rounding),
            () if !subnormal => Err(Error::Subnormals),
            () if !apart => Err(Error::Contraction),
            () if !strict => Err(Error::Reordered),
            () => Ok(()),
        }
    }
}

#[allow(clippy::eq_op, reason = "that a NaN is not is what is asked")]
fn is_itself(x: f32) -> bool {
    x == x
}

/// A quotient that is another by way of a reciprocal: dividend, divisor and bits.
const RECIPROCAL: (f32, f32, u32) = (5.0, 49.0, 0x3dd0_fac7);
