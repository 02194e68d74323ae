//! What the recurrent layers with gates share: the loop over steps, forward and back, and the sums over it.

use core::slice::from_ref;

use crate::activation::Identity;
use crate::array::{Array, Matrix, Plain, Vector};
use crate::kernel::{self, Over, Place, Sink};
use crate::layer::{Emission, Inputs, Lines, LinesMut, Part};
use crate::plain::rows_mut;
use crate::scalar::Scalar;
use crate::width::Width;

/// What a layer with gates does in one step, of several samples at once.
pub(super) trait Gated<Steps: Width, T: Scalar> {
    type In: Width;
    type Hidden: Width;
    /// The width of the products with x.
    type Inputs: Width;
    /// What is kept of a step. It begins with the products with x, and after the way back with their δ.
    type Line: Array<Scalar = T>;
    /// What is kept of the state before the first step, which begins with its h, and of the one after the last.
    type Start: Array<Scalar = T>;

    /// What x is multiplied with, and what is added.
    #[expect(clippy::type_complexity)]
    fn inputs(&self) -> (&Matrix<Self::In, Self::Inputs, T>, &Vector<Self::Inputs, T>);

    /// Step `t`: h from the state before and the products with x.
    fn advance(
        &self,
        t: usize,
        before: Lines<Vector<Self::Hidden, T>>,
        h: LinesMut<Vector<Self::Hidden, T>>,
        kept: LinesMut<Vector<Steps, Self::Line>>,
        start: Lines<Self::Start>,
    );

    /// After the last step: keeps what the way back overwrites of the state after it.
    #[inline(always)]
    fn end(_: LinesMut<Vector<Steps, Self::Line>>, _: LinesMut<Self::Start>) {}

    /// Step `t` back: from `∂J/∂h` to δ in place of the gates, and the share of the state before in its `∂J/∂h`.
    fn retreat(
        &self,
        t: usize,
        states: Lines<Matrix<Steps, Self::Hidden, T>>,
        errors: LinesMut<Matrix<Steps, Self::Hidden, T>>,
        kept: LinesMut<Vector<Steps, Self::Line>>,
        start: Lines<Self::Start>,
    );
}

/// The tape of a layer with gates.
pub(super) type TapeOf<Steps, E, C, T> = <E as Emission>::Tape<
    Steps,
    <C as Gated<Steps, T>>::Hidden,
    T,
    (Vector<Steps, <C as Gated<Steps, T>>::Line>, <C as Gated<Steps, T>>::Start),
>;

/// [`Batch::record_batch`](crate::layer::Batch::record_batch): the products with x of all steps of a sample at once, then
/// step after step for all samples.
#[inline]
pub(super) fn record<Steps: Width, E: Emission, C: Gated<Steps, T>, T: Scalar>(
    cell: &C,
    xs: Inputs<Matrix<Steps, C::In, T>>,
    mut tapes: LinesMut<TapeOf<Steps, E, C, T>>,
) {
    let n = xs.len().min(tapes.len());
    let (states, _, kept) = E::lines(tapes.reborrow());
    let (mut states, (mut kept, start)) = (states.take(n), kept.take(n).halves());
    let (weight, bias) = cell.inputs();
    for (x, kept) in xs.iter().zip(kept.iter_mut()) {
        let mut lines = LinesMut::from(&mut kept[..]);
        let mut products = lines.part(0);
        if const { Steps::USIZE > 1 } {
            kernel::gemm::<_, _, Identity, T>(weight, Some(bias), x[..].into(), products);
        } else if let (Some(x), Some(y)) = (x.first(), products.get_mut(0)) {
            // Faster than of one sample by the other.
            kernel::gemv::<_, _, Identity, T>(weight, x, Some(bias), y);
        }
    }
    for t in 0..Steps::USIZE {
        let (before, h) = states.elements(t);
        let before = before.as_ref().map_or(start.lines().part(0), LinesMut::lines);
        cell.advance(t, before, h, kept.reborrow(), start.lines());
    }
    C::end(kept, start);
    tapes.take(n).iter_mut().for_each(E::end);
}

