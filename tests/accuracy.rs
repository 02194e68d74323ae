//! Every function of `nanoprop::math` against its error bound: one table, and one row for each function.
//!
//! The figures in the documentation come from
//! `cargo test --release --test accuracy -- --ignored --nocapture`, which tries all 2³² inputs of f32
//! (`FUNCTION=tanh` before it: of one function).

use nanoprop::{Fused, math};
use std::collections::{BTreeMap, BTreeSet};

/// A function, its reference and what is promised of it.
struct Row {
    name: &'static str,
    single: fn(f32) -> f32,
    double: fn(f64) -> f64,
    fused: fn(Fused) -> Fused,
    /// In f64, accurate to a few ulps: what f32 is measured with.
    reference: fn(f64) -> f64,
    /// Greatest error in ulps in f32, in f64, and in f32 with fused multiply-adds.
    bounds: [f64; 3],
    /// FNV-1a of the bits of the results over a fixed sample, in f32, f64 and fused.
    digests: [u64; 3],
}

/// `row!(exp, f64::exp, [1.0, 1.0, 1.0], [7, 8, 9])` is `Row { name: "exp", single: math::exp, double: math::exp, … }`.
macro_rules! row {
    ($name:ident, $reference:expr, $bounds:expr, $digests:expr) => {
        Row {
            name: stringify!($name),
            single: math::$name,
            double: math::$name,
            fused: math::$name,
            reference: $reference,
            bounds: $bounds,
            digests: $digests,
        }
    };
}

const ROWS: &[Row] = &[
    row!(erf, libm::erf, [1.6, 1.6, 1.6], [0xf8a0_ea0c_cf0c_131d, 0x210b_c670_7cf4_2155, 0xfaaa_e0ec_3faf_86fd]),
    row!(exp, f64::exp, [1.0, 1.0, 1.0], [0x0da3_3bed_aec8_9bee, 0x1a05_5dd8_a225_2de0, 0xc979_c750_a65e_57b4]),
    row!(expm1, f64::exp_m1, [1.3, 1.3, 1.3], [0x3a8c_62ec_a8e9_d639, 0xc106_cdd2_6382_5035, 0x6d1f_034f_a13b_332e]),
    row!(ln, f64::ln, [1.0, 1.0, 1.0], [0x23e4_a764_f220_09e1, 0x8485_76d3_0af5_3c57, 0xdcad_70bf_6564_dce5]),
    row!(ln_1p, f64::ln_1p, [1.0, 1.0, 1.0], [0x4045_a690_bd3c_7651, 0x0d87_d1b3_0d04_36ce, 0x31dd_56ea_b00f_5df1]),
    row!(
        normal_cdf,
        |x| 0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2),
        [6.0, 6.0, 6.0],
        [0xa3e0_eb8b_4f0b_f2b3, 0x2c22_b12c_cd5f_5430, 0xfa6a_617e_be06_7d98]
    ),
    row!(
        sigmoid,
        |x| 1.0 / (1.0 + (-x).exp()),
        [1.8, 1.8, 1.8],
        [0xb671_24e1_4f88_9851, 0x203a_1a47_e122_595e, 0xb671_24e1_4f88_9851]
    ),
    row!(
        softplus,
        |x| x.max(0.0) + (-x.abs()).exp().ln_1p(),
        [2.0, 2.0, 2.0],
        [0xd9af_5db0_2c10_2125, 0x331e_2fab_0b8e_ab02, 0x1d6d_a8f5_841e_ce43]
    ),
    row!(tanh, f64::tanh, [2.0, 2.0, 2.0], [0xb2a7_c6de_0a5c_2ba9, 0xc7c4_1675_be60_d4dd, 0x392e_0e60_1fe8_cff1]),
];

/// |`got` − `want`| in ulps of `want`; 0 for a NaN that is wanted, ∞ for a wrong NaN, infinity or sign of zero.
fn ulps_f32(got: f32, want: f64) -> f64 {
    if got.is_nan() || want.is_nan() {
        return if got.is_nan() && want.is_nan() { 0.0 } else { f64::INFINITY };
    }
    if got == 0.0 && got.is_sign_negative() != want.is_sign_negative() {
        return f64::INFINITY;
    }
    // ∞ stands for 2¹²⁸, to which the largest number's successor would be rounded.
    let top = f64::exp2(128.0);
    let (got, want) = ((got as f64).clamp(-top, top), want.clamp(-top, top));
    let exponent = (want.abs().to_bits() >> 52) as i32 - 1023;
    let ulp = f64::from_bits(((1023 + exponent.clamp(-126, 127) - 23) as u64) << 52);
    (got - want).abs() / ulp
}

