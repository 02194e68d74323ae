use super::constant;
use super::exponential::{ln2_high, ln2_low, round, tail};
use super::polynomial::{octic, quadratic};
use crate::scalar::{Float, Real, Scalar};

/// The standard normal distribution function: how probable it is that a normal variable is below `x`.
///
/// Within 5.56 ulp in f32 and 4.18 in f64 for every `x`: accurate in relative terms also in the negative tail,
/// where `½(1 + erf(x/√2))` has no digit left; subnormal results included. 0 at −∞ (and below −14.4, −38.6 in f64),
/// ½ at ±0 in f64 and an ulp more in f32, 1 at ∞; NaN for NaN. Two divisions.
///
/// # Equations
/// `Φ(x) = 1/√(2π) ∫₋∞ˣ e^(−t²/2) dt`, `Φ(−a) = e^(−a²/2)·M(t) / (a + 4)` with `t = (a − 4)/(a + 4)`, `M` a polynomial of
/// degree 10 (23 in f64), and `Φ(a) = 1 − Φ(−a)`.
///
/// # Example
/// ```
/// use nanoprop::math::normal_cdf;
///
/// assert_eq!(normal_cdf(-1.0_f32), 0.15865526);
/// ```
///
/// # Source
/// The map from `a` to `t`: Shepherd and Laframboise, *Chebyshev Approximation of (1 + 2x) exp(x²) erfc x in
/// 0 ≤ x < ∞*, Math. Comp. 36 (1981). The coefficients are ours (`tests/golden/minimax.py`).
#[inline(always)]
pub fn normal_cdf<V: Real>(x: V) -> V {
    V::normal_cdf(x)
}

/// The formula of [`normal_cdf`].
#[inline(always)]
pub(super) fn formula<V: Float>(x: V) -> V {
    let (zero, half, one) = (V::of(0.0), V::of(0.5), V::of(1.0));
    let a = constant::<V>(14.4, 38.6).min(x.abs());
    // a²/2 = b²/2 + d, where b is a to so few bits that its square is exact.
    let magic = constant(49_152.0, 6_442_450_944.0);
    let b = (a + magic) - magic;
    let (square, d) = (half * b * b, half * ((a + b) * (a - b)));
    let n = round(square + d, -core::f64::consts::LOG2_E);
    let (high, low) = (n.mul_add(-ln2_high::<V>(), zero - square), n.mul_add(ln2_low(), d));
    let p = high + (tail(high - low) - low);
    // Mills' ratio, slowly varying where a is mapped to (−1, 1).
    let t = (a - V::of(4.0)) / (a + V::of(4.0));
    let m = mills(t);
    let q = m.mul_add(p, m) / (a + V::of(4.0));
    let q = q.scale(n);
    V::select(zero.lt(x), one - q, q)
}

/// `(a + 4)·e^(a²/2)·Φ(−a)` for `t = (a − 4)/(a + 4)`.
#[inline(always)]
fn mills<V: Float>(t: V) -> V {
    let t2 = t * t;
    let t4 = t2 * t2;
    if V::Scalar::DIGITS == 24 {
        let low = octic(
            t,
            t2,
            t4,
            [0.75528514, -0.6078966, 0.38713732, -0.18652155, 0.060398106, -0.007542959, -0.003491102, 0.0016374046],
        );
        (t4 * t4).mul_add(quadratic(t, t2, [0.00017073227, -0.00022263393, -4.657642e-05]), low)
    } else {
        let t8 = t4 * t4;
        let low = octic(
            t,
            t2,
            t4,
            [
                0.7552851304157515,
                -0.6078966419718921,
                0.3871374007422148,
                -0.18652185795965856,
                0.06039657489092061,
                -0.007540188966685936,
                -0.003479692367041526,
                0.0016308184570194952,
            ],
        );
        let middle = octic(
            t,
            t2,
            t4,
            [
                0.00013334430839981044,
                -0.00023109493100634355,
                -1.9082316601891415e-06,
                3.5144669118174436e-05,
                7.165537382486653e-07,
                -5.920136966445654e-06,
                -6.293910608124766e-07,
                1.021529936271104e-06,
            ],
        );
        let high = octic(
            t,
            t2,
            t4,
            [
                2.7126882520947346e-07,
                -1.5502849772345333e-07,
                -8.482201427178709e-08,
                1.3445410526170536e-08,
                1.9255191306867468e-08,
                1.7672034112797205e-09,
                -2.4239232454334562e-09,
                -6.746393249385288e-10,
            ],
        );
        low + t8 * (middle + t8 * high)
    }
}
