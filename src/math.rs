//! Elementary functions with the same bits on every target.
//!
//! Each is a formula over [`Real`], so one number and a SIMD register of them get the same bits, and a loop over a slice
//! becomes SIMD code by itself. Only `+ − × ÷`, in the order written, comparisons and exact operations on exponents: no
//! platform's library, no table, no branch on data, and fused multiply-adds for the scalar
//! [`Fused`](crate::Fused) only.
//!
//! [`Q16`](crate::Q16) and [`Q32`](crate::Q32) compute them with integers, and state their errors.
//!
//! # Errors in ulps
//!
//! The greatest found: in f32 of all 2³² inputs (`cargo test --release --test accuracy -- --ignored --nocapture`), in f64
//! of 10⁴ to 4·10⁵ points for each function against values of 50 digits, denser where the function is hard. An ulp is the
//! spacing of numbers at the exact result.
//!
//! | function | f32 | at | f64 |
//! | --- | --- | --- | --- |
//! | [`erf`] | 1.51 | 1.07 | 1.37 |
//! | [`exp`] | 0.95 | -5.151 | 0.78 |
//! | [`expm1`] | 1.24 | 16.64 | 1.26 |
//! | [`ln`] | 0.84 | 1.413 | 0.85 |
//! | [`ln_1p`] | 0.87 | 0.408 | 0.86 |
//! | [`normal_cdf`] | 5.61 | -0.001775 | 4.18 |
//! | [`sigmoid`] | 1.79 | -1.108 | 1.58 |
//! | [`softplus`] | 1.99 | 0.01036 | 1.57 |
//! | [`tanh`] | 1.99 | 0.5189 | 1.97 |
//!
//! With the scalar [`Fused`](crate::Fused) the errors are no greater than those of f32, on two million inputs.
//!
//! Signed zeros, infinities, NaN and subnormal numbers, as input or as result, are part of these figures; each function says
//! what it gives. Where a target flushes subnormal numbers to zero, results below the least normal number are lost.
//!
//! # Time
//!
//! Nanoseconds for each number of a slice of 1000, on one core at 3.7 GHz, with the SSE2 of a plain build: `sigmoid` 1.0,
//! `tanh` 1.1, `exp` 1.2, `expm1` 1.1, `ln` 1.4, `ln_1p` 1.4, `softplus` 1.9, `erf` 2.0 in f32, about three times that in
//! f64; half of that when built for the AVX-512 of that machine.

mod erf;
mod exp;
mod expm1;
mod ln;
mod ln_1p;
mod normal_cdf;
mod sigmoid;
mod softplus;
mod tanh;

mod elementary;
mod exponential;
pub(crate) mod integer;
mod logarithm;
mod polynomial;
mod squares;

pub(crate) use elementary::Elementary;
pub use erf::erf;
pub use exp::exp;
pub use expm1::expm1;
pub use ln::ln;
pub use ln_1p::ln_1p;
pub use normal_cdf::normal_cdf;
pub use sigmoid::sigmoid;
pub use softplus::softplus;
pub(crate) use squares::Squares;
pub use tanh::tanh;

use crate::scalar::{Real, Scalar};

/// The constant for the scalar at hand; the choice is made by the compiler.
#[inline(always)]
pub(crate) fn constant<V: Real>(single: f64, double: f64) -> V {
    V::of(if V::Scalar::DIGITS == 24 { single } else { double })
}

/// `x`, with the least finite number in place of −∞: where −∞ · 0 has the limit 0. A NaN passes.
#[inline(always)]
pub(crate) fn above<V: Real>(x: V) -> V {
    (-most::<V>()).max(x)
}

/// `x`, with the nearest finite number in place of an infinite one. A NaN passes.
#[inline(always)]
pub(crate) fn finite<V: Real>(x: V) -> V {
    most::<V>().min(above(x))
}

/// A sample's cost or δ times its weight. A weight of 0 selects 0 and does not multiply by it, so the result is not NaN.
#[inline(always)]
pub(crate) fn share<V: Real>(weight: V, number: V) -> V {
    V::select(weight.abs().le(V::of(0.0)), V::of(0.0), weight * number)
}

/// The largest finite number.
#[inline(always)]
fn most<V: Real>() -> V {
    constant(f32::MAX as f64, f64::MAX)
}