/// |`got` − (`want` + `rest` ulps)| in ulps of `want`.
fn ulps_f64(got: f64, want: f64, rest: f64) -> f64 {
    if got.to_bits() == want.to_bits() {
        return if want.is_infinite() { 0.0 } else { rest.abs() };
    }
    let magnitude = want.abs().min(f64::MAX);
    let ulp = if magnitude < 2.0 * f64::MIN_POSITIVE { 5e-324 } else { magnitude - magnitude.next_down() };
    if got == 0.0 && want == 0.0 { f64::INFINITY } else { ((got - want) / ulp - rest).abs() }
}

/// Every kind of hard place: ends of the binades, their neighbours, and a stride through all bits.
fn samples_f32() -> impl Iterator<Item = f32> {
    let edges =
        [0.0, f32::MIN_POSITIVE, f32::MAX, f32::INFINITY, f32::NAN, 0.346_573_6, 1.0, 17.32868, 88.72284, 103.97208];
    let edges = edges.into_iter().flat_map(|x| (-40..=40).map(move |n| x.to_bits().wrapping_add_signed(n)));
    let binades = (0..256u32).flat_map(|e| [e << 23, (e << 23) + 1, (e << 23) + 0x7f_ffff]);
    let stride = (0..60_000u32).map(|n| n.wrapping_mul(35_789)); // half of all patterns; the sign makes two of each
    edges.chain(binades).chain(stride).map(|b| b & 0x7fff_ffff).flat_map(|b| [b, b | 0x8000_0000]).map(f32::from_bits)
}

fn samples_f64() -> impl Iterator<Item = f64> {
    // Points where the functions have something to say, and a stride through all bits.
    let dense = (0..6_000).map(|n| n as f64 * 0.125_7);
    let stride = (0..3_000u64).map(|n| f64::from_bits(n.wrapping_mul(0x000a_bcde_f012_3457) >> 1));
    dense.chain(stride).flat_map(|x| [x, -x])
}

/// The greatest error and where, over `xs`.
fn worst_f32(row: &Row, f: impl Fn(f32) -> f32, xs: impl Iterator<Item = f32>) -> (f64, f32) {
    let mut worst = (0.0, 0.0);
    for x in xs {
        let error = ulps_f32(f(x), (row.reference)(x as f64));
        if error > worst.0 {
            worst = (error, x);
        }
    }
    worst
}

#[test]
fn single_precision_keeps_its_bounds_on_a_sample() {
    for row in ROWS {
        let (error, x) = worst_f32(row, row.single, samples_f32());
        assert!(error <= row.bounds[0], "{}({x:e}) is off by {error:.3} ulp", row.name);
    }
}

#[test]
fn fused_arithmetic_keeps_its_bounds_on_a_sample() {
    for row in ROWS {
        let dense = (0..2_000_000u32).map(|n| (n as f32 / 1e6 - 1.0) * 17.0);
        let (error, x) = worst_f32(row, |x| (row.fused)(Fused(x)).0, samples_f32().chain(dense));
        println!("{:10} fused {error:.3} ulp at {x:e}", row.name);
        assert!(error <= row.bounds[2], "{}({x:e}) is off by {error:.3} ulp, fused", row.name);
    }
}

#[test]
#[ignore = "all 2³² inputs of every function: minutes, in release"]
fn single_precision_keeps_its_bounds_on_all_inputs() {
    let only = std::env::var("FUNCTION").ok();
    for row in ROWS.iter().filter(|row| only.as_ref().is_none_or(|name| name == row.name)) {
        let half = |sign: u32| worst_f32(row, row.single, (0..1u32 << 31).map(|b| f32::from_bits(b | sign)));
        let halves = std::thread::scope(|s| {
            let negative = s.spawn(|| half(1 << 31));
            [half(0), negative.join().unwrap()]
        });
        for (error, x) in halves {
            println!("{:10} f32 {error:.3} ulp at {x:e}", row.name);
            assert!(error <= row.bounds[0], "{}({x:e}) is off by {error:.3} ulp", row.name);
        }
    }
}

/// The table of `tests/golden/elementary.txt`: for each function `x`, `f(x)` and the rest in ulps.
fn golden() -> BTreeMap<&'static str, Vec<(f64, f64, f64)>> {
    let mut table = BTreeMap::<_, Vec<_>>::new();
    for line in include_str!("golden/elementary.txt").lines() {
        let mut words = line.split(' ');
        let mut word = || words.next().unwrap();
        let name = word();
        let mut bits = || f64::from_bits(u64::from_str_radix(word(), 16).unwrap());
        let (x, y) = (bits(), bits());
        table.entry(name).or_default().push((x, y, word().parse().unwrap()));
    }
    table
}

