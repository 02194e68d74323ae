//! Several samples at once: each weight is read once for a block of them. A block holds the sums of its samples
//! in registers, each in the order of one sample alone, so a batch has the bits of its samples.

use super::forward::tile;
use super::lanes::{self, NARROW};
use super::{load, store};
use crate::activation::Activation;
use crate::kernel::arch::{Level, Register};
use crate::kernel::pass::{Line, Reads, Rows};
use crate::width::Width;

/// How many pieces of a line it takes until one starts with the sum of the first again, of 1, 2 or 4 sums.
const fn turn(piece: usize, sums: usize) -> usize {
    match piece % sums {
        0 => 1,
        2 => 2,
        _ => sums,
    }
}

// each!(R in 0 1 2 => …) does it for each R, a constant.
macro_rules! each {
    ($I:ident in $($i:literal)* => $body:expr) => {$({
        const $I: usize = $i;
        $body
    })*};
}

/// [`gemv`](crate::kernel::gemv) of `n` samples: `y_b ← g(z + Wᵀ x_b)`.
///
/// # Safety
///
/// `w: [rows × cols]`, `z: [cols]` and `n` rows of `x` may be read, `n` rows of `y` written; the processor has
/// the level.
#[inline(always)]
pub(crate) unsafe fn gemm<L: Level, In: Line, Out: Width, A: Activation>(
    n: usize,
    w: *const f32,
    z: Rows,
    x: Reads,
    y: Rows,
) {
    let last = const { Out::USIZE - (Out::USIZE - 1) / 16 * 16 };
    // SAFETY: the caller's; the column tiles cover the outputs once.
    unsafe {
        let (mut n, mut x, mut y) = (n, x, y);
        if const { Out::USIZE <= NARROW && Out::USIZE % 16 != 0 && L::Own::LANES >= 8 && (In::SOLID || In::SLIDES) }
            && z.stride == 0
        {
            let done = lanes::gemm::<L, In, Out, A>(n, w, z.first, x, y);
            (n, x, y) = (n - done, x.from(done), y.from(done, 0));
        }
        if const { Out::USIZE <= 4 } {
            blocks::<L::X4, In, Out, A, 4, 1, 4>(n, w, z, x, y, 0, Out::USIZE);
        } else if const { Out::USIZE <= 8 && L::TILE == 2 } {
            blocks::<L::X8, In, Out, A, 1, 1, 4>(n, w, z, x, y, 0, Out::USIZE);
        } else if const { Out::USIZE <= 8 } {
            blocks::<L::X8, In, Out, A, 4, 1, 4>(n, w, z, x, y, 0, Out::USIZE);
        } else if const { Out::USIZE <= 16 && L::TILE == 8 } {
            blocks::<L::X16, In, Out, A, 4, 1, 4>(n, w, z, x, y, 0, last);
        } else if const { Out::USIZE <= 16 } {
            blocks::<L::X16, In, Out, A, 1, 1, 4>(n, w, z, x, y, 0, last);
        } else if const { Out::USIZE <= 32 && L::TILE == 8 } {
            blocks::<L::X16, In, Out, A, 4, 2, 2>(n, w, z, x, y, 0, last);
        } else if const { Out::USIZE <= 32 } {
            blocks::<L::X16, In, Out, A, 2, 1, 2>(n, w, z, x, y, 0, 16);
            blocks::<L::X16, In, Out, A, 2, 1, 2>(n, w, z, x, y, 16, last);
        } else if const { L::TILE == 8 } {
            let pairs = const { Out::USIZE.div_ceil(16) / 2 };
            let odd = const { Out::USIZE.div_ceil(16) % 2 == 1 };
            for t in 0..pairs {
                let lanes = if !odd && t + 1 == pairs { last } else { 16 };
                blocks::<L::X16, In, Out, A, 8, 2, 1>(n, w, z, x, y, 32 * t, lanes);
            }
            if odd {
                blocks::<L::X16, In, Out, A, 16, 1, 1>(n, w, z, x, y, 32 * pairs, last);
            }
        } else {
            let vectors = const { Out::USIZE.div_ceil(16) };
            for t in 0..vectors {
                let lanes = if t + 1 == vectors { last } else { 16 };
                if const { L::TILE == 4 } {
                    blocks::<L::X16, In, Out, A, 4, 1, 1>(n, w, z, x, y, 16 * t, lanes);
                } else {
                    blocks::<L::X16, In, Out, A, 2, 1, 1>(n, w, z, x, y, 16 * t, lanes);
                }
            }
        }
    }
}

