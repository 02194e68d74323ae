//! A step of a layer a few rows of its weights at a time: no gradient is in memory.

use core::ops::Range;
use core::slice::from_ref;

use super::{errors_of_one, step_of};
use crate::array::{Plain, Vector};
use crate::kernel;
use crate::layer::{Batch, Part};
use crate::lines::{Inputs, Lines};
use crate::penalty::{Penalty, Step};
use crate::plain::flat_all;
use crate::width::Width;

/// Calls `change` with pieces of some of a layer's parameters and their sums over the samples, and whether they are
/// penalised: a few rows at a time, so that the stack holds sixteen rows and no gradient. The tensors among them have rows of
/// `Row`.
fn by_rows<L: Batch, Row: Width>(
    layer: &mut L,
    of: Range<usize>,
    xs: Inputs<L::Input>,
    tapes: Lines<L::Tape>,
    mut change: impl FnMut(bool, &mut [L::Scalar], &[L::Scalar]),
) {
    let rows = of.len() / Row::USIZE;
    let mut at = 0;
    while at < rows {
        // Fewer at first, with the bias: the kernels take rows of weights eight or sixteen at once.
        let count = (rows - at - 1) % ROWS + 1;
        let mut room = [const { Vector::<Row, L::Scalar>::ZERO }; ROWS];
        let sums = flat_all(room.get_mut(..count).unwrap_or_default());
        let start = of.start + at * Row::USIZE;
        let part = start..start + sums.len();
        layer.sums(xs, tapes, Part { start: part.start, numbers: sums });
        L::tensors(|t| {
            let (start, end) = (t.start.max(part.start), (t.start + t.shape.count()).min(part.end));
            let old = layer.flat_mut().get_mut(start..end).unwrap_or_default();
            let sums = sums.get(start.saturating_sub(part.start)..end.saturating_sub(part.start)).unwrap_or_default();
            change(t.penalised(), old, sums);
        });
        at += count;
    }
}

/// The rows of [`by_rows`].
const ROWS: usize = 16;

/// [`Batch::step`] by [`by_rows`].
pub(crate) fn step_by_rows<L: Batch, Row: Width, P: Penalty>(
    layer: &mut L,
    xs: Inputs<L::Input>,
    tapes: Lines<L::Tape>,
    step: Step<P>,
) {
    step_some::<L, Row, P>(layer, 0..L::COUNT, xs, tapes, step);
}

/// [`Batch::step`] of some parameters, by [`by_rows`].
#[inline]
pub(crate) fn step_some<L: Batch, Row: Width, P: Penalty>(
    layer: &mut L,
    of: Range<usize>,
    xs: Inputs<L::Input>,
    tapes: Lines<L::Tape>,
    step: Step<P>,
) {
    by_rows::<L, Row>(layer, of, xs, tapes, |penalised, old, sums| step_of(step, penalised, old, sums));
}

/// [`Batch::descend`] by [`by_rows`], after [`Batch::errors`].
pub(crate) fn descend_by_rows<L: Batch, Row: Width>(
    layer: &mut L,
    x: &L::Input,
    tape: &mut L::Tape,
    rate: L::Scalar,
    dx: Option<&mut L::Input>,
) {
    errors_of_one(layer, x, tape, dx);
    descend_some::<L, Row>(layer, 0..L::COUNT, x, tape, rate);
}

/// The step of some parameters down the gradient of one sample, by [`by_rows`].
#[inline]
pub(crate) fn descend_some<L: Batch, Row: Width>(
    layer: &mut L,
    of: Range<usize>,
    x: &L::Input,
    tape: &L::Tape,
    rate: L::Scalar,
) {
    by_rows::<L, Row>(layer, of, from_ref(x).into(), from_ref(tape).into(), |_, old, sums| {
        kernel::axpy(-rate, sums, old);
    });
}
