//! Batches of small networks, a sample in each lane from the inputs to δ: a layer writes a register for each output, and
//! the next layer reads it as it is. Transposed are inputs and targets, and δ for the sums over samples, each once.
//!
//! All that one group of samples does waits for what it did before. So two groups take turns, layer by layer: register
//! `k · H + h` is number k of group h of `H`.

use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr::{null, null_mut};

use super::read;
use super::spread::column_sums;
use super::whole_sums::{Samples, Sums};
use crate::activation::Activation;
use crate::array::Plain;
use crate::kernel::arch::{Across, Level, Register};
use crate::kernel::pass::{Lesson, NUMBERS, SIDE, Sink, Vectors, Walk, Whole};
use crate::scalar::Real;
use crate::width::Width;

/// The predictions of `n` samples, with the link `G`: each layer in the order of [`gemv`](crate::kernel::gemv).
///
/// # Safety
///
/// The parameters `w` and `n` inputs may be read, `n` predictions `h`, side by side, written; the processor has the level.
#[inline(always)]
pub(crate) unsafe fn predict<L: Level, N: Whole, G: Activation>(n: usize, w: *const f32, x: Vectors, h: *mut f32) {
    let mut a = MaybeUninit::<[L::Own; 2 * NUMBERS]>::uninit();
    let mut b = 0;
    while b < n {
        // SAFETY: the caller's.
        unsafe {
            let (x, h) = (x.from(b, N::Input::COUNT), h.add(b * N::Output::COUNT));
            if n - b > L::Own::LANES {
                predict_some::<L, N, G, 2>(n - b, w, x, h, a.as_mut_ptr().cast());
                b += 2 * L::Own::LANES;
            } else {
                predict_some::<L, N, G, 1>(n - b, w, x, h, a.as_mut_ptr().cast());
                b += L::Own::LANES;
            }
        }
    }
}

/// As many of `n` samples as `H` groups have lanes.
#[inline(always)]
unsafe fn predict_some<L: Level, N: Whole, G: Activation, const H: usize>(
    n: usize,
    w: *const f32,
    x: Vectors,
    y: *mut f32,
    a: *mut L::Own,
) {
    // SAFETY: the caller's; a prediction that is written twice is that of the last sample.
    unsafe {
        forward::<L, N, H>(n, w, x, a);
        let z = outputs::<N, _, H>(a);
        for k in 0..N::Output::COUNT * H {
            z.add(k).write(G::value(*z.add(k)));
        }
        if n >= H * L::Own::LANES && const { N::Output::COUNT <= 4 } {
            for h in 0..H {
                let to = y.add(h * L::Own::LANES * N::Output::COUNT);
                L::Own::collect(&four::<_, N, H>(z, h, 0), to, N::Output::COUNT);
            }
            return;
        }
        let mut to = [null_mut(); 32];
        for b in 0..H * L::Own::LANES {
            to[b] = y.add(if b < n { b } else { n - 1 } * N::Output::COUNT);
        }
        write_columns::<L::Own, N, H>(z, to.as_ptr());
    }
}

/// The last layer's numbers of each sample, from a sample in each lane.
#[inline(always)]
unsafe fn write_columns<V: Across, N: Whole, const H: usize>(z: *const V, to: *const *mut f32) {
    for h in 0..H {
        let mut k = 0;
        while k < N::Output::COUNT {
            let n = if N::Output::COUNT - k < 4 { N::Output::COUNT - k } else { 4 };
            // SAFETY: the caller's.
            unsafe { V::write_columns(&four::<V, N, H>(z, h, k), to.add(h * V::LANES), k, n) };
            k += 4;
        }
    }
}

/// Numbers `k` to `k + 3` of the last layer, as far as there are, of group `h`.
#[inline(always)]
unsafe fn four<V: Across, N: Whole, const H: usize>(z: *const V, h: usize, k: usize) -> [V; 4] {
    let mut four = [V::of(0.0); 4];
    for j in 0..4 {
        if k + j < N::Output::COUNT {
            // SAFETY: the caller's.
            four[j] = unsafe { *z.add((k + j) * H + h) };
        }
    }
    four
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
            if lesson.n - b > L::Own::LANES {
                learn_some::<L, N, S, 2>(b, lesson, room.as_mut_ptr());
                b += 2 * L::Own::LANES;
            } else {
                learn_some::<L, N, S, 1>(b, lesson, room.as_mut_ptr());
                b += L::Own::LANES;
            }
        }
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

