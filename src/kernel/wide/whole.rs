//! Batches of small networks, a sample in each lane from the inputs to δ: a layer writes a register for each output, and
//! the next layer reads it as it is. Transposed are inputs and targets, and δ for the sums over samples, each once.
//!
//! All that one group of samples does waits for what it did before. So two groups take turns, layer by layer: register
//! `2 k + h` is number k of group h.

mod columns;
mod errors;
mod forward;
mod sums;

use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr::null_mut;

use columns::{across, columns, four, write_columns};
use errors::Errors;
use forward::Forward;
use sums::{Samples, Sums};

use super::read;
use crate::array::Plain;
use crate::kernel::arch::{Across, Level, Register};
use crate::kernel::pass::{Reads, Sink};
use crate::kernel::whole::{Lesson, NUMBERS, SIDE, Whole};
use crate::math;
use crate::scalar::Real;

/// The predictions of `n` samples: each layer in the order of [`gemv`](crate::kernel::gemv).
///
/// # Safety
///
/// The parameters `w` and `n` inputs may be read, `n` predictions `h`, side by side, written; the processor has the level.
#[inline(always)]
pub(crate) unsafe fn predict<L: Level, N: Whole>(n: usize, w: *const f32, x: Reads, h: *mut f32) {
    let mut a = MaybeUninit::<[L::Own; 2 * NUMBERS]>::uninit();
    let mut b = 0;
    while b < n {
        // SAFETY: the caller's.
        unsafe {
            let (x, h) = (x.from(b), h.add(b * N::Output::COUNT));
            predict_some::<L, N>(n - b, w, x, h, a.as_mut_ptr().cast());
        }
        b += 2 * L::Own::LANES;
    }
}

/// As many of `n` samples as two groups have lanes.
#[inline(always)]
unsafe fn predict_some<L: Level, N: Whole>(n: usize, w: *const f32, x: Reads, y: *mut f32, a: *mut L::Own) {
    // SAFETY: the caller's; a prediction that is written twice is that of the last sample.
    unsafe {
        forward::<L, N>(n, w, x, a);
        let z = outputs::<N, _>(a);
        for h in 0..groups::<L::Own>(n) {
            let mut logits = [L::Own::of(0.0); SIDE];
            for k in 0..N::Output::COUNT {
                logits[k] = *z.add(2 * k + h);
            }
            N::link(logits.get_mut(..N::Output::COUNT).unwrap_or_default());
            for k in 0..N::Output::COUNT {
                z.add(2 * k + h).write(logits[k]);
            }
        }
        if n >= 2 * L::Own::LANES && const { N::Output::COUNT <= 4 } {
            for h in 0..2 {
                let to = y.add(h * L::Own::LANES * N::Output::COUNT);
                L::Own::collect(&four::<_, N>(z, h, 0), to, N::Output::COUNT);
            }
            return;
        }
        let mut to = [null_mut(); 32];
        for b in 0..2 * L::Own::LANES {
            to[b] = y.add(if b < n { b } else { n - 1 } * N::Output::COUNT);
        }
        write_columns::<L::Own, N>(groups::<L::Own>(n), z, to.as_ptr());
    }
}

/// Forward, δ and back of some samples, and the sums of the gradient with what their sink makes of them; each sample in
/// the orders of [`gemm`](crate::kernel::gemm) and [`errors`](crate::kernel::errors), the sums in that of
/// [`sums`](crate::kernel::sums()).
///
/// # Safety
///
/// What [`Lesson`] says of its pointers; the processor has the level.
#[inline(always)]
pub(crate) unsafe fn learn<L: Level, N: Whole, S: Sink>(lesson: Lesson<S>) {
    let mut room = MaybeUninit::<Room<L>>::uninit();
    let mut b = 0;
    while b < lesson.n {
        // SAFETY: the caller's.
        unsafe {
            learn_some::<L, N, S>(b, lesson, room.as_mut_ptr());
        }
        b += 2 * L::Own::LANES;
    }
}

struct Room<L: Level> {
    /// All numbers.
    a: [L::Own; 2 * NUMBERS],
    /// The derivatives by them, and δ after.
    d: [L::Own; 2 * NUMBERS],
    /// A row of δ for each sample, and behind them as much as the longest vector has.
    rows: [f32; 32 * NUMBERS + 16],
    /// Sums of some samples for the next, in whole vectors: at most 16 numbers a row, and fewer than two rows for each
    /// number of the network.
    sums: [f32; 2 * 16 * NUMBERS],
}

