use super::{erf, exp, expm1, ln, ln_1p, normal_cdf, sigmoid, softplus, tanh};
use crate::scalar::Float;

/// How a number computes the functions of [`math`](crate::math): a [`Float`] by their formulas, a fixed-point number with
/// integers.
///
/// Sealed, as [`Real`](crate::Real) is. They are called by the functions of the same names.
pub trait Elementary: Sized {
    /// [`erf`](super::erf()).
    fn erf(x: Self) -> Self;
    /// [`exp`](super::exp()).
    fn exp(x: Self) -> Self;
    /// [`expm1`](super::expm1()).
    fn expm1(x: Self) -> Self;
    /// [`ln`](super::ln()).
    fn ln(x: Self) -> Self;
    /// [`ln_1p`](super::ln_1p()).
    fn ln_1p(x: Self) -> Self;
    /// [`normal_cdf`](super::normal_cdf()).
    fn normal_cdf(x: Self) -> Self;
    /// [`sigmoid`](super::sigmoid()).
    fn sigmoid(x: Self) -> Self;
    /// [`softplus`](super::softplus()).
    fn softplus(x: Self) -> Self;
    /// [`tanh`](super::tanh()).
    fn tanh(x: Self) -> Self;
}

macro_rules! formulas {
    ($($f:ident)+) => {
        impl<V: Float> Elementary for V {
            $(
                #[inline(always)]
                fn $f(x: V) -> V {
                    $f::formula(x)
                }
            )+
        }
    };
}
formulas!(erf exp expm1 ln ln_1p normal_cdf sigmoid softplus tanh);
