//! Dense layers of all kinds of widths against the equations of the module, with weights, inputs and zero points from −128 to 127.
//! `firmware/src/bin/layers.rs` compares such layers between the targets, whose sums are assembly on some.

use nanoprop::int8::{DenseInt8, Int8Activation, Int8Layer, Scale};
use nanoprop::prelude::*;
use nanoprop::{Level, Plain, width};

/// The largest numbers, or any.
fn byte(rng: &mut Pcg32, kind: u32) -> i8 {
    let any = (rng.bits() >> 16) as i8;
    match kind {
        0 => -128,
        1 => 127,
        2 => [-128, 127][usize::from(any < 0)],
        _ => any,
    }
}

/// `y = ((a·q_M + 2^(30−e)) >> (31−e)) + z_y`, of a sum modulo 2³².
fn rounded(sum: i64, m: f64, zero: i8, lowest: i8) -> i8 {
    let mut e = 0;
    while m * 2_f64.powi(-e) >= 1.0 {
        e += 1;
    }
    while m * 2_f64.powi(-e) < 0.5 && e > -31 {
        e -= 1;
    }
    let q = (m * 2_f64.powi(31 - e) + 0.5).floor() as i128;
    let y = (i128::from(sum as i32) * q + (1 << (30 - e))) >> (31 - e);
    (y + i128::from(zero)).clamp(lowest.into(), 127) as i8
}

fn layers<In: Width, Out: Width, A: Int8Activation>(rng: &mut Pcg32) {
    let mut layer = Box::new(DenseInt8::<In, Out, A>::ZERO);
    let mut rows = Box::new(Matrix::<Out, In, i8>::ZERO);
    let (mut x, mut y) = (Box::new(Vector::<In, i8>::ZERO), Vector::<Out, i8>::ZERO);
    for case in 0..12 {
        rows.flat_mut().iter_mut().for_each(|w| *w = byte(rng, case));
        let bias: Vec<i32> = rows.iter().map(|_| rng.bits().cast_signed() >> 16).collect();
        let by = if case < 9 { 1e11 } else { 1e7 };
        let steps: Vec<f32> = rows.iter().map(|_| ((rng.bits() >> 8) + 1) as f32 / by).collect();
        let (from, to) = (Scale::new(1.0, byte(rng, case / 3)), Scale::new(1.0, byte(rng, case % 4)));
        layer.set(&*rows, &bias, &steps, from, to);
        for kind in 0..4 {
            x.iter_mut().for_each(|x| *x = byte(rng, kind));
            layer.forward(&x, &mut y);
            for (((row, &bias), &step), &y) in rows.iter().zip(&bias).zip(&steps).zip(&y) {
                let products =
                    row.iter().zip(&*x).map(|(&w, &x)| i64::from(w) * (i64::from(x) - i64::from(from.zero())));
                let lowest = if A::NAME == "relu" { to.zero() } else { -128 };
                let expected = rounded(products.sum::<i64>() + i64::from(bias), step.into(), to.zero(), lowest);
                assert_eq!(y, expected, "{} => {}, case {case}, input {kind}", In::USIZE, Out::USIZE);
            }
        }
    }
}

#[test]
fn of_any_width() {
    let rng = &mut Pcg32::new(1);
    layers::<U1, U1, Identity>(rng);
    layers::<U1, U2, Relu>(rng);
    layers::<U2, U3, Identity>(rng);
    layers::<U3, U2, Identity>(rng);
    layers::<U4, U4, Relu>(rng);
    layers::<U5, U5, Identity>(rng);
    layers::<U7, U2, Relu>(rng);
    layers::<U8, U1, Identity>(rng);
    layers::<U8, U3, Identity>(rng);
    layers::<U9, U4, Relu>(rng);
    layers::<U64, U10, Identity>(rng);
    layers::<U65, U2, Relu>(rng);
    layers::<width!(257), U3, Identity>(rng);
    layers::<width!(1000), U2, Identity>(rng);
}

/// Each level of instructions has the same sums.
#[test]
fn of_each_level() {
    let before = Level::current();
    for level in [Level::Portable, Level::Sse2, Level::Avx2, Level::Avx512] {
        if level.force() {
            layers::<U15, U3, Identity>(&mut Pcg32::new(2));
            layers::<U16, U2, Identity>(&mut Pcg32::new(3));
            layers::<width!(119), U4, Relu>(&mut Pcg32::new(4));
        }
    }
    before.force();
}

/// The widest row that there is, whose sums reach 2³¹.
#[test]
fn of_the_largest_width() {
    // On a stack that has room for it.
    let run = || layers::<width!(131_072), U2, Identity>(&mut Pcg32::new(1));
    std::thread::Builder::new().stack_size(1 << 24).spawn(run).unwrap().join().unwrap();
}
