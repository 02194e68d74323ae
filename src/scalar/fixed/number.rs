//! Fixed-point numbers as bytes, as floats and as text.

use core::fmt;

use super::{Q16, Q32};
use crate::scalar::Number;

macro_rules! number {
    ($Q:ident: $Bits:ident, $Unsigned:ident) => {
        impl<const F: u32> Number for $Q<F> {
            const NAME: &'static str = match core::str::from_utf8(&Self::NAME_BYTES) {
                Ok(name) => name,
                Err(_) => "",
            };

            #[inline(always)]
            fn from_f64(x: f64) -> Self {
                Self::new(x)
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                match self.0 {
                    n if !self.is_end() => n as f64 * (1.0 / (1_u64 << F) as f64),
                    0.. => f64::INFINITY,
                    _ => f64::NEG_INFINITY,
                }
            }
            fn to_bytes(self) -> [u8; 8] {
                (self.0 as $Unsigned as u64).to_le_bytes()
            }
            fn from_bytes(bytes: [u8; 8]) -> Self {
                $Q(u64::from_le_bytes(bytes) as $Bits)
            }
            fn is_finite(self) -> bool {
                !self.is_end()
            }
        }

        impl<const F: u32> From<f32> for $Q<F> {
            #[inline]
            fn from(x: f32) -> Self {
                Self::new(x as f64)
            }
        }

        impl<const F: u32> From<$Q<F>> for f64 {
            #[inline]
            fn from(x: $Q<F>) -> f64 {
                x.to_f64()
            }
        }

        /// As the `f64`.
        impl<const F: u32> fmt::Debug for $Q<F> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.to_f64(), f)
            }
        }

        /// As the `f64`.
        impl<const F: u32> fmt::Display for $Q<F> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.to_f64(), f)
            }
        }
    };
}

number!(Q16: i16, u16);
number!(Q32: i32, u32);
