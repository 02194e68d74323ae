use core::ops::Add;

use crate::scalar::{Accumulator, Scalar, is_wide};

/// The sum of some terms.
///
/// # Order
///
/// Sixteen partial sums, each from +0: sum l takes the terms with `k ≡ l (mod 16)` in the order of k. They
/// join by halves: `s_l + s_{l+8}`, then `l + 4`, `l + 2`, `l + 1`. A partial sum that no term reaches is
/// +0 and changes nothing, so short sums skip it and SIMD may pad a row with zeros.
///
/// A [wide](Accumulator::WIDE) accumulator takes the terms in the order of k and is rounded at the end.
#[inline(always)]
pub(crate) fn sum<T: Scalar>(terms: impl ExactSizeIterator<Item = T>) -> T {
    total(terms).round()
}

/// [`sum`], not rounded.
#[inline(always)]
pub(crate) fn total<T: Scalar>(terms: impl ExactSizeIterator<Item = T>) -> T::Accumulator {
    partials::<T, _>(terms, |s, term| s + T::Accumulator::of(term))
}

/// The mean of some terms: their [`sum`] over their number, and rounded at the end.
#[inline(always)]
pub(crate) fn mean<T: Scalar>(terms: impl ExactSizeIterator<Item = T>) -> T {
    let n = terms.len();
    total(terms).share(n)
}

/// Σₖ aₖ bₖ, in the order of [`sum`], and +0 added, which makes +0 of −0: a partial sum may start from its first
/// product.
#[inline(always)]
pub(crate) fn dot<T: Scalar>(pairs: impl ExactSizeIterator<Item = (T, T)>) -> T {
    (partials::<T, _>(pairs, |s, (a, b)| s.plus(a, b)) + T::Accumulator::of(T::ZERO)).round()
}

#[inline(always)]
fn partials<T: Scalar, X>(
    terms: impl ExactSizeIterator<Item = X>,
    plus: impl Fn(T::Accumulator, X) -> T::Accumulator,
) -> T::Accumulator {
    let zero = T::Accumulator::of(T::ZERO);
    if const { is_wide::<T>() } {
        return terms.fold(zero, plus);
    }
    let reached = terms.len().next_power_of_two().min(16);
    let mut s = [zero; 16];
    for (k, term) in terms.enumerate() {
        if let Some(s) = s.get_mut(k % 16) {
            *s = plus(*s, term);
        }
    }
    let mut half = reached / 2;
    while let Some((low, high)) = s.split_at_mut_checked(half)
        && half > 0
    {
        low.iter_mut().zip(high).for_each(|(low, &mut high)| *low = low.add(high));
        half /= 2;
    }
    let [sum, ..] = s;
    sum
}

/// The largest of some numbers; NaN only where the last is.
#[inline]
pub(crate) fn largest<T: Scalar>(x: &[T]) -> T {
    x.iter().copied().reduce(|m, x| m.max(x)).unwrap_or(T::ZERO)
}
