//! A slope from values of the function, beside kinks too.

use crate::scalar::{Scalar, power_of_two};

/// How far apart two differences of a smooth function are, at most, relative to them: truncation; rounding comes on top.
const SMOOTH: f64 = 1e-6;

/// By how much each change is smaller than the one before.
const SHRINK: f64 = 0.125;

/// f′(at), to compare with `found`.
///
/// # Equations
///
/// From four values, `D(h) = [8 (f(at + h) − f(at − h)) − (f(at + 2h) − f(at − 2h))] / 12h`, whose error is
/// `h⁴/30 · f⁽⁵⁾` and what rounding of f becomes over h; h = 2⁻¹⁰ in `f64`, 2⁻⁴ in `f32`, where they meet.
///
/// If `found` is not that, the reason may be a kink between `at − 2h` and `at + 2h`. Then `D(h)`, `D(h/2)` and `D(h/4)` are
/// apart, and h is made smaller until they are not: as far as rounding allows, to 2⁻²⁵ in `f64`. If the kink is in `at`
/// itself, the slopes of the two sides stay apart, `[−3 f(at) + 4 f(at ± h) − f(at ± 2h)] / ±2h`, and each slope between
/// them is as good: the result is the one nearest to `found`.
///
/// `floor` is the least magnitude that an error is relative to.
pub(super) fn difference<T: Scalar>(at: T, found: T, floor: f64, mut f: impl FnMut(T) -> T) -> T {
    let scale = at.to_f64().abs().max(1.0);
    let first = power_of_two(-i64::from(T::DIGITS / 5)) * scale;
    let wide = central(at, first, &mut f);
    let center = f(at).to_f64();
    let rounding = 32.0 * power_of_two(-i64::from(T::DIGITS)) * center.abs().max(1.0);
    let apart = |a: f64, b: f64, h: f64| {
        let (distance, size) = ((a - b).abs(), a.abs().max(b.abs()).max(floor));
        distance > SMOOTH * size + rounding / h
    };

    let found = found.to_f64();
    let mut h = first;
    if found.is_nan() || !apart(found, wide, h) {
        return T::from_f64(wide);
    }
    let mut between = wide;
    for _ in 0..=T::DIGITS / 10 {
        let slopes = [central(at, h, &mut f), central(at, h / 2.0, &mut f), central(at, h / 4.0, &mut f)];
        let smooth = !apart(slopes[0], slopes[1], h / 2.0) && !apart(slopes[0], slopes[2], h / 4.0);
        let (left, right) = (side(at, -h, center, &mut f), side(at, h, center, &mut f));
        between = found.max(left.min(right)).min(left.max(right));
        if smooth {
            return T::from_f64(if apart(left, right, h) { between } else { slopes[0] });
        }
        h *= SHRINK;
    }
    T::from_f64(between)
}

/// The slope from four values around `at`.
fn central<T: Scalar>(at: T, h: f64, f: &mut impl FnMut(T) -> T) -> f64 {
    let h = T::from_f64(h);
    let two = T::of(2.0) * h;
    let near = f(at + h) - f(at - h);
    let far = f(at + two) - f(at - two);
    ((T::of(8.0) * near - far) / (T::of(12.0) * h)).to_f64()
}

/// The slope from two values on one side of `at`, where f is `center`; h is negative for the left.
fn side<T: Scalar>(at: T, h: f64, center: f64, f: &mut impl FnMut(T) -> T) -> f64 {
    let (near, far) = (f(at + T::from_f64(h)).to_f64(), f(at + T::from_f64(2.0 * h)).to_f64());
    (4.0 * near - far - 3.0 * center) / (2.0 * h)
}
