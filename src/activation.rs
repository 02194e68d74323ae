//! Activations: `a = g(z)`, one number at a time, with the slope as a function of the output.
//!
//! [`Relu`] is a good first choice for hidden layers, with the initialiser [`He`](crate::He), and the fastest; [`LeakyRelu`]
//! and [`Elu`] where units die. [`Tanh`] is smooth, for regressions and small networks, with
//! [`Xavier`](crate::Xavier); recurrent layers have it. [`Sigmoid`] is the tutorial's, and slower to learn.
//! [`HardSigmoid`], [`HardTanh`] and [`Softsign`] have similar shapes without an exponential, for processors without
//! an FPU. [`Softplus`] is for what must be positive.

/// Calls `$go!` with each activation: its file, its type, whether its slope has a kink or jump, and the least and the
/// greatest value. Re-exports, the fit check and tests read this list.
#[doc(hidden)]
#[macro_export]
macro_rules! __activations {
    ($go:ident) => {
        $go! {
            elu: Elu { kinked: true, least: -1.0, greatest: f64::INFINITY }
            hard_sigmoid: HardSigmoid { kinked: true, least: 0.0, greatest: 1.0 }
            hard_tanh: HardTanh { kinked: true, least: -1.0, greatest: 1.0 }
            identity: Identity { kinked: false, least: f64::NEG_INFINITY, greatest: f64::INFINITY }
            leaky_relu: LeakyRelu { kinked: true, least: f64::NEG_INFINITY, greatest: f64::INFINITY }
            relu: Relu { kinked: true, least: 0.0, greatest: f64::INFINITY }
            sigmoid: Sigmoid { kinked: false, least: 0.0, greatest: 1.0 }
            softplus: Softplus { kinked: false, least: 0.0, greatest: f64::INFINITY }
            softsign: Softsign { kinked: true, least: -1.0, greatest: 1.0 }
            tanh: Tanh { kinked: false, least: -1.0, greatest: 1.0 }
        }
    };
}

// Written out, because rustfmt does not find modules that a macro declares.
mod elu;
mod hard_sigmoid;
mod hard_tanh;
mod identity;
mod leaky_relu;
mod relu;
mod sigmoid;
mod softplus;
mod softsign;
mod tanh;

macro_rules! public {
    ($($file:ident: $type:ident $rest:tt)+) => {
        $(pub use $file::$type;)+
    };
}
__activations!(public);

use crate::scalar::Real;

/// A function `g` whose slope at `z` is a function of `a = g(z)`, so that a layer keeps only `a`.
///
/// Both methods are written over [`Real`]: comparisons give masks, masks select. The same code then
/// serves one number and a SIMD register of them, with the same bits. A function whose slope needs
/// `z` itself (GELU, SiLU) is a [`Function`](crate::layer::Function) instead.
///
/// # Example
///
/// An activation of one's own:
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Activation, Real};
///
/// /// The squared rectifier: `g(z) = max(z, 0)²`, `g′ = 2 max(z, 0) = 2√a`.
/// struct SquaredRelu;
///
/// impl Activation for SquaredRelu {
///     const NAME: &'static str = "squared_relu";
///
///     fn value<V: Real>(z: V) -> V {
///         let r = z.max(V::of(0.0));
///         r * r
///     }
///
///     fn slope<V: Real>(a: V) -> V {
///         V::of(2.0) * a.sqrt()
///     }
/// }
///
/// type Net = Network<Dense<U1, U1, SquaredRelu>, SquaredError>;
/// let mut net = Net::ZERO;
/// net.parameters_mut().copy_from_slice(&[1.0, 2.0]); // bias, weight
/// assert_eq!(net.predict(&[3.0])[0], 49.0);
/// assert_eq!(net.predict(&[-3.0])[0], 0.0);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an activation",
    label = "expected an activation such as `Sigmoid` or `Relu`; a loss or a layer can't stand here"
)]
pub trait Activation: 'static {
    /// Its name in checkpoints and messages.
    const NAME: &'static str;

    /// `g(z)`.
    fn value<V: Real>(z: V) -> V;

    /// `g′(z)`, given `a = g(z)`.
    fn slope<V: Real>(a: V) -> V;
}
