//! The kernels over registers: the sums of the plain loops, sixteen lanes at a time.
//!
//! Each has the order that its plain loop states, and so its bits. They take pointers, since a layer's
//! widths are known where they are called and everything here is inlined there.
#![allow(unsafe_code)]

use super::Lanewise;
use super::arch::{Level, Register};
use crate::activation::Activation;

/// [`gemv`](super::gemv) and the activation: a ← g(z + Wᵀ x), where `a` holds z before.
///
/// # Safety
///
/// `w: [rows × cols]` and `x: [rows]` may be read, `a: [cols]` read and written; the processor has the level.
#[inline(always)]
pub(crate) unsafe fn gemv<L: Level, A: Activation>(
    rows: usize,
    cols: usize,
    w: *const f32,
    x: *const f32,
    a: *mut f32,
) {
    // SAFETY: the caller's; the tiles cover the columns once.
    unsafe {
        if cols <= 4 {
            tile::<L::X4, A, 1, 4>(rows, cols, w, x, a, cols);
        } else if cols <= 8 {
            tile::<L::X8, A, 1, 4>(rows, cols, w, x, a, cols);
        } else if cols <= 16 {
            tile::<L::X16, A, 1, 4>(rows, cols, w, x, a, cols);
        } else if cols <= 32 {
            if L::TILE >= 4 {
                tile::<L::X16, A, 2, 2>(rows, cols, w, x, a, cols - 16);
            } else {
                tile::<L::X16, A, 1, 2>(rows, cols, w, x, a, 16);
                tile::<L::X16, A, 1, 2>(rows, cols, w.add(16), x, a.add(16), cols - 16);
            }
        } else {
            let mut j = 0;
            while j < cols {
                let (w, a, left) = (w.add(j), a.add(j), cols - j);
                let vectors = if left > 16 * L::TILE { L::TILE } else { left.div_ceil(16) };
                let last = if left < 16 * vectors { left - 16 * (vectors - 1) } else { 16 };
                match vectors {
                    1 => tile::<L::X16, A, 1, 1>(rows, cols, w, x, a, last),
                    2 => tile::<L::X16, A, 2, 1>(rows, cols, w, x, a, last),
                    3 => tile::<L::X16, A, 3, 1>(rows, cols, w, x, a, last),
                    4 => tile::<L::X16, A, 4, 1>(rows, cols, w, x, a, last),
                    5 => tile::<L::X16, A, 5, 1>(rows, cols, w, x, a, last),
                    6 => tile::<L::X16, A, 6, 1>(rows, cols, w, x, a, last),
                    7 => tile::<L::X16, A, 7, 1>(rows, cols, w, x, a, last),
                    _ => tile::<L::X16, A, 8, 1>(rows, cols, w, x, a, last),
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
    a: *mut f32,
    last: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut s = [[V::splat(0.0); N]; P];
        for v in 0..N {
            s[0][v] = load::<V, N>(a, v, last);
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
    unsafe {
        let from = from.add(v * V::LANES);
        if v + 1 < N || last == V::LANES { V::load(from) } else { V::load_part(from, last) }
    }
}

#[inline(always)]
unsafe fn store<V: Register, const N: usize>(x: V, to: *mut f32, v: usize, last: usize) {
    // SAFETY: the caller's.
    unsafe {
        let to = to.add(v * V::LANES);
        if v + 1 < N || last == V::LANES { x.store(to) } else { x.store_part(to, last) }
    }
}

/// What becomes of a row of weights in a backward pass, beside its share of dx.
pub(crate) trait Change {
    /// The row's factor of δ, from the row's input.
    fn factor(&self, x: f32) -> f32;
}

/// One online step: `w ← w + (−(α x)) δ`, in the weights themselves.
pub(crate) struct Descend(pub(crate) f32);

/// The gradient: `dw ← dw + x δ`.
pub(crate) struct Gradient;

impl Change for Descend {
    #[inline(always)]
    fn factor(&self, x: f32) -> f32 {
        -(self.0 * x)
    }
}

impl Change for Gradient {
    #[inline(always)]
    fn factor(&self, x: f32) -> f32 {
        x
    }
}

/// The backward pass of a dense layer: `dx ← W δ` unless `dx` is null, and `to ← to + factor(x) δᵀ`, where
/// `to` is a gradient or the weights themselves, which are read for dx first.
///
/// # Safety
///
/// `w: [rows × cols]`, `x: [rows]`, `delta: [cols]` may be read; `to: [rows × cols]`, which may be `w`, and
/// `dx: [rows]` read and written; the processor has the level.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub(crate) unsafe fn backward<L: Level, C: Change>(
    rows: usize,
    cols: usize,
    w: *const f32,
    x: *const f32,
    delta: *const f32,
    change: C,
    to: *mut f32,
    dx: *mut f32,
) {
    // SAFETY: the caller's.
    unsafe {
        if cols <= 4 {
            sweep::<L::X4, C, 1>(rows, cols, w, x, delta, change, to, dx, cols);
        } else if cols <= 8 {
            sweep::<L::X8, C, 1>(rows, cols, w, x, delta, change, to, dx, cols);
        } else {
            let last = cols - (cols - 1) / 16 * 16;
            match cols.div_ceil(16) {
                1 => sweep::<L::X16, C, 1>(rows, cols, w, x, delta, change, to, dx, last),
                2 => sweep::<L::X16, C, 2>(rows, cols, w, x, delta, change, to, dx, last),
                3 => sweep::<L::X16, C, 3>(rows, cols, w, x, delta, change, to, dx, last),
                4 => sweep::<L::X16, C, 4>(rows, cols, w, x, delta, change, to, dx, last),
                5 => sweep::<L::X16, C, 5>(rows, cols, w, x, delta, change, to, dx, last),
                6 => sweep::<L::X16, C, 6>(rows, cols, w, x, delta, change, to, dx, last),
                7 => sweep::<L::X16, C, 7>(rows, cols, w, x, delta, change, to, dx, last),
                8 => sweep::<L::X16, C, 8>(rows, cols, w, x, delta, change, to, dx, last),
                _ => long::<L::X16, C>(rows, cols, w, x, delta, change, to, dx, last),
            }
        }
    }
}

/// Rows of `N` vectors, the last of `last` lanes; dx for as many rows as a vector has lanes at once.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
unsafe fn sweep<V: Register, C: Change, const N: usize>(
    rows: usize,
    cols: usize,
    w: *const f32,
    x: *const f32,
    delta: *const f32,
    change: C,
    to: *mut f32,
    dx: *mut f32,
    last: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut d = [V::splat(0.0); N];
        for v in 0..N {
            d[v] = load::<V, N>(delta, v, last);
        }
        if dx.is_null() {
            for i in 0..rows {
                let (to, factor) = (to.add(i * cols), V::splat(change.factor(*x.add(i))));
                for v in 0..N {
                    store::<V, N>(load::<V, N>(to, v, last) + factor * d[v], to, v, last);
                }
            }
            return;
        }
        let mut i = 0;
        while i < rows {
            let block = if rows - i < V::LANES { rows - i } else { V::LANES };
            let mut s = [V::splat(0.0); 16];
            for r in 0..V::LANES {
                if r < block {
                    let at = (i + r) * cols;
                    let (w, to, factor) = (w.add(at), to.add(at), V::splat(change.factor(*x.add(i + r))));
                    for v in 0..N {
                        let weight = load::<V, N>(w, v, last);
                        s[r] = if v == 0 { weight * d[v] } else { s[r] + weight * d[v] };
                        store::<V, N>(load::<V, N>(to, v, last) + factor * d[v], to, v, last);
                    }
                }
            }
            // Sums start from +0; added here, it does the same.
            let sums = V::sums(&s) + V::splat(0.0);
            if block == V::LANES {
                sums.store(dx.add(i))
            } else {
                sums.store_part(dx.add(i), block)
            }
            i += block;
        }
    }
}

/// [`sweep`] for rows of more vectors than there are registers for.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
unsafe fn long<V: Register, C: Change>(
    rows: usize,
    cols: usize,
    w: *const f32,
    x: *const f32,
    delta: *const f32,
    change: C,
    to: *mut f32,
    dx: *mut f32,
    last: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let full = cols - last;
        let mut i = 0;
        while i < rows {
            let block = if rows - i < V::LANES { rows - i } else { V::LANES };
            let mut s = [V::splat(0.0); 16];
            for r in 0..V::LANES {
                if r < block {
                    let at = (i + r) * cols;
                    let (w, to, factor) = (w.add(at), to.add(at), V::splat(change.factor(*x.add(i + r))));
                    let mut j = 0;
                    while j < full {
                        let d = V::load(delta.add(j));
                        if !dx.is_null() {
                            s[r] = s[r] + V::load(w.add(j)) * d;
                        }
                        (V::load(to.add(j)) + factor * d).store(to.add(j));
                        j += V::LANES;
                    }
                    let d = V::load_part(delta.add(j), last);
                    if !dx.is_null() {
                        s[r] = s[r] + V::load_part(w.add(j), last) * d;
                    }
                    (V::load_part(to.add(j), last) + factor * d).store_part(to.add(j), last);
                }
            }
            if !dx.is_null() {
                let sums = V::sums(&s);
                if block == V::LANES { sums.store(dx.add(i)) } else { sums.store_part(dx.add(i), block) }
            }
            i += block;
        }
    }
}

/// y ← f(x, y), elementwise.
///
/// # Safety
///
/// `x: [n]` may be read, `y: [n]` read and written; the processor has the level.
#[inline(always)]
pub(crate) unsafe fn map<L: Level, F: Lanewise>(f: F, n: usize, x: *const f32, y: *mut f32) {
    // SAFETY: the caller's.
    unsafe {
        let mut k = 0;
        while k + 16 <= n {
            f.of(L::X16::load(x.add(k)), L::X16::load(y.add(k))).store(y.add(k));
            k += 16;
        }
        if n - k >= 8 {
            f.of(L::X8::load(x.add(k)), L::X8::load(y.add(k))).store(y.add(k));
            k += 8;
        }
        if n - k >= 4 {
            f.of(L::X4::load(x.add(k)), L::X4::load(y.add(k))).store(y.add(k));
            k += 4;
        }
        if k < n {
            let left = n - k;
            f.of(L::X4::load_part(x.add(k), left), L::X4::load_part(y.add(k), left)).store_part(y.add(k), left);
        }
    }
}
