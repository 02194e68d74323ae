use core::fmt::{Debug, Display};

use super::Scalar;
use crate::plain::Plain;

/// What an array is made of: a [`Scalar`](crate::Scalar), `u8` or `u16`, which say the number of a class, or `i8`, what a
/// [`Quantized`](crate::Quantized) network computes with.
///
/// Parameters and outputs are scalars. The input of a network can be class numbers, where the first layer reads them, as
/// [`Embedding`](crate::Embedding) does. Sealed.
pub trait Number:
    Plain<Scalar = Self> + Copy + Default + PartialEq + PartialOrd + Debug + Display + super::sealed::Number
{
    /// Its name in checkpoints and messages: `"f32"`, `"f64"`, `"fused"`, `"q16.12"`, `"u8"`, `"u16"` or `"i8"`.
    const NAME: &'static str;
    /// Bytes of one number.
    const BYTES: usize = size_of::<Self>();
    /// Whether it is a number of a class, by which nothing has a derivative.
    const CLASS: bool = false;

    /// The number nearest to `x`.
    fn from_f64(x: f64) -> Self;
    /// This number, exactly.
    fn to_f64(self) -> f64;
    /// Little-endian bytes: the first [`BYTES`](Self::BYTES) of the array.
    fn to_bytes(self) -> [u8; 8];
    /// The number that [`to_bytes`](Self::to_bytes) wrote.
    fn from_bytes(bytes: [u8; 8]) -> Self;

    /// Whether it is neither infinite nor NaN.
    fn is_finite(self) -> bool {
        self.to_f64().is_finite()
    }

    /// Whether all are.
    fn all_finite(numbers: &[Self]) -> bool {
        numbers.iter().all(|x| x.is_finite())
    }
}

/// [`Number::all_finite`] of scalars.
///
/// A sum of numbers is finite only if all of them are, and has no branch for each, so the loop is over registers. Where the
/// sum overflowed, each number is looked at.
pub(super) fn all_finite<T: Scalar>(numbers: &[T]) -> bool {
    let (chunks, rest) = numbers.as_chunks::<32>();
    let mut sums = [T::ZERO; 32];
    for chunk in chunks {
        sums.iter_mut().zip(chunk).for_each(|(sum, &x)| *sum = *sum + x);
    }
    let finite = |numbers: &[T]| numbers.iter().all(|x| x.is_finite());
    finite(rest) && (finite(&sums) || finite(chunks.as_flattened()))
}

/// `u8` or `u16`: the number of a class, from 0. Sealed.
pub trait ClassNumber: Number + Into<usize> {
    /// How many classes it can tell apart.
    const CLASSES: usize;
}

macro_rules! class_number {
    ($($t:ident)+) => {$(
        impl super::sealed::Number for $t {}

        impl Number for $t {
            const NAME: &'static str = stringify!($t);
            const CLASS: bool = true;

            fn from_f64(x: f64) -> $t {
                x as $t
            }
            fn to_f64(self) -> f64 {
                self.into()
            }
            fn to_bytes(self) -> [u8; 8] {
                u64::from(self).to_le_bytes()
            }
            fn from_bytes(bytes: [u8; 8]) -> $t {
                u64::from_le_bytes(bytes) as $t
            }
        }

        impl ClassNumber for $t {
            const CLASSES: usize = $t::MAX as usize + 1;
        }
    )+};
}
class_number!(u8 u16);

impl super::sealed::Number for i8 {}

impl Number for i8 {
    const NAME: &'static str = "i8";

    fn from_f64(x: f64) -> i8 {
        (if x < 0.0 { x - 0.5 } else { x + 0.5 }) as i8
    }
    fn to_f64(self) -> f64 {
        self.into()
    }
    fn to_bytes(self) -> [u8; 8] {
        i64::from(self).to_le_bytes()
    }
    fn from_bytes(bytes: [u8; 8]) -> i8 {
        u64::from_le_bytes(bytes) as i8
    }
}
