//! Type-level numbers: all of the crate's arithmetic on types, in one place.

use core::ops::Mul;

use generic_array::ArrayLength;
use typenum::consts::{B0, B1};
use typenum::{NonZero, Prod, UInt, UTerm};

pub(crate) mod named;
mod slide;

#[doc(no_inline)]
pub use named::*;
#[doc(hidden)]
pub use slide::{Around, Dilates, Later, Slides, Spans, Spreads};
pub use slide::{Causal, Pad, Padding, Same, Valid};
#[doc(no_inline)]
pub use typenum::consts::U0;

use crate::shape::Text;

/// A type-level unsigned number of at least 1, such as [`U64`] or [`width!`](crate::width!)`(3136)`.
///
/// The only bound that a user of nanoprop meets. Its value is `N::USIZE`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a width",
    label = "a width is a type-level number of at least 1, such as `U64` or `width!(3136)`"
)]
pub trait Width: ArrayLength + NonZero {}

// Not for all `N`: so 0, `UTerm`, gets the message above.
impl<U, B> Width for UInt<U, B> where Self: ArrayLength + NonZero {}

/// A width that can be multiplied by `M`: what [`Flatten`](crate::Flatten) needs of a matrix.
pub trait Times<M: Width>: Width {
    /// `Self × M`.
    type Product: Width;
}

impl<N: Width + Mul<M>, M: Width> Times<M> for N
where
    Prod<N, M>: Width,
{
    type Product = Prod<N, M>;
}

/// A width of which several fit a row: what the layers with gates need of their hidden state. All widths up to a quarter
/// of the largest are.
pub trait Gates: Width {
    /// `2 × Self`.
    type Two: Width;
    /// `3 × Self`.
    type Three: Width;
    /// `4 × Self`.
    type Four: Width;
}

impl<N: Times<named::U2> + Times<named::U3> + Times<named::U4>> Gates for N {
    type Two = <N as Times<named::U2>>::Product;
    type Three = <N as Times<named::U3>>::Product;
    type Four = <N as Times<named::U4>>::Product;
}

/// Appends a bit to a type-level number: a step of [`width!`](crate::width!).
#[doc(hidden)]
pub trait Append<const BIT: bool> {
    type Number;
}

impl Append<false> for UTerm {
    type Number = UTerm;
}
impl Append<true> for UTerm {
    type Number = UInt<UTerm, B1>;
}
impl<U, B> Append<false> for UInt<U, B> {
    type Number = UInt<UInt<U, B>, B0>;
}
impl<U, B> Append<true> for UInt<U, B> {
    type Number = UInt<UInt<U, B>, B1>;
}

/// The largest number that [`width!`](crate::width!) spells.
pub const WIDTH_MAX: usize = (1 << 20) - 1;

/// Whether bit `index` of a width is set. Bit 0 refuses, once, a width that `width!` can't spell.
#[doc(hidden)]
#[track_caller]
pub const fn bit(width: usize, index: u32) -> bool {
    if index == 0 && (width == 0 || width > WIDTH_MAX) {
        let text = Text::new().words("a width is a number from 1 to ").number(WIDTH_MAX);
        panic!("{}", text.words(", not ").number(width).as_str());
    }
    width >> index & 1 == 1
}

/// The type of a width, from any constant expression: `width!(3136)` is typenum's `U3136`, whether
/// typenum names it or not.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Array;
///
/// const PIXELS: usize = 56 * 56;
/// type Image = Vector<width!(PIXELS)>;
/// assert_eq!(Image::SHAPE.count(), 3136);
/// ```
// width!(5) is Append<true> of Append<false> of Append<true> of … of UTerm, bit 19 first.
#[macro_export]
macro_rules! width {
    ($n:expr) => { $crate::__bits!($n; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19) };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __bits {
    ($n:expr;) => { $crate::width::Zero };
    ($n:expr; $bit:literal $($rest:literal)*) => {
        <$crate::__bits!($n; $($rest)*) as $crate::width::Append<{ $crate::width::bit($n, $bit) }>>::Number
    };
}

#[doc(hidden)]
pub type Zero = UTerm;

#[cfg(test)]
mod tests {
    use super::*;
    use typenum::Unsigned;

    trait Same<N> {}
    impl<N> Same<N> for N {}
    fn same<N, M: Same<N>>() {}

    #[test]
    fn width_spells_typenums_own_numbers() {
        type Odd = crate::width!(3136);
        assert_eq!(Odd::USIZE, 3136);
        assert_eq!(<crate::width!(WIDTH_MAX)>::USIZE, 1_048_575);
        let _ = same::<U1, crate::width!(1)>;
        let _ = same::<U64, crate::width!(8 * 8)>;
        let _ = same::<U1000, crate::width!(1000)>;
    }
}
