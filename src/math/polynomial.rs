//! Polynomials, coefficients lowest first, in the order of Estrin (1960): a tree, so that a long one is not a long wait.

use crate::scalar::Real;

/// `a + b·x`
#[inline(always)]
pub(super) fn linear<V: Real>(x: V, [a, b]: [f64; 2]) -> V {
    V::of(b).mul_add(x, V::of(a))
}

/// `(a + b·x) + c·x²`
#[inline(always)]
pub(super) fn quadratic<V: Real>(x: V, x2: V, [a, b, c]: [f64; 3]) -> V {
    V::of(c).mul_add(x2, linear(x, [a, b]))
}

/// `(a + b·x) + (c + d·x)·x²`
#[inline(always)]
pub(super) fn cubic<V: Real>(x: V, x2: V, [a, b, c, d]: [f64; 4]) -> V {
    linear(x, [c, d]).mul_add(x2, linear(x, [a, b]))
}

/// Eight terms: two cubics, the second times x⁴.
#[inline(always)]
pub(super) fn octic<V: Real>(x: V, x2: V, x4: V, [a, b, c, d, e, f, g, h]: [f64; 8]) -> V {
    x4.mul_add(cubic(x, x2, [e, f, g, h]), cubic(x, x2, [a, b, c, d]))
}
