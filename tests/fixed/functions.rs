//! Elementary functions, against f64, for all numbers of 16 bits and many of 32.

use nanoprop::{Q16, Q32, Real, math};

fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

/// Fails where a function of fixed-point numbers is further from that of f64 than so many steps.
macro_rules! errors {
    ($T:ty, $F:literal, $most:expr, $inputs:expr, $($function:ident: $reference:expr, $bound:literal;)+) => {$({
        let f: fn($T) -> $T = math::$function;
        let reference: fn(f64) -> f64 = $reference;
        let most = f64::from($most);
        let mut worst = (0.0, 0.0);
        for x in $inputs {
            let x = <$T>::from_bits(x);
            let expected = reference(x.into()) * f64::from(1 << $F);
            // Where there is no value, the lower end.
            let expected = if expected.is_nan() { -most } else { expected.clamp(-most, most) };
            let error = (f64::from(f(x).to_bits()) - expected).abs();
            if error > worst.0 {
                worst = (error, x.into());
            }
        }
        println!("{} {}: {:.2} steps at {}", stringify!($T), stringify!($function), worst.0, worst.1);
        assert!(worst.0 <= $bound, "{} {}: {:.3} steps at {}", stringify!($T), stringify!($function), worst.0, worst.1);
    })+};
}

/// All functions of a type, over some integers, with the bounds of each in steps.
macro_rules! functions {
    (
        $T:ty, $F:literal, $most:expr, $inputs:expr,
        $erf:literal $exp:literal $ln:literal $cdf:literal $sigmoid:literal $softplus:literal $tanh:literal
    ) => {
        errors! { $T, $F, $most, $inputs,
            erf: libm::erf, $erf;
            exp: f64::exp, $exp;
            expm1: f64::exp_m1, $exp;
            ln: f64::ln, $ln;
            ln_1p: f64::ln_1p, $ln;
            normal_cdf: normal_cdf, $cdf;
            sigmoid: |x| 1.0 / (1.0 + (-x).exp()), $sigmoid;
            softplus: |x| x.max(0.0) + (-x.abs()).exp().ln_1p(), $softplus;
            tanh: f64::tanh, $tanh;
        }
    };
}

macro_rules! all_of_16 {
    ($F:literal, $($bound:literal)+) => {
        functions!(Q16<$F>, $F, i16::MAX, -32_766_i16..=32_766, $($bound)+)
    };
}

#[test]
fn all_inputs_of_16_bits() {
    all_of_16!(12, 1.25 1.43 0.92 0.81 0.63 0.80 0.75);
    all_of_16!(10, 1.04 1.35 0.57 0.72 0.54 0.57 0.57);
    all_of_16!(8, 1.29 1.40 0.53 0.60 0.51 0.52 0.52);
    all_of_16!(4, 0.59 0.76 0.51 0.50 0.51 0.51 0.50);
}

/// Integers of all sizes and both signs.
fn integers() -> impl Iterator<Item = i32> {
    (0..100_000_u32)
        .map(|k| k.wrapping_mul(0x9e37_79b1) as i32 >> (k % 24))
        .filter(|n| n.unsigned_abs() < i32::MAX as u32)
}

macro_rules! many_of_32 {
    ($F:literal, $($bound:literal)+) => {
        functions!(Q32<$F>, $F, i32::MAX, integers(), $($bound)+)
    };
}

#[test]
fn many_inputs_of_32_bits() {
    many_of_32!(28, 12.0 4.0 1.5 6.0 0.8 1.6 1.1);
    many_of_32!(20, 1.4 3.2 0.51 0.8 0.51 0.51 0.51);
    many_of_32!(12, 1.4 2.9 0.51 0.8 0.51 0.51 0.51);
    many_of_32!(4, 0.6 2.3 0.51 0.6 0.51 0.51 0.51);
}

/// What is at an end stays there, or goes where the function does.
#[test]
fn ends() {
    type T = Q16<12>;
    let [low, high, one, zero] = [T::MIN, T::MAX, T::new(1.0), T::new(0.0)];
    for f in [math::exp::<T>, math::expm1, math::ln, math::ln_1p, math::softplus, Real::sqrt] {
        assert_eq!(f(high), high);
    }
    for f in [math::ln::<T>, math::ln_1p, Real::sqrt] {
        assert_eq!((f(low), f(-one - one)), (low, low));
    }
    assert_eq!(math::ln(zero), low);
    assert_eq!(
        [math::sigmoid(high), math::tanh(high), math::erf(high), math::normal_cdf(high)],
        [one - T::from_bits(1), one, one, one]
    );
    assert_eq!([math::tanh(low), math::erf(low), math::normal_cdf(low)], [-one, -one, zero]);
    assert_eq!(
        [math::exp(zero), math::sigmoid(zero), math::tanh(zero), math::softplus(zero)],
        [one, T::new(0.5), zero, T::new(2.0_f64.ln())]
    );
}

/// The functions that are odd, and the one that is its complement, exactly.
#[test]
fn symmetries() {
    for n in 0..=i16::MAX {
        let x = Q16::<12>::from_bits(n);
        assert_eq!((math::tanh(-x), math::erf(-x)), (-math::tanh(x), -math::erf(x)));
        assert_eq!(math::sigmoid(-x) + math::sigmoid(x), Q16::new(1.0));
        assert_eq!(math::normal_cdf(-x) + math::normal_cdf(x), Q16::new(1.0));
    }
}
