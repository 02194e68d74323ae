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
