use super::{read, write};
use crate::kernel::arch::{Level, Register};
use crate::math::exp;

/// to ← softmax(x), in the order of [`sum`](crate::kernel::sum()).
///
/// # Safety
///
/// `x: [n]` may be read, `to: [n]`, which may be `x`, written; the processor has the level.
#[inline(always)]
pub(crate) unsafe fn softmax<L: Level>(n: usize, x: *const f32, to: *mut f32) {
    // SAFETY: the caller's.
    unsafe {
        match n {
            0 => (),
            1..=4 => pieces::<L::X4>(n, x, to),
            5..=8 => pieces::<L::X8>(n, x, to),
            _ => pieces::<L::X16>(n, x, to),
        }
    }
}

#[inline(always)]
unsafe fn pieces<V: Register>(n: usize, x: *const f32, to: *mut f32) {
    let (whole, last) = ((n - 1) / V::LANES * V::LANES, (n - 1) % V::LANES + 1);
    // SAFETY: the caller's; the last piece begins at `whole` and has `last` numbers.
    unsafe {
        let end: V = read(x.add(whole), last);
        let counts = V::of(0.0).lt(V::of(1.0).keep(last));
        let mut most = V::select(counts, end, V::of(f64::NEG_INFINITY));
        for k in (0..whole).step_by(V::LANES) {
            most = V::load(x.add(k)).max(most);
        }
        let most = V::splat(joined(most, |a, b| if a > b { a } else { b }).into());
        let mut sums = V::of(0.0);
        for k in (0..whole).step_by(V::LANES) {
            let e = exp(V::load(x.add(k)) - most);
            e.store(to.add(k));
            sums = sums + e;
        }
        let end = exp(end - most);
        // Sixteen lanes have a partial sum each; of a single piece, lanes beyond it are +0 and change nothing.
        let total = V::splat(joined(sums + end.keep(last), |a, b| a + b).into());
        for k in (0..whole).step_by(V::LANES) {
            (V::load(to.add(k)) / total).store(to.add(k));
        }
        write(end / total, to.add(whole), last);
    }
}

/// All lanes as one number, by halves: `l + LANES/2`, …, `l + 2`, `l + 1`.
#[inline(always)]
fn joined<V: Register>(lanes: V, join: impl Fn(f32, f32) -> f32) -> f32 {
    let mut all = [0.0; 16];
    // SAFETY: there is room for sixteen.
    unsafe { lanes.store(all.as_mut_ptr()) };
    let mut half = V::LANES / 2;
    while half > 0 {
        for l in 0..half {
            all[l] = join(all[l], all[l + half]);
        }
        half /= 2;
    }
    all[0]
}
