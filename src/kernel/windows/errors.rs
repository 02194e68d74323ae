use core::marker::PhantomData;
use core::ops::Range;

use typenum::Unsigned;

use super::{Run, Through, apart, frame, inside, pieces, reaches, runs, strips_mut};
use crate::array::{Matrix, Plain, Vector};
use crate::kernel::backward::transposed_alone;
use crate::kernel::dispatch::{self, single};
use crate::kernel::pass::{Line, Onto, Place, Rows, SPREAD};
use crate::kernel::{add, transposed};
use crate::scalar::Scalar;
use crate::width::Width;
use crate::window::Windows;

/// `dx ← Σ_t W δ_t`, each number's terms rounded, in the order of the windows t that it is in, from +0.
#[inline(always)]
pub(crate) fn errors<G: Windows, Out: Width, T: Scalar>(
    w: &Matrix<G::Patch, Out, T>,
    deltas: &[Vector<Out, T>],
    dx: &mut [T],
) {
    dx.fill(T::ZERO);
    strips_mut::<G, T>(dx, |dx, of| errors_of::<G, Out, T>(w, deltas, dx, of));
}

/// [`errors`] of these rows of windows, added to what is there.
#[inline(always)]
fn errors_of<G: Windows, Out: Width, T: Scalar>(
    w: &Matrix<G::Patch, Out, T>,
    deltas: &[Vector<Out, T>],
    dx: &mut [T],
    of: Range<usize>,
) {
    let run = const { <G::Run as Unsigned>::USIZE };
    let count = const { G::FRAME.columns.count };
    if const { inside::<G, T>() } {
        let deltas = deltas.get(of.start * count..of.end * count).unwrap_or_default();
        if onto::<G, Out, T, OntoWindows<G>>(w, deltas, dx, 0, const { frame::<G, T>() }.first(of.len() - 1, count - 1))
        {
            return;
        }
    }
    let mut patch = Vector::<G::Patch, T>::ZERO;
    runs::<G, T>(of, |windows| match windows {
        Run::Border { window, row, column } => {
            if const { !inside::<G, T>() } {
                let Some(delta) = deltas.get(window) else { return };
                transposed(w, delta, &mut patch);
                pieces::<G>(row, column, |to, from, n| {
                    add(patch.get(from..from + n).unwrap_or_default(), dx.get_mut(to..).unwrap_or_default());
                });
            }
        }
        Run::Inside { window, n, first } => {
            let Some(deltas) = deltas.get(window..window + n) else { return };
            if const { !inside::<G, T>() }
                && onto::<G, Out, T, Onto>(w, deltas, dx, first, first + (n - 1) * apart::<G>())
            {
                return;
            }
            for (t, delta) in deltas.iter().enumerate() {
                transposed_alone(w, delta, &mut patch);
                for (k, patch) in patch.chunks(run).enumerate() {
                    let at = first + t * apart::<G>() + const { frame::<G, T>() }.at(k * run);
                    add(patch, dx.get_mut(at..).unwrap_or_default());
                }
            }
        }
    });
}

/// `W δ_t` onto windows within `dx`, from the one that starts at `first` to the one at `last`, in the order of t; false, with
/// nothing done, where only the plain loops do it.
#[inline(always)]
fn onto<G: Windows, Out: Width, T: Scalar, D: Place>(
    w: &Matrix<G::Patch, Out, T>,
    deltas: &[Vector<Out, T>],
    dx: &mut [T],
    first: usize,
    last: usize,
) -> bool {
    let mut done = false;
    if const { single::<T>() && Out::USIZE <= SPREAD } && !deltas.is_empty() && reaches::<G, T>(last) <= dx.len() {
        let run = const { <G::Run as Unsigned>::USIZE };
        let delta = Rows { first: deltas.as_ptr().cast_mut().cast(), stride: Out::USIZE };
        // The pieces from the last to the first, as the rows within each: a later window's is further on.
        for k in (0..<G::Patch as Unsigned>::USIZE / run).rev() {
            let at = first + Through::<G>::at(k * run);
            // SAFETY: as in `forward`, of `dx`; each piece has as many rows of the weights as numbers, and δ is only read.
            done = unsafe {
                let w = w.as_ptr().cast::<f32>().add(k * run * Out::USIZE);
                let dx = Rows { first: dx.as_mut_ptr().cast::<f32>().add(at), stride: apart::<G>() };
                dispatch::spread::<T, G::Run, Out, D>(deltas.len(), w, delta, dx)
            };
        }
    }
    done
}

/// It is added to windows, which overlap.
pub(crate) struct OntoWindows<G>(PhantomData<G>);

impl<G: Windows> Place for OntoWindows<G> {
    const ADDS: bool = true;
    const COUNT: Option<usize> = Some(G::FRAME.columns.count);

    #[inline(always)]
    fn at(row: usize, column: usize, _: usize) -> usize {
        const { frame::<G, f32>() }.first(row, column)
    }
}
