//! Each operation of each register against that of single numbers, lane by lane.

use super::fuse::Fuses;
use super::*;
use crate::init::{Pcg32, Random};
use crate::kernel::fence::{Fenced, same};
use crate::scalar::{Float, Fused, Real, Scalar};

const SPECIAL: [f32; 16] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    f32::NAN,
    -f32::NAN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::MIN_POSITIVE,
    1e-45,
    -1e-40,
    f32::MAX,
    f32::MIN,
    0.1,
    -3.5,
    16_777_217.0,
];

#[cfg(target_arch = "aarch64")]
#[test]
fn neon() {
    // SAFETY: part of the target.
    unsafe { registers::<arm::Neon>() }
}

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use super::*;
    use crate::kernel::arch::x86::{Avx2, Avx512, Sse2};
    use crate::kernel::level;

    #[test]
    fn sse2() {
        // SAFETY: SSE2 is part of x86-64.
        unsafe { registers::<Sse2>() }
    }

    #[test]
    fn avx2() {
        #[target_feature(enable = "avx2,fma")]
        unsafe fn test() {
            // SAFETY: the level is there.
            unsafe { registers::<Avx2>() }
        }
        if available(level::Level::Avx2) {
            // SAFETY: the level is there.
            unsafe { test() }
        }
    }

    #[test]
    fn avx512() {
        #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
        unsafe fn test() {
            // SAFETY: the level is there.
            unsafe { registers::<Avx512>() }
        }
        if available(level::Level::Avx512) {
            // SAFETY: the level is there.
            unsafe { test() }
        }
    }

    fn available(level: level::Level) -> bool {
        if !level.available() {
            println!("{level:?}: not on this processor, not tested");
        }
        level.available()
    }
}

#[inline(always)]
unsafe fn registers<L: Level + Fuses<L::Own> + Fuses<L::X4> + Fuses<L::X8> + Fuses<L::X16>>() {
    // SAFETY: the caller's: the processor has the level.
    unsafe {
        register::<L::X4>();
        register::<L::X8>();
        register::<L::X16>();
        register::<<Fusing<L> as Level>::X4>();
        register::<<Fusing<L> as Level>::X8>();
        register::<<Fusing<L> as Level>::X16>();
    }
}

#[inline(always)]
unsafe fn register<V: Register>() {
    // SAFETY: as in `registers`.
    unsafe {
        operations::<V>();
        multiply_adds::<V>();
        powers::<V>();
        parts::<V>();
        splats::<V>();
        sums::<V>();
        exchanges::<V>();
    }
}

/// Every special number with every other, and random bits.
#[inline(always)]
unsafe fn operations<V: Register>() {
    let rng = &mut Pcg32::new(3);
    for round in 0..400 {
        let (mut a, mut b) = ([0.0; 16], [0.0; 16]);
        for k in 0..16 {
            let at = 16 * round + k;
            a[k] = if round < 16 { SPECIAL[at / 16 % 16] } else { f32::from_bits(rng.bits()) };
            b[k] = if round < 16 { SPECIAL[at % 16] } else { f32::from_bits(rng.bits()) };
        }
        for half in 0..16 / V::LANES {
            let at = half * V::LANES;
            // SAFETY: sixteen numbers hold `LANES` from there on; the processor has the level.
            let (x, y) = unsafe { (V::load(a.as_ptr().add(at)), V::load(b.as_ptr().add(at))) };
            let check = |found: V, expected: [f32; 16], exact: bool, what: &str| {
                let (found, expected) = (lanes(found), &expected[at..at + V::LANES]);
                let what = format!("{what} in {} lanes of {:?} and {:?}", V::LANES, &a[at..], &b[at..]);
                same(&found[..V::LANES], expected, format_args!("{what}"));
                let bits = |x: &[f32]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
                assert!(!exact || bits(&found[..V::LANES]) == bits(expected), "{what}: another NaN");
            };
            macro_rules! check {
                ($x:ident $y:ident $what:literal $exact:literal: $wide:expr, $single:expr) => {
                    let wide = {
                        let ($x, $y) = (x, y);
                        $wide
                    };
                    let single = core::array::from_fn(|k| {
                        let ($x, $y) = (a[k], b[k]);
                        $single
                    });
                    check(wide, single, $exact, $what);
                };
            }
            check!(x y "+" false: x + y, x + y);
            check!(x y "-" false: x - y, x - y);
            check!(x y "*" false: x * y, x * y);
            check!(x y "/" false: x / y, x / y);
            check!(x _y "√" false: x.sqrt(), Real::sqrt(x));
            check!(x _y "neg" true: -x, -x);
            check!(x _y "abs" true: x.abs(), Real::abs(x));
            check!(x y "copysign" true: x.copysign(y), Real::copysign(x, y));
            check!(x y "max" true: x.max(y), if x > y { x } else { y });
            check!(x y "min" true: x.min(y), if x < y { x } else { y });
            check!(x y "lt" true: V::select(x.lt(y), x, y), if x < y { x } else { y });
            check!(x y "le" true: V::select(x.le(y), y, x), if x <= y { y } else { x });
            check!(_x _y "splat" true: V::splat(a[0].into()), a[0]);
        }
    }
}