/// [`Batch::errors`](crate::layer::Batch::errors): step after step back for all samples, then dx of all steps of a sample
/// at once.
#[inline]
pub(super) fn errors<Steps: Width, E: Emission, C: Gated<Steps, T>, T: Scalar>(
    cell: &C,
    mut tapes: LinesMut<TapeOf<Steps, E, C, T>>,
    dxs: Option<LinesMut<Matrix<Steps, C::In, T>>>,
) {
    tapes.iter_mut().for_each(E::begin);
    let (states, mut errors, kept) = E::lines(tapes);
    let (mut kept, start) = kept.halves();
    for t in (0..Steps::USIZE).rev() {
        cell.retreat(t, states.lines(), errors.reborrow(), kept.reborrow(), start.lines());
    }
    let Some(mut dxs) = dxs else { return };
    for (kept, dx) in kept.iter_mut().zip(dxs.iter_mut()) {
        let mut kept = LinesMut::from(&mut kept[..]);
        kernel::spread::<_, _, T, Over>(cell.inputs().0, kept.part(0), LinesMut::from(&mut dx[..]));
    }
}

/// [`spread`](kernel::spread); of one sample by [`transposed`](kernel::transposed), which does not transpose the weights.
#[inline]
pub(super) fn spread<In: Width, Out: Width, T: Scalar, D: Place>(
    w: &Matrix<In, Out, T>,
    mut deltas: LinesMut<Vector<Out, T>>,
    mut dxs: LinesMut<Vector<In, T>>,
) {
    if deltas.len() == 1
        && let (Some(delta), Some(dx)) = (deltas.get_mut(0), dxs.get_mut(0))
    {
        let mut product = Vector::ZERO;
        kernel::transposed(w, delta, if D::ADDS { &mut product } else { &mut *dx });
        if D::ADDS {
            kernel::add(&product, dx);
        }
    } else {
        kernel::spread::<_, _, T, D>(w, deltas, dxs);
    }
}

/// Rows of a matrix of parameters, or of its gradient, from row `start` on.
#[derive(Debug)]
pub struct Rows<'a, N: Width, T: Scalar> {
    start: usize,
    rows: &'a mut [Vector<N, T>],
}

impl<'a, N: Width, T: Scalar> From<Part<'a, T>> for Rows<'a, N, T> {
    fn from(part: Part<'a, T>) -> Self {
        Rows { start: part.start / N::USIZE, rows: rows_mut(part.numbers) }
    }
}

impl<'a, R: Width, N: Width, T: Scalar> From<&'a mut Matrix<R, N, T>> for Rows<'a, N, T> {
    fn from(rows: &'a mut Matrix<R, N, T>) -> Self {
        Rows { start: 0, rows }
    }
}

impl<'a, N: Width, T: Scalar> Rows<'a, N, T> {
    /// All rows, or none.
    pub(super) fn all(numbers: &'a mut [T]) -> Self {
        Part { start: 0, numbers }.into()
    }
}

/// The most steps whose sums a kernel takes at once.
const BLOCK: usize = 256;

/// [`sums`](kernel::sums) over the steps of one sample, in their order.
#[inline]
pub(super) fn sums<In: Width, Out: Width, T: Scalar, S: Sink>(
    mut xs: Lines<Vector<In, T>>,
    mut deltas: Lines<Vector<Out, T>>,
    bias: &mut [T],
    to: &mut Rows<Out, T>,
    sink: S,
) {
    // What adds to a gradient can go on in another block; a step is taken with the sums of all.
    while S::ADDS && deltas.len() > BLOCK {
        kernel::sums(xs.take(BLOCK).into(), deltas.take(BLOCK), bias, to.start, to.rows, sink);
        (xs, deltas) = (xs.skip(BLOCK), deltas.skip(BLOCK));
    }
    kernel::sums(xs.into(), deltas, bias, to.start, to.rows, sink);
}

/// [`sums`] of the products with the state before; `start` is that before the first step.
#[inline]
pub(super) fn sums_of_states<Steps: Width, Hidden: Width, Out: Width, T: Scalar, S: Sink>(
    start: &Vector<Hidden, T>,
    states: &Matrix<Steps, Hidden, T>,
    deltas: Lines<Vector<Out, T>>,
    mut to: Rows<Out, T>,
    sink: S,
) {
    // A step by it and one by the rest are, but for a rounding, a step by both.
    if S::ADDS || start.iter().any(|&h| h != T::ZERO) {
        sums(from_ref(start).into(), deltas.take(1), &mut [], &mut to, sink);
    }
    sums(states[..].into(), deltas.skip(1), &mut [], &mut to, sink);
}

/// What a window starts from, of the tape of a layer over steps: h, then what else.
#[inline]
pub(super) fn start_of<Steps: Width, E: Emission, C: Gated<Steps, T>, T: Scalar>(
    tape: &mut TapeOf<Steps, E, C, T>,
) -> (&Matrix<Steps, C::Hidden, T>, &mut C::Start) {
    let (states, _, (_, start)) = E::steps::<Steps, C::Hidden, T, (Vector<Steps, C::Line>, C::Start)>(tape);
    (states, start)
}
