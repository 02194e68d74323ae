//! The kernels over registers: the sums of the plain loops, sixteen lanes at a time.
//!
//! Each has the order that its plain loop states, and so its bits. They take pointers, since a layer's
//! widths are known where they are called and everything here is inlined there.
#![allow(unsafe_code)]
#![allow(clippy::needless_range_loop, reason = "lanes and rows are numbered, and several arrays share the number")]

mod batch;

use core::mem::MaybeUninit;

pub(crate) use batch::{gemm, spread, sums};

use super::Lanewise;
use super::arch::{Level, Register};
use super::pass::{Change, Pass};
use crate::activation::Activation;
use crate::width::Width;

/// [`gemv`](super::gemv): a ← g(z + Wᵀ x).
///
/// # Safety
///
/// `w: [rows × cols]`, `x: [rows]` and `z: [cols]` may be read, `a: [cols]`, which may be `z`, written; the
/// processor has the level.
#[inline(always)]
pub(crate) unsafe fn gemv<L: Level, In: Width, Out: Width, A: Activation>(
    w: *const f32,
    x: *const f32,
    z: *const f32,
    a: *mut f32,
) {
    let (rows, cols) = (In::USIZE, Out::USIZE);
    // The conditions are constants, so that a layer is compiled for its own width only.
    // SAFETY: the caller's; the tiles cover the columns once.
    unsafe {
        if const { Out::USIZE <= 4 } {
            tile::<L::X4, A, 1, 4>(rows, cols, w, x, z, a, cols);
        } else if const { Out::USIZE <= 8 } {
            tile::<L::X8, A, 1, 4>(rows, cols, w, x, z, a, cols);
        } else if const { Out::USIZE <= 16 } {
            tile::<L::X16, A, 1, 4>(rows, cols, w, x, z, a, cols);
        } else if const { Out::USIZE <= 32 && L::TILE >= 4 } {
            tile::<L::X16, A, 2, 2>(rows, cols, w, x, z, a, cols - 16);
        } else if const { Out::USIZE <= 32 } {
            tile::<L::X16, A, 1, 2>(rows, cols, w, x, z, a, 16);
            tile::<L::X16, A, 1, 2>(rows, cols, w.add(16), x, z.add(16), a.add(16), cols - 16);
        } else {
            let last = const { Out::USIZE - (Out::USIZE - 1) / 16 * 16 };
            let rest = const { Out::USIZE.div_ceil(16) % L::TILE };
            // Whole tiles, but for what the last vectors take.
            let tiles = const { (Out::USIZE.div_ceil(16) - 1) / L::TILE };
            for t in 0..tiles {
                let j = 16 * L::TILE * t;
                whole::<L, A>(rows, cols, w.add(j), x, z.add(j), a.add(j), 16);
            }
            let j = 16 * L::TILE * tiles;
            let (w, z, a) = (w.add(j), z.add(j), a.add(j));
            if const { Out::USIZE.div_ceil(16) % L::TILE == 0 } {
                whole::<L, A>(rows, cols, w, x, z, a, last);
            } else if const { Out::USIZE.div_ceil(16) % L::TILE < 4 } {
                match rest {
                    1 => tile::<L::X16, A, 1, 1>(rows, cols, w, x, z, a, last),
                    2 => tile::<L::X16, A, 2, 1>(rows, cols, w, x, z, a, last),
                    _ => tile::<L::X16, A, 3, 1>(rows, cols, w, x, z, a, last),
                }
            } else {
                match rest {
                    4 => tile::<L::X16, A, 4, 1>(rows, cols, w, x, z, a, last),
                    5 => tile::<L::X16, A, 5, 1>(rows, cols, w, x, z, a, last),
                    6 => tile::<L::X16, A, 6, 1>(rows, cols, w, x, z, a, last),
                    _ => tile::<L::X16, A, 7, 1>(rows, cols, w, x, z, a, last),
                }
            }
        }
    }
}

/// A [`tile`] of as many vectors as the level's registers take.
#[inline(always)]
unsafe fn whole<L: Level, A: Activation>(
    rows: usize,
    cols: usize,
    w: *const f32,
    x: *const f32,
    z: *const f32,
    a: *mut f32,
    last: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        if const { L::TILE == 2 } {
            tile::<L::X16, A, 2, 1>(rows, cols, w, x, z, a, last);
        } else if const { L::TILE == 4 } {
            tile::<L::X16, A, 4, 1>(rows, cols, w, x, z, a, last);
        } else {
            tile::<L::X16, A, 8, 1>(rows, cols, w, x, z, a, last);
        }
    }
}

/// `N` vectors of outputs, the last of `last` lanes, over all rows, with `P` partial sums each.
#[inline(always)]
unsafe fn tile<V: Register, A: Activation, const N: usize, const P: usize>(
    rows: usize,
    cols: usize,
    w: *const f32,
    x: *const f32,
    z: *const f32,
    a: *mut f32,
    last: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut s = [[V::splat(0.0); N]; P];
        for v in 0..N {
            s[0][v] = load::<V, N>(z, v, last);
        }
        let mut i = 0;
        while i + 4 <= rows {
            let x = V::splats(x.add(i), 4);
            for k in 0..4 {
                row::<V, N>(w.add((i + k) * cols), x[k], &mut s[k % P], last);
            }
            i += 4;
        }
        let x = V::splats(x.add(i), rows - i);
        for k in 0..4 {
            if i + k < rows {
                row::<V, N>(w.add((i + k) * cols), x[k], &mut s[k % P], last);
            }
        }
        let mut half = P / 2;
        while half > 0 {
            for p in 0..half {
                for v in 0..N {
                    s[p][v] = s[p][v] + s[p + half][v];
                }
            }
            half /= 2;
        }
        for v in 0..N {
            store::<V, N>(A::value(s[0][v]), a, v, last);
        }
    }
}

