use core::hint::black_box;
use core::mem::MaybeUninit;
use core::ptr::null;

use super::{read, reread, store, weights, write};
use crate::activation::Activation;
use crate::kernel::SMALL;
use crate::kernel::arch::{Level, Register};
use crate::kernel::pass::{Change, Pass};
use crate::scalar::Number;
use crate::width::Width;

/// The backward pass of a dense layer.
///
/// # Safety
///
/// What is not null in `pass` may be read and written, as far as it says; `to` may be `w`; the processor has
/// the level.
#[inline(always)]
pub(crate) unsafe fn backward<L: Level, In: Width, Out: Width, A: Activation, C: Change>(pass: Pass<C>) {
    let (rows, cols) = (In::USIZE, Out::USIZE);
    let last = const { Out::USIZE - (Out::USIZE - 1) / 16 * 16 };
    // SAFETY: the caller's.
    unsafe {
        if const { Out::USIZE <= 4 } {
            sweep::<L::X4, A, C, 1>(rows, cols, pass, cols);
        } else if const { Out::USIZE <= 8 } {
            sweep::<L::X8, A, C, 1>(rows, cols, pass, cols);
        } else if const { Out::USIZE <= 16 } {
            sweep::<L::X16, A, C, 1>(rows, cols, pass, last);
        } else if const { Out::USIZE <= 32 } {
            sweep::<L::X16, A, C, 2>(rows, cols, pass, last);
        } else if const { Out::USIZE <= 48 } {
            sweep::<L::X16, A, C, 3>(rows, cols, pass, last);
        } else if const { Out::USIZE <= 64 } {
            sweep::<L::X16, A, C, 4>(rows, cols, pass, last);
        } else if const { Out::USIZE <= 80 } {
            sweep::<L::X16, A, C, 5>(rows, cols, pass, last);
        } else if const { Out::USIZE <= 96 } {
            sweep::<L::X16, A, C, 6>(rows, cols, pass, last);
        } else if const { Out::USIZE <= 112 } {
            sweep::<L::X16, A, C, 7>(rows, cols, pass, last);
        } else if const { Out::USIZE <= 128 } {
            sweep::<L::X16, A, C, 8>(rows, cols, pass, last);
        } else {
            long::<L::X16, A, C>(rows, cols, pass, last);
        }
    }
}

/// δ ← dy ⊙ g′(z) of one vector, in `pass.delta`, and the bias's change by it.
#[inline(always)]
unsafe fn delta<V: Register, A: Activation, C: Change>(pass: Pass<C>, at: usize, lanes: usize) -> V {
    // SAFETY: the caller's.
    unsafe {
        let mut d = reread::<V>(pass.delta.add(at), lanes);
        if !pass.y.is_null() {
            d = d * A::slope(reread::<V>(pass.y.add(at), lanes));
            // Beyond the outputs it is +0 times the slope at 0, which the compiler knows.
            let slope = A::slope(V::Scalar::from_f64(0.0)).to_f64();
            if !(slope.is_sign_positive() && slope.is_finite()) {
                d = d.keep(lanes);
            }
            write(d, pass.delta.add(at), lanes);
        }
        if !pass.bias.is_null() {
            let bias = pass.bias.add(at);
            write(pass.change.factor(V::of(1.0)).mul_add(d, reread::<V>(bias, lanes)), bias, lanes);
        }
        d
    }
}

/// Rows of `N` vectors, the last of `last` lanes, as many at once as a vector has lanes.
#[inline(always)]
unsafe fn sweep<V: Register, A: Activation, C: Change, const N: usize>(
    rows: usize,
    cols: usize,
    pass: Pass<C>,
    last: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut d = [V::of(0.0); N];
        for v in 0..N {
            d[v] = delta::<V, A, C>(pass, v * V::LANES, if v + 1 < N { V::LANES } else { last });
        }
        let all = rows * cols;
        let mut i = 0;
        if pass.dx.is_null() {
            while i + V::LANES <= rows {
                change::<V, C, N>(pass, i, V::LANES, cols, &d, last, all);
                i += V::LANES;
            }
            change::<V, C, N>(pass, i, rows - i, cols, &d, last, all);
        } else {
            while i + V::LANES <= rows {
                block::<V, C, N>(pass, i, V::LANES, cols, &d, last, all);
                i += V::LANES;
            }
            if i < rows {
                block::<V, C, N>(pass, i, rows - i, cols, &d, last, all);
            }
        }
    }
}

