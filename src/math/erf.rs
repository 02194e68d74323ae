use super::constant;
use super::exponential::normal;
use super::polynomial::{cubic, linear, octic, quadratic};
use crate::scalar::{Float, Real, Scalar};

/// The error function, from −1 to 1.
///
/// Within 1.51 ulp in f32 and 1.37 in f64 for every `x`, and exactly odd. ±0 at ±0, ±1 at ±∞ (and beyond ±3.9, ±5.9 in
/// f64); NaN for NaN. No division.
///
/// # Equations
/// `erf x = 2/√π ∫₀ˣ e^(−t²) dt`, computed as `x + x·p(x²)` for `|x| < 1` and `±(1 − e^q(|x|))` beyond, `p` and `q` minimax
/// polynomials to `erf(x)/x − 1` and to `ln(1 − erf x)`.
///
/// # Example
/// ```
/// use nanoprop::math::erf;
///
/// assert_eq!(erf(1.0_f32), 0.8427008);
/// ```
///
/// # Source
/// The coefficients are ours (`tests/golden/minimax.py`).
#[inline(always)]
pub fn erf<V: Real>(x: V) -> V {
    V::erf(x)
}

/// The formula of [`erf`].
#[inline(always)]
pub(super) fn formula<V: Float>(x: V) -> V {
    let a = constant::<V>(4.0, 6.0).min(x.abs());
    let near = a.mul_add(near(a * a), a);
    let far = V::of(1.0) - normal(log_erfc(a));
    V::select(a.lt(V::of(1.0)), near, far).copysign(x)
}

/// `erf(a)/a − 1` for `z = a² ≤ 1`.
#[inline(always)]
fn near<V: Float>(z: V) -> V {
    let z2 = z * z;
    let z4 = z2 * z2;
    if V::Scalar::DIGITS == 24 {
        z4.mul_add(
            quadratic(z, z2, [0.0051895347, -0.0008020834, 7.889095e-05]),
            cubic(z, z2, [0.12837917, -0.37612626, 0.112836, -0.026854444]),
        )
    } else {
        let low = cubic(z, z2, [0.1283791670955126, -0.3761263890318375, 0.11283791670954885, -0.026866170645077875]);
        let middle = cubic(
            z,
            z2,
            [0.0052239776248284514, -0.0008548326981427313, 0.00012055331133038531, -1.4925595774544614e-05],
        );
        let high = cubic(
            z,
            z2,
            [1.646100852091039e-06, -1.6350396726974587e-07, 1.4660332383167168e-08, -1.1374970766332976e-09],
        );
        low + z4 * (middle + z4 * (high + z4 * V::of(5.960712014166694e-11)))
    }
}

/// `ln(1 − erf(a))` for `1 ≤ a ≤ 4` (6 in f64).
#[inline(always)]
fn log_erfc<V: Float>(a: V) -> V {
    let a2 = a * a;
    let a4 = a2 * a2;
    if V::Scalar::DIGITS == 24 {
        a4.mul_add(
            quadratic(a, a2, [0.02180531, -0.0029396045, 0.0001855736]),
            cubic(a, a2, [-0.00035371768, -1.12704, -0.6382257, -0.10303736]),
        )
    } else {
        let a8 = a4 * a4;
        let low = octic(
            a,
            a2,
            a4,
            [
                -5.133466716214062e-07,
                -1.1283739907104802,
                -0.6366440595157229,
                -0.10270227778767117,
                0.018988019493429265,
                0.00041356754799587176,
                -0.0019189779046629948,
                0.0007730691265156428,
            ],
        );
        let high = octic(
            a,
            a2,
            a4,
            [
                -0.00013657066190045185,
                -1.9515599542699743e-05,
                2.2530033285244786e-05,
                -8.577907103037496e-06,
                2.1145910933568243e-06,
                -3.695275893646384e-07,
                4.5928185595027254e-08,
                -3.889552651944326e-09,
            ],
        );
        low + a8 * (high + a8 * linear(a, [2.0200830045615426e-10, -4.8644220346299655e-12]))
    }
}
