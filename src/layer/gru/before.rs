use core::slice::from_mut;

use super::reset::{Changed, Line, Recurrent, ResetBefore, ResetMode, back};
use crate::activation::{Activation, Identity, Sigmoid, Tanh};
use crate::array::{Matrix, Vector};
use crate::kernel::{self, Cell, Onto, Over, Sink, Update, Weighted};
use crate::layer::recurrent;
use crate::layer::{Lines, LinesMut};
use crate::scalar::{Real, Scalar, flush};
use crate::width::{Gates, U1, Width};

/// From the products of r and z, and the state before, to the two and p.
#[derive(Clone, Copy)]
struct Reset;

impl Update for Reset {
    /// n, r, z.
    type Kept<P> = [P; 3];
    const LONG: bool = true;

    #[inline(always)]
    fn of<V: Real>(self, _: V, before: V, [_, r, z]: &mut [V; 3]) -> V {
        (*r, *z) = (Sigmoid::value(*r), Sigmoid::value(*z));
        flush(*r * before)
    }
}

impl Cell for Reset {
    const SUMS: usize = 3;
}

/// From the products of n, and z and the state before, to n and h.
#[derive(Clone, Copy)]
struct Forward;

impl Update for Forward {
    /// n, z.
    type Kept<P> = [P; 2];
    const LONG: bool = true;

    #[inline(always)]
    fn of<V: Real>(self, _: V, before: V, [n, z]: &mut [V; 2]) -> V {
        *n = Tanh::value(*n);
        flush((*z).mul_add(before, (V::of(1.0) - *z) * *n))
    }
}

impl Cell for Forward {
    const SUMS: usize = 1;
}

/// From n, z, dh and the state before to δ of the two and the share of the state before.
#[derive(Clone, Copy)]
struct Backward;

impl Update for Backward {
    /// n, z, dh.
    type Kept<P> = [P; 3];
    const LONG: bool = true;

    #[inline(always)]
    fn of<V: Real>(self, dbefore: V, before: V, [n, z, dh]: &mut [V; 3]) -> V {
        let share = flush((*dh).mul_add(*z, dbefore));
        let dn = (*dh * (V::of(1.0) - *z)) * Tanh::slope(*n);
        *z = flush((*dh * (before - *n)) * Sigmoid::slope(*z));
        *n = flush(dn);
        share
    }
}

/// From r, dp and the state before to δ of r and the share of the state before.
#[derive(Clone, Copy)]
struct Unset;

impl Update for Unset {
    /// r, dp.
    type Kept<P> = [P; 2];
    const LONG: bool = true;

    #[inline(always)]
    fn of<V: Real>(self, dbefore: V, before: V, [r, dp]: &mut [V; 2]) -> V {
        let share = flush((*dp).mul_add(*r, dbefore));
        *r = flush((*dp * before) * Sigmoid::slope(*r));
        share
    }
}

/// In a row n, r, z, p, the products with the state are the two in the middle, and those with p the first.
impl ResetMode for ResetBefore {
    const NAME: &'static str = "reset_before";
    type Bias<H: Gates, T: Scalar> = [Vector<H, T>; 0];
    type Together<H: Gates> = H::Two;
    type Apart<H: Gates, T: Scalar> = Matrix<H, H, T>;

    #[inline]
    fn next<In: Width, H: Gates, T: Scalar>(
        by: Recurrent<Self, H, T>,
        inputs: Option<Weighted<In, H::Three, T>>,
        before: Option<&Vector<H, T>>,
        h: &mut Vector<H, T>,
        line: &mut Line<H, T>,
    ) {
        let [sums @ .., p] = &mut line[..] else { return };
        let state = before.unwrap_or(&*h);
        let reset = Weighted { w: by.together, x: Some(state), z: &[] };
        kernel::advance(Reset, inputs, reset, Some(state), p, sums, None);
        let [n, _, z] = sums else { return };
        let new = Weighted { w: by.apart, x: Some(&*p), z: &[] };
        kernel::advance::<_, U1, H, H, H, T>(Forward, None, new, before, h, from_mut(n), Some(z));
    }

    #[inline]
    fn finish<H: Gates, T: Scalar>(
        line: &mut Line<H, T>,
        h: &mut Vector<H, T>,
        apart: impl FnOnce(&Vector<H, T>, &mut Vector<H, T>),
    ) {
        let before = h.clone();
        if let [n, r, z, p] = &mut line[..] {
            kernel::update(Reset, p, &before, [n, r, z]);
            apart(p, n);
            kernel::update(Forward, h, &before, [n, z]);
        }
    }

    #[inline]
    fn advance<H: Gates, T: Scalar>(
        by: Recurrent<Self, H, T>,
        before: Lines<Vector<H, T>>,
        mut h: LinesMut<Vector<H, T>>,
        mut lines: LinesMut<Line<H, T>>,
    ) {
        kernel::gemm::<H, H::Two, Identity, T>(by.together, None, before.into(), lines.part(H::USIZE));
        for (line, before) in lines.iter_mut().zip(before.iter()) {
            let [n, r, z, p] = &mut line[..] else { return };
            kernel::update(Reset, p, before, [n, r, z]);
        }
        let (n, p) = lines.ends::<H, H>();
        kernel::gemm::<H, H, Identity, T>(by.apart, None, p.into(), n);
        for ((line, h), before) in lines.iter_mut().zip(h.iter_mut()).zip(before.iter()) {
            let [n, _, z, _] = &mut line[..] else { return };
            kernel::update(Forward, h, before, [n, z]);
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
            let [n, _, z, _] = &mut line[..] else { return };
            kernel::update(Backward, share, before, [n, z, dh]);
        });
        // dp, where dh was.
        recurrent::spread::<_, _, T, Over>(by.apart, lines.part(0), dh.reborrow());
        back(before, &mut dbefore, &mut dh, &mut lines, |line, dp, before, share| {
            let [_, r, _, _] = &mut line[..] else { return };
            kernel::update(Unset, share, before, [r, dp]);
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
        mut to: Changed<Self, H, T>,
        sink: S,
    ) {
        recurrent::sums(kept.part::<H>(3 * H::USIZE), kept.part::<H>(0), &mut [], &mut to.apart, sink);
        recurrent::sums_of_states(start, states, kept.part(H::USIZE), to.together, sink);
    }
}