/// dx and the change of `n` rows from row `i` on, with each weight read once where it changes in place.
#[inline(always)]
unsafe fn block<V: Register, C: Change, const N: usize>(
    pass: Pass<C>,
    i: usize,
    n: usize,
    cols: usize,
    d: &[V; N],
    last: usize,
    all: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut buffer = [MaybeUninit::<f32>::uninit(); 16];
        // dx first, where the code is one straight line: the layer before waits for it, and for the rest only the next step.
        let at_once = C::IN_PLACE && all > SMALL;
        let x = if at_once { factors::<V, C>(pass, i, n, &mut buffer, all) } else { null() };
        let mut s = [MaybeUninit::<V>::uninit(); 16];
        macro_rules! rows {
            ($($r:expr),*) => {$(
                if $r < V::LANES {
                    let here = $r < n;
                    let factor = if here && at_once { V::splat((*x.add($r)).into()) } else { V::of(0.0) };
                    s[$r].write(if here { row::<V, N>(pass, i + $r, cols, d, last, all, at_once, factor) } else { factor });
                }
            )*};
        }
        if const { V::PARTS == 1 } {
            // Written out, so that the sums stay in registers.
            rows!(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        } else {
            // There are not as many registers, and it would be twice the work for the compiler.
            for r in 0..V::LANES {
                rows!(r);
            }
        }
        s[V::LANES..].fill(MaybeUninit::new(V::of(0.0)));
        write(from_zero(V::sums(written(&s)), last), pass.dx.add(i), n);
        if !at_once && (C::IN_PLACE || !pass.to.is_null()) {
            change::<V, C, N>(pass, i, n, cols, d, last, all);
        }
    }
}

/// The products of row `i` with δ, summed up to one vector, and where it changes `at_once`, w ← w + factor · δ.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
unsafe fn row<V: Register, const N: usize>(
    pass: Pass<impl Change>,
    i: usize,
    cols: usize,
    d: &[V; N],
    last: usize,
    all: usize,
    at_once: bool,
    factor: V,
) -> V {
    // SAFETY: the caller's.
    unsafe {
        let mut sum = V::of(0.0);
        for v in 0..N {
            let weight = weights::<V, N>(pass.w.add(i * cols), v, last, all);
            sum = if v == 0 { weight * d[v] } else { weight.mul_add(d[v], sum) };
            if at_once {
                store::<V, N>(factor.mul_add(d[v], weight), pass.to.add(i * cols), v, last);
            }
        }
        sum
    }
}

/// to ← to + factor · δ of `n` rows from row `i` on.
#[inline(always)]
unsafe fn change<V: Register, C: Change, const N: usize>(
    pass: Pass<C>,
    i: usize,
    n: usize,
    cols: usize,
    d: &[V; N],
    last: usize,
    all: usize,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut buffer = [MaybeUninit::<f32>::uninit(); 16];
        let x = factors::<V, C>(pass, i, n, &mut buffer, all);
        for r in 0..n {
            let (to, factor) = (pass.to.add((i + r) * cols), V::splat((*x.add(r)).into()));
            for v in 0..N {
                store::<V, N>(factor.mul_add(d[v], weights::<V, N>(to, v, last, all)), to, v, last);
            }
        }
    }
}

/// The factors of `n` rows from row `i` on. They are computed together and stay in memory, whence they are broadcast as
/// they are loaded, not by an instruction more for each row; but for a few weights, whose code is one straight line.
#[inline(always)]
unsafe fn factors<V: Register, C: Change>(
    pass: Pass<C>,
    i: usize,
    n: usize,
    buffer: &mut [MaybeUninit<f32>; 16],
    all: usize,
) -> *const f32 {
    // SAFETY: the caller's; the buffer has all lanes.
    unsafe {
        let x = pass.x.add(i);
        if const { !C::IN_PLACE } {
            return x;
        }
        pass.change.factor(read::<V>(x, n)).store(buffer.as_mut_ptr().cast());
        let factors = buffer.as_ptr().cast();
        if all > SMALL { black_box(factors) } else { factors }
    }
}

/// A sum that started from its first product as if it had from +0: −0 becomes +0. So it has been where the last vector
/// is filled up with +0.
#[inline(always)]
fn from_zero<V: Register>(sum: V, last: usize) -> V {
    if last < V::LANES { sum } else { sum + V::of(0.0) }
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
            let mut s = [MaybeUninit::<V>::uninit(); 16];
            for r in 0..V::LANES {
                let mut sum = V::of(0.0);
                if r < block {
                    let at = (i + r) * cols;
                    let factor = if pass.to.is_null() { 0.0 } else { pass.change.factor(*pass.x.add(i + r)) };
                    let mut j = 0;
                    while j < cols {
                        let d = read::<V>(pass.delta.add(j), lanes(j));
                        if !pass.dx.is_null() {
                            sum = read::<V>(pass.w.add(at + j), lanes(j)).mul_add(d, sum);
                        }
                        if !pass.to.is_null() {
                            let to = pass.to.add(at + j);
                            write(V::splat(factor.into()).mul_add(d, read::<V>(to, lanes(j))), to, lanes(j));
                        }
                        j += V::LANES;
                    }
                }
                s[r].write(sum);
            }
            s[V::LANES..].fill(MaybeUninit::new(V::of(0.0)));
            if !pass.dx.is_null() {
                write(from_zero(V::sums(written(&s)), last), pass.dx.add(i), block);
            }
            i += block;
        }
    }
}

/// Rows of which each was written, one by one: an array of zeros to start from would be a call of `memset`.
///
/// # Safety
///
/// They are.
#[inline(always)]
unsafe fn written<V: Register>(rows: &[MaybeUninit<V>; 16]) -> &[V; 16] {
    // SAFETY: the caller's; the layout is the same.
    unsafe { &*rows.as_ptr().cast() }
}
