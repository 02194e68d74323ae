//! Elementary functions in integers, for fixed-point numbers: polynomials in P fractional bits, P above those of the number.
//!
//! `eˣ = 2ⁿ·2^f` with `x·log₂ e = n + f`, and `ln x = k·ln 2 + ln(1 + f)` with `x = (1 + f)·2ᵏ`; f is in [0, 1), where 2^f − 1
//! and ln(1 + f) are f times a minimax polynomial (`tests/golden/minimax.py fixed_exp2 fixed_log`). The others follow:
//! `σ(a) = 1 / (1 + e^−a)`, `tanh a = 2 σ(2a) − 1`, `softplus(x) = max(x, 0) + ln(1 + e^−|x|)`, and Φ from Mills' ratio as in
//! [`normal_cdf`](super::normal_cdf()).
//!
//! A number comes as an integer and how many of its bits are fractional, and so does a result, not yet in the number's range.

/// log₂ e and ln 2 in 30 fractional bits, and what log₂ e is more, in 60.
const LOG2_E: i64 = (core::f64::consts::LOG2_E * (1 << 30) as f64 + 0.5) as i64;
const LOG2_E_REST: i64 = -343_736_809;
const LN_2: i64 = (core::f64::consts::LN_2 * (1 << 30) as f64 + 0.5) as i64;

/// What is far beyond any number.
const FAR: i64 = 1 << 61;

/// `x / 2ˢ` to the nearest integer, ties up; for s < 0 `x·2⁻ˢ`, at most [`FAR`].
#[inline(always)]
pub(crate) const fn shifted(x: i64, s: i32) -> i64 {
    match s {
        62.. => 0,
        1.. => (x + (1 << (s - 1))) >> s,
        -30..=0 => x << -s,
        _ => FAR,
    }
}

