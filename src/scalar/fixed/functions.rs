use super::{Q16, Q32};
use crate::math::{Elementary, integer};

macro_rules! functions {
    ($Q:ident: $functions:ident) => {
        impl<const F: u32> Elementary for $Q<F> {
            fn erf(x: Self) -> Self {
                Self::fit_long(integer::$functions::erf(x.0 as i64, F))
            }
            fn exp(x: Self) -> Self {
                Self::fit_long(integer::$functions::exp(x.0 as i64, F))
            }
            fn expm1(x: Self) -> Self {
                Self::fit_long(integer::$functions::exp(x.0 as i64, F) - (1 << F))
            }
            fn ln(x: Self) -> Self {
                if x >= Self::MAX { x } else { Self::fit_long(integer::$functions::ln(x.0 as i64, F)) }
            }
            fn ln_1p(x: Self) -> Self {
                if x >= Self::MAX { x } else { Self::fit_long(integer::$functions::ln(x.0 as i64 + (1 << F), F)) }
            }
            fn normal_cdf(x: Self) -> Self {
                Self::fit_long(integer::$functions::normal_cdf(x.0 as i64, F))
            }
            fn sigmoid(x: Self) -> Self {
                Self::fit_long(integer::$functions::sigmoid(x.0 as i64, F))
            }
            fn softplus(x: Self) -> Self {
                Self::fit_long(integer::$functions::softplus(x.0 as i64, F))
            }
            fn tanh(x: Self) -> Self {
                Self::fit_long(integer::$functions::tanh(x.0 as i64, F))
            }
        }
    };
}

functions!(Q16: narrow);
functions!(Q32: wide);
