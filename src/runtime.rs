//! What a network that is a value, as nanoprop-exchange has it, shares with those that are types. No promise is made of it.

#[cfg(feature = "checkpoint")]
pub use crate::checkpoint::{digest, values};
pub use crate::layer::Fnv;
pub use crate::shape::Text;
#[cfg(feature = "checkpoint")]
pub use crate::train::resume::{FIXED, WORDS, kept, optimizer, progress};
pub use crate::width::Around;
pub use crate::window::{Axis, Frame};

use crate::kernel;
use crate::scalar::{self, Real, Scalar};

/// The sum of some terms, in the order of all of the crate's.
pub fn sum<T: Scalar>(terms: impl ExactSizeIterator<Item = T>) -> T {
    kernel::sum(terms)
}

/// The sum of products, in the order of all of the crate's.
pub fn dot<T: Scalar>(pairs: impl ExactSizeIterator<Item = (T, T)>) -> T {
    kernel::dot(pairs)
}

/// In how many partial sums a weighted sum for so many outputs is taken.
pub const fn partials(out: usize) -> usize {
    kernel::partials(out)
}

/// `x`, or 0 where it is tiny: what states that decay pass through.
pub fn flush<V: Real>(x: V) -> V {
    scalar::flush(x)
}
