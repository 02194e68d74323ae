//! `+ − × ÷ √`, multiply-adds and sums, against their definitions in integers of 128 bits.

use nanoprop::prelude::*;
use nanoprop::{Number, Q16, Q32, Real, Scalar};

/// Integers at the ends of the range, around 0 and 1, and some between.
fn integers(most: i128, one: i128) -> Vec<i128> {
    let mut rng = Pcg32::new(7);
    let near = |x: i128| (-3..=3).map(move |d| x + d);
    let some = (0..60).map(|k| i128::from(rng.bits() as i32) >> (k % 30));
    let all = [0, 1, 2, 3].into_iter().flat_map(|k| near(k * one)).chain(near(most)).chain(some);
    let mut all: Vec<_> = all.flat_map(|x| [x, -x]).filter(|x| x.abs() <= most).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// `n / 2^bits` to nearest, ties up.
fn rounded(n: i128, bits: u32) -> i128 {
    (n + (1 << (bits - 1))) >> bits
}

/// `n / d` to nearest, ties away from 0.
fn quotient(n: i128, d: i128) -> i128 {
    let q = (2 * n.abs() + d.abs()) / (2 * d.abs());
    if (n < 0) != (d < 0) { -q } else { q }
}

macro_rules! definitions {
    ($name:ident: $Q:ident<$F:literal>, $Bits:ident) => {
        #[test]
        fn $name() {
            type T = $Q<$F>;
            let most = i128::from($Bits::MAX);
            let number = |n: i128| T::from_bits(n as $Bits);
            let end = |n: i128| n.abs() >= most;
            let fit = |n: i128| n.clamp(-most, most);
            // A sum stays at an end; a product of one with anything but 0 is at one.
            let sum = |a: i128, b: i128| {
                if end(a) {
                    a
                } else if end(b) {
                    b
                } else {
                    fit(a + b)
                }
            };
            let product = |a: i128, b: i128| {
                if (end(a) || end(b)) && a * b != 0 { most * (a * b).signum() * 2 << 40 } else { a * b }
            };
            let is = |found: T, n: i128, what: &str, a: i128, b: i128| {
                assert_eq!(i128::from(found.to_bits()), n, "{what} of {a} and {b}");
            };
            let all = integers(most, 1 << $F);
            for &a in &all {
                is(-number(a), -a, "negation", a, 0);
                is(Real::abs(number(a)), a.abs(), "magnitude", a, 0);
                let root = i128::from(Real::sqrt(number(a)).to_bits());
                match a {
                    ..0 => assert_eq!(root, -most),
                    _ if end(a) => assert_eq!(root, most),
                    // The nearest: (r − ½)² < a·2ᶠ ≤ (r + ½)².
                    _ => assert!(
                        (2 * root + 1).pow(2) >= a << ($F + 2) && (a == 0 || (2 * root - 1).pow(2) < a << ($F + 2)),
                        "root of {a}"
                    ),
                }
                for &b in &all {
                    let (x, y) = (number(a), number(b));
                    is(x + y, sum(a, b), "sum", a, b);
                    is(x - y, sum(a, -b), "difference", a, b);
                    is(x * y, fit(rounded(product(a, b), $F)), "product", a, b);
                    is(Real::copysign(x, y), if b < 0 { -a.abs() } else { a.abs() }, "sign", a, b);
                    let expected = match b {
                        _ if b == 0 || end(a) => {
                            if (a < 0) != (b < 0) {
                                -most
                            } else {
                                most
                            }
                        }
                        _ => fit(quotient(a << $F, b)),
                    };
                    is(x / y, expected, "quotient", a, b);
                    for &c in all.iter().step_by(11) {
                        let expected = if end(c) { c } else { fit(rounded(product(a, b) + (c << $F), $F)) };
                        is(Real::mul_add(x, y, number(c)), expected, "multiply-add", a, b);
                    }
                }
            }
        }
    };
}

definitions!(numbers_of_16_bits: Q16<12>, i16);
definitions!(numbers_of_16_bits_and_few_behind_the_point: Q16<4>, i16);
definitions!(numbers_of_32_bits: Q32<20>, i32);
definitions!(numbers_of_32_bits_and_many_behind_the_point: Q32<28>, i32);

/// Every 16-bit number, and back, as float and as bytes.
#[test]
fn numbers_are_themselves() {
    for n in i16::MIN..=i16::MAX {
        let x = Q16::<12>::from_bits(n);
        assert_eq!(Q16::<12>::from_bytes(x.to_bytes()), x);
        if n.unsigned_abs() < 32_767 {
            assert!(x.is_finite() && f64::from(x) == f64::from(n) / 4096.0 && Q16::<12>::new(x.into()) == x, "{n}");
        } else {
            assert!(!x.is_finite() && f64::from(x) == f64::INFINITY.copysign(n.into()), "{n}");
        }
    }
    assert_eq!(Q16::<12>::new(0.5 / 4096.0).to_bits(), 1);
    assert_eq!(Q16::<12>::new(-0.49 / 4096.0).to_bits(), 0);
    for beyond in [8.0, 1e300, f64::INFINITY, f64::NAN] {
        assert_eq!(Q16::<12>::new(beyond), Q16::MAX);
        assert_eq!(Q16::<12>::new(-beyond) == Q16::MIN, !beyond.is_nan());
    }
    assert_eq!(<Q16<12> as Number>::NAME, "q16.12");
    assert_eq!(<Q32<8> as Number>::NAME, "q32.08");
    assert_eq!([Q16::<12>::new(0.25), Q16::MIN].map(|x| x.to_string()), ["0.25", "-inf"]);
    assert_eq!((<Q16<9> as Scalar>::ONE, <Q16<9> as Number>::BYTES), (Q16::new(1.0), 2));
    assert_eq!(
        Q16::<12>::overflows(&[Q16::MAX, Q16::new(7.999), Q16::MIN, Q16::new(-9.0), Q16::from_bits(i16::MIN)]),
        4
    );
}
