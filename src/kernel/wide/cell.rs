use core::ptr::copy_nonoverlapping;

use super::forward::rows;
use super::{read, reread, update, write};
use crate::activation::Identity;
use crate::kernel::arch::{Level, Register};
use crate::kernel::cell::{Cell, MOST, Moment};
use crate::kernel::gemv::partials;
use crate::plain::Few;
use crate::width::Width;

/// [`advance`](crate::kernel::advance()). Units that fit a register stay in registers, from their sums to h.
///
/// # Safety
///
/// What [`Moment`] says of its pointers; the processor has the level.
#[inline(always)]
pub(crate) unsafe fn advance<L: Level, Hidden: Width, X: Width, U: Width, C: Cell>(moment: Moment<C>) {
    // SAFETY: the caller's; the tiles cover the units once.
    unsafe {
        if const { Hidden::USIZE <= 4 } {
            one::<L::X4, Hidden, X, U, C>(&moment);
        } else if const { Hidden::USIZE <= 8 && L::TILE > 2 } {
            one::<L::X8, Hidden, X, U, C>(&moment);
        } else if const { Hidden::USIZE <= 16 && L::TILE > 2 } {
            one::<L::X16, Hidden, X, U, C>(&moment);
        } else {
            let sums = moment.kept.as_ref()[0];
            if moment.inputs > 0 {
                rows::<L, X, Identity>(moment.inputs, moment.w, moment.x, moment.z, sums);
            }
            let (all, beside) = const { (C::SUMS * Hidden::USIZE, C::SUMS * Hidden::USIZE - X::USIZE) };
            copy_nonoverlapping(moment.beside, sums.add(X::USIZE), beside);
            let last = sums.add(all - U::USIZE);
            rows::<L, U, Identity>(Hidden::USIZE, moment.u, moment.of, last, last);
            update::<L, C>(moment.cell, Hidden::USIZE, moment.h, moment.before, moment.kept);
        }
    }
}

/// All of it, of units that fit a register.
#[inline(always)]
unsafe fn one<V: Register, Hidden: Width, X: Width, U: Width, C: Cell>(moment: &Moment<C>) {
    let (units, kept) = (Hidden::USIZE, moment.kept.as_ref());
    // SAFETY: the caller's.
    unsafe {
        let mut s = [V::of(0.0); MOST];
        for g in 0..C::SUMS {
            let z =
                if g * units < X::USIZE { moment.z.add(g * units) } else { moment.beside.add(g * units - X::USIZE) };
            s[g] = reread(z, units);
        }
        if moment.inputs > 0 {
            product::<V, Hidden, X>(moment.inputs, moment.w, moment.x, &mut s, 0);
        }
        product::<V, Hidden, U>(units, moment.u, moment.of, &mut s, const { C::SUMS - U::USIZE / Hidden::USIZE });
        let mut now = C::Kept::<V>::all(V::of(0.0));
        for (g, (now, kept)) in now.as_mut().iter_mut().zip(kept).enumerate() {
            *now = if g < C::SUMS { s[g] } else { reread(*kept, units) };
        }
        let h = moment.cell.of(V::of(0.0), reread(moment.before, units), &mut now);
        for (now, kept) in now.as_ref().iter().zip(kept) {
            write(*now, *kept, units);
        }
        write(h, moment.h, units);
    }
}

/// s ← s + Wᵀ x, of the sums from number `first` on, in the order of [`gemv`](crate::kernel::gemv) of `Out` outputs.
#[inline(always)]
unsafe fn product<V: Register, Hidden: Width, Out: Width>(
    rows: usize,
    w: *const f32,
    x: *const f32,
    s: &mut [V; MOST],
    first: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        if const { partials(Out::USIZE) == 4 } {
            by::<V, Hidden, Out, 4>(rows, w, x, s, first);
        } else if const { partials(Out::USIZE) == 2 } {
            by::<V, Hidden, Out, 2>(rows, w, x, s, first);
        } else {
            by::<V, Hidden, Out, 1>(rows, w, x, s, first);
        }
    }
}

/// [`product`] by `P` partial sums.
#[inline(always)]
unsafe fn by<V: Register, Hidden: Width, Out: Width, const P: usize>(
    rows: usize,
    w: *const f32,
    x: *const f32,
    s: &mut [V; MOST],
    first: usize,
) {
    let end = first + Out::USIZE / Hidden::USIZE;
    // SAFETY: the caller's.
    unsafe {
        let mut all = [[V::of(0.0); MOST]; P];
        all[0] = *s;
        let mut i = 0;
        while i + 4 <= rows {
            let x = V::splats(x.add(i), 4);
            for k in 0..4 {
                row::<V, Hidden>(w.add((i + k) * Out::USIZE), x[k], &mut all[k % P], first, end);
            }
            i += 4;
        }
        for k in 0..3 {
            if i + k < rows {
                let x = V::splat((*x.add(i + k)).into());
                row::<V, Hidden>(w.add((i + k) * Out::USIZE), x, &mut all[k % P], first, end);
            }
        }
        let mut half = P / 2;
        while half > 0 {
            for p in 0..half {
                for g in first..end {
                    all[p][g] = all[p][g] + all[p + half][g];
                }
            }
            half /= 2;
        }
        *s = all[0];
    }
}

/// s ← s + x · row, of the sums `first..end`.
#[inline(always)]
unsafe fn row<V: Register, Hidden: Width>(w: *const f32, x: V, s: &mut [V; MOST], first: usize, end: usize) {
    for g in first..end {
        // SAFETY: the caller's.
        let w = unsafe { read(w.add((g - first) * Hidden::USIZE), Hidden::USIZE) };
        s[g] = x.mul_add(w, s[g]);
    }
}