/// As many samples from sample `b` as `H` groups have lanes, or the rest.
#[inline(always)]
unsafe fn learn_some<L: Level, N: Whole, S: Sink, const H: usize>(b: usize, lesson: Lesson<S>, room: *mut Room<L>) {
    let Lesson { w, to, sink, .. } = lesson;
    // SAFETY: the caller's. What is read has been written: numbers and derivatives layer by layer, whole rows of δ, and
    // the sums by the first samples.
    unsafe {
        let (a, d): (*mut L::Own, *mut L::Own) = ((&raw mut (*room).a).cast(), (&raw mut (*room).d).cast());
        let (rows, sums): (*mut f32, *mut f32) = ((&raw mut (*room).rows).cast(), (&raw mut (*room).sums).cast());
        let n = lesson.n - b;
        forward::<L, N, H>(n, w, lesson.x.from(b, N::Input::COUNT), a);
        let (z, dz) = (outputs::<N, _, H>(a), outputs::<N, _, H>(d));
        columns::<L::Own, H>(n, lesson.y.from(b, N::Output::COUNT), N::Output::COUNT, dz);
        if const { S::ADDS } && !lesson.z.is_null() {
            let mut to = [null_mut(); 32];
            for r in 0..H * L::Own::LANES {
                to[r] = *lesson.z.add(if r < n { b + r } else { lesson.n - 1 });
            }
            write_columns::<L::Own, N, H>(z, to.as_ptr());
        }
        for h in 0..H {
            let share: L::Own = share::<L::Own>(n, h, lesson.shares.add(b));
            let (mut logits, mut delta) = ([L::Own::of(0.0); SIDE], [L::Own::of(0.0); SIDE]);
            for k in 0..N::Output::COUNT {
                (logits[k], delta[k]) = (*z.add(k * H + h), *dz.add(k * H + h));
            }
            let (logits, dz_h) = (logits.get(..N::Output::COUNT), delta.get_mut(..N::Output::COUNT));
            N::delta(logits.unwrap_or_default(), dz_h.unwrap_or_default());
            for k in 0..N::Output::COUNT {
                dz.add(k * H + h).write(share * delta[k]);
            }
        }
        let end = (N::Input::COUNT + N::NUMBERS) * H;
        N::walk(&mut Errors::<L::Own, H> { w: w.add(N::COUNT), a: a.add(end), d: d.add(end), left: N::NUMBERS });
        let stride = const { N::NUMBERS.next_multiple_of(16) };
        across::<L::Own, N, H>(d.add(N::Input::COUNT * H), rows, stride);
        L::X16::of(0.0).store(rows.add(H * L::Own::LANES * stride));
        let (lanes, last) = (H * L::Own::LANES, n <= H * L::Own::LANES);
        let samples = Samples { n: if last { n } else { lanes }, lanes, stride, first: b == 0, last };
        N::walk(&mut Sums::<L, S> { samples, x: a.cast(), delta: rows, sums, to, sink, level: PhantomData });
    }
}

/// The shares of group `h` of `n` samples.
#[inline(always)]
unsafe fn share<V: Register>(n: usize, h: usize, shares: *const f32) -> V {
    let before = h * V::LANES;
    // SAFETY: the caller's.
    unsafe { if n >= before + V::LANES { V::load(shares.add(before)) } else { read(shares.add(before), n - before) } }
}

/// `len` numbers of each sample, a sample in each lane; behind the last of `n`, that one again.
#[inline(always)]
unsafe fn columns<V: Across, const H: usize>(n: usize, from: Vectors, len: usize, to: *mut V) {
    let full = n >= H * V::LANES;
    let mut few = [null(); 32];
    // SAFETY: the caller's.
    unsafe {
        if full && len <= 4 && !from.first.is_null() {
            for h in 0..H {
                let four = V::deal(from.first.add(h * V::LANES * len), len);
                for k in 0..4 {
                    if k < len {
                        to.add(k * H + h).write(four[k]);
                    }
                }
            }
            return;
        }
        let each = if full && from.first.is_null() {
            from.each
        } else {
            for r in 0..H * V::LANES {
                let b = if r < n { r } else { n - 1 };
                few[r] = if from.first.is_null() { *from.each.add(b) } else { from.first.add(b * len) };
            }
            few.as_ptr()
        };
        for h in 0..H {
            let mut i = 0;
            while i < len {
                let n = if len - i < 4 { len - i } else { 4 };
                let four = V::columns(each.add(h * V::LANES), i, n);
                for k in 0..4 {
                    if k < n {
                        to.add((i + k) * H + h).write(four[k]);
                    }
                }
                i += 4;
            }
        }
    }
}

