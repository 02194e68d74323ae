use core::ops::Add;

use super::{Q16, Q32};
use crate::math::integer::shifted;
use crate::scalar::Accumulator;

/// The sum of fixed-point numbers and their products, in 64 bits, twice as many of them behind the point as of the numbers.
///
/// Exact, until it passes 2⁶² in bits or a term is at an end of its range: then it stays beyond, and becomes an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedSum(pub(super) i64);

impl FixedSum {
    /// What is beyond.
    const END: i64 = 1 << 62;

    /// Beyond, on the side of `n`.
    #[inline(always)]
    pub(super) const fn end(n: i64) -> FixedSum {
        FixedSum(if n < 0 { -Self::END } else { Self::END })
    }

    #[inline(always)]
    pub(super) const fn is_end(self) -> bool {
        self.0.unsigned_abs() >= Self::END as u64
    }

    /// `self / by` with `bits` behind the point, within 2⁻³⁰ of itself and rounded to nearest, ties away from 0.
    pub(super) fn over(self, by: FixedSum, bits: u32) -> i64 {
        if self.is_end() || by.0 == 0 {
            return self.0;
        }
        // As many low bits less of both as leave room for those behind the point.
        let spare = self.0.unsigned_abs().leading_zeros().saturating_sub(2);
        let less = bits.saturating_sub(spare) as i32;
        let (n, d) = (self.0.unsigned_abs() >> less << bits, (shifted(by.0, less)).unsigned_abs().max(1));
        let quotient = (n + d / 2).checked_div(d).unwrap_or(0) as i64;
        if (self.0 < 0) != (by.0 < 0) { -quotient } else { quotient }
    }

    /// The n-th part, with `bits` behind the point, rounded to nearest, ties away from 0.
    pub(super) fn part(self, n: usize, bits: u32) -> i64 {
        let d = ((n as u64) << bits).max(1);
        let part = (self.0.unsigned_abs() + d / 2).checked_div(d).unwrap_or(0) as i64;
        match self.0 {
            _ if self.is_end() => self.0,
            0.. => part,
            _ => -part,
        }
    }

    /// The root, rounded down to a number; beyond of a negative one.
    pub(super) fn root(self, bits: u32) -> FixedSum {
        if self.is_end() || self.0 < 0 {
            return FixedSum::end(self.0);
        }
        FixedSum((self.0.unsigned_abs().isqrt() as i64) << bits)
    }
}

impl Add for FixedSum {
    type Output = FixedSum;

    #[inline(always)]
    fn add(self, other: FixedSum) -> FixedSum {
        match self {
            _ if self.is_end() => self,
            _ if other.is_end() => other,
            _ => FixedSum(self.0 + other.0),
        }
    }
}

// accumulator!(Q16, i32, i64, may_end = false) makes the sum that of a number; whether products alone can bring it to the end.
// A product with a sum fits the third integer, or is at its end.
macro_rules! accumulator {
    ($Q:ident, $Wide:ident, $Long:ident, may_end = $may_end:literal $(, $short:item)*) => {
        impl<const F: u32> Accumulator<$Q<F>> for FixedSum {
            const WIDE: bool = true;
            $($short)*

            #[inline(always)]
            fn of(x: $Q<F>) -> FixedSum {
                if x.is_end() { FixedSum::end(x.0 as i64) } else { FixedSum((x.0 as i64) << F) }
            }
            #[inline(always)]
            fn plus(self, a: $Q<F>, b: $Q<F>) -> FixedSum {
                let p = i64::from(a.0 as $Wide * b.0 as $Wide);
                match self {
                    _ if $may_end && self.is_end() => self,
                    _ if a.is_end() && p != 0 => FixedSum::end(p),
                    _ => FixedSum(self.0 + p),
                }
            }
            #[inline]
            fn quotient(self, by: FixedSum) -> $Q<F> {
                $Q::fit_long(self.over(by, F))
            }
            #[inline]
            fn share(self, n: usize) -> $Q<F> {
                $Q::fit_long(self.part(n, F))
            }
            #[inline(always)]
            fn round(self) -> $Q<F> {
                $Q::fit_long((self.0 + (1 << (F - 1))) >> F)
            }
            #[inline]
            fn root(self) -> FixedSum {
                FixedSum::root(self, F)
            }
            fn dithered(self, m: usize, by: $Q<F>, old: $Q<F>, bits: u32) -> $Q<F> {
                if old.is_end() {
                    return old;
                }
                let mean = if m == 1 { self } else { FixedSum(self.part(m, 0)) };
                // 3F bits behind the point, of which 2F are rounded.
                let change = $Long::from(mean.0).saturating_mul(by.0.into());
                if mean.is_end() {
                    return if change == 0 { old } else { $Q::fit_long(change.signum() as i64 * FixedSum::END) };
                }
                let dither = ((u64::from(bits) << 32) >> (64 - 2 * F)) as $Long;
                let n = ($Long::from(old.0) << (2 * F)).saturating_add(change).saturating_add(dither) >> (2 * F);
                $Q::fit_long(n.clamp((-FixedSum::END).into(), FixedSum::END.into()) as i64)
            }
        }
    };
}

// 2³¹ products of 16 bits are below 2⁶².
accumulator!(
    Q16,
    i32,
    i64,
    may_end = false,
    const SHORT: bool = true;,
    #[inline(always)]
    fn short(x: Q16<F>) -> i32 {
        x.0.into()
    },
    #[inline(always)]
    fn plus_short(self, sum: i32) -> FixedSum {
        FixedSum(self.0 + i64::from(sum))
    },
    #[inline(always)]
    fn plus_inside(a: Q16<F>, b: Q16<F>, c: &mut Q16<F>) {
        // What is added is rounded alone, since c is whole; most are 0 towards the end of a training.
        let more = (i32::from(a.0) * i32::from(b.0) + (1 << (F - 1))) >> F;
        if more != 0 && !c.is_end() {
            *c = Q16::fit(i32::from(c.0) + more);
        }
    }
);
accumulator!(Q32, i64, i128, may_end = true);
