use super::{load, reread, store, write};
use crate::kernel::arch::{Level, Register};
use crate::kernel::cell::{Cell, MOST, Moment};
use crate::kernel::gemv::partials;
use crate::plain::Few;
use crate::width::Width;

/// [`advance`](crate::kernel::advance()): the sums of some units in registers, then all else of these units.
///
/// # Safety
///
/// What [`Moment`] says of its pointers; the processor has the level.
#[inline(always)]
pub(crate) unsafe fn advance<L: Level, Hidden: Width, X: Width, U: Width, C: Cell>(moment: Moment<C>) {
    // SAFETY: the caller's; the tiles cover the units once.
    unsafe {
        if const { Hidden::USIZE <= 4 || L::TILE == 2 && Hidden::USIZE <= 8 } {
            tiles::<L::X4, Hidden, X, U, C, 1, 1>(&moment);
        } else if const { L::TILE == 2 || Hidden::USIZE <= 8 } {
            tiles::<L::X8, Hidden, X, U, C, 1, 1>(&moment);
        } else if const { L::TILE == 4 || Hidden::USIZE <= 16 } {
            tiles::<L::X16, Hidden, X, U, C, 1, 1>(&moment);
        } else if const { Hidden::USIZE.div_ceil(16) % 2 == 0 } {
            tiles::<L::X16, Hidden, X, U, C, 2, 2>(&moment);
        } else {
            tiles::<L::X16, Hidden, X, U, C, 2, 3>(&moment);
        }
    }
}

/// All units by tiles of `N` vectors, but for the last, of `R`. Of several, all sums come first, since h may be written where
/// the state is.
#[inline(always)]
unsafe fn tiles<V: Register, Hidden: Width, X: Width, U: Width, C: Cell, const N: usize, const R: usize>(
    moment: &Moment<C>,
) {
    let tiles = const { Hidden::USIZE.div_ceil(V::LANES).saturating_sub(R) / N };
    let last = const { Hidden::USIZE - (Hidden::USIZE - 1) / V::LANES * V::LANES };
    // SAFETY: the caller's.
    unsafe {
        for t in 0..tiles {
            let k = t * N * V::LANES;
            let s = sums::<V, Hidden, X, U, C, N>(moment, k, V::LANES);
            for g in 0..C::SUMS {
                for v in 0..N {
                    store::<V, N>(s[g][v], moment.kept.as_ref()[g].add(k), v, V::LANES);
                }
            }
        }
        let k = tiles * N * V::LANES;
        let s = sums::<V, Hidden, X, U, C, R>(moment, k, last);
        for v in 0..tiles * N {
            let mut now = [[V::of(0.0); 1]; MOST];
            for g in 0..C::SUMS {
                now[g][0] = V::load(moment.kept.as_ref()[g].add(v * V::LANES));
            }
            finish::<V, C, 1>(moment, v * V::LANES, V::LANES, &now);
        }
        finish::<V, C, R>(moment, k, last, &s);
    }
}

/// The sums of `N` vectors of units from unit `k` on, the last of `last` lanes.
#[inline(always)]
unsafe fn sums<V: Register, Hidden: Width, X: Width, U: Width, C: Cell, const N: usize>(
    moment: &Moment<C>,
    k: usize,
    last: usize,
) -> [[V; N]; MOST] {
    let units = Hidden::USIZE;
    // SAFETY: the caller's.
    unsafe {
        let mut s = [[V::of(0.0); N]; MOST];
        for g in 0..C::SUMS {
            let z = if g * units < X::USIZE { moment.z.add(g * units) } else { moment.beside.add(g * units - X::USIZE) };
            for v in 0..N {
                s[g][v] = reread(z.add(k + v * V::LANES), if v + 1 < N { V::LANES } else { last });
            }
        }
        if moment.inputs > 0 {
            product::<V, Hidden, X, N>(moment.inputs, moment.w.add(k), moment.x, &mut s, 0, last);
        }
        let first = const { C::SUMS - U::USIZE / Hidden::USIZE };
        product::<V, Hidden, U, N>(units, moment.u.add(k), moment.of, &mut s, first, last);
        s
    }
}