/// The inputs x into the first registers of `a`, and what each layer writes into those behind.
#[inline(always)]
unsafe fn forward<L: Level, N: Whole, const H: usize>(n: usize, w: *const f32, x: Vectors, a: *mut L::Own) {
    // SAFETY: the caller's.
    unsafe { columns::<L::Own, H>(n, x, N::Input::COUNT, a) };
    if const { L::TILE == 8 } {
        N::walk(&mut Forward::<L::Own, H, 6> { w, a });
    } else {
        N::walk(&mut Forward::<L::Own, H, 3> { w, a });
    }
}

/// Where the last layer's numbers are.
#[inline(always)]
unsafe fn outputs<N: Whole, V, const H: usize>(a: *mut V) -> *mut V {
    // SAFETY: the caller's.
    unsafe { a.add((N::Input::COUNT + N::NUMBERS - N::Output::COUNT) * H) }
}

/// From a layer's parameters and inputs to its outputs, which are the next layer's inputs; at most `R` outputs at once.
struct Forward<V, const H: usize, const R: usize> {
    w: *const f32,
    a: *mut V,
}

impl<V: Across, const H: usize, const R: usize> Walk for Forward<V, H, R> {
    const BACK: bool = false;

    #[inline(always)]
    fn dense<In: Width, Out: Width, A: Activation>(&mut self, bias: bool) {
        // SAFETY: there are registers for all numbers, and parameters for all layers.
        unsafe {
            let (z, x) = (if bias { self.w } else { null() }, self.a.cast_const());
            let w = if bias { self.w.add(Out::USIZE) } else { self.w };
            self.a = self.a.add(In::USIZE * H);
            self.w = w.add(In::USIZE * Out::USIZE);
            for h in 0..H {
                tiles::<V, In, Out, A, H, R>(w, z, x.add(h), self.a.add(h));
            }
        }
    }
}

/// All outputs by tiles of at most `R`, as equal as can be.
#[inline(always)]
unsafe fn tiles<V: Across, In: Width, Out: Width, A: Activation, const H: usize, const R: usize>(
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
                        unsafe { tile::<V, In, Out, A, H, $n>(w.add(j), z, x, y.add(j * H)) }
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
unsafe fn tile<V: Across, In: Width, Out: Width, A: Activation, const H: usize, const R: usize>(
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
                    let (x, w) = (*x.add(i * H), V::splat((*w.add(i * Out::USIZE + r)).into()));
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
                        s[p][r] = (*x.add((i + p) * H)).mul_add(w, s[p][r]);
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
            y.add(r * H).write(A::value((even + odd) + V::of(0.0)));
        }
    }
}

/// Back from the end of parameters, numbers and derivatives: a layer's derivatives become its δ, and those of the layer
/// before follow from them.
struct Errors<V, const H: usize> {
    w: *const f32,
    a: *const V,
    d: *mut V,
    /// How many numbers of layers are before the end.
    left: usize,
}

impl<V: Across, const H: usize> Walk for Errors<V, H> {
    const BACK: bool = true;

    #[inline(always)]
    fn dense<In: Width, Out: Width, A: Activation>(&mut self, bias: bool) {
        // SAFETY: there are registers for all numbers, and parameters for all layers.
        unsafe {
            self.a = self.a.sub(Out::USIZE * H);
            self.d = self.d.sub(Out::USIZE * H);
            self.left -= Out::USIZE;
            let w = self.w.sub(In::USIZE * Out::USIZE);
            self.w = if bias { w.sub(Out::USIZE) } else { w };
            for h in 0..H {
                let (a, d) = (self.a.add(h), self.d.add(h));
                for j in 0..Out::USIZE {
                    d.add(j * H).write(*d.add(j * H) * A::slope(*a.add(j * H)));
                }
                if self.left > 0 {
                    let dx = d.sub(In::USIZE * H);
                    for i in 0..In::USIZE {
                        dx.add(i * H).write(column_sums::<V, Out, H>(d, w.add(i * Out::USIZE)));
                    }
                }
            }
        }
    }
}

/// A row of δ for each sample, from a register for each δ.
#[inline(always)]
unsafe fn across<V: Across, N: Whole, const H: usize>(d: *const V, rows: *mut f32, stride: usize) {
    for h in 0..H {
        let mut at = 0;
        while at < stride {
            let mut block = [V::of(0.0); 16];
            for k in 0..V::LANES {
                if at + k < N::NUMBERS {
                    // SAFETY: the caller's.
                    block[k] = unsafe { *d.add((at + k) * H + h) };
                }
            }
            let block = V::transpose(&block);
            for r in 0..V::LANES {
                // SAFETY: the caller's.
                unsafe { block[r].store(rows.add((h * V::LANES + r) * stride + at)) };
            }
            at += V::LANES;
        }
    }
}
