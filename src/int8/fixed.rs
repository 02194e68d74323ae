//! Sigmoid and tanh of numbers of 16 bits, with the bits of LiteRT's reference kernels.
//!
//! All numbers are fixed-point, in `i32`; `Qb` has b bits before the point and 15 − b behind it. A product is rounded to the
//! nearest, ties up; a division by a power of two to the nearest, ties away from 0.
//!
//! # Equations
//!
//! - `eˣ` for `−¼ ≤ x < 0` by its series around −⅛ up to the fourth power; for x below by the product with `e` to −¼, −½, −1, …,
//!   one for each bit that x has there
//! - `1 / (1 + e)`, for e from 0 to 1: with `d = (1 + e) / 2`, three steps of Newton's division from `48/17 − 32/17 d`
//! - `σ(x) = 1 / (1 + e⁻ˣ)` for x above 0, `1 − σ(−x)` below; `tanh x = (1 − e⁻²ˣ) / (1 + e⁻²ˣ)`, odd
//!
//! Of all inputs, σ is off by at most 2.0·10⁻⁴ and tanh by 3.7·10⁻⁴.
//!
//! # Source
//!
//! B. Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference", CVPR 2018;
//! its library gemmlowp, `fixedpoint.h`.

/// 1, as near as it can be.
const ONE: i32 = i16::MAX as i32;

/// `a b` of two numbers whose bits before the point add up.
#[inline(always)]
const fn times(a: i32, b: i32) -> i32 {
    within((a * b + (1 << 14)) >> 15)
}

/// `x / 2ⁿ`.
#[inline(always)]
pub(super) const fn over(x: i32, n: u32) -> i32 {
    if n == 0 {
        return x;
    }
    let half = 1 << (n - 1);
    if x < 0 { -((half - x) >> n) } else { (x + half) >> n }
}

/// The nearest number of 16 bits.
#[inline(always)]
pub(super) const fn within(x: i32) -> i32 {
    if x > ONE {
        ONE
    } else if x < -ONE - 1 {
        -ONE - 1
    } else {
        x
    }
}

/// A constant that has 31 bits behind the point.
const fn constant(x: i32) -> i32 {
    over(x, 16)
}

/// `eˣ` in Q0, for x of Q0 from −¼ to 0.
fn exp_of_quarter(x: i32) -> i32 {
    const MIDDLE: i32 = constant(1_895_147_668); // e^(−1/8)
    const THIRD: i32 = constant(715_827_883);
    let x = x + (1 << 12);
    let x2 = times(x, x);
    let (x3, x4) = (times(x2, x), times(x2, x2));
    let rest = over(times(over(x4, 2) + x3, THIRD) + x2, 1);
    within(MIDDLE + times(MIDDLE, x + rest))
}

/// `eˣ` in Q0, for x below 0 with so many bits before the point; 1 for 0.
fn exp(x: i32, bits: u32) -> i32 {
    // e to −¼, −½, −1, −2, −4, −8 and −16.
    const POWERS: [i32; 7] = [
        constant(1_672_461_947),
        constant(1_302_514_674),
        constant(790_015_084),
        constant(290_630_308),
        constant(39_332_535),
        constant(720_401),
        constant(242),
    ];
    let quarter = 1 << (13 - bits);
    let near = (x & (quarter - 1)) - quarter;
    let mut e = exp_of_quarter(near << bits);
    let left = near - x;
    for (k, &power) in (0..bits + 2).zip(&POWERS) {
        if left & quarter << k != 0 {
            e = times(e, power);
        }
    }
    match x {
        0 => ONE,
        // Beyond −32.
        _ if bits > 5 && x < -(1 << (20 - bits)) => 0,
        _ => e,
    }
}

/// `2 / (1 + e)` in Q2, for e of Q0 from 0 to 1.
fn twice_over_one_plus(e: i32) -> i32 {
    const START: i32 = constant(1_515_870_810); // 48/17
    const SLOPE: i32 = constant(-1_010_580_540); // −32/17
    let d = (e + ONE + 1) >> 1;
    let mut x = START + times(d, SLOPE);
    for _ in 0..3 {
        x += within(times(x, (1 << 13) - times(d, x)) << 2);
    }
    x
}

/// σ(x) in Q0, of Q3.
pub(super) fn sigmoid(x: i16) -> i16 {
    let x = i32::from(x);
    let y = within(twice_over_one_plus(exp(-x.abs(), 3)) << 1);
    (match x {
        0 => 1 << 14,
        1.. => y,
        _ => ONE - y,
    }) as i16
}

/// tanh x in Q0, of `Qbits`, from 0 to 6.
pub(super) fn tanh(x: i16, bits: u32) -> i16 {
    let x = i32::from(x);
    let y = within((twice_over_one_plus(exp(-x.abs(), bits + 1)) - (1 << 13)) << 2);
    (match x {
        0 => 0,
        1.. => y,
        _ => -y,
    }) as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::{Activation, Sigmoid, Tanh};

    /// All inputs, in all formats.
    #[test]
    fn errors() {
        let most = |f: &dyn Fn(i16) -> i16, exact: &dyn Fn(f64) -> f64, bits: u32| {
            let off = |x: i16| (f64::from(f(x)) / 32768.0 - exact(f64::from(x) / f64::from(1 << (15 - bits)))).abs();
            (i16::MIN..=i16::MAX).map(off).fold(0.0, f64::max)
        };
        let error = most(&sigmoid, &Sigmoid::value::<f64>, 3);
        assert!((1.9e-4..2.0e-4).contains(&error), "{error}");
        for bits in 0..=6 {
            let error = most(&|x| tanh(x, bits), &Tanh::value::<f64>, bits);
            assert!((3.4e-4..3.7e-4).contains(&error), "{bits}: {error}");
        }
    }
}