/// As many samples from sample `b` as two groups have lanes, or the rest.
#[inline(always)]
unsafe fn learn_some<L: Level, N: Whole, S: Sink>(b: usize, lesson: Lesson<S>, room: *mut Room<L>) {
    let Lesson { w, to, sink, .. } = lesson;
    // SAFETY: the caller's. What is read has been written: numbers and derivatives layer by layer, whole rows of δ, and
    // the sums by the first samples.
    unsafe {
        let (a, d): (*mut L::Own, *mut L::Own) = ((&raw mut (*room).a).cast(), (&raw mut (*room).d).cast());
        let (rows, sums): (*mut f32, *mut f32) = ((&raw mut (*room).rows).cast(), (&raw mut (*room).sums).cast());
        let n = lesson.n - b;
        forward::<L, N>(n, w, lesson.x.from(b), a);
        let (z, dz) = (outputs::<N, _>(a), outputs::<N, _>(d));
        columns::<L::Own>(n, lesson.y.from(b), N::Output::COUNT, dz);
        if const { S::ADDS } && !lesson.z.first.is_null() {
            let mut to = [null_mut(); 32];
            for r in 0..2 * L::Own::LANES {
                to[r] = lesson.z.from(if r < n { b + r } else { lesson.n - 1 }, 0).first;
            }
            write_columns::<L::Own, N>(groups::<L::Own>(n), z, to.as_ptr());
        }
        for h in 0..groups::<L::Own>(n) {
            let share: L::Own = share::<L::Own>(n, h, lesson.shares.add(b));
            let (mut logits, mut delta) = ([L::Own::of(0.0); SIDE], [L::Own::of(0.0); SIDE]);
            for k in 0..N::Output::COUNT {
                (logits[k], delta[k]) = (*z.add(2 * k + h), *dz.add(2 * k + h));
            }
            let (logits, dz_h) = (logits.get(..N::Output::COUNT), delta.get_mut(..N::Output::COUNT));
            N::delta(logits.unwrap_or_default(), dz_h.unwrap_or_default());
            for k in 0..N::Output::COUNT {
                dz.add(2 * k + h).write(math::share(share, delta[k]));
            }
        }
        let end = 2 * (N::Input::COUNT + N::NUMBERS);
        let (w, a_end, d_end) = (w.add(N::COUNT), a.add(end), d.add(end));
        N::walk(&mut Errors::<L::Own> { groups: groups::<L::Own>(n), w, a: a_end, d: d_end, left: N::NUMBERS });
        let stride = const { N::NUMBERS.next_multiple_of(16) };
        across::<L::Own, N>(groups::<L::Own>(n), d.add(2 * N::Input::COUNT), rows, stride);
        L::X16::of(0.0).store(rows.add(groups::<L::Own>(n) * L::Own::LANES * stride));
        let (lanes, last) = (2 * L::Own::LANES, n <= 2 * L::Own::LANES);
        let samples = Samples { n: if last { n } else { lanes }, lanes, stride, first: b == 0, last };
        N::walk(&mut Sums::<L, S> { samples, x: a.cast(), delta: rows, sums, to, sink, level: PhantomData });
    }
}

/// How many groups `n` samples are, of two.
#[inline(always)]
fn groups<V: Register>(n: usize) -> usize {
    if n > V::LANES { 2 } else { 1 }
}

/// The shares of group `h` of `n` samples.
#[inline(always)]
unsafe fn share<V: Register>(n: usize, h: usize, shares: *const f32) -> V {
    let before = h * V::LANES;
    // SAFETY: the caller's.
    unsafe { if n >= before + V::LANES { V::load(shares.add(before)) } else { read(shares.add(before), n - before) } }
}

/// The inputs x into the first registers of `a`, and what each layer writes into those behind.
#[inline(always)]
unsafe fn forward<L: Level, N: Whole>(n: usize, w: *const f32, x: Reads, a: *mut L::Own) {
    // SAFETY: the caller's.
    unsafe { columns::<L::Own>(n, x, N::Input::COUNT, a) };
    let groups = groups::<L::Own>(n);
    if const { L::TILE == 8 } {
        N::walk(&mut Forward::<L::Own, 6> { groups, w, a });
    } else {
        N::walk(&mut Forward::<L::Own, 3> { groups, w, a });
    }
}

/// Where the last layer's numbers are.
#[inline(always)]
unsafe fn outputs<N: Whole, V>(a: *mut V) -> *mut V {
    // SAFETY: the caller's.
    unsafe { a.add(2 * (N::Input::COUNT + N::NUMBERS - N::Output::COUNT)) }
}
