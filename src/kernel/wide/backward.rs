use core::mem::MaybeUninit;

use super::{load, read, reread, store, write};
use crate::activation::Activation;
use crate::kernel::arch::{Level, Register};
use crate::kernel::pass::{Change, Pass};
use crate::width::Width;

/// The backward pass of a dense layer.
///
/// # Safety
///
/// What is not null in `pass` may be read and written, as far as it says; `to` may be `w`; the processor has
/// the level.
#[inline(always)]
pub(crate) unsafe fn backward<L: Level, In: Width, Out: Width, A: Activation, C: Change>(pass: Pass<C>) {
    let (rows, cols) = (In::USIZE, Out::USIZE);
    let last = const { Out::USIZE - (Out::USIZE - 1) / 16 * 16 };
    // SAFETY: the caller's.
    unsafe {
        if const { Out::USIZE <= 4 } {
            sweep::<L::X4, A, C, 1>(rows, cols, pass, cols);
        } else if const { Out::USIZE <= 8 } {
            sweep::<L::X8, A, C, 1>(rows, cols, pass, cols);
        } else if const { Out::USIZE <= 16 } {
            sweep::<L::X16, A, C, 1>(rows, cols, pass, last);
        } else if const { Out::USIZE <= 32 } {
            sweep::<L::X16, A, C, 2>(rows, cols, pass, last);
        } else if const { Out::USIZE <= 48 } {
            sweep::<L::X16, A, C, 3>(rows, cols, pass, last);
        } else if const { Out::USIZE <= 64 } {
            sweep::<L::X16, A, C, 4>(rows, cols, pass, last);
        } else if const { Out::USIZE <= 80 } {
            sweep::<L::X16, A, C, 5>(rows, cols, pass, last);
        } else if const { Out::USIZE <= 96 } {
            sweep::<L::X16, A, C, 6>(rows, cols, pass, last);
        } else if const { Out::USIZE <= 112 } {
            sweep::<L::X16, A, C, 7>(rows, cols, pass, last);
        } else if const { Out::USIZE <= 128 } {
            sweep::<L::X16, A, C, 8>(rows, cols, pass, last);
        } else {
            long::<L::X16, A, C>(rows, cols, pass, last);
        }
    }
}

/// δ ← dy ⊙ g′(z) of one vector, in `pass.delta`, and the bias's change by it.
#[inline(always)]
unsafe fn delta<V: Register, A: Activation, C: Change>(pass: Pass<C>, at: usize, lanes: usize) -> V {
    // SAFETY: the caller's.
    unsafe {
        let mut d = reread::<V>(pass.delta.add(at), lanes);
        if !pass.y.is_null() {
            // An activation may have a slope at 0, where there is no output, that is not finite.
            d = (d * A::slope(reread::<V>(pass.y.add(at), lanes))).keep(lanes);
            write(d, pass.delta.add(at), lanes);
        }
        if !pass.bias.is_null() {
            write(
                V::splat(pass.change.factor(1.0).into()).mul_add(d, read::<V>(pass.bias.add(at), lanes)),
                pass.bias.add(at),
                lanes,
            );
        }
        d
    }
}

/// Rows of `N` vectors, the last of `last` lanes; dx for as many rows as a vector has lanes at once.
#[inline(always)]
unsafe fn sweep<V: Register, A: Activation, C: Change, const N: usize>(
    rows: usize,
    cols: usize,
    pass: Pass<C>,
    last: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut d = [V::of(0.0); N];
        for v in 0..N {
            d[v] = delta::<V, A, C>(pass, v * V::LANES, if v + 1 < N { V::LANES } else { last });
        }
        if pass.dx.is_null() {
            for i in 0..rows {
                change_row::<V, C, N>(pass, i, cols, &d, last);
            }
            return;
        }
        let mut i = 0;
        while i < rows {
            let block = if rows - i < V::LANES { rows - i } else { V::LANES };
            let mut s = [MaybeUninit::<V>::uninit(); 16];
            for r in 0..V::LANES {
                let mut sum = V::of(0.0);
                if r < block {
                    let w = pass.w.add((i + r) * cols);
                    sum = load::<V, N>(w, 0, last) * d[0];
                    for v in 1..N {
                        sum = load::<V, N>(w, v, last).mul_add(d[v], sum);
                    }
                    if !pass.to.is_null() {
                        change_row::<V, C, N>(pass, i + r, cols, &d, last);
                    }
                }
                s[r].write(sum);
            }
            s[V::LANES..].fill(MaybeUninit::new(V::of(0.0)));
            // Each sum starts from +0; added here, it does the same.
            write(V::sums(all(&s)) + V::of(0.0), pass.dx.add(i), block);
            i += block;
        }
    }
}

/// to_i ← to_i + factor(x_i) δ
#[inline(always)]
unsafe fn change_row<V: Register, C: Change, const N: usize>(
    pass: Pass<C>,
    i: usize,
    cols: usize,
    d: &[V; N],
    last: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let to = pass.to.add(i * cols);
        let factor = V::splat(pass.change.factor(*pass.x.add(i)).into());
        for v in 0..N {
            store::<V, N>(factor.mul_add(d[v], load::<V, N>(to, v, last)), to, v, last);
        }
    }
}

/// [`sweep`] for rows of more vectors than there are registers for.
#[inline(always)]
unsafe fn long<V: Register, A: Activation, C: Change>(rows: usize, cols: usize, pass: Pass<C>, last: usize) {
    // SAFETY: the caller's.
    unsafe {
        let lanes = |j: usize| if j + last < cols { V::LANES } else { last };
        let mut j = 0;
        while j < cols {
            delta::<V, A, C>(pass, j, lanes(j));
            j += V::LANES;
        }
        let mut i = 0;
        while i < rows {
            let block = if rows - i < V::LANES { rows - i } else { V::LANES };
            let mut s = [MaybeUninit::<V>::uninit(); 16];
            for r in 0..V::LANES {
                let mut sum = V::of(0.0);
                if r < block {
                    let at = (i + r) * cols;
                    let factor = if pass.to.is_null() { 0.0 } else { pass.change.factor(*pass.x.add(i + r)) };
                    let mut j = 0;
                    while j < cols {
                        let d = read::<V>(pass.delta.add(j), lanes(j));
                        if !pass.dx.is_null() {
                            sum = read::<V>(pass.w.add(at + j), lanes(j)).mul_add(d, sum);
                        }
                        if !pass.to.is_null() {
                            let to = pass.to.add(at + j);
                            write(V::splat(factor.into()).mul_add(d, read::<V>(to, lanes(j))), to, lanes(j));
                        }
                        j += V::LANES;
                    }
                }
                s[r].write(sum);
            }
            s[V::LANES..].fill(MaybeUninit::new(V::of(0.0)));
            if !pass.dx.is_null() {
                write(V::sums(all(&s)) + V::of(0.0), pass.dx.add(i), block);
            }
            i += block;
        }
    }
}

/// Rows of which each was written, one by one: an array of zeros to start from would be a call of `memset`.
///
/// # Safety
///
/// They are.
#[inline(always)]
unsafe fn all<V: Register>(rows: &[MaybeUninit<V>; 16]) -> &[V; 16] {
    // SAFETY: the caller's; the layout is the same.
    unsafe { &*rows.as_ptr().cast() }
}
