use super::constant;
use super::exponential::normal;
use super::polynomial::{cubic, linear, quadratic};
use crate::scalar::{Real, Scalar};

/// The error function `2/√π ∫₀ˣ e^(−t²) dt`.
#[inline(always)]
pub fn erf<V: Real>(x: V) -> V {
    let a = constant::<V>(4.0, 6.0).min(x.abs());
    let near = a + a * near(a * a);
    let far = V::of(1.0) - normal(log_erfc(a));
    V::select(a.lt(V::of(1.0)), near, far).copysign(x)
}

/// `erf(a)/a − 1` for `z = a² ≤ 1`.
#[inline(always)]
fn near<V: Real>(z: V) -> V {
    let z2 = z * z;
    let z4 = z2 * z2;
    if V::Scalar::DIGITS == 24 {
        cubic(z, z2, [0.12837917, -0.37612626, 0.112836, -0.026854444])
            + z4 * quadratic(z, z2, [0.0051895347, -0.0008020834, 7.889095e-05])
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
fn log_erfc<V: Real>(a: V) -> V {
    let a2 = a * a;
    let a4 = a2 * a2;
    if V::Scalar::DIGITS == 24 {
        cubic(a, a2, [0.00020436694, -1.1296612, -0.63303953, -0.10863911])
            + a4 * (cubic(a, a2, [0.025373649, -0.00428243, 0.00046380254, -2.5317308e-05]) + a4 * V::of(2.5151044e-07))
    } else {
        let a = [a, a2, a4];
        octic(
            a,
            [
                -1.8438785014972396e-07,
                -1.1283772823667788,
                -0.6366287038951542,
                -0.10274664205143527,
                0.01907695411442194,
                0.00028223053645690756,
                -0.0017709274851046574,
                0.0006428353563673363,
            ],
        ) + a4
            * a4
            * (octic(
                a,
                [
                    -4.5956942756095614e-05,
                    -6.97499901245147e-05,
                    4.4769756972938614e-05,
                    -1.6421434144371468e-05,
                    4.301766893082576e-06,
                    -8.451896156487914e-07,
                    1.2483016573788987e-07,
                    -1.3522120803479397e-08,
                ],
            ) + a4
                * a4
                * (linear(a[0], [1.0170356334479061e-9, -4.7516309464716844e-11]) + a2 * V::of(1.0390269467187596e-12)))
    }
}

#[inline(always)]
fn octic<V: Real>([x, x2, x4]: [V; 3], [a, b, c, d, e, f, g, h]: [f64; 8]) -> V {
    cubic(x, x2, [a, b, c, d]) + x4 * cubic(x, x2, [e, f, g, h])
}