/// `N` vectors of outputs from column `j`, for all samples: `M` at once, then four, and the rest one by one.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
unsafe fn blocks<V: Register, In: Line, Out: Width, A: Activation, const M: usize, const N: usize, const P: usize>(
    n: usize,
    w: *const f32,
    z: Rows,
    x: Reads,
    y: Rows,
    j: usize,
    last: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let (w, z) = (w.add(j), z.from(0, j));
        let mut b = 0;
        while b + M <= n {
            block::<V, In, Out, A, M, N, P>(w, z.from(b, 0), x.from(b), y.from(b, j), last);
            b += M;
        }
        while const { M > 4 } && b + 4 <= n {
            block::<V, In, Out, A, 4, N, P>(w, z.from(b, 0), x.from(b), y.from(b, j), last);
            b += 4;
        }
        while b < n {
            if const { In::SOLID } {
                let (x, z, y) = (x.line(b), z.from(b, 0).first, y.from(b, j).first);
                tile::<V, A, N, P>(In::COUNT, Out::USIZE, w, x, z, y, last);
            } else {
                block::<V, In, Out, A, 1, N, P>(w, z.from(b, 0), x.from(b), y.from(b, j), last);
            }
            b += 1;
        }
    }
}

#[inline(always)]
unsafe fn block<V: Register, In: Line, Out: Width, A: Activation, const M: usize, const N: usize, const P: usize>(
    w: *const f32,
    z: Rows,
    x: Reads,
    y: Rows,
    last: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut from = [core::ptr::null(); M];
        for b in 0..M {
            from[b] = x.line(b);
        }
        let mut s = [[[V::of(0.0); N]; M]; P];
        for b in 0..M {
            for v in 0..N {
                s[0][b][v] = load::<V, N>(z.from(b, 0).first, v, last);
            }
        }
        // Number i goes to sum i mod P, which is a register only where the compiler knows it: so many pieces until the sums
        // come round.
        let pieces = const { In::COUNT / In::PIECE };
        let mut k = 0;
        while k < pieces {
            each!(Q in 0 1 2 3 => if const { Q < turn(In::PIECE, P) && Q < In::COUNT / In::PIECE } && k + Q < pieces {
                let first = (k + Q) * In::PIECE;
                let (w, at) = (w.add(first * Out::USIZE), In::at(first));
                let from_sum = const { Q * In::PIECE % P };
                let mut i = 0;
                while i + P <= In::PIECE {
                    for p in 0..P {
                        step::<V, M, N>(w.add((i + p) * Out::USIZE), &from, at + i + p, &mut s[(from_sum + p) % P], last);
                    }
                    i += P;
                }
                for p in 0..P {
                    if i + p < In::PIECE {
                        step::<V, M, N>(w.add((i + p) * Out::USIZE), &from, at + i + p, &mut s[(from_sum + p) % P], last);
                    }
                }
            });
            k += const { turn(In::PIECE, P) };
        }
        for b in 0..M {
            for v in 0..N {
                let mut half = P / 2;
                while half > 0 {
                    for p in 0..half {
                        s[p][b][v] = s[p][b][v] + s[p + half][b][v];
                    }
                    half /= 2;
                }
                store::<V, N>(A::value(s[0][b][v]), y.from(b, 0).first, v, last);
            }
        }
    }
}

/// s_b ← s_b + x_b[i] · row, for each sample.
#[inline(always)]
unsafe fn step<V: Register, const M: usize, const N: usize>(
    w: *const f32,
    x: &[*const f32; M],
    i: usize,
    s: &mut [[V; N]; M],
    last: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut row = [V::of(0.0); N];
        for v in 0..N {
            row[v] = load::<V, N>(w, v, last);
        }
        for b in 0..M {
            let x = V::splat((*x[b].add(i)).into());
            for v in 0..N {
                s[b][v] = x.mul_add(row[v], s[b][v]);
            }
        }
    }
}
