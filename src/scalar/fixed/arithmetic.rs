//! `+ − × ÷ √` of fixed-point numbers: what is beyond the range stays at its end.

use core::ops::{Add, Div, Mul, Neg, Sub};

use super::{Q16, Q32};
use crate::scalar::Real;

macro_rules! arithmetic {
    ($Q:ident: $Wide:ident) => {
        impl<const F: u32> Real for $Q<F> {
            type Scalar = Self;
            type Mask = bool;

            #[inline(always)]
            fn splat(x: Self) -> Self {
                x
            }
            #[inline(always)]
            fn lt(self, other: Self) -> bool {
                self.0 < other.0
            }
            #[inline(always)]
            fn le(self, other: Self) -> bool {
                self.0 <= other.0
            }
            #[inline(always)]
            fn select(mask: bool, yes: Self, no: Self) -> Self {
                if mask { yes } else { no }
            }
            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                match self.product(b) {
                    _ if c.is_end() => c,
                    (p, true) => Self::end(p),
                    (p, false) => Self::fit((p + ((c.0 as $Wide) << F) + (1 << (F - 1))) >> F),
                }
            }
            fn sqrt(self) -> Self {
                match self.0 {
                    ..0 => Self::MIN,
                    n if self.is_end() => $Q(n),
                    n => {
                        let square = (n as u64) << F;
                        let root = square.isqrt();
                        // Up where (root + ½)² is below.
                        Self::fit_long((root + (square - root * root > root) as u64) as i64)
                    }
                }
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $Q(self.0.saturating_abs())
            }
            #[inline(always)]
            fn copysign(self, sign: Self) -> Self {
                if sign.0 < 0 { -self.abs() } else { self.abs() }
            }
        }

        impl<const F: u32> Add for $Q<F> {
            type Output = Self;
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                match self {
                    _ if self.is_end() => self,
                    _ if other.is_end() => other,
                    _ => Self::fit(self.0 as $Wide + other.0 as $Wide),
                }
            }
        }

        impl<const F: u32> Sub for $Q<F> {
            type Output = Self;
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                self + -other
            }
        }

        impl<const F: u32> Mul for $Q<F> {
            type Output = Self;
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                match self.product(other) {
                    (p, true) => Self::end(p),
                    (p, false) => Self::fit((p + (1 << (F - 1))) >> F),
                }
            }
        }

        impl<const F: u32> Div for $Q<F> {
            type Output = Self;
            fn div(self, other: Self) -> Self {
                let (a, b) = (self.0 as $Wide, other.0 as $Wide);
                if b == 0 || self.is_end() {
                    return Self::end(if b < 0 { -a } else { a });
                }
                // Half the divisor more, away from 0, and the division is towards 0.
                let half = b.abs() / 2;
                let n = a << F;
                Self::fit((if a < 0 { n - half } else { n + half }).checked_div(b).unwrap_or(0))
            }
        }

        impl<const F: u32> Neg for $Q<F> {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                $Q(self.0.saturating_neg())
            }
        }
    };
}

arithmetic!(Q16: i32);
arithmetic!(Q32: i64);
