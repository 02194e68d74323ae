use super::{store, weights};
use crate::activation::Activation;
use crate::kernel::arch::{Level, Register};
use crate::width::Width;

/// [`gemv`](crate::kernel::gemv): a ← g(z + Wᵀ x).
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
    // SAFETY: the caller's.
    unsafe { rows::<L, Out, A>(In::USIZE, w, x, z, a) };
}

/// [`gemv`] of so many inputs.
///
/// # Safety
///
/// As of `gemv`.
#[inline(always)]
pub(super) unsafe fn rows<L: Level, Out: Width, A: Activation>(
    rows: usize,
    w: *const f32,
    x: *const f32,
    z: *const f32,
    a: *mut f32,
) {
    let cols = Out::USIZE;
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
pub(super) unsafe fn tile<V: Register, A: Activation, const N: usize, const P: usize>(
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
        let mut s = [[V::of(0.0); N]; P];
        for v in 0..N {
            s[0][v] = weights::<V, N>(z, v, last, rows * cols);
        }
        let mut i = 0;
        while i + 4 <= rows {
            let x = V::splats(x.add(i), 4);
            for k in 0..4 {
                row::<V, N>(w.add((i + k) * cols), x[k], &mut s[k % P], last, rows * cols);
            }
            i += 4;
        }
        let x = V::splats(x.add(i), rows - i);
        for k in 0..4 {
            if i + k < rows {
                row::<V, N>(w.add((i + k) * cols), x[k], &mut s[k % P], last, rows * cols);
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
unsafe fn row<V: Register, const N: usize>(w: *const f32, x: V, s: &mut [V; N], last: usize, all: usize) {
    for v in 0..N {
        // SAFETY: the caller's.
        s[v] = x.mul_add(unsafe { weights::<V, N>(w, v, last, all) }, s[v]);
    }
}