/// Where one rounding and two differ most: sums that are halfway but for a digit, cancellation, subnormal and
/// overflowing results; and random bits.
#[inline(always)]
unsafe fn multiply_adds<V: Register>() {
    let single =
        |a: f32, b: f32, c: f32| if V::Scalar::FUSED { Fused(a).mul_add(Fused(b), Fused(c)).0 } else { a * b + c };
    let rng = &mut Pcg32::new(6);
    for round in 0..3000 {
        let (mut a, mut b, mut c) = ([0.0; 16], [0.0; 16], [0.0; 16]);
        for k in 0..16 {
            [a[k], b[k], c[k]] = match round % 6 {
                0 => [(); 3].map(|()| f32::from_bits(rng.bits())),
                1 => [(); 3].map(|()| SPECIAL[rng.bits() as usize % 16]),
                2 => [(); 3].map(|()| (rng.bits() >> 19) as f32),
                3 => [1.0 + 1.0 / 4096.0, 1.0 + 1.0 / 4096.0, f32::from_bits(rng.bits())],
                _ => [0.5 + rng.bits() as f32 / 4e9, 0.5 + rng.bits() as f32 / 4e9, 0.0],
            };
            if round % 6 == 4 {
                c[k] = -(a[k] * b[k]);
            }
            if round % 6 == 5 {
                a[k] *= 2f32.powi(-63);
                b[k] *= 2f32.powi(-63 - (rng.bits() % 24) as i32);
                c[k] = 2f32.powi(-126) * (0.5 - rng.bits() as f32 / 4e9);
            }
        }
        // SAFETY: sixteen numbers; the processor has the level.
        let (x, y, z) = unsafe { (V::load(a.as_ptr()), V::load(b.as_ptr()), V::load(c.as_ptr())) };
        let expected: [f32; 16] = core::array::from_fn(|k| single(a[k], b[k], c[k]));
        let what = format!("{a:?} · {b:?} + {c:?} in {} lanes, fused: {}", V::LANES, V::Scalar::FUSED);
        same(&lanes(x.mul_add(y, z))[..V::LANES], &expected[..V::LANES], format_args!("{what}"));
        if round % 6 == 3 || round % 6 == 4 {
            // Twelve digits each, so that the product is exact.
            let short = |x: [f32; 16]| x.map(|x| f32::from_bits(x.to_bits() & !0xfff));
            let (a, b) = (short(a), short(b));
            // SAFETY: as above.
            let (x, y) = unsafe { (V::load(a.as_ptr()), V::load(b.as_ptr())) };
            let expected: [f32; 16] = core::array::from_fn(|k| a[k] * b[k] + c[k]);
            same(&lanes(x.exact_mul_add(y, z))[..V::LANES], &expected[..V::LANES], format_args!("exactly {what}"));
        }
    }
}

#[inline(always)]
unsafe fn powers<V: Register>() {
    let rng = &mut Pcg32::new(4);
    let all = (-126..=127).map(|n| n as f32).collect::<Vec<_>>();
    for n in all.windows(V::LANES) {
        // SAFETY: as many numbers.
        let found = lanes(V::pow2(unsafe { V::load(n.as_ptr()) }));
        for (found, &n) in found.iter().zip(n) {
            assert_eq!(found.to_bits(), <f32 as Float>::pow2(n).to_bits(), "2^{n}");
        }
    }
    // Also to no normal number, and to 0.
    let all = (-150..=50).map(|n| n as f32).collect::<Vec<_>>();
    for n in all.windows(V::LANES) {
        // SAFETY: as many numbers.
        let sum = unsafe { V::load(n.as_ptr()) } + V::of(12_582_912.0);
        for (found, &n) in lanes(V::raise_once(sum)).iter().zip(n) {
            assert_eq!(found.to_bits(), ((n as f64).exp2() as f32).to_bits(), "2^{n}, once rounded");
        }
        for (found, &n) in lanes(V::raise(sum)).iter().zip(n).filter(|(_, n)| **n >= -126.0) {
            assert_eq!(found.to_bits(), n.exp2().to_bits(), "2^{n}");
        }
    }
    for (n, y) in all.windows(V::LANES).flat_map(|n| [1.0, 0.70710677, 1.2345679].map(|y| (n, y))) {
        // SAFETY: as many numbers.
        let found = lanes(V::splat(y.into()).scale(unsafe { V::load(n.as_ptr()) }));
        for (found, &n) in found.iter().zip(n) {
            assert_eq!(found.to_bits(), y.scale(n).to_bits(), "{y} · 2^{n}");
        }
    }
    for _ in 0..2000 {
        // Positive and normal.
        let x: [f32; 16] = core::array::from_fn(|_| f32::from_bits((1 << 23) + rng.bits() % (254 << 23)));
        // SAFETY: sixteen numbers.
        let (m, e) = unsafe { V::load(x.as_ptr()) }.split();
        for (k, &x) in x.iter().enumerate().take(V::LANES) {
            let expected = x.split();
            assert_eq!(
                (lanes(m)[k].to_bits(), lanes(e)[k].to_bits()),
                (expected.0.to_bits(), expected.1.to_bits()),
                "{x}"
            );
        }
    }
}