/// From these sums to all else.
#[inline(always)]
unsafe fn finish<V: Register, C: Cell, const N: usize>(moment: &Moment<C>, k: usize, last: usize, s: &[[V; N]; MOST]) {
    for v in 0..N {
        let (at, n) = (k + v * V::LANES, if v + 1 < N { V::LANES } else { last });
        let kept = moment.kept.as_ref();
        let mut now = C::Kept::<V>::all(V::of(0.0));
        // SAFETY: the caller's.
        unsafe {
            for (g, (now, kept)) in now.as_mut().iter_mut().zip(kept).enumerate() {
                *now = if g < C::SUMS { s[g][v] } else { reread(kept.add(at), n) };
            }
            let h = moment.cell.of(V::of(0.0), reread(moment.before.add(at), n), &mut now);
            for (now, kept) in now.as_ref().iter().zip(kept) {
                write(*now, kept.add(at), n);
            }
            write(h, moment.h.add(at), n);
        }
    }
}

/// s ← s + Wᵀ x, of the sums from number `first` on, in the order of [`gemv`](crate::kernel::gemv) of `Out` outputs.
#[inline(always)]
unsafe fn product<V: Register, Hidden: Width, Out: Width, const N: usize>(
    rows: usize,
    w: *const f32,
    x: *const f32,
    s: &mut [[V; N]; MOST],
    first: usize,
    last: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        if const { partials(Out::USIZE) == 4 } {
            by::<V, Hidden, Out, N, 4>(rows, w, x, s, first, last);
        } else if const { partials(Out::USIZE) == 2 } {
            by::<V, Hidden, Out, N, 2>(rows, w, x, s, first, last);
        } else {
            by::<V, Hidden, Out, N, 1>(rows, w, x, s, first, last);
        }
    }
}

/// [`product`] by `P` partial sums.
#[inline(always)]
unsafe fn by<V: Register, Hidden: Width, Out: Width, const N: usize, const P: usize>(
    rows: usize,
    w: *const f32,
    x: *const f32,
    s: &mut [[V; N]; MOST],
    first: usize,
    last: usize,
) {
    let end = first + Out::USIZE / Hidden::USIZE;
    // SAFETY: the caller's.
    unsafe {
        let mut all = [[[V::of(0.0); N]; MOST]; P];
        all[0] = *s;
        let mut i = 0;
        while i + 4 <= rows {
            let x = V::splats(x.add(i), 4);
            for k in 0..4 {
                row::<V, Hidden, N>(w.add((i + k) * Out::USIZE), x[k], &mut all[k % P], first, end, last);
            }
            i += 4;
        }
        for k in 0..3 {
            if i + k < rows {
                let x = V::splat((*x.add(i + k)).into());
                row::<V, Hidden, N>(w.add((i + k) * Out::USIZE), x, &mut all[k % P], first, end, last);
            }
        }
        let mut half = P / 2;
        while half > 0 {
            for p in 0..half {
                for g in first..end {
                    for v in 0..N {
                        all[p][g][v] = all[p][g][v] + all[p + half][g][v];
                    }
                }
            }
            half /= 2;
        }
        *s = all[0];
    }
}

/// s ← s + x · row, of the sums `first..end`.
#[inline(always)]
unsafe fn row<V: Register, Hidden: Width, const N: usize>(
    w: *const f32,
    x: V,
    s: &mut [[V; N]; MOST],
    first: usize,
    end: usize,
    last: usize,
) {
    for g in first..end {
        for v in 0..N {
            // SAFETY: the caller's.
            let w = unsafe { load::<V, N>(w.add((g - first) * Hidden::USIZE), v, last) };
            s[g][v] = x.mul_add(w, s[g][v]);
        }
    }
}
