//! Networks so small that one kernel takes all of their layers, with a sample of a batch in each lane.
#![allow(unsafe_code)]
#![cfg_attr(not(simd), allow(dead_code, reason = "read by the kernels over registers only"))]

use core::ptr::null;

use crate::activation::Activation;
use crate::array::Plain;
use crate::kernel::dispatch::{self, single};
use crate::kernel::pass::Sink;
use crate::scalar::Real;
use crate::width::Width;

/// The most inputs and outputs of a layer that can be in a [`Whole`] network.
pub(crate) const SIDE: usize = 16;

/// The most numbers of a [`Whole`] network: its inputs, and the outputs of all layers.
pub(crate) const NUMBERS: usize = 32;

/// A network so small that a kernel goes through all of it with a sample in each lane.
pub(crate) trait Whole: Plain {
    /// What it reads.
    type Input: Plain;
    /// What it writes.
    type Output: Plain;
    /// How many numbers all layers write; 0 where it is no such network.
    const NUMBERS: usize;

    /// Shows the layers.
    fn walk(walk: &mut impl Walk);

    /// From logits and targets to δ, in place of the targets.
    fn delta<V: Real>(z: &[V], dz: &mut [V]);
}

/// What goes from layer to layer.
pub trait Walk {
    /// Whether it starts at the last.
    const BACK: bool;

    /// A dense layer.
    fn dense<In: Width, Out: Width, A: Activation>(&mut self, bias: bool);
}

/// Vectors of one length, to read: side by side, or each where a pointer says.
#[derive(Clone, Copy)]
pub(crate) struct Vectors {
    /// The first; null where there are pointers.
    pub(crate) first: *const f32,
    /// A pointer to each.
    pub(crate) each: *const *const f32,
}

impl Vectors {
    /// The vectors from vector `b` on, `len` numbers in each.
    ///
    /// # Safety
    ///
    /// There are that many.
    #[inline(always)]
    pub(crate) unsafe fn from(self, b: usize, len: usize) -> Vectors {
        // SAFETY: the caller's; the other pointer is null, and stays so.
        unsafe {
            if self.first.is_null() {
                Vectors { each: self.each.add(b), ..self }
            } else {
                Vectors { first: self.first.add(b * len), ..self }
            }
        }
    }
}

/// What a [`Whole`] network learns from.
#[derive(Clone, Copy)]
pub(crate) struct Lesson<S> {
    /// How many samples; not 0.
    pub(crate) n: usize,
    /// The parameters, to read.
    pub(crate) w: *const f32,
    /// `n` inputs, to read.
    pub(crate) x: Vectors,
    /// `n` targets, to read.
    pub(crate) y: Vectors,
    /// Where the `n` samples' logits are written; null where nobody reads them.
    pub(crate) z: *const *mut f32,
    /// A factor of δ for each of the `n` samples, to read.
    pub(crate) shares: *const f32,
    /// What the sums go to, as many numbers as parameters, or the parameters themselves.
    pub(crate) to: *mut f32,
    /// How they do.
    pub(crate) sink: S,
}

/// Whether there are kernels that take all of a network's layers at once.
pub(crate) const fn is_whole<N: Whole>() -> bool {
    cfg!(simd) && single::<N::Scalar>() && N::NUMBERS > 0 && N::Input::COUNT + N::NUMBERS <= NUMBERS
}

/// What the kernels rely on, of the layers that a walk shows: constants, all of it.
struct Sizes {
    /// What the next layer has to read.
    inputs: usize,
    numbers: usize,
    parameters: usize,
    fit: bool,
}

impl Walk for Sizes {
    const BACK: bool = false;

    #[inline(always)]
    fn dense<In: Width, Out: Width, A: Activation>(&mut self, bias: bool) {
        self.fit &= In::USIZE == self.inputs && In::USIZE <= SIDE && Out::USIZE <= SIDE;
        self.inputs = Out::USIZE;
        self.numbers += Out::USIZE;
        self.parameters += (if bias { 1 } else { 0 } + In::USIZE) * Out::USIZE;
    }
}

/// Whether the layers are those that the constants say.
#[inline(always)]
fn fits<N: Whole>() -> bool {
    let mut sizes = Sizes { inputs: N::Input::COUNT, numbers: 0, parameters: 0, fit: true };
    N::walk(&mut sizes);
    let ends = sizes.inputs == N::Output::COUNT && sizes.numbers == N::NUMBERS && sizes.parameters == N::COUNT;
    sizes.fit && ends
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
    if !const { is_whole::<N>() } || n < FEW || !fits::<N>() {
        return false;
    }
    // SAFETY: the layers fit in, and all are plain, of the scalar `f32` or one laid out as it; there are `n` inputs and
    // outputs; a reference to an input is a pointer to its first number.
    unsafe {
        let (w, h) = (net.flat().as_ptr().cast(), hs.as_mut_ptr().cast());
        dispatch::predict::<N::Scalar, N, G>(n, w, xs.vectors(), h)
    }
}

/// Forward, δ and back of many samples, all layers at once, and what `sink` makes of the sums over them, in `to`; `net` is
/// `None` where that is the network itself, and so is `ys` where `zs` has the targets. δ of each sample is multiplied by
/// its share. Of a gradient, the logits are written to `zs`, unless it is shorter. False, with nothing done, where there is
/// no kernel for it or they are few.
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
    if !const { is_whole::<N>() } || n < FEW || !fits::<N>() {
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
