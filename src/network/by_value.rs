//! What the compiler says to `Net::new()`, `Net::default()` and `net.clone()`.
//!
//! A network has none of them: each would be a value of all its weights on the stack. They stand here with a bound that
//! nothing meets, for the message that goes with it.

use crate::loss::Loss;
use crate::network::{Layers, Network};

/// Met by nothing.
#[diagnostic::on_unimplemented(
    message = "no function returns a network: its constructor is the constant `ZERO`",
    label = "write `ZERO`, for a `static` or a variable, or `boxed()` of feature `alloc`, for the heap; `initialize` fills it"
)]
pub trait Returned {}

/// Met by nothing.
#[diagnostic::on_unimplemented(
    message = "a network is not copied by value",
    label = "copy its parameters into another: `copy.parameters_mut().copy_from_slice(net.parameters())`"
)]
pub trait Copied {}

#[doc(hidden)]
impl<L: Layers, E: Loss> Network<L, E>
where
    Self: Returned,
{
    pub const fn new() -> Self {
        Self::ZERO
    }
}

#[doc(hidden)]
impl<L: Layers, E: Loss> Default for Network<L, E>
where
    Self: Returned,
{
    fn default() -> Self {
        Self::ZERO
    }
}

#[doc(hidden)]
impl<L: Layers, E: Loss> Clone for Network<L, E>
where
    Self: Copied,
{
    fn clone(&self) -> Self {
        Self::ZERO
    }
}
