#![allow(unsafe_code)]

use core::ptr::null;

use crate::activation::Activation;
use crate::array::Plain;
use crate::kernel::dispatch::{self, single};
use crate::kernel::pass::{Lesson, NUMBERS, Sink, Vectors, Whole};

/// Whether there are kernels that take all of a network's layers at once.
pub(crate) const fn is_whole<N: Whole>() -> bool {
    cfg!(simd) && single::<N::Scalar>() && N::NUMBERS > 0 && N::Input::COUNT + N::NUMBERS <= NUMBERS
}

/// The fewest samples for which lanes that go empty don't cost more than one sample after the other.
const FEW: usize = 4;

/// Arrays of many samples.
pub(crate) enum Arrays<'a, X> {
    /// Side by side.
    Slice(&'a [X]),
    /// Each somewhere.
    Each(&'a [&'a X]),
}

impl<X: Plain> Arrays<'_, X> {
    fn len(&self) -> usize {
        match self {
            Arrays::Slice(all) => all.len(),
            Arrays::Each(all) => all.len(),
        }
    }

    /// Of an array of a scalar laid out as `f32`.
    fn vectors(&self) -> Vectors {
        match self {
            Arrays::Slice(all) => Vectors { first: all.as_ptr().cast(), each: null() },
            Arrays::Each(all) => Vectors { first: null(), each: all.as_ptr().cast() },
        }
    }
}

/// The predictions of many samples, all layers at once and with the link `G`; false, with nothing done, where there is no
/// kernel for it or they are few.
///
/// # Order
///
/// Each layer as in [`gemv`](super::gemv()).
#[inline(always)]
pub(crate) fn predict<N: Whole, G: Activation>(net: &N, xs: Arrays<N::Input>, hs: &mut [N::Output]) -> bool {
    let n = xs.len().min(hs.len());
    if !const { is_whole::<N>() } || n < FEW {
        return false;
    }
    // SAFETY: all are plain, of the scalar `f32` or one laid out as it; there are `n` inputs and outputs; a reference to
    // an input is a pointer to its first number.
    unsafe {
        let (w, h) = (net.flat().as_ptr().cast(), hs.as_mut_ptr().cast());
        dispatch::predict::<N::Scalar, N, G>(n, w, xs.vectors(), h)
    }
}

/// Forward, δ and back of many samples, all layers at once, and what `sink` makes of the sums over them, in `to`; `net` is
/// `None` where that is the network itself, and so is `ys` where `zs` has the targets. δ of each sample is multiplied by
/// its share. Of a gradient, the logits are written to `zs`, unless it is shorter. False, with nothing done, where there is no kernel for it
/// or they are few.
///
/// # Order
///
/// Forward as in [`gemv`](super::gemv()), back as in [`gradient`](super::gradient), over samples as in
/// [`sums`](super::sums()).
#[inline(always)]
pub(crate) fn learn<N: Whole, S: Sink>(
    net: Option<&N>,
    xs: Arrays<N::Input>,
    ys: Option<Arrays<N::Output>>,
    zs: &mut [&mut N::Output],
    shares: &[N::Scalar],
    to: &mut N,
    sink: S,
) -> bool {
    let n = xs.len().min(ys.as_ref().map_or(zs.len(), Arrays::len)).min(shares.len());
    if !const { is_whole::<N>() } || n < FEW {
        return false;
    }
    let to = to.flat_mut().as_mut_ptr();
    let w = net.map_or(to.cast_const(), |net| net.flat().as_ptr()).cast();
    let z: *const *mut f32 = if zs.len() < n { null() } else { zs.as_mut_ptr().cast_const().cast() };
    let y = ys.as_ref().map_or(Vectors { first: null(), each: z.cast() }, Arrays::vectors);
    let (x, shares) = (xs.vectors(), shares.as_ptr().cast());
    // SAFETY: as in `predict`.
    unsafe { dispatch::learn::<N::Scalar, N, S>(Lesson { n, w, x, y, z, shares, to: to.cast(), sink }) }
}
