//! What happens to the gates and cells, number by number.

use crate::activation::{Activation, Sigmoid, Tanh};
use crate::kernel::{Cell, Update};
use crate::scalar::{Real, flush};

/// From z, and c of the step before, to the gates, c and h.
#[derive(Clone, Copy)]
pub(super) struct Forward;

impl Update for Forward {
    /// i, f, o, g, c.
    type Kept<P> = [P; 5];
    const LONG: bool = true;

    #[inline(always)]
    fn of<V: Real>(self, _: V, before: V, [i, f, o, g, c]: &mut [V; 5]) -> V {
        // What c waits for is first.
        (*g, *i, *f) = (Tanh::value(*g), Sigmoid::value(*i), Sigmoid::value(*f));
        *c = flush((*f).mul_add(before, *i * *g));
        *o = Sigmoid::value(*o);
        flush(*o * Tanh::value(*c))
    }
}

impl Cell for Forward {
    const SUMS: usize = 4;
    const INNER: bool = true;
}

/// From the gates, c, dh and dc of the step after, and c of the step before, to δ, and in place of c to dc of the step
/// before.
#[derive(Clone, Copy)]
pub(super) struct Backward;

impl Update for Backward {
    /// i, f, o, g, dh, dc.
    type Kept<P> = [P; 6];
    const LONG: bool = true;

    #[inline(always)]
    fn of<V: Real>(self, c: V, before: V, [i, f, o, g, dh, dc]: &mut [V; 6]) -> V {
        let shown = Tanh::value(c);
        let dc = (*dh * *o).mul_add(Tanh::slope(shown), *dc);
        let carried = flush(dc * *f);
        let (di, dg) = (dc * *g, dc * *i);
        *i = flush(di * Sigmoid::slope(*i));
        *f = flush((dc * before) * Sigmoid::slope(*f));
        *o = flush((*dh * shown) * Sigmoid::slope(*o));
        *g = flush(dg * Tanh::slope(*g));
        carried
    }
}
