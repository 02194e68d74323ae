//! The kernels over registers: the sums of the plain loops, sixteen lanes at a time.
//!
//! Each has the order that its plain loop states, and so its bits. They take pointers, since a layer's
//! widths are known where they are called and everything here is inlined there.
#![allow(unsafe_code)]

use super::Lanewise;
use super::arch::{Level, Register};
use crate::activation::Activation;

/// [`gemv`](super::gemv): a ← g(z + Wᵀ x).
///
/// # Safety
///
/// `w: [rows × cols]`, `x: [rows]` and `z: [cols]` may be read, `a: [cols]`, which may be `z`, written; the
/// processor has the level.
#[inline(always)]
pub(crate) unsafe fn gemv<L: Level, A: Activation>(
    rows: usize,
    cols: usize,
    w: *const f32,
    x: *const f32,
    z: *const f32,
    a: *mut f32,
) {
    // SAFETY: the caller's; the tiles cover the columns once.
    unsafe {
        if cols <= 4 {
            tile::<L::X4, A, 1, 4>(rows, cols, w, x, z, a, cols);
        } else if cols <= 8 {
            tile::<L::X8, A, 1, 4>(rows, cols, w, x, z, a, cols);
        } else if cols <= 16 {
            tile::<L::X16, A, 1, 4>(rows, cols, w, x, z, a, cols);
        } else if cols <= 32 {
            if L::TILE >= 4 {
                tile::<L::X16, A, 2, 2>(rows, cols, w, x, z, a, cols - 16);
            } else {
                tile::<L::X16, A, 1, 2>(rows, cols, w, x, z, a, 16);
                tile::<L::X16, A, 1, 2>(rows, cols, w.add(16), x, z.add(16), a.add(16), cols - 16);
            }
        } else {
            let mut j = 0;
            while j < cols {
                let (w, z, a, left) = (w.add(j), z.add(j), a.add(j), cols - j);
                let vectors = if left > 16 * L::TILE { L::TILE } else { left.div_ceil(16) };
                let last = if left < 16 * vectors { left - 16 * (vectors - 1) } else { 16 };
                match vectors {
                    1 => tile::<L::X16, A, 1, 1>(rows, cols, w, x, z, a, last),
                    2 => tile::<L::X16, A, 2, 1>(rows, cols, w, x, z, a, last),
                    3 => tile::<L::X16, A, 3, 1>(rows, cols, w, x, z, a, last),
                    4 => tile::<L::X16, A, 4, 1>(rows, cols, w, x, z, a, last),
                    5 => tile::<L::X16, A, 5, 1>(rows, cols, w, x, z, a, last),
                    6 => tile::<L::X16, A, 6, 1>(rows, cols, w, x, z, a, last),
                    7 => tile::<L::X16, A, 7, 1>(rows, cols, w, x, z, a, last),
                    _ => tile::<L::X16, A, 8, 1>(rows, cols, w, x, z, a, last),
                }
                j += 16 * vectors;
            }
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
        while i + P <= rows {
            for p in 0..P {
                row::<V, N>(w.add((i + p) * cols), *x.add(i + p), &mut s[p], last);
            }
            i += P;
        }
        for p in 0..P {
            if i + p < rows {
                row::<V, N>(w.add((i + p) * cols), *x.add(i + p), &mut s[p], last);
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
unsafe fn row<V: Register, const N: usize>(w: *const f32, x: f32, s: &mut [V; N], last: usize) {
    let x = V::splat(x);
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

/// What a backward pass does with a layer's weights, beside dx.
pub(crate) trait Change: Copy {
    /// A row's factor of δ, from the row's input.
    fn factor(self, x: f32) -> f32;
}

/// One online step: `w ← w + (−(α x)) δ`, in the weights themselves.
#[derive(Clone, Copy)]
pub(crate) struct Descend(pub(crate) f32);

/// The gradient: `dw ← dw + x δ`.
#[derive(Clone, Copy)]
pub(crate) struct Gradient;

impl Change for Descend {
    #[inline(always)]
    fn factor(self, x: f32) -> f32 {
        -(self.0 * x)
    }
}

impl Change for Gradient {
    #[inline(always)]
    fn factor(self, x: f32) -> f32 {
        x
    }
}

/// What a backward pass reads and writes; each may be null, but for `delta`.
#[derive(Clone, Copy)]
pub(crate) struct Pass<C> {
    /// The weights, `[rows × cols]`; with `dx` only.
    pub(crate) w: *const f32,
    /// The input, `[rows]`; with `to` only.
    pub(crate) x: *const f32,
    /// The output, `[cols]`; null where `delta` holds δ, and not dy, already.
    pub(crate) y: *const f32,
    /// dy, and δ after, `[cols]`.
    pub(crate) delta: *mut f32,
    /// The bias or its gradient, `[cols]`, which changes by `factor(1) δ`.
    pub(crate) bias: *mut f32,
    /// The weights or their gradient, `[rows × cols]`, whose rows change by `factor(x) δ`.
    pub(crate) to: *mut f32,
    /// ∂J/∂x, `[rows]`: `W δ` by the weights as they were.
    pub(crate) dx: *mut f32,
    /// The factor.
    pub(crate) change: C,
}

/// The backward pass of a dense layer.
///
/// # Safety
///
/// What is not null in `pass` may be read and written, as far as it says; `to` may be `w`; the processor has
/// the level.
#[inline(always)]
pub(crate) unsafe fn backward<L: Level, A: Activation, C: Change>(rows: usize, cols: usize, pass: Pass<C>) {
    // SAFETY: the caller's.
    unsafe {
        if cols <= 4 {
            sweep::<L::X4, A, C, 1>(rows, cols, pass, cols);
        } else if cols <= 8 {
            sweep::<L::X8, A, C, 1>(rows, cols, pass, cols);
        } else {
            let last = cols - (cols - 1) / 16 * 16;
            match cols.div_ceil(16) {
                1 => sweep::<L::X16, A, C, 1>(rows, cols, pass, last),
                2 => sweep::<L::X16, A, C, 2>(rows, cols, pass, last),
                3 => sweep::<L::X16, A, C, 3>(rows, cols, pass, last),
                4 => sweep::<L::X16, A, C, 4>(rows, cols, pass, last),
                5 => sweep::<L::X16, A, C, 5>(rows, cols, pass, last),
                6 => sweep::<L::X16, A, C, 6>(rows, cols, pass, last),
                7 => sweep::<L::X16, A, C, 7>(rows, cols, pass, last),
                8 => sweep::<L::X16, A, C, 8>(rows, cols, pass, last),
                _ => long::<L::X16, A, C>(rows, cols, pass, last),
            }
        }
    }
}

/// δ ← dy ⊙ g′(z) of one vector, in `pass.delta`, and the bias's change by it.
#[inline(always)]
unsafe fn delta<V: Register, A: Activation, C: Change>(pass: Pass<C>, at: usize, lanes: usize) -> V {
    // SAFETY: the caller's.
    unsafe {
        let mut d = read::<V>(pass.delta.add(at), lanes);
        if !pass.y.is_null() {
            d = d * A::slope(read::<V>(pass.y.add(at), lanes));
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
            let mut s = [V::splat(0.0); 16];
            for r in 0..V::LANES {
                if r < block {
                    let w = pass.w.add((i + r) * cols);
                    s[r] = load::<V, N>(w, 0, last) * d[0];
                    for v in 1..N {
                        s[r] = s[r] + load::<V, N>(w, v, last) * d[v];
                    }
                    if !pass.to.is_null() {
                        change_row::<V, C, N>(pass, i + r, cols, &d, last);
                    }
                }
            }
            // Each sum starts from +0; added here, it does the same.
            write(V::sums(&s) + V::splat(0.0), pass.dx.add(i), block);
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
            let mut s = [V::splat(0.0); 16];
            for r in 0..V::LANES {
                if r < block {
                    let at = (i + r) * cols;
                    let factor = if pass.to.is_null() { 0.0 } else { pass.change.factor(*pass.x.add(i + r)) };
                    let mut j = 0;
                    while j < cols {
                        let d = read::<V>(pass.delta.add(j), lanes(j));
                        if !pass.dx.is_null() {
                            s[r] = s[r] + read::<V>(pass.w.add(at + j), lanes(j)) * d;
                        }
                        if !pass.to.is_null() {
                            let to = pass.to.add(at + j);
                            write(read::<V>(to, lanes(j)) + V::splat(factor) * d, to, lanes(j));
                        }
                        j += V::LANES;
                    }
                }
            }
            if !pass.dx.is_null() {
                write(V::sums(&s), pass.dx.add(i), block);
            }
            i += block;
        }
    }
}

/// The first `n` lanes of a vector.
#[inline(always)]
unsafe fn read<V: Register>(from: *const f32, n: usize) -> V {
    // SAFETY: the caller's.
    unsafe { if n == V::LANES { V::load(from) } else { V::load_part(from, n) } }
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
    unsafe { write(f.of(read::<V>(x.add(k), n), read::<V>(y.add(k), n)), to.add(k), n) }
}
