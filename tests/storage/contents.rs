//! What can be stored.

use super::*;

/// All that can be stored comes back, and is another's where anything of its type is.
#[test]
fn what_is_stored_is_restored() {
    let mut slots = Slots::new(Flash::<1, 8, 4096>::new(2), 0..8192).unwrap();
    let seeds = [1_u64, u64::MAX];
    let rows = Vector::<U3, [f64; 2]>::from([[0.5, -0.0], [f64::MAX, f64::MIN_POSITIVE], [1e-310, 3.0]]);
    slots.save((numbers(1), numbers(2), seeds, &rows, (-7_i8, 300_u16, i64::MIN))).unwrap();
    let (mut net, mut moments, mut numbers_found) = (Net::ZERO, Net::ZERO, [0_u64; 2]);
    let mut rows_found = Vector::<U3, [f64; 2]>::from([[9.0; 2]; 3]);
    let (mut a, mut b, mut c) = (0_i8, 0_u16, 0_i64);
    let all = (&mut net, &mut moments, &mut numbers_found, &mut rows_found, (&mut a, &mut b, &mut c));
    slots.restore(all).unwrap();
    assert_eq!([net.digest(), moments.digest()], [numbers(1).digest(), numbers(2).digest()]);
    assert_eq!((numbers_found, a, b, c), (seeds, -7, 300, i64::MIN));
    let bits = |rows: &[[f64; 2]]| rows.as_flattened().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&rows_found), bits(&rows));

    fn differ(fingerprints: &[u64]) {
        let mut sorted = fingerprints.to_vec();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), fingerprints.len());
    }
    differ(&[
        Net::FINGERPRINT,
        Other::FINGERPRINT,
        <(Net,)>::FINGERPRINT,
        <(Net, Net)>::FINGERPRINT,
        <(Net, u32)>::FINGERPRINT,
        <(u32, Net)>::FINGERPRINT,
        <(Net, i32)>::FINGERPRINT,
        <[Net; 2]>::FINGERPRINT,
        <[u8; 68]>::FINGERPRINT,
        <[f32; 17]>::FINGERPRINT,
        <[u32; 17]>::FINGERPRINT,
    ]);
    fn restores<R: Restore>() {}
    restores::<&mut Net>();
}

/// A network with NaN is not stored, by itself or beside others: nothing is erased, and the one before stays.
#[test]
fn what_is_not_finite_is_not_stored() {
    let mut bad = numbers(2);
    bad.parameters_mut()[16] = f32::NAN;
    let named = "not saved: the weight of layer 2 is not finite";
    let mut slots = common();
    let saved = slots.save(numbers(1)).unwrap();
    assert_eq!(slots.save(&bad).unwrap_err().to_string(), named);
    assert_eq!(format!("{:?}", slots.save(&mut bad).unwrap_err()), named, "what `main` prints");
    let beside = [slots.save((7_u32, &bad)), slots.save([&numbers(1), &bad]), slots.save((&numbers(1), (&bad, 1_u8)))];
    for result in beside {
        assert_eq!(result.unwrap_err().to_string(), named);
    }
    let mut net = Net::ZERO;
    assert_eq!(slots.restore(&mut net), Ok(saved));
    assert_eq!(net.digest(), numbers(1).digest());
    assert_eq!(slots.release().erased, [1, 0, 0, 0]);

    // What an optimiser keeps may be infinite where the weights are not, and a number beside them anything.
    let (mut other, mut state) = (numbers(1), State::<Net, Momentum>::ZERO);
    other.optimize(&bad, &Momentum::new(0.1), &mut state);
    let mut slots = Slots::new(Flash::<4, 4, 1024>::new(2), 0..2048).unwrap();
    assert!(slots.save((&net, &state, f64::NAN)).is_ok());
    assert_eq!(slots.save((&other, &state, 0.0)).unwrap_err().to_string(), named);
}
