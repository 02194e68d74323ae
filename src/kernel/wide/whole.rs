//! Batches of small networks, a sample in each lane from the inputs to δ: a layer writes a register for each output, and
//! the next layer reads it as it is. Transposed are inputs and targets, and δ for the sums over samples, each once.
//!
//! All is one chain of operations that wait for each other, so two registers of samples go side by side.

use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr::{null, null_mut};
use core::slice::{from_raw_parts, from_raw_parts_mut};

use super::lanes::transposed;
use super::read;
use super::spread::column_sums;
use super::whole_sums::{Group, Sums};
use crate::activation::Activation;
use crate::array::Plain;
use crate::kernel::arch::{Across, Level, Pair, Register};
use crate::kernel::pass::{Lesson, NUMBERS, Rows, Sink, Walk, Whole};
use crate::scalar::Real;
use crate::width::Width;

/// A register for each number of a network, for two groups of samples or one.
type Numbers<L> = MaybeUninit<[Pair<<L as Level>::Own>; NUMBERS]>;

/// The predictions of `n` samples, with the link `G`: each layer in the order of [`gemv`](crate::kernel::gemv).
///
/// # Safety
///
/// The parameters `w` and `n` inputs may be read, `n` rows of `h` written, without gaps; the processor has the level.
#[inline(always)]
pub(crate) unsafe fn predict<L: Level, N: Whole, G: Activation>(
    n: usize,
    w: *const f32,
    x: *const *const f32,
    h: Rows,
) {
    let mut a = Numbers::<L>::uninit();
    let mut b = 0;
    while b < n {
        // SAFETY: the caller's.
        unsafe {
            let (x, h) = (x.add(b), h.from(0, b * N::Output::COUNT).first);
            if n - b > L::Own::LANES {
                predict_group::<L, Pair<L::Own>, N, G>(n - b, w, x, h, a.as_mut_ptr().cast());
                b += 2 * L::Own::LANES;
            } else {
                predict_group::<L, L::Own, N, G>(n - b, w, x, h, a.as_mut_ptr().cast());
                b += L::Own::LANES;
            }
        }
    }
}

