//! Batches of small networks, a sample in each lane from the inputs to δ: a layer writes a register for each output, and
//! the next layer reads it as it is. Transposed are inputs and targets, and δ for the sums over samples, each once.

use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr::{null, null_mut};
use core::slice::{from_raw_parts, from_raw_parts_mut};

use super::lanes::{row, transposed};
use super::read;
use super::spread::column_sums;
use super::whole_sums::{Group, Sums};
use crate::activation::Activation;
use crate::array::Plain;
use crate::kernel::arch::{Across, Level, Register};
use crate::kernel::pass::{Lesson, NUMBERS, Rows, Sink, Walk, Whole};
use crate::scalar::Real;
use crate::width::Width;

/// The predictions of `n` samples, with the link `G`: each layer in the order of [`gemv`](crate::kernel::gemv).
///
/// # Safety
///
/// The parameters `w` and `n` inputs may be read, `n` rows of `h` written; `n` is not 0; the processor has the level.
#[inline(always)]
pub(crate) unsafe fn predict<L: Level, N: Whole, G: Activation>(
    n: usize,
    w: *const f32,
    x: *const *const f32,
    h: Rows,
) {
    let mut a = MaybeUninit::<[L::Own; NUMBERS]>::uninit();
    let a: *mut L::Own = a.as_mut_ptr().cast();
    let (mut few, mut to) = ([null(); 16], [null_mut(); 16]);
    let mut b = 0;
    while b < n {
        // SAFETY: the caller's; a row that is written twice is that of the last sample.
        unsafe {
            for r in 0..L::Own::LANES {
                to[r] = h.from(if b + r < n { b + r } else { n - 1 }, 0).first;
            }
            forward::<L, N>(w, group::<L, _>(n, b, x, &mut few), a);
            let z = outputs::<N, _>(a);
            let mut k = 0;
            while k < N::Output::COUNT {
                let lanes = if N::Output::COUNT - k < 4 { N::Output::COUNT - k } else { 4 };
                let mut four = [L::Own::of(0.0); 4];
                for j in 0..4 {
                    if j < lanes {
                        four[j] = G::value(*z.add(k + j));
                    }
                }
                L::Own::write_columns(&four, to.as_ptr(), k, lanes);
                k += 4;
            }
        }
        b += L::Own::LANES;
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
    let Lesson { n, w, x, y, shares, to, sink } = lesson;
    let (mut a, mut d) = (MaybeUninit::<[L::Own; NUMBERS]>::uninit(), MaybeUninit::<[L::Own; NUMBERS]>::uninit());
    let (a, d): (*mut L::Own, *mut L::Own) = (a.as_mut_ptr().cast(), d.as_mut_ptr().cast());
    let mut rows = MaybeUninit::<[f32; 16 * NUMBERS + 16]>::uninit();
    let mut sums = MaybeUninit::<[f32; 2 * 16 * NUMBERS]>::uninit();
    let (rows, sums): (*mut f32, *mut f32) = (rows.as_mut_ptr().cast(), sums.as_mut_ptr().cast());
    let (mut few, mut few_y) = ([null(); 16], [null(); 16]);
    let stride = const { N::NUMBERS.next_multiple_of(16) };
    // SAFETY: the caller's. What is read has been written: numbers and errors layer by layer, all of a row of δ, as many
    // numbers as a vector has behind the last row, and the sums by the first group.
    unsafe {
        L::X16::of(0.0).store(rows.add(L::Own::LANES * stride));
        let mut b = 0;
        while b < n {
            forward::<L, N>(w, group::<L, _>(n, b, x, &mut few), a);
            let (z, dz) = (outputs::<N, _>(a), outputs::<N, _>(d));
            transposed(group::<L, _>(n, b, y, &mut few_y), 0, N::Output::COUNT, dz);
            N::delta(from_raw_parts(z, N::Output::COUNT), from_raw_parts_mut(dz, N::Output::COUNT));
            let here = if n - b < L::Own::LANES { n - b } else { L::Own::LANES };
            let share: L::Own = read(shares.add(b), here);
            for k in 0..N::Output::COUNT {
                dz.add(k).write(share * *dz.add(k));
            }
            let end = N::Input::COUNT + N::NUMBERS;
            N::walk(&mut Errors { w: w.add(N::COUNT), a: a.add(end), d: d.add(end), left: N::NUMBERS });
            across::<_, N>(d.add(N::Input::COUNT), rows, stride);
            let group = Group { n: here, lanes: L::Own::LANES, stride, first: b == 0, last: n - b <= L::Own::LANES };
            N::walk(&mut Sums::<L, S> { group, x: a.cast(), delta: rows, sums, to, sink, level: PhantomData });
            b += L::Own::LANES;
        }
    }
}

/// The pointers from pointer `b` on, a lane each; behind the last of `n`, that one again.
#[inline(always)]
unsafe fn group<L: Level, P: Copy>(
    n: usize,
    b: usize,
    from: *const *const P,
    few: &mut [*const P; 16],
) -> *const *const P {
    // SAFETY: the caller's.
    unsafe {
        if n - b >= L::Own::LANES {
            return from.add(b);
        }
        for r in 0..L::Own::LANES {
            few[r] = *from.add(if b + r < n { b + r } else { n - 1 });
        }
        few.as_ptr()
    }
}

/// The inputs x into the first registers of `a`, and what each layer writes into those behind.
#[inline(always)]
unsafe fn forward<L: Level, N: Whole>(w: *const f32, x: *const *const f32, a: *mut L::Own) {
    // SAFETY: the caller's.
    unsafe { transposed(x, 0, N::Input::COUNT, a) };
    N::walk(&mut Forward::<L> { w, a });
}

/// Where the last layer's numbers are.
#[inline(always)]
unsafe fn outputs<N: Whole, V>(a: *mut V) -> *mut V {
    // SAFETY: the caller's.
    unsafe { a.add(N::Input::COUNT + N::NUMBERS - N::Output::COUNT) }
}

/// From a layer's parameters and inputs to its outputs, which are the next layer's inputs.
struct Forward<L: Level> {
    w: *const f32,
    a: *mut L::Own,
}

impl<L: Level> Walk for Forward<L> {
    const BACK: bool = false;

    #[inline(always)]
    fn dense<In: Width, Out: Width, A: Activation>(&mut self, bias: bool) {
        // SAFETY: there are registers for all numbers, and parameters for all layers.
        unsafe {
            let x = self.a.cast_const();
            let z = if bias { self.w } else { null() };
            let w = if bias { self.w.add(Out::USIZE) } else { self.w };
            self.a = self.a.add(In::USIZE);
            self.w = w.add(In::USIZE * Out::USIZE);
            if const { L::TILE == 8 } {
                tiles::<_, In, Out, A, 6>(w, z, x, self.a);
            } else {
                tiles::<_, In, Out, A, 3>(w, z, x, self.a);
            }
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
    let count = Out::USIZE.div_ceil(R);
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
        let mut i = 0;
        while i + 4 <= In::USIZE {
            for p in 0..4 {
                row::<V, R>(*x.add(i + p), w.add((i + p) * Out::USIZE), &mut s[p]);
            }
            i += 4;
        }
        for p in 0..4 {
            if i + p < In::USIZE {
                row::<V, R>(*x.add(i + p), w.add((i + p) * Out::USIZE), &mut s[p]);
            }
        }
        for r in 0..R {
            y.add(r).write(A::value((s[0][r] + s[2][r]) + (s[1][r] + s[3][r])));
        }
    }
}

/// Back from the end of parameters, numbers and errors: a layer's errors become its δ, and the errors of the layer before
/// follow from them.
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

/// A row of δ for each sample, from a register for each δ.
#[inline(always)]
unsafe fn across<V: Across, N: Whole>(d: *const V, rows: *mut f32, stride: usize) {
    let mut at = 0;
    while at < stride {
        let mut block = [V::of(0.0); 16];
        for k in 0..V::LANES {
            if at + k < N::NUMBERS {
                // SAFETY: the caller's.
                block[k] = unsafe { *d.add(at + k) };
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
