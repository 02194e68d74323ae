//! What the compiler says to `Net::new()`, `Net::default()` and `net.clone()`.
//!
//! A network has none of these methods, because each would put all weights on the stack. They are declared here with a bound
//! that no type meets, and the compiler prints the bound's message.

use crate::loss::Loss;
use crate::network::{Layers, Network};

/// No type implements it.
#[diagnostic::on_unimplemented(
    message = "no function returns a network: its constructor is the constant `ZERO`",
    label = "write `ZERO`, for a `static` or a variable, or `boxed()` of feature `alloc`, for the heap; `initialize` fills it"
)]
pub trait Returned {}

/// No type implements it.
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