/// As many of `n` samples as there are lanes.
#[inline(always)]
unsafe fn predict_group<L: Level, V: Across, N: Whole, G: Activation>(
    n: usize,
    w: *const f32,
    x: *const *const f32,
    h: *mut f32,
    a: *mut V,
) {
    // SAFETY: the caller's; a row that is written twice is that of the last sample.
    unsafe {
        let mut to = [null_mut(); 32];
        for r in 0..V::LANES {
            to[r] = h.add(if n >= V::LANES || r < n { r } else { n - 1 } * N::Output::COUNT);
        }
        forward::<L, V, N>(w, group::<V>(n, x, &mut [null(); 32]), a);
        let z = outputs::<N, _>(a);
        let mut k = 0;
        while k < N::Output::COUNT {
            let lanes = if N::Output::COUNT - k < 4 { N::Output::COUNT - k } else { 4 };
            let mut four = [V::of(0.0); 4];
            for j in 0..4 {
                if j < lanes {
                    four[j] = G::value(*z.add(k + j));
                }
            }
            V::write_columns(&four, to.as_ptr(), k, lanes);
            k += 4;
        }
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
    let mut room = Room::<L> {
        a: MaybeUninit::uninit(),
        d: MaybeUninit::uninit(),
        rows: MaybeUninit::uninit(),
        sums: MaybeUninit::uninit(),
    };
    let mut b = 0;
    while b < lesson.n {
        // SAFETY: the caller's.
        unsafe {
            if lesson.n - b > L::Own::LANES {
                learn_group::<L, Pair<L::Own>, N, S>(b, lesson, &mut room);
                b += 2 * L::Own::LANES;
            } else {
                learn_group::<L, L::Own, N, S>(b, lesson, &mut room);
                b += L::Own::LANES;
            }
        }
    }
}

struct Room<L: Level> {
    /// All numbers.
    a: Numbers<L>,
    /// Their derivatives, and δ after.
    d: Numbers<L>,
    /// A row of δ for each sample, and behind them as much as the longest vector has.
    rows: MaybeUninit<[f32; 32 * NUMBERS + 16]>,
    /// Sums of one group for the next, in whole vectors: at most 16 numbers a row, and fewer than two rows for each
    /// number of the network.
    sums: MaybeUninit<[f32; 2 * 16 * NUMBERS]>,
}

/// As many samples as there are lanes, or the rest, from sample `b`.
#[inline(always)]
unsafe fn learn_group<L: Level, V: Across, N: Whole, S: Sink>(b: usize, lesson: Lesson<S>, room: &mut Room<L>) {
    let (a, d): (*mut V, *mut V) = (room.a.as_mut_ptr().cast(), room.d.as_mut_ptr().cast());
    let (rows, sums): (*mut f32, *mut f32) = (room.rows.as_mut_ptr().cast(), room.sums.as_mut_ptr().cast());
    let Lesson { w, to, sink, .. } = lesson;
    // SAFETY: the caller's. What is read has been written: numbers and derivatives layer by layer, whole rows of δ, and
    // the sums by the first group.
    unsafe {
        let n = lesson.n - b;
        forward::<L, V, N>(w, group::<V>(n, lesson.x.add(b), &mut [null(); 32]), a);
        let (z, dz) = (outputs::<N, _>(a), outputs::<N, _>(d));
        transposed(group::<V>(n, lesson.y.add(b), &mut [null(); 32]), 0, N::Output::COUNT, dz);
        N::delta(from_raw_parts(z, N::Output::COUNT), from_raw_parts_mut(dz, N::Output::COUNT));
        let here = if n < V::LANES { n } else { V::LANES };
        let share: V = read(lesson.shares.add(b), here);
        for k in 0..N::Output::COUNT {
            dz.add(k).write(share * *dz.add(k));
        }
        let end = N::Input::COUNT + N::NUMBERS;
        N::walk(&mut Errors { w: w.add(N::COUNT), a: a.add(end), d: d.add(end), left: N::NUMBERS });
        let stride = const { N::NUMBERS.next_multiple_of(16) };
        let apart = const { V::LANES / L::Own::LANES };
        let d: *const L::Own = d.add(N::Input::COUNT).cast();
        for half in 0..apart {
            across::<_, N>(d.add(half), apart, rows.add(half * L::Own::LANES * stride), stride);
        }
        L::X16::of(0.0).store(rows.add(V::LANES * stride));
        let group = Group { n: here, lanes: V::LANES, stride, first: b == 0, last: n <= V::LANES };
        N::walk(&mut Sums::<L, S> { group, x: a.cast(), delta: rows, sums, to, sink, level: PhantomData });
    }
}

/// The pointers of a group, a lane each; behind the last of `n`, that one again, by way of `few`.
#[inline(always)]
unsafe fn group<V: Register>(n: usize, from: *const *const f32, few: &mut [*const f32; 32]) -> *const *const f32 {
    if n >= V::LANES {
        return from;
    }
    for r in 0..V::LANES {
        // SAFETY: the caller's.
        few[r] = unsafe { *from.add(if r < n { r } else { n - 1 }) };
    }
    few.as_ptr()
}

/// The inputs x into the first registers of `a`, and what each layer writes into those behind.
#[inline(always)]
unsafe fn forward<L: Level, V: Across, N: Whole>(w: *const f32, x: *const *const f32, a: *mut V) {
    // SAFETY: the caller's.
    unsafe { transposed(x, 0, N::Input::COUNT, a) };
    if const { L::TILE == 8 && V::LANES == L::Own::LANES } {
        N::walk(&mut Forward::<V, 6> { w, a });
    } else {
        N::walk(&mut Forward::<V, 3> { w, a });
    }
}

/// Where the last layer's numbers are.
#[inline(always)]
unsafe fn outputs<N: Whole, V>(a: *mut V) -> *mut V {
    // SAFETY: the caller's.
    unsafe { a.add(N::Input::COUNT + N::NUMBERS - N::Output::COUNT) }
}

/// From a layer's parameters and inputs to its outputs, which are the next layer's inputs; at most `R` outputs at once.
struct Forward<V, const R: usize> {
    w: *const f32,
    a: *mut V,
}

impl<V: Across, const R: usize> Walk for Forward<V, R> {
    const BACK: bool = false;

    #[inline(always)]
    fn dense<In: Width, Out: Width, A: Activation>(&mut self, bias: bool) {
        // SAFETY: there are registers for all numbers, and parameters for all layers.
        unsafe {
            let (z, x) = (if bias { self.w } else { null() }, self.a.cast_const());
            let w = if bias { self.w.add(Out::USIZE) } else { self.w };
            self.a = self.a.add(In::USIZE);
            self.w = w.add(In::USIZE * Out::USIZE);
            tiles::<V, In, Out, A, R>(w, z, x, self.a);
        }
    }
}

/// All outputs by tiles of at most `R`, as equal as can be.
#[inline(always)]
unsafe fn tiles<V: Across, In: Width, Out: Width, A: Activation, const R: usize>(
    w: *const f32,
    z: *const f32,
    x: *const V,
    y: *mut V,
) {
    let count = const { Out::USIZE.div_ceil(R) };
    let mut j = 0;
    for t in 0..count {
        let outputs = if t < Out::USIZE % count { Out::USIZE / count + 1 } else { Out::USIZE / count };
        let z = if z.is_null() { z } else { z.wrapping_add(j) };
        macro_rules! widths {
            ($($n:literal)*) => {
                // SAFETY: the caller's.
                match outputs {
                    $($n => if const { let each = Out::USIZE / Out::USIZE.div_ceil(R); $n == each || $n == each + 1 } {
                        unsafe { tile::<V, In, Out, A, $n>(w.add(j), z, x, y.add(j)) }
                    },)*
                    _ => {}
                }
            };
        }
        widths!(1 2 3 4 5 6);
        j += outputs;
    }
}

/// `R` outputs, by four partial sums, joined as `(s₀ + s₂) + (s₁ + s₃)`.
///
/// All but the first start from their first product, not from +0: that can make a sum of zeros −0, which it is not, since
/// s₁ from +0 is not. So +0 is added at the end.
#[inline(always)]
unsafe fn tile<V: Across, In: Width, Out: Width, A: Activation, const R: usize>(
    w: *const f32,
    z: *const f32,
    x: *const V,
    y: *mut V,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut s = [[V::of(0.0); R]; 4];
        for r in 0..R {
            if !z.is_null() {
                s[0][r] = V::splat((*z.add(r)).into());
            }
        }
        for i in 0..4 {
            if i < In::USIZE {
                for r in 0..R {
                    let (x, w) = (*x.add(i), V::splat((*w.add(i * Out::USIZE + r)).into()));
                    s[i][r] = if i == 0 { x.mul_add(w, s[0][r]) } else { x * w };
                }
            }
        }
        let mut i = 4;
        while i < In::USIZE {
            for p in 0..4 {
                if i + p < In::USIZE {
                    for r in 0..R {
                        let w = V::splat((*w.add((i + p) * Out::USIZE + r)).into());
                        s[p][r] = (*x.add(i + p)).mul_add(w, s[p][r]);
                    }
                }
            }
            i += 4;
        }
        for r in 0..R {
            let [even, odd] = match In::USIZE {
                1 => [s[0][r], V::of(0.0)],
                2 => [s[0][r], s[1][r]],
                3 => [s[0][r] + s[2][r], s[1][r]],
                _ => [s[0][r] + s[2][r], s[1][r] + s[3][r]],
            };
            y.add(r).write(A::value((even + odd) + V::of(0.0)));
        }
    }
}

