//! How two rows of weights lie in one, so that processors with instructions for pairs of 16 bits widen few of them.
//!
//! A weight of each row is the number `256 b + a + 128` of 16 bits: in memory the byte `a + 128`, without a sign, then `b`.
//! Of each four inputs the weights are in the order 0, 2, 1, 3; what is left behind the last four is in order.
//!
//! With `a′ = a + 128`, and sums over the fours' pairs of inputs `(i, j)`, which are (0, 1) and (2, 3):
//!
//! - `S = Σ (256 b + a′) x` needs no widening: the numbers are multiplied as they lie
//! - `W = Σ (a′ᵢ + xⱼ)(a′ⱼ + xᵢ) = Σ a′ x + η + ξ`, with `η = Σ a′ᵢ a′ⱼ` and `ξ = Σ xᵢ xⱼ`: one multiplication for two
//!   products, and the processor adds as it widens
//! - so `Σ a x + η = W − ξ − 128 Σ x`, and `Σ b x − ⌈η / 256⌉ = ⌊(S − W + ξ) / 256⌋`
//!
//! ξ and Σ x are the same for all rows, and η is a constant of the weights: the biases that are stored have its opposite in
//! them, so that [`dot`](super::dot) gives the sums as they stand on the left.
//!
//! # Source
//!
//! S. Winograd, "A new algorithm for inner product", IEEE Transactions on Computers C-17, 1968.

use crate::array::{Plain, Vector};
use crate::plain::flat_all;
use crate::width::Width;

/// The most inputs: `2⁷ · 2⁷` as often still fits 32 bits, and so does η.
pub(super) const INPUTS: usize = 1 << 17;

/// Two rows become a pair. Returns η.
pub(super) fn join<In: Width>(pair: &mut [Vector<In, i8>; 2]) -> u32 {
    let [mut a, mut b] = [Vector::<In, i8>::ZERO, Vector::<In, i8>::ZERO];
    a.clone_from(&pair[0]);
    b.clone_from(&pair[1]);
    let pairs = flat_all(pair);
    let fours = In::USIZE - In::USIZE % 4;
    for (k, to) in pairs.as_chunks_mut::<2>().0.iter_mut().enumerate() {
        let i = if k < fours && matches!(k % 4, 1 | 2) { k ^ 3 } else { k };
        if let (Some(&a), Some(&b)) = (a.get(i), b.get(i)) {
            *to = [a ^ i8::MIN, b];
        }
    }
    pairs.as_chunks::<8>().0.iter().fold(0_u32, |sum, four| sum.wrapping_add(eta(four)))
}

/// η of four inputs.
#[inline(always)]
pub(super) fn eta(four: &[i8; 8]) -> u32 {
    let [a0, _, a2, _, a1, _, a3, _] = four.map(|a| u32::from(a.cast_unsigned()));
    a0 * a1 + a2 * a3
}