/// s ← s + x · row
#[inline(always)]
unsafe fn row<V: Register, const N: usize>(w: *const f32, x: V, s: &mut [V; N], last: usize) {
    for v in 0..N {
        // SAFETY: the caller's.
        s[v] = s[v] + x * unsafe { load::<V, N>(w, v, last) };
    }
}

/// Vector `v` of `N`, of which the last has `last` lanes.
#[inline(always)]
unsafe fn load<V: Register, const N: usize>(from: *const f32, v: usize, last: usize) -> V {
    // SAFETY: the caller's.
    unsafe { read(from.add(v * V::LANES), if v + 1 < N { V::LANES } else { last }) }
}

/// Vector `v` of `N`, of which the last has `last` lanes.
#[inline(always)]
unsafe fn store<V: Register, const N: usize>(x: V, to: *mut f32, v: usize, last: usize) {
    // SAFETY: the caller's.
    unsafe { write(x, to.add(v * V::LANES), if v + 1 < N { V::LANES } else { last }) }
}

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
                read::<V>(pass.bias.add(at), lanes) + V::splat(pass.change.factor(1.0)) * d,
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
        let mut d = [V::splat(0.0); N];
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
                let mut sum = V::splat(0.0);
                if r < block {
                    let w = pass.w.add((i + r) * cols);
                    sum = load::<V, N>(w, 0, last) * d[0];
                    for v in 1..N {
                        sum = sum + load::<V, N>(w, v, last) * d[v];
                    }
                    if !pass.to.is_null() {
                        change_row::<V, C, N>(pass, i + r, cols, &d, last);
                    }
                }
                s[r].write(sum);
            }
            s[V::LANES..].fill(MaybeUninit::new(V::splat(0.0)));
            // Each sum starts from +0; added here, it does the same.
            write(V::sums(all(&s)) + V::splat(0.0), pass.dx.add(i), block);
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
        let factor = V::splat(pass.change.factor(*pass.x.add(i)));
        for v in 0..N {
            store::<V, N>(load::<V, N>(to, v, last) + factor * d[v], to, v, last);
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
                let mut sum = V::splat(0.0);
                if r < block {
                    let at = (i + r) * cols;
                    let factor = if pass.to.is_null() { 0.0 } else { pass.change.factor(*pass.x.add(i + r)) };
                    let mut j = 0;
                    while j < cols {
                        let d = read::<V>(pass.delta.add(j), lanes(j));
                        if !pass.dx.is_null() {
                            sum = sum + read::<V>(pass.w.add(at + j), lanes(j)) * d;
                        }
                        if !pass.to.is_null() {
                            let to = pass.to.add(at + j);
                            write(read::<V>(to, lanes(j)) + V::splat(factor) * d, to, lanes(j));
                        }
                        j += V::LANES;
                    }
                }
                s[r].write(sum);
            }
            s[V::LANES..].fill(MaybeUninit::new(V::splat(0.0)));
            if !pass.dx.is_null() {
                write(V::sums(all(&s)), pass.dx.add(i), block);
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

/// The first `n` lanes of a vector.
#[inline(always)]
unsafe fn read<V: Register>(from: *const f32, n: usize) -> V {
    // SAFETY: the caller's.
    unsafe { if n == V::LANES { V::load(from) } else { V::load_part(from, n) } }
}

/// The first `n` lanes of a vector that has just been written.
#[inline(always)]
unsafe fn reread<V: Register>(from: *const f32, n: usize) -> V {
    // SAFETY: the caller's.
    unsafe { if n == V::LANES { V::load(from) } else { V::reload_part(from, n) } }
}

/// The first `n` lanes of a vector.
#[inline(always)]
unsafe fn write<V: Register>(x: V, to: *mut f32, n: usize) {
    // SAFETY: the caller's.
    unsafe { if n == V::LANES { x.store(to) } else { x.store_part(to, n) } }
}

/// to ← f(x, y), elementwise.
///
/// # Safety
///
/// `x: [n]` and `y: [n]` may be read, `to: [n]`, which may be one of them, written; the processor has the level.
#[inline(always)]
pub(crate) unsafe fn map<L: Level, F: Lanewise>(f: F, n: usize, x: *const f32, y: *const f32, to: *mut f32) {
    // SAFETY: the caller's.
    unsafe {
        let mut k = 0;
        while n - k >= 16 {
            piece::<L::X16, F>(f, k, 16, x, y, to);
            k += 16;
        }
        let left = n - k;
        if left > 8 {
            piece::<L::X16, F>(f, k, left, x, y, to);
        } else if left > 4 {
            piece::<L::X8, F>(f, k, left, x, y, to);
        } else if left > 0 {
            piece::<L::X4, F>(f, k, left, x, y, to);
        }
    }
}

#[inline(always)]
unsafe fn piece<V: Register, F: Lanewise>(f: F, k: usize, n: usize, x: *const f32, y: *const f32, to: *mut f32) {
    // SAFETY: the caller's.
    unsafe { write(f.of(reread::<V>(x.add(k), n), reread::<V>(y.add(k), n)), to.add(k), n) }
}
