#![allow(unsafe_code)]

use crate::activation::Activation;
use crate::array::Plain;
use crate::kernel::dispatch::{self, single};
use crate::kernel::pass::{Lesson, NUMBERS, Rows, Sink, Whole};

/// Whether there are kernels that take all of a network's layers at once.
pub(crate) const fn is_whole<N: Whole>() -> bool {
    cfg!(simd) && single::<N::Scalar>() && N::NUMBERS > 0 && N::Input::COUNT + N::NUMBERS <= NUMBERS
}

/// The predictions of many samples, all layers at once and with the link `G`; false, with nothing done, where there is no
/// kernel for it.
///
/// # Order
///
/// Each layer as in [`gemv`](super::gemv()).
#[inline(always)]
pub(crate) fn predict<N: Whole, G: Activation>(net: &N, xs: &[&N::Input], hs: &mut [N::Output]) -> bool {
    let n = xs.len().min(hs.len());
    if !const { is_whole::<N>() } || n == 0 {
        return false;
    }
    let h = Rows { first: hs.as_mut_ptr().cast(), stride: N::Output::COUNT };
    // SAFETY: all are plain, of the scalar `f32` or one laid out as it; there are `n` inputs and outputs; a reference to
    // an input is a pointer to its first number.
    unsafe { dispatch::predict::<N::Scalar, N, G>(n, net.flat().as_ptr().cast(), xs.as_ptr().cast(), h) }
}

/// Forward, δ and back of many samples, all layers at once, and what `sink` makes of the sums over them, in `to`; `net` is
/// `None` where that is the network itself. δ of each sample is multiplied by its share, and for a
/// gradient its logits take the place of its target. False, with nothing done, where
/// there is no kernel for it.
///
/// # Order
///
/// Forward as in [`gemv`](super::gemv()), back as in [`gradient`](super::gradient), over samples as in
/// [`sums`](super::sums()).
#[inline(always)]
pub(crate) fn learn<N: Whole, S: Sink>(
    net: Option<&N>,
    xs: &[&N::Input],
    ys: &mut [&mut N::Output],
    shares: &[N::Scalar],
    to: &mut N,
    sink: S,
) -> bool {
    let n = xs.len().min(ys.len()).min(shares.len());
    if !const { is_whole::<N>() } || n == 0 {
        return false;
    }
    let to = to.flat_mut().as_mut_ptr();
    let w = net.map_or(to.cast_const(), |net| net.flat().as_ptr());
    let (x, y, shares) = (xs.as_ptr().cast(), ys.as_mut_ptr().cast_const().cast(), shares.as_ptr().cast());
    // SAFETY: as in `predict`.
    unsafe { dispatch::learn::<N::Scalar, N, S>(Lesson { n, w: w.cast(), x, y, shares, to: to.cast(), sink }) }
}
