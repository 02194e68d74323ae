//! m
use crate::scalar::Real;
macro_rules! st { ($($n:ident)*) => {$(#[doc=""] pub fn $n<V: Real>(x: V) -> V { let _ = x; todo!() })*} }
st!(exp expm1 ln ln_1p tanh sigmoid softplus normal_cdf);
