use super::*;

#[test]
fn powers_of_two_span_the_normal_range() {
    for n in -126..=127 {
        assert_eq!(f32::pow2(n as f32), (n as f32).exp2());
    }
    for n in -1022..=1023 {
        assert_eq!(f64::pow2(n as f64), (n as f64).exp2());
    }
    // And, rounded once, below it.
    for n in -150..=50 {
        assert_eq!(f32::raise_once(n as f32 + magic(24) as f32), (n as f64).exp2() as f32);
    }
    for n in -1075..=500 {
        let halves = [n / 2, n - n / 2].map(|n| (n as f64).exp2());
        assert_eq!(f64::raise_once(n as f64 + magic(53)), halves[0] * halves[1]);
    }
}

#[test]
fn flush_keeps_what_is_not_tiny() {
    let (f, d) = (power_of_two(-96) as f32, power_of_two(-960));
    assert_eq!([flush(f), flush(-f), flush(f.next_down()), flush(-1e-45)], [f, -f, 0.0, 0.0]);
    assert_eq!([flush(d), flush(-d), flush(d.next_down()), flush(-5e-324)], [d, -d, 0.0, 0.0]);
    assert!(flush(f32::NAN).is_nan() && flush(f32::INFINITY) == f32::INFINITY);
    let root = power_of_two(-48) as f32;
    assert_eq!([flushed_square(root), flushed_square(-root.next_down())], [f, 0.0]);
    assert_eq!(flushed_square(power_of_two(-480)), d);
}

#[test]
fn split_is_exact_and_centred_on_one() {
    let (low, high) = (core::f32::consts::FRAC_1_SQRT_2, core::f32::consts::SQRT_2);
    for x in [f32::MIN_POSITIVE, low.next_down(), low, 1.0f32.next_down(), 1.0, high, high.next_up(), 3e7, f32::MAX] {
        let (m, e) = x.split();
        assert_eq!(m as f64 * (e as f64).exp2(), x as f64);
        assert!((low..=high).contains(&m), "{x} = {m} · 2^{e}");
    }
    let (m, e) = 1e300_f64.split();
    assert_eq!(m * e.exp2(), 1e300);
}

#[test]
fn max_and_min_give_the_second_on_nan_and_on_equal() {
    assert_eq!(Real::max(f32::NAN, 1.0), 1.0);
    assert!(Real::max(1.0, f32::NAN).is_nan());
    assert_eq!(Real::max(0.0_f32, -0.0).to_bits(), (-0.0_f32).to_bits());
    assert_eq!(Real::min(-0.0_f32, 0.0).to_bits(), 0.0_f32.to_bits());
}

/// Sums hold more than a number does, are exact, and stay beyond once they are.
#[test]
fn sums_are_rounded_once() {
    type T = Q16<12>;
    type Sum = <T as Scalar>::Accumulator;
    fn sum(pairs: &[(f64, f64)]) -> Sum {
        pairs.iter().fold(Accumulator::<T>::of(T::new(0.0)), |s, &(a, b)| s.plus(T::new(a), T::new(b)))
    }
    let round = |s: Sum| f64::from(Accumulator::<T>::round(s));
    let step = 1.0 / 4096.0;
    // 100 products of a quarter of a step, of which each alone would round to 0.
    assert_eq!(round(sum(&[(step, 0.25); 100])), 25.0 * step);
    // Beyond the range between, and back.
    assert_eq!(round(sum(&[(7.0, 7.0), (7.0, 7.0), (-7.0, 7.0), (-7.0, 7.0), (1.5, 1.0)])), 1.5);
    assert_eq!(round(sum(&[(7.0, 7.0)])), f64::INFINITY);
    // A term at an end.
    assert_eq!(round(sum(&[(-9.0, 0.25), (7.0, 7.0)])), f64::NEG_INFINITY);
    assert_eq!(round(sum(&[(9.0, 0.0), (0.5, 0.5)])), 0.25);
    // Of 10 ones the mean and the shares, though 10 is no number.
    let ten = sum(&[(1.0, 1.0); 10]);
    let one = Accumulator::<T>::of(T::new(1.0));
    assert_eq!(Accumulator::<T>::share(ten, 10), T::new(1.0));
    assert_eq!(<Sum as Accumulator<T>>::quotient(one, ten), T::new(0.1));
    assert_eq!(<Sum as Accumulator<T>>::quotient(sum(&[(-3.0, 5.0)]), ten), T::new(-1.5));
    assert_eq!(round(Accumulator::<T>::root(sum(&[(3.0, 3.0), (4.0, 4.0)]))), 5.0);
    // Of 32 bits, 2⁶² in bits is the end.
    type Long = Q32<28>;
    let long = |n: usize| {
        let start = <Sum as Accumulator<Long>>::of(Long::new(0.0));
        let up = (0..n).fold(start, |s, _| s.plus(Long::new(7.0), Long::new(7.0)));
        Accumulator::<Long>::round((0..n).fold(up, |s, _| s.plus(Long::new(-7.0), Long::new(7.0))))
    };
    assert_eq!((long(1), long(2)), (Long::new(0.0), Long::MAX));
}