#[test]
fn double_precision_keeps_its_bounds_on_the_golden_table() {
    let golden = golden();
    for row in ROWS {
        let mut worst = (0.0, 0.0);
        for &(x, want, rest) in &golden[row.name] {
            let error = ulps_f64((row.double)(x), want, rest);
            if error > worst.0 {
                worst = (error, x);
            }
        }
        let (error, x) = worst;
        println!("{:10} f64 {error:.3} ulp at {x:e}", row.name);
        assert!(error <= row.bounds[1], "{}({x:e}) is off by {error:.3} ulp", row.name);
    }
}

/// Values that need no table, in both precisions.
macro_rules! special_values {
    ($name:ident, $t:ident) => {
        #[test]
        fn $name() {
            const INF: $t = $t::INFINITY;
            let same = |got: $t, want: $t| {
                assert!(got.to_bits() == want.to_bits() || got.is_nan() && want.is_nan(), "{got} for {want}")
            };
            same(math::exp(INF), INF);
            same(math::exp(-INF), 0.0);
            same(math::exp($t::MAX), INF);
            same(math::exp(-$t::MAX), 0.0);
            same(math::exp(-0.0), 1.0);
            same(math::expm1(INF), INF);
            same(math::expm1(-INF), -1.0);
            same(math::ln(0.0), -INF);
            same(math::ln(-0.0), -INF);
            same(math::ln(-1.0), $t::NAN);
            same(math::ln(-INF), $t::NAN);
            same(math::ln(INF), INF);
            same(math::ln(1.0), 0.0);
            same(math::ln_1p(-1.0), -INF);
            same(math::ln_1p(-1.5), $t::NAN);
            same(math::ln_1p(-INF), $t::NAN);
            same(math::ln_1p(INF), INF);
            same(math::sigmoid(INF), 1.0);
            same(math::sigmoid(-INF), 0.0);
            same(math::sigmoid(0.0), 0.5);
            same(math::sigmoid(-0.0), 0.5);
            same(math::softplus(INF), INF);
            same(math::softplus(-INF), 0.0);
            same(math::softplus($t::MAX), $t::MAX);
            for f in [math::tanh::<$t>, math::erf] {
                same(f(INF), 1.0);
                same(f(-INF), -1.0);
                for n in 0..2_000 {
                    let x = n as $t * 0.005;
                    same(f(-x), -f(x));
                }
            }
            for f in [math::tanh::<$t>, math::erf, math::expm1, math::ln_1p] {
                same(f(0.0), 0.0);
                same(f(-0.0), -0.0);
            }
            for f in [
                math::erf::<$t>,
                math::exp,
                math::expm1,
                math::ln,
                math::ln_1p,
                math::sigmoid,
                math::softplus,
                math::tanh,
            ] {
                same(f($t::NAN), $t::NAN);
                same(f(-$t::NAN), $t::NAN);
            }
        }
    };
}
special_values!(special_values_in_single_precision, f32);
special_values!(special_values_in_double_precision, f64);

#[test]
fn every_public_function_has_a_row() {
    let mut public = BTreeSet::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/math")).unwrap() {
        for line in std::fs::read_to_string(entry.unwrap().path()).unwrap().lines() {
            if let Some(rest) = line.trim_start().strip_prefix("pub fn ") {
                public.insert(rest.split(['<', '(']).next().unwrap().to_owned());
            }
        }
    }
    assert_eq!(public, ROWS.iter().map(|row| row.name.to_owned()).collect());
}

/// FNV-1a of the bits, every NaN counted as one (payloads are outside the contract).
fn digest(results: impl Iterator<Item = u64>) -> u64 {
    let bytes = results.flat_map(u64::to_le_bytes);
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ byte as u64).wrapping_mul(0x100_0000_01b3))
}

#[test]
fn bits_are_pinned() {
    let mut moved = String::new();
    for row in ROWS {
        let single = samples_f32().map(row.single).map(|y| if y.is_nan() { u64::MAX } else { y.to_bits() as u64 });
        let double = samples_f64().map(row.double).map(|y| if y.is_nan() { u64::MAX } else { y.to_bits() });
        let fused = samples_f32().map(|x| (row.fused)(Fused(x)).0);
        let fused = fused.map(|y| if y.is_nan() { u64::MAX } else { y.to_bits() as u64 });
        let digests = [digest(single), digest(double), digest(fused)];
        if digests != row.digests {
            let [single, double, fused] = digests;
            moved += &format!("{}: [{single:#018x}, {double:#018x}, {fused:#018x}]\n", row.name);
        }
    }
    assert!(moved.is_empty(), "bits have changed; now\n{moved}");
}
