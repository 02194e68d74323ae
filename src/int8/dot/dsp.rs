//! Sums by the instructions for pairs of 16 bits of a Cortex-M4, M7, M33 and their like: two products in one. Core's functions
//! for them are not stable.
#![allow(unsafe_code)]

use core::arch::asm;
use core::array::from_ref;

use crate::array::Vector;
use crate::int8::dot::{short, tail};
use crate::plain::flat_of;
use crate::width::Width;

/// Inputs after which 32 bits are emptied: `|S| ≤ 2¹⁵ · 2⁷ · 256`, half of what fits.
const BLOCK: usize = 256;

/// Shows the sums of each pair, one after the other, two at once.
#[inline(always)]
pub(in crate::int8) fn pairs<In: Width>(
    pairs: &[[Vector<In, i8>; 2]],
    x: &Vector<In, i8>,
    mut take: impl FnMut(&[i32]),
) {
    let (twos, last) = pairs.as_chunks::<2>();
    twos.iter().for_each(|two| take(sums(two, x).as_flattened()));
    last.iter().for_each(|one| take(sums(from_ref(one), x).as_flattened()));
}

/// The sums of some pairs, for all of which an input is widened once. Of a known width, so that all are read from one place
/// on, without a check.
#[inline(never)]
fn sums<In: Width, const P: usize>(pairs: &[[Vector<In, i8>; 2]; P], x: &Vector<In, i8>) -> [[i32; 2]; P] {
    let (fours, last) = x.as_chunks::<4>();
    let (mut sums, mut high) = ([[0; 2]; P], [0_i64; P]);
    for (block, fours) in fours.chunks(BLOCK / 4).enumerate() {
        let (mut terms, mut xi, mut start) = ([[0; 2]; P], 0, 0);
        for (k, x) in fours.iter().enumerate() {
            let (x02, x13) = widen(x);
            xi = add_products(x02, x13, xi);
            start = add_products(x13, ONES, add_products(x02, ONES, start));
            for ([w, s], pair) in terms.iter_mut().zip(pairs) {
                if let Some(&[a, b, c, d, e, f, g, h]) = flat_of(pair).as_chunks().0.get(block * (BLOCK / 4) + k) {
                    let (w02, w13) = (word([a, b, c, d]), word([e, f, g, h]));
                    *s = add_products(w13, x13, add_products(w02, x02, *s));
                    *w = add_products(add_widened(x13, w02), add_widened(x02, w13), *w);
                }
            }
        }
        for (([w, s], sum), high) in terms.iter().zip(&mut sums).zip(&mut high) {
            let w = w - xi;
            sum[0] = w.wrapping_sub(start << 7).wrapping_add(sum[0]);
            *high = high.wrapping_add((s - w).into());
        }
    }
    for ((sum, high), pair) in sums.iter_mut().zip(high).zip(pairs) {
        sum[1] = (high >> 8) as i32;
        if const { !In::USIZE.is_multiple_of(4) } {
            let more = tail(flat_of(pair).as_chunks::<8>().1, last);
            *sum = [sum[0].wrapping_add(more[0]), sum[1].wrapping_add(more[1])];
        }
    }
    sums
}

/// The sum of a row that has none beside it.
#[inline(never)]
pub(in crate::int8) fn row(w: &[i8], x: &[i8]) -> i32 {
    let ((w, last_w), (x, last_x)) = (w.as_chunks::<4>(), x.as_chunks::<4>());
    let fours = w.iter().zip(x).fold(0, |sum, (w, x)| {
        let ((w02, w13), (x02, x13)) = (widen(w), widen(x));
        add_products(w13, x13, add_products(w02, x02, sum))
    });
    fours.wrapping_add(short(last_w, last_x))
}

/// 1 and 1.
const ONES: u32 = 0x1_0001;

#[inline(always)]
fn word(four: [i8; 4]) -> u32 {
    u32::from_le_bytes(four.map(i8::cast_unsigned))
}

/// Numbers 0 and 2, and 1 and 3, as pairs of 16 bits.
#[inline(always)]
fn widen(four: &[i8; 4]) -> (u32, u32) {
    let word = word(*four);
    let (even, odd);
    // SAFETY: the target has the instructions, the build script has looked; they read and write registers only.
    unsafe {
        asm!("sxtb16 {0}, {1}", out(reg) even, in(reg) word, options(pure, nomem, nostack, preserves_flags));
        asm!("sxtb16 {0}, {1}, ror #8", out(reg) odd, in(reg) word, options(pure, nomem, nostack, preserves_flags));
    }
    (even, odd)
}

/// The lower bytes of two numbers of 16 bits, without a sign, added to two others.
#[inline(always)]
fn add_widened(x: u32, w: u32) -> u32 {
    let out;
    // SAFETY: as in `widen`.
    unsafe {
        asm!("uxtab16 {0}, {1}, {2}", out(reg) out, in(reg) x, in(reg) w, options(pure, nomem, nostack, preserves_flags));
    }
    out
}

/// `sum + w₀ x₀ + w₁ x₁`, modulo 2³².
#[inline(always)]
fn add_products(w: u32, x: u32, sum: i32) -> i32 {
    let out;
    // SAFETY: as in `widen`. The instruction may set the flag of saturation.
    unsafe {
        asm!("smlad {0}, {1}, {2}, {3}", out(reg) out, in(reg) w, in(reg) x, in(reg) sum, options(pure, nomem, nostack));
    }
    out
}
