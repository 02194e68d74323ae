use super::reset::{Changed, Line, Recurrent, ResetAfter, ResetMode, back};
use crate::activation::{Activation, Identity, Sigmoid, Tanh};
use crate::array::{Matrix, Vector};
use crate::kernel::{self, Cell, Onto, Sink, Update, Weighted};
use crate::layer::recurrent::{self, Rows};
use crate::layer::{Lines, LinesMut};
use crate::scalar::{Real, Scalar, flush};
use crate::width::{Gates, Width};

/// From z and q, and the state before, to the gates and h.
#[derive(Clone, Copy)]
struct Forward;

impl Update for Forward {
    /// n, r, z, q.
    type Kept<P> = [P; 4];
    const LONG: bool = true;

    #[inline(always)]
    fn of<V: Real>(self, _: V, before: V, [n, r, z, q]: &mut [V; 4]) -> V {
        (*r, *z) = (Sigmoid::value(*r), Sigmoid::value(*z));
        *n = Tanh::value((*r).mul_add(*q, *n));
        flush((*z).mul_add(before, (V::of(1.0) - *z) * *n))
    }
}

impl Cell for Forward {
    const SUMS: usize = 4;
}

/// From the gates, q, dh and the state before to δ and the share of the state before, which is added to its own.
#[derive(Clone, Copy)]
struct Backward;

impl Update for Backward {
    /// n, r, z, q, dh.
    type Kept<P> = [P; 5];
    const LONG: bool = true;

    #[inline(always)]
    fn of<V: Real>(self, dbefore: V, before: V, [n, r, z, q, dh]: &mut [V; 5]) -> V {
        let share = flush((*dh).mul_add(*z, dbefore));
        let delta = flush((*dh * (V::of(1.0) - *z)) * Tanh::slope(*n));
        *z = flush((*dh * (before - *n)) * Sigmoid::slope(*z));
        let dr = delta * *q;
        *q = flush(delta * *r);
        *r = flush(dr * Sigmoid::slope(*r));
        *n = delta;
        share
    }
}

/// In a row n, r, z, q, the products with x are the first three and those with the state the last three.
impl ResetMode for ResetAfter {
    const NAME: &'static str = "reset_after";
    const AFTER: bool = true;
    type Bias<H: Gates, T: Scalar> = Vector<H, T>;
    type Together<H: Gates> = H::Three;
    type Apart<H: Gates, T: Scalar> = [Matrix<H, H, T>; 0];

    #[inline]
    fn next<In: Width, H: Gates, T: Scalar>(
        by: Recurrent<Self, H, T>,
        inputs: Option<Weighted<In, H::Three, T>>,
        before: Option<&Vector<H, T>>,
        h: &mut Vector<H, T>,
        line: &mut Line<H, T>,
    ) {
        let recurrent = Weighted { w: by.together, x: before, z: by.bias };
        kernel::advance(Forward, inputs, recurrent, before, h, line, None);
    }

    #[inline]
    fn finish<H: Gates, T: Scalar>(
        line: &mut Line<H, T>,
        h: &mut Vector<H, T>,
        _: impl FnOnce(&Vector<H, T>, &mut Vector<H, T>),
    ) {
        let before = h.clone();
        if let [n, r, z, q] = &mut line[..] {
            kernel::update(Forward, h, &before, [n, r, z, q]);
        }
    }

    #[inline]
    fn advance<H: Gates, T: Scalar>(
        by: Recurrent<Self, H, T>,
        before: Lines<Vector<H, T>>,
        mut h: LinesMut<Vector<H, T>>,
        mut lines: LinesMut<Line<H, T>>,
    ) {
        lines.iter_mut().filter_map(|line| line.last_mut()).for_each(|q| q.copy_from_slice(by.bias));
        kernel::gemm::<H, H::Three, Identity, T>(by.together, None, before.into(), lines.part(H::USIZE));
        for ((line, h), before) in lines.iter_mut().zip(h.iter_mut()).zip(before.iter()) {
            let [n, r, z, q] = &mut line[..] else { return };
            kernel::update(Forward, h, before, [n, r, z, q]);
        }
    }

    #[inline]
    fn retreat<H: Gates, T: Scalar>(
        by: Recurrent<Self, H, T>,
        before: Lines<Vector<H, T>>,
        mut dbefore: Option<LinesMut<Vector<H, T>>>,
        mut dh: LinesMut<Vector<H, T>>,
        mut lines: LinesMut<Line<H, T>>,
    ) {
        back(before, &mut dbefore, &mut dh, &mut lines, |line, dh, before, share| {
            let [n, r, z, q] = &mut line[..] else { return };
            kernel::update(Backward, share, before, [n, r, z, q, dh]);
        });
        if let Some(dbefore) = dbefore {
            recurrent::spread::<_, _, T, Onto>(by.together, lines.part(H::USIZE), dbefore);
        }
    }

    #[expect(private_bounds, reason = "the trait is sealed")]
    fn change<Steps: Width, H: Gates, T: Scalar, S: Sink>(
        start: &Vector<H, T>,
        states: &Matrix<Steps, H, T>,
        kept: Lines<Line<H, T>>,
        to: Changed<Self, H, T>,
        sink: S,
    ) {
        recurrent::sums(states[..].into(), kept.part::<H>(3 * H::USIZE), to.bias, &mut Rows::all(&mut []), sink);
        recurrent::sums_of_states(start, states, kept.part(H::USIZE), to.together, sink);
    }
}