/// Back from the end of parameters, numbers and derivatives: a layer's derivatives become its δ, and those of the layer
/// before follow from them.
struct Errors<V> {
    w: *const f32,
    a: *const V,
    d: *mut V,
    /// How many numbers of layers are before the end.
    left: usize,
}

impl<V: Across> Walk for Errors<V> {
    const BACK: bool = true;

    #[inline(always)]
    fn dense<In: Width, Out: Width, A: Activation>(&mut self, bias: bool) {
        // SAFETY: there are registers for all numbers, and parameters for all layers.
        unsafe {
            self.a = self.a.sub(Out::USIZE);
            self.d = self.d.sub(Out::USIZE);
            self.left -= Out::USIZE;
            let w = self.w.sub(In::USIZE * Out::USIZE);
            self.w = if bias { w.sub(Out::USIZE) } else { w };
            for j in 0..Out::USIZE {
                self.d.add(j).write(*self.d.add(j) * A::slope(*self.a.add(j)));
            }
            if self.left > 0 {
                let dx = self.d.sub(In::USIZE);
                for i in 0..In::USIZE {
                    dx.add(i).write(column_sums::<V, Out>(self.d, w.add(i * Out::USIZE)));
                }
            }
        }
    }
}

/// A row of δ for each sample, from a register for each δ, `apart` from the next.
#[inline(always)]
unsafe fn across<V: Across, N: Whole>(d: *const V, apart: usize, rows: *mut f32, stride: usize) {
    let mut at = 0;
    while at < stride {
        let mut block = [V::of(0.0); 16];
        for k in 0..V::LANES {
            if at + k < N::NUMBERS {
                // SAFETY: the caller's.
                block[k] = unsafe { *d.add((at + k) * apart) };
            }
        }
        let block = V::transpose(&block);
        for r in 0..V::LANES {
            // SAFETY: the caller's.
            unsafe { block[r].store(rows.add(r * stride + at)) };
        }
        at += V::LANES;
    }
}
