//! One rounding, against the standard library's, over what is hard: sums halfway between two numbers but for a digit
//! far below, subnormal and overflowing results, cancellation.

use super::*;
use crate::init::{Pcg32, Random};

fn check(a: f32, b: f32, c: f32) {
    let (found, expected) = (mul_add(a, b, c), f32::mul_add(a, b, c));
    assert!(
        found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan(),
        "{a:e} · {b:e} + {c:e}: {found:e}, not {expected:e}"
    );
}

/// Every triple of numbers at the ends of the format, in the middle and between.
#[test]
fn special_numbers() {
    let tiny = f32::from_bits(1);
    let some = [0.0, tiny, 1e-40, f32::MIN_POSITIVE, 1e-23, 0.1, 1.0, 1.0 + f32::EPSILON, 3.5, 16_777_217.0, 1e19];
    let numbers = some.into_iter().chain([f32::MAX.next_down(), f32::MAX, f32::INFINITY, f32::NAN]);
    let all: Vec<f32> = numbers.flat_map(|x| [x, -x]).collect();
    for &a in &all {
        for &b in &all {
            all.iter().for_each(|&c| check(a, b, c));
        }
    }
}

/// Known double roundings: in `f64` first the sum is halfway, and then goes the wrong way.
#[test]
fn halfway_but_for_a_digit() {
    let ulp = f32::EPSILON;
    for (sign, below) in [(1.0, 1e-30), (1.0, -1e-30), (-1.0, 1e-30), (-1.0, -1e-30)] {
        // (1 + 2⁻¹²)² = 1 + 2⁻¹¹ + 2⁻²⁴: halfway between two numbers, and c decides.
        let x = 1.0 + 1.0 / 4096.0;
        check(sign * x, x, below);
        check(sign * (1.0 + ulp), 0.5 * ulp, below + sign);
        // Subnormal results: halfway between the first two, and the digit comes from far below.
        check(f32::from_bits(1 << 12), sign * 2f32.powi(-13), f32::from_bits(1));
        check(2f32.powi(-75), sign * (2f32.powi(-75) + 2f32.powi(-98)), below * 1e-15);
        check(f32::from_bits(0x0040_0001), sign * (0.5 + ulp), f32::from_bits(0x0000_0003));
    }
    assert_eq!(Fused(1.0 + 1.0 / 4096.0).mul_add(Fused(1.0 + 1.0 / 4096.0), Fused(1e-30)), 1.000_488_4);
}

/// Random bits; c near −a·b, so that all but the last digits cancel; and c so far from a·b that it or the product only
/// decides how the other is rounded.
#[test]
fn random_numbers() {
    let rng = &mut Pcg32::new(11);
    for _ in 0..if cfg!(debug_assertions) { 300_000 } else { 3_000_000 } {
        let [a, b, c] = [(); 3].map(|()| f32::from_bits(rng.bits()));
        check(a, b, c);
        let (x, y) = (0.5 + a.to_bits() as f32 / 4e9, 0.5 + b.to_bits() as f32 / 4e9);
        check(x, y, -(x * y));
        check(x, y, f32::from_bits((-(x * y)).to_bits().wrapping_add(c.to_bits() % 9)));
        let shift = 2f32.powi((c.to_bits() % 80) as i32 - 40);
        check(x * shift, y, x);
        check(x * 2f32.powi(-63), y * 2f32.powi(-63 - (c.to_bits() % 24) as i32), 2f32.powi(-126) * (x - 0.75));
        // Few digits, of which many sums are halfway.
        let (p, q) = ((a.to_bits() >> 19) as f32, (b.to_bits() >> 19) as f32);
        check(p, q, c.to_bits() as f32 * shift);
    }
}
