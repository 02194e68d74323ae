//! Networks so small that one kernel takes all of their layers, with a sample of a batch in each lane.
#![allow(unsafe_code)]
#![cfg_attr(not(simd), allow(dead_code, reason = "read by the kernels over registers only"))]

use core::ptr::null_mut;

use crate::activation::Activation;
use crate::array::Plain;
use crate::kernel::dispatch::{self, single};
use crate::kernel::pass::{Reads, Rows, Sink};
use crate::lines::{Inputs, Lines, LinesMut};
use crate::scalar::{Real, Scalar};
use crate::width::Width;

/// The most inputs and outputs of a layer that can be in a [`Whole`] network.
pub(crate) const SIDE: usize = 16;

/// The most numbers of a [`Whole`] network: its inputs, and the outputs of all layers.
pub(crate) const NUMBERS: usize = 32;

/// A network so small that a kernel goes through all of it with a sample in each lane.
pub(crate) trait Whole: Plain<Scalar: Scalar> {
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

    /// From logits to the prediction, in place.
    fn link<V: Real>(z: &mut [V]);
}

/// What goes from layer to layer.
pub trait Walk {
    /// Whether it starts at the last.
    const BACK: bool;

    /// A dense layer.
    fn dense<In: Width, Out: Width, A: Activation>(&mut self, bias: bool);
}

/// What a [`Whole`] network learns from.
#[derive(Clone, Copy)]
pub(crate) struct Lesson<S> {
    /// How many samples; not 0.
    pub(crate) n: usize,
    /// The parameters, to read.
    pub(crate) w: *const f32,
    /// `n` inputs, to read.
    pub(crate) x: Reads,
    /// `n` targets, to read.
    pub(crate) y: Reads,
    /// Where the `n` samples' logits are written; null where nobody reads them.
    pub(crate) z: Rows,
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

/// The predictions of many samples, all layers and the link at once; false, with nothing done, where there is no kernel for
/// it or they are few.
///
/// # Order
///
/// Each layer as in [`gemv`](super::gemv()).
#[inline(always)]
pub(crate) fn predict<N: Whole>(net: &N, xs: Inputs<N::Input>, hs: &mut [N::Output]) -> bool {
    let n = xs.len().min(hs.len());
    if !const { is_whole::<N>() } || n < FEW || !fits::<N>() {
        return false;
    }
    // SAFETY: the layers fit in, and all are plain, of the scalar `f32` or one laid out as it; there are `n` inputs and
    // outputs.
    unsafe {
        let (w, h) = (net.flat().as_ptr().cast(), hs.as_mut_ptr().cast());
        dispatch::predict::<N::Scalar, N>(n, w, xs.reads(), h)
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
    xs: Inputs<N::Input>,
    ys: Option<Lines<N::Output>>,
    mut zs: LinesMut<N::Output>,
    shares: &[N::Scalar],
    to: &mut N,
    sink: S,
) -> bool {
    let n = xs.len().min(ys.as_ref().map_or(zs.len(), Lines::len)).min(shares.len());
    if !const { is_whole::<N>() } || n < FEW || !fits::<N>() {
        return false;
    }
    let to = to.flat_mut().as_mut_ptr();
    let w = net.map_or(to.cast_const(), |net| net.flat().as_ptr()).cast();
    let y = Inputs::from(ys.unwrap_or(zs.lines())).reads();
    let z = if zs.len() < n { Rows { first: null_mut(), stride: 0 } } else { zs.rows() };
    let (x, shares) = (xs.reads(), shares.as_ptr().cast());
    // SAFETY: as in `predict`; a row of `zs` is read before it is written.
    unsafe { dispatch::learn::<N::Scalar, N, S>(Lesson { n, w, x, y, z, shares, to: to.cast(), sink }) }
}
