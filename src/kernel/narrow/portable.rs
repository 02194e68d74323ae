//! The inner loops, in Rust.

use super::lanes::{Lanes, Sixteen};
use crate::kernel::gemv::partials;
use crate::width::Width;

/// The weighted sums of as many outputs as `V` has lanes.
///
/// # Safety
///
/// `In` rows of `w` at distances of `Out`, and `In` numbers of `x` may be read; of `z` as many as `V` has lanes read, of
/// `a` written.
#[inline(always)]
pub(super) unsafe fn tile<V: Lanes, In: Width, Out: Width>(w: *const f32, x: *const f32, z: *const f32, a: *mut f32) {
    // SAFETY: the caller's.
    unsafe {
        let zero = V::splat(0.0);
        let mut s = Sums { s0: V::load(z), s1: zero, s2: zero, s3: zero };
        let whole = const { In::USIZE / 4 * 4 };
        if const { In::USIZE >= 4 } {
            match const { partials(Out::USIZE) } {
                1 => rows::<V, 1>(whole, Out::USIZE, w, x, &mut s),
                2 => rows::<V, 2>(whole, Out::USIZE, w, x, &mut s),
                _ => rows::<V, 4>(whole, Out::USIZE, w, x, &mut s),
            }
        }
        let (w, x) = (w.add(whole * Out::USIZE), x.add(whole));
        if const { In::USIZE % 4 > 0 } {
            s.s0 = s.s0.plus(*x, V::load(w));
        }
        if const { In::USIZE % 4 > 1 } {
            let row = V::load(w.add(Out::USIZE));
            if const { partials(Out::USIZE) == 1 } {
                s.s0 = s.s0.plus(*x.add(1), row);
            } else {
                s.s1 = s.s1.plus(*x.add(1), row);
            }
        }
        if const { In::USIZE % 4 > 2 } {
            let row = V::load(w.add(2 * Out::USIZE));
            if const { partials(Out::USIZE) < 4 } {
                s.s0 = s.s0.plus(*x.add(2), row);
            } else {
                s.s2 = s.s2.plus(*x.add(2), row);
            }
        }
        match const { partials(Out::USIZE) } {
            1 => s.s0,
            2 => s.s0.add(s.s1),
            _ => s.s0.add(s.s2).add(s.s1.add(s.s3)),
        }
        .store(a);
    }
}

/// The partial sums of a tile; the first `P` count.
struct Sums<V> {
    s0: V,
    s1: V,
    s2: V,
    s3: V,
}

/// `s_p ← s_p + Σ xᵢ · rowᵢ` over i ≡ p (mod P), `P` 1, 2 or 4; `n` is a multiple of four.
///
/// # Safety
///
/// `n` numbers of `x`, and `n` rows of `w` at distances of `cols` may be read.
#[inline(always)]
unsafe fn rows<V: Lanes, const P: usize>(n: usize, cols: usize, mut w: *const f32, mut x: *const f32, s: &mut Sums<V>) {
    // SAFETY: the caller's.
    unsafe {
        let end = x.add(n);
        while x != end {
            s.s0 = s.s0.plus(*x, V::load(w));
            let (second, third, fourth) = (V::load(w.add(cols)), V::load(w.add(2 * cols)), V::load(w.add(3 * cols)));
            let (x1, x2, x3) = (*x.add(1), *x.add(2), *x.add(3));
            match P {
                1 => s.s0 = s.s0.plus(x1, second).plus(x2, third).plus(x3, fourth),
                2 => {
                    s.s1 = s.s1.plus(x1, second);
                    s.s0 = s.s0.plus(x2, third);
                    s.s1 = s.s1.plus(x3, fourth);
                }
                _ => {
                    s.s1 = s.s1.plus(x1, second);
                    s.s2 = s.s2.plus(x2, third);
                    s.s3 = s.s3.plus(x3, fourth);
                }
            }
            w = w.add(4 * cols);
            x = x.add(4);
        }
    }
}

/// `Σⱼ wⱼ δⱼ` in the order of [`sum`](crate::kernel::sum): sixteen partial sums, joined by halves.
///
/// # Safety
///
/// `Out` numbers of both may be read.
#[inline(always)]
pub(super) unsafe fn row<Out: Width>(w: *const f32, delta: *const f32) -> f32 {
    let (blocks, rest) = const { (Out::USIZE / 16, Out::USIZE % 16) };
    let reached = const { if Out::USIZE < 16 { Out::USIZE } else { 16 } };
    // SAFETY: the caller's.
    unsafe {
        let s = if blocks > 0 {
            let s = products(blocks, w, delta);
            s.plus_part(rest, w.add(16 * blocks), delta.add(16 * blocks))
        } else {
            Sixteen::products_part(rest, w, delta)
        };
        // Each sum starts from +0; added here, it does the same. What no term reaches is left out.
        s.join(reached) + 0.0
    }
}

/// `s_l = Σ w_k d_k` over `k ≡ l (mod 16)` of `blocks` times sixteen numbers, at least once.
///
/// # Safety
///
/// They may be read.
#[inline(always)]
unsafe fn products(blocks: usize, mut w: *const f32, mut d: *const f32) -> Sixteen {
    // SAFETY: the caller's.
    unsafe {
        let mut s = Sixteen::products_part(16, w, d);
        for _ in 1..blocks {
            (w, d) = (w.add(16), d.add(16));
            s = s.plus_part(16, w, d);
        }
        s
    }
}

/// `to_i ← to_i + (scale x_i) δ` for as many columns as `V` has lanes: the step and the gradient, whose
/// factors `−(α x)` and `x` are `(−α) x` and `1 x`, bit for bit.
///
/// # Safety
///
/// `In` numbers of `x` and as many of `delta` as `V` has lanes may be read; `In` rows of `to` at distances of `Out`, of
/// that many columns, read and written.
#[inline(always)]
pub(super) unsafe fn change<V: Lanes, In: Width, Out: Width>(
    scale: f32,
    x: *const f32,
    delta: *const f32,
    to: *mut f32,
) {
    // SAFETY: the caller's.
    unsafe {
        let d = V::load(delta);
        for i in 0..In::USIZE {
            let to = to.add(i * Out::USIZE);
            V::load(to).plus(scale * *x.add(i), d).store(to);
        }
    }
}
