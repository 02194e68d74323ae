//! The kernels for processors without vectors: sums of a few outputs in single registers, so that an input is read once
//! for all of them, and a sum not stored until it is done.
//!
//! Each has the order that its plain loop states, and so its bits. Nothing small is a loop: what has lanes is written out
//! lane by lane, so that a build for size keeps its numbers in registers too.
#![allow(unsafe_code)]

#[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
mod arm;
mod lanes;
mod portable;
#[cfg(all(test, simd))]
mod tests;

use super::pass::{Change, Line, Pass, Reads, Rows, Sink, Span};
use crate::activation::Activation;
use crate::kernel::gemv::partials;
use crate::width::Width;
use lanes::{Eight, Four, Lanes, One, Two};

#[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
use arm as inner;
#[cfg(not(all(target_arch = "arm", target_abi = "eabihf")))]
use portable as inner;

/// [`gemv`](crate::kernel::gemv): a ← g(z + Wᵀ x).
///
/// # Safety
///
/// `w: [In × Out]`, `x: [In]` and `z: [Out]` may be read, `a: [Out]`, which may be `z`, written.
#[inline(always)]
pub(crate) unsafe fn gemv<In: Width, Out: Width, A: Activation>(
    w: *const f32,
    x: *const f32,
    z: *const f32,
    a: *mut f32,
) {
    // SAFETY: the caller's; the tiles cover the outputs once.
    unsafe {
        let mut j = 0;
        if const { partials(Out::USIZE) < 4 } {
            while j + 8 <= Out::USIZE {
                inner::tile::<Eight, In, Out>(w.add(j), x, z.add(j), a.add(j));
                j += 8;
            }
            if const { Out::USIZE % 8 >= 4 } {
                inner::tile::<Four, In, Out>(w.add(j), x, z.add(j), a.add(j));
                j += 4;
            }
        } else {
            while j + 4 <= Out::USIZE {
                inner::tile::<Four, In, Out>(w.add(j), x, z.add(j), a.add(j));
                j += 4;
            }
        }
        if const { Out::USIZE % 4 >= 2 } {
            inner::tile::<Two, In, Out>(w.add(j), x, z.add(j), a.add(j));
            j += 2;
        }
        if const { Out::USIZE % 2 == 1 } {
            inner::tile::<One, In, Out>(w.add(j), x, z.add(j), a.add(j));
        }
        for j in 0..Out::USIZE {
            *a.add(j) = A::value(*a.add(j));
        }
    }
}

/// The backward pass of a dense layer.
///
/// # Safety
///
/// What is not null in `pass` may be read and written, as far as it says; `to` may be `w`.
#[inline(always)]
pub(crate) unsafe fn backward<In: Width, Out: Width, A: Activation, C: Change>(pass: Pass<C>) {
    // SAFETY: the caller's; the tiles cover the columns once.
    unsafe {
        for j in 0..Out::USIZE {
            let mut d = *pass.delta.add(j);
            if !pass.y.is_null() {
                d *= A::slope(*pass.y.add(j));
                *pass.delta.add(j) = d;
            }
            if !pass.bias.is_null() {
                *pass.bias.add(j) += pass.change.factor(1.0) * d;
            }
        }
        if !pass.dx.is_null() {
            for i in 0..In::USIZE {
                *pass.dx.add(i) = inner::row::<Out>(pass.w.add(i * Out::USIZE), pass.delta);
            }
        }
        if !pass.to.is_null() {
            let scale = pass.change.factor(1.0);
            let mut j = 0;
            while j + 8 <= Out::USIZE {
                inner::change::<Eight, In, Out>(scale, pass.x, pass.delta.add(j), pass.to.add(j));
                j += 8;
            }
            if const { Out::USIZE % 8 >= 4 } {
                inner::change::<Four, In, Out>(scale, pass.x, pass.delta.add(j), pass.to.add(j));
                j += 4;
            }
            if const { Out::USIZE % 4 >= 2 } {
                inner::change::<Two, In, Out>(scale, pass.x, pass.delta.add(j), pass.to.add(j));
                j += 2;
            }
            if const { Out::USIZE % 2 == 1 } {
                inner::change::<One, In, Out>(scale, pass.x, pass.delta.add(j), pass.to.add(j));
            }
        }
    }
}

/// The sums over `n` samples, `Σ_b x_b δ_bᵀ` for some rows of the weights, of which `to` is the first, and `Σ_b δ_b` for
/// the bias, in the order of b, and what becomes of them.
///
/// # Safety
///
/// `n` rows of `x` and of `delta` may be read; `to: [In × Out]` and `bias: [Out]`, which may be null, read and written.
#[inline(always)]
#[allow(clippy::extra_unused_type_parameters, reason = "as the kernel over registers")]
pub(crate) unsafe fn sums<In: Line, Out: Width, S: Sink>(
    n: usize,
    x: Reads,
    delta: Rows,
    bias: *mut f32,
    to: *mut f32,
    rows: Span,
    sink: S,
) {
    // SAFETY: the caller's; the tiles cover the columns once.
    unsafe {
        let mut j = 0;
        while j + 8 <= Out::USIZE {
            columns::<Eight, In, Out, S>(n, x, delta, bias, to, rows, sink, j);
            j += 8;
        }
        if const { Out::USIZE % 8 >= 4 } {
            columns::<Four, In, Out, S>(n, x, delta, bias, to, rows, sink, j);
            j += 4;
        }
        if const { Out::USIZE % 4 >= 2 } {
            columns::<Two, In, Out, S>(n, x, delta, bias, to, rows, sink, j);
            j += 2;
        }
        if const { Out::USIZE % 2 == 1 } {
            columns::<One, In, Out, S>(n, x, delta, bias, to, rows, sink, j);
        }
    }
}

/// [`sums`] of the columns from `j` on.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
unsafe fn columns<V: Lanes, In: Line, Out: Width, S: Sink>(
    n: usize,
    x: Reads,
    delta: Rows,
    bias: *mut f32,
    to: *mut f32,
    rows: Span,
    sink: S,
    j: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let delta = delta.from(0, j);
        if !bias.is_null() {
            let bias = bias.add(j);
            let old = V::load(bias);
            let mut s = if const { S::ADDS } { old } else { V::splat(0.0) };
            for b in 0..n {
                s = s.add(V::load(delta.from(b, 0).first));
            }
            old.zip(s, |old, s| sink.bias(old, s)).store(bias);
        }
        for i in rows.start..rows.end {
            let to = to.add((i - rows.start) * Out::USIZE + j);
            let old = V::load(to);
            let mut s = if const { S::ADDS } { old } else { V::splat(0.0) };
            for b in 0..n {
                s = s.plus(*x.line(b).add(In::at(i)), V::load(delta.from(b, 0).first));
            }
            old.zip(s, |old, s| sink.weight(old, s)).store(to);
        }
    }
}