// integers! { narrow: i32, 15, … } makes a module of the functions in 15 fractional bits, whose products fit an i32.
macro_rules! integers {
    ($(#[$doc:meta])* $name:ident: $W:ty, $P:literal, exp2: $exp2:expr, log: $log:expr) => {
        $(#[$doc])*
        pub(crate) mod $name {
            use super::{FAR, LN_2, LOG2_E, LOG2_E_REST, shifted};

            const P: u32 = $P;
            const ONE: $W = 1 << P;
            const EXP2: &[$W] = &integers($exp2);
            const LOG: &[$W] = &integers($log);
            const MILLS: &[$W] = &integers(super::MILLS);

            const fn integers<const N: usize>(numbers: [f64; N]) -> [$W; N] {
                let mut all = [0; N];
                let mut k = 0;
                while k < N {
                    let x = numbers[k] * ONE as f64;
                    all[k] = if x < 0.0 { x - 0.5 } else { x + 0.5 } as $W;
                    k += 1;
                }
                all
            }

            #[inline(always)]
            const fn times(a: $W, b: $W) -> $W {
                (a * b + ONE / 2) >> P
            }

            /// Coefficients lowest first, for |x| ≤ 1; no partial sum is above 1.
            #[inline(always)]
            fn polynomial(x: $W, coefficients: &[$W]) -> $W {
                coefficients.iter().rev().fold(0, |sum, &c| times(sum, x) + c)
            }

            /// `(m, n)` with `eˣ = m·2ⁿ`, m in [1, 2); |x| < 2³¹.
            #[inline(always)]
            fn power(x: i64, bits: u32) -> ($W, i32) {
                let rest = if P < 30 { 0 } else { (x * LOG2_E_REST) >> 30 };
                let t = shifted(x * LOG2_E + rest, (30 + bits - P) as i32);
                let f = (t & (ONE as i64 - 1)) as $W;
                (ONE + times(f, polynomial(f, EXP2)), (t >> P) as i32)
            }

            /// `e^−a` for a ≥ 0, in P bits.
            #[inline(always)]
            fn decay(a: i64, bits: u32) -> $W {
                let (m, n) = power(-a, bits);
                if n < -(P as i32) { 0 } else { (m + ((1 << -n) >> 1)) >> -n }
            }

            pub(crate) fn exp(x: i64, bits: u32) -> i64 {
                let (m, n) = power(x, bits);
                shifted(m as i64, (P - bits) as i32 - n)
            }

            /// `σ(a)` for a ≥ 0, in P bits.
            #[inline(always)]
            fn half(a: i64, bits: u32) -> $W {
                let d = ONE + decay(a, bits);
                (ONE * ONE + d / 2).checked_div(d).unwrap_or(ONE)
            }

            pub(crate) fn sigmoid(x: i64, bits: u32) -> i64 {
                let y = shifted(half(x.abs(), bits) as i64, (P - bits) as i32);
                if x < 0 { (1 << bits) - y } else { y }
            }

            pub(crate) fn tanh(x: i64, bits: u32) -> i64 {
                // 2|x| is |x| with a fractional bit less.
                let y = shifted((2 * half(x.abs(), bits - 1) - ONE) as i64, (P - bits) as i32);
                if x < 0 { -y } else { y }
            }

            pub(crate) fn softplus(x: i64, bits: u32) -> i64 {
                let e = decay(x.abs(), bits);
                x.max(0) + shifted(times(e, polynomial(e, LOG)) as i64, (P - bits) as i32)
            }

            /// −[`FAR`] at 0 and below.
            pub(crate) fn ln(x: i64, bits: u32) -> i64 {
                if x <= 0 {
                    return -FAR;
                }
                let k = x.checked_ilog2().unwrap_or(0);
                let f = (shifted(x, k as i32 - P as i32) as $W) - ONE;
                // Rounded up to the next power of two, f is 1, where the polynomial still holds.
                let log = times(f, polynomial(f, LOG)) as i64;
                shifted((k as i64 - bits as i64) * LN_2 + (log << (30 - P)), 30 - bits as i32)
            }

            /// `Φ(−a)` for a ≥ 0, in P bits.
            #[inline(always)]
            fn below(a: i64, bits: u32) -> $W {
                let (one, few) = (1_i64 << bits, if bits < 24 { bits } else { 24 });
                let a = a.min(7 * one);
                let t = ((a - 4 * one) << (P - 1)).checked_div((a + 4 * one) / 2).unwrap_or(0);
                let square = shifted(a * a, (2 * bits - few) as i32);
                let m = times(polynomial(t as $W, MILLS), decay(square, few + 1));
                ((m as i64) << (bits + 1)).checked_div(a + 4 * one).unwrap_or(0) as $W
            }

            pub(crate) fn normal_cdf(x: i64, bits: u32) -> i64 {
                let y = shifted(below(x.abs(), bits) as i64, (P - bits) as i32);
                if x < 0 { y } else { (1 << bits) - y }
            }

            pub(crate) fn erf(x: i64, bits: u32) -> i64 {
                const ROOT_2: i64 = (core::f64::consts::SQRT_2 * (1 << 30) as f64 + 0.5) as i64;
                let a = shifted(x.abs() * ROOT_2, 30);
                let y = shifted((ONE - 2 * below(a, bits)) as i64, (P - bits) as i32);
                if x < 0 { -y } else { y }
            }
        }
    };
}

integers! {
    /// For numbers of 16 bits: all products but the first are of 32 bits.
    narrow: i32, 15,
    exp2: [0.69301856, 0.24144548, 0.051950533, 0.013581279],
    log: [0.99990165, -0.49787518, 0.31764942, -0.19376142, 0.085570194, -0.018338904]
}

integers! {
    /// For numbers of 32 bits.
    wide: i64, 30,
    exp2: [
        0.6931471855226191, 0.24022638154464798, 0.05550517910419113, 0.009613810026880658, 0.0013426243752375894,
        0.00014323023725116654, 2.1589127495237935e-05,
    ],
    log: [
        0.9999999957243362, -0.49999969131005056, 0.3333255279523669, -0.24990025783132785, 0.19924388222179376,
        -0.162947647426221, 0.1302947732158802, -0.094653674492587, 0.05683472252725739, -0.0252484523759818,
        0.007147721831592722, -0.0009497194958895718,
    ]
}

/// Half of [`normal_cdf`](super::normal_cdf())'s polynomial in f32: up to 1.
const MILLS: [f64; 11] = [
    0.37764257,
    -0.3039483,
    0.19356866,
    -0.093260775,
    0.030199053,
    -0.0037714795,
    -0.001745551,
    0.0008187023,
    8.5366135e-05,
    -0.000111316965,
    -2.328821e-05,
];
