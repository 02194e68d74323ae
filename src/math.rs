//! Elementary functions with the same bits on every target.

mod erf;
mod exp;
mod expm1;
mod ln;
mod ln_1p;
mod normal_cdf;
mod sigmoid;
mod softplus;
mod tanh;

mod exponential;
mod logarithm;
mod polynomial;

pub use erf::erf;
pub use exp::exp;
pub use expm1::expm1;
pub use ln::ln;
pub use ln_1p::ln_1p;
pub use normal_cdf::normal_cdf;
pub use sigmoid::sigmoid;
pub use softplus::softplus;
pub use tanh::tanh;

use crate::scalar::{Real, Scalar};

/// The constant for the scalar at hand; the choice is made by the compiler.
#[inline(always)]
fn constant<V: Real>(single: f64, double: f64) -> V {
    V::of(if V::Scalar::DIGITS == 24 { single } else { double })
}