/// Between pages that can't be touched; what is before the numbers stays as it was.
#[inline(always)]
unsafe fn parts<V: Register>() {
    let from: [f32; 16] = core::array::from_fn(|k| k as f32 + 1.0);
    for n in 0..=V::LANES {
        let numbers = Fenced::new(&from[..n]);
        // SAFETY: `n` numbers.
        let found = lanes(unsafe { V::load_part(numbers.as_ptr(), n) });
        let expected: [f32; 16] = core::array::from_fn(|k| if k < n { from[k] } else { 0.0 });
        same(&found[..V::LANES], &expected[..V::LANES], format_args!("load_part of {n} in {}", V::LANES));

        // Both against the page behind and with room there.
        for room in [0, 16] {
            let mut to = Fenced::new(&[-7.0; 48][..16 + n + room]);
            // SAFETY: all lanes; `n` numbers from there on.
            unsafe { V::load(from.as_ptr()).store_part(to.as_mut_ptr().add(16), n) };
            for (k, &found) in to.as_ref().iter().enumerate() {
                let expected = if (16..16 + n).contains(&k) { from[k - 16] } else { -7.0 };
                assert_eq!(found, expected, "store_part of {n} in {}, number {k} - 16", V::LANES);
            }
        }
    }
}

#[inline(always)]
unsafe fn splats<V: Register>() {
    for n in 0..=4 {
        let numbers = Fenced::new(&[1.0, 2.0, -0.0, 4.0][..n]);
        // SAFETY: `n` numbers.
        let all = unsafe { V::splats(numbers.as_ptr(), n) };
        for (all, &x) in all.into_iter().zip(numbers.as_ref()) {
            same(&lanes(all)[..V::LANES], &[x; 16][..V::LANES], format_args!("splats of {n} in {}", V::LANES));
        }
    }
}

/// In an order that shows: large and small numbers mixed. The rows beyond `LANES` count for nothing.
#[inline(always)]
unsafe fn sums<V: Register>() {
    let rng = &mut Pcg32::new(5);
    for _ in 0..500 {
        let rows = [(); 16].map(|()| Fenced::random(rng, 16));
        let mut wide = [V::of(f64::NAN); 16];
        for k in 0..V::LANES {
            // SAFETY: sixteen numbers.
            wide[k] = unsafe { V::load(rows[k].as_ptr()) };
        }
        let found = lanes(V::sums(&wide));
        for (k, row) in rows.iter().enumerate().take(V::LANES) {
            let mut s = row.as_ref().to_vec();
            let mut half = V::LANES / 2;
            while half > 0 {
                (0..half).for_each(|l| s[l] += s[l + half]);
                half /= 2;
            }
            same(&found[k..=k], &s[..1], format_args!("sums in {}, row {k}", V::LANES));
        }
    }
}

/// Numbered lanes, of which each must arrive, and parts of a register kept and read again.
#[inline(always)]
unsafe fn exchanges<V: Register>() {
    let number = |row: usize, lane: usize| (100 * (row + 1) + lane) as f32;
    let mut rows = [V::of(f64::NAN); 16];
    for r in 0..V::LANES {
        let numbers: [f32; 16] = core::array::from_fn(|lane| number(r, lane));
        // SAFETY: sixteen numbers.
        rows[r] = unsafe { V::load(numbers.as_ptr()) };
        for n in 0..=V::LANES {
            let expected: Vec<f32> = (0..V::LANES).map(|lane| if lane < n { number(r, lane) } else { 0.0 }).collect();
            same(&lanes(rows[r].keep(n))[..V::LANES], &expected, format_args!("keep {n} of {}", V::LANES));
            // SAFETY: sixteen numbers.
            let again = unsafe { V::reload_part(numbers.as_ptr(), n) };
            same(&lanes(again)[..V::LANES], &expected, format_args!("reload {n} of {}", V::LANES));
        }
    }
    for (k, column) in V::transpose(&rows).into_iter().enumerate().take(V::LANES) {
        let expected: Vec<f32> = (0..V::LANES).map(|r| number(r, k)).collect();
        same(&lanes(column)[..V::LANES], &expected, format_args!("column {k} of {}", V::LANES));
    }
}

/// The lanes, as many as there are.
#[inline(always)]
fn lanes<V: Register>(x: V) -> [f32; 16] {
    let mut to = [0.0; 16];
    // SAFETY: sixteen numbers hold all lanes.
    unsafe { x.store(to.as_mut_ptr()) };
    to
}
