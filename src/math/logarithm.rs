//! What the logarithms share, with no digit of f lost near 0: `ln(1 + f) = f − (f²/2 − s·(f²/2 + R(s²)))` with `s = f / (2 + f)`.

use super::constant;
use super::exponential::{ln2_high, ln2_low};
use super::polynomial::{cubic, linear, quadratic};
use crate::scalar::{Float, Scalar};

/// `ln(m·2ᵉ) + c` for `m` in `[√½, √2]`, `e` integral and `c` far below the ulp of `m`.
#[inline(always)]
pub(super) fn sum<V: Float>(m: V, e: V, c: V) -> V {
    let f = m - V::of(1.0);
    let s = f / (V::of(2.0) + f);
    let z = s * s;
    let half = V::of(0.5) * f * f;
    let tail = s * z.mul_add(series(z), half);
    e * ln2_high() - ((half - (tail + e.mul_add(ln2_low(), c))) - f)
}

/// `(ln((1 + s)/(1 − s)) − 2s) / s³` for `z = s² ≤ 0.0295`.
#[inline(always)]
fn series<V: Float>(z: V) -> V {
    let z2 = z * z;
    if V::Scalar::DIGITS == 24 {
        quadratic(z, z2, [0.66666776, 0.39977542, 0.29871714])
    } else {
        let low = cubic(z, z2, [0.6666666666666734, 0.3999999999941465, 0.28571428742400035, 0.22222198571693805]);
        low + (z2 * z2) * quadratic(z, z2, [0.18183564409075112, 0.15314048349124734, 0.14795972272132213])
    }
}

/// The values at the ends of the domain: −∞ at 0, NaN below, ∞ and NaN as they are, else `y`.
#[inline(always)]
pub(super) fn ends<V: Float>(x: V, y: V) -> V {
    let zero = V::of(0.0);
    let y = V::select(x.lt(V::of(f64::INFINITY)), y, x);
    V::select(x.le(zero), V::select(x.lt(zero), V::of(f64::NAN), V::of(f64::NEG_INFINITY)), y)
}

/// `x < ` the least normal number.
#[inline(always)]
pub(super) fn subnormal<V: Float>(x: V) -> V::Mask {
    x.lt(constant(f32::MIN_POSITIVE as f64, f64::MIN_POSITIVE))
}

/// `ln(1 + e)` for `e` in `[0, 1]`, without splitting.
#[inline(always)]
pub(super) fn unit<V: Float>(e: V) -> V {
    let s = e / (V::of(2.0) + e);
    let z = s * s;
    let z2 = z * z;
    let half = V::of(0.5) * e * e;
    let series = if V::Scalar::DIGITS == 24 {
        z2.mul_add(quadratic(z, z2, [0.28616884, 0.21427658, 0.24300945]), linear(z, [0.66666675, 0.39998877]))
    } else {
        let z4 = z2 * z2;
        let low = cubic(z, z2, [0.6666666666666631, 0.4000000000015724, 0.2857142854785419, 0.22222223969728233]);
        let high = cubic(z, z2, [0.18181743924576024, 0.15386559937677244, 0.13300973326745358, 0.12106088684588585]);
        low + z4 * (high + z4 * linear(z, [0.08340089720270535, 0.17018598686636272]))
    };
    e - (half - s * z.mul_add(series, half))
}
