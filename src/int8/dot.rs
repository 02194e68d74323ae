//! Products of rows of weights with an input, modulo 2³², in which any order gives the same sum. Two rows are a
//! [pair](super::pair), whose sums are `Σ a x + η` and `Σ b x − ⌈η / 256⌉`.

#[cfg(all(simd, target_arch = "x86_64"))]
mod avx2;
#[cfg(dsp)]
mod dsp;
#[cfg(dsp)]
mod layer;
#[cfg(dsp)]
pub(super) use dsp::{pairs, row};
#[cfg(dsp)]
pub(super) use layer::layer;

#[cfg(not(dsp))]
use crate::array::Vector;
#[cfg(not(dsp))]
use crate::int8::pair::eta;
#[cfg(not(dsp))]
use crate::plain::flat_of;
#[cfg(not(dsp))]
use crate::width::Width;

/// Shows the sums of each pair, one after the other.
#[cfg(not(dsp))]
#[inline(always)]
pub(super) fn pairs<In: Width>(pairs: &[[Vector<In, i8>; 2]], x: &Vector<In, i8>, mut take: impl FnMut(&[i32])) {
    pairs.iter().for_each(|weights| take(&pair(flat_of(weights), x)));
}

/// The sums of a pair; a function of its own, so that a device has it once, and little stack.
#[cfg(not(dsp))]
#[inline(never)]
fn pair(w: &[i8], x: &[i8]) -> [i32; 2] {
    let ((mut a, mut b, mut sum), w, x) = sixteens(w, x);
    let ((fours, last_w), (x, last_x)) = (w.as_chunks::<8>(), x.as_chunks::<4>());
    for (four, x) in fours.iter().zip(x) {
        let [a0, b0, a2, b2, a1, b1, a3, b3] = *four;
        let [x0, x1, x2, x3] = x.map(i32::from);
        let [a0, a1, a2, a3] = [a0, a1, a2, a3].map(|a| i32::from(a.cast_unsigned()) - 128);
        let [b0, b1, b2, b3] = [b0, b1, b2, b3].map(i32::from);
        a = a.wrapping_add(a0 * x0 + a1 * x1 + a2 * x2 + a3 * x3);
        b = b.wrapping_add(b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3);
        sum = sum.wrapping_add(eta(four));
    }
    let last = tail(last_w, last_x);
    [
        a.wrapping_add(sum.cast_signed()).wrapping_add(last[0]),
        b.wrapping_sub(sum.div_ceil(256).cast_signed()).wrapping_add(last[1]),
    ]
}

/// The sums of a pair's first inputs and η, where there are instructions for many; and what is left.
#[cfg(not(dsp))]
#[inline(always)]
fn sixteens<'a>(w: &'a [i8], x: &'a [i8]) -> ((i32, i32, u32), &'a [i8], &'a [i8]) {
    #[cfg(all(simd, target_arch = "x86_64"))]
    if x.len() >= 16 && avx2::available() {
        let ((w, last_w), (x, last_x)) = (w.as_chunks::<32>(), x.as_chunks::<16>());
        #[allow(unsafe_code)]
        // SAFETY: it is available.
        return (unsafe { avx2::sixteens(w, x) }, last_w, last_x);
    }
    ((0, 0, 0), w, x)
}

/// The sums of a pair behind the last four inputs.
#[inline(always)]
fn tail(pair: &[i8], x: &[i8]) -> [i32; 2] {
    let products = pair.as_chunks::<2>().0.iter().zip(x).map(|(&[a, b], &x)| {
        let (a, b, x) = (i32::from(a ^ i8::MIN), i32::from(b), i32::from(x));
        [a * x, b * x]
    });
    products.fold([0_i32; 2], |sum, term| [sum[0] + term[0], sum[1] + term[1]])
}

/// The sum of a row that has none beside it.
#[cfg(not(dsp))]
#[inline(never)]
pub(super) fn row(w: &[i8], x: &[i8]) -> i32 {
    let ((w, last_w), (x, last_x)) = (w.as_chunks::<4>(), x.as_chunks::<4>());
    let fours = w.iter().zip(x).fold(0_i32, |sum, (w, x)| sum.wrapping_add(short(w, x)));
    fours.wrapping_add(short(last_w, last_x))
}

/// The sum of a few.
#[inline(always)]
fn short(w: &[i8], x: &[i8]) -> i32 {
    w.iter().zip(x).fold(0_i32, |sum, (&w, &x)| sum.wrapping_add(i32::from(w) * i32::from(x)))
}
