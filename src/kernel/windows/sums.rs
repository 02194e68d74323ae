use core::ptr::{null, null_mut};
use core::slice::from_ref;

use typenum::Unsigned;

use super::{Run, Through, apart, copy, frame, inside, reaches, reads, runs, strips, within};
use crate::array::{Plain, Vector};
use crate::kernel::batch;
use crate::kernel::dispatch::{self, single};
use crate::kernel::pass::{Gradient, MOST, Reads, Rows, Span};
use crate::lines::{Inputs, Lines};
use crate::scalar::{Scalar, is_wide};
use crate::width::Width;
use crate::window::Windows;

/// `Σ_t x_t δ_tᵀ` over the windows of one sample, for the rows of the weights from `from` on that `to` has, and `Σ_t δ_t` for
/// the bias, which may be empty: added to what is there, in the order of t. A [wide](crate::scalar::Accumulator::WIDE)
/// accumulator is rounded after the windows of a row that need no padding, and after each that does.
#[inline(always)]
pub(crate) fn sums<G: Windows, Out: Width, T: Scalar>(
    x: &[T],
    deltas: &[Vector<Out, T>],
    bias: &mut [T],
    from: usize,
    to: &mut [Vector<Out, T>],
) {
    let end = <G::Patch as Unsigned>::USIZE.min(from.saturating_add(to.len()));
    let array = x;
    strips::<G, T>(x, |x, of| {
        if const { cfg!(simd) && single::<T>() && inside::<G, T>() && G::FRAME.rows.count > 1 } {
            // Windows of several rows at once.
            let count = const { G::FRAME.columns.count };
            let at = |t: usize| const { frame::<G, T>() }.first(t / count, t % count);
            let deltas = deltas.get(of.start * count..of.end * count).unwrap_or_default();
            for (k, deltas) in deltas.chunks(MOST).enumerate() {
                let at = |t| at(k * MOST + t);
                let mut pointers = [null(); MOST];
                pointers.iter_mut().zip(0..deltas.len()).for_each(|(to, t)| *to = x.as_ptr().wrapping_add(at(t)));
                let first = pointers.as_ptr().cast();
                let reads = Reads { first, stride: size_of::<*const T>(), behind: Some(0) };
                tile::<G, Out, T>(x, reads, at, deltas, bias, from, to);
            }
            return;
        }
        runs::<G, T>(of, |run| match run {
            Run::Border { window, row, column } => {
                if const { !inside::<G, T>() } {
                    let mut patch = Vector::<G::Patch, T>::ZERO;
                    copy::<G, T>(array, row, column, T::ZERO, &mut patch);
                    if let Some(delta) = deltas.get(window) {
                        let (x, delta) = (Inputs::from(from_ref(&patch)), Lines::from(from_ref(delta)));
                        batch::sums(x, delta, bias, from, to, Gradient);
                    }
                }
            }
            Run::Inside { window, n, first } => {
                let Some(deltas) = deltas.get(window..window + n) else { return };
                if const { is_wide::<T>() } {
                    batch::bias_sums(deltas.into(), bias, Gradient);
                    let number = |t, i| x.get(first + t * apart::<G>() + const { frame::<G, T>() }.at(i)).copied();
                    return batch::weight_sums(number, deltas.into(), from..end, to, Gradient);
                }
                for (k, deltas) in deltas.chunks(MOST).enumerate() {
                    let at = |t| first + (k * MOST + t) * apart::<G>();
                    tile::<G, Out, T>(x, reads::<G, T>(x, at(0)), at, deltas, bias, from, to);
                }
            }
        });
    });
}

/// [`sums`] of windows that lie within `x`, [`MOST`] at most: `reads`, which start where `at` says.
#[inline(always)]
fn tile<G: Windows, Out: Width, T: Scalar>(
    x: &[T],
    reads: Reads,
    at: impl Fn(usize) -> usize,
    deltas: &[Vector<Out, T>],
    bias: &mut [T],
    from: usize,
    to: &mut [Vector<Out, T>],
) {
    let (n, end) = (deltas.len(), <G::Patch as Unsigned>::USIZE.min(from.saturating_add(to.len())));
    if const { single::<T>() } && n > 0 && from <= end && reaches::<G, T>(at(n - 1)) <= x.len() {
        let rows = Rows { first: deltas.as_ptr().cast_mut().cast(), stride: Out::USIZE };
        let bias = if bias.len() == Out::USIZE { bias.as_mut_ptr().cast() } else { null_mut() };
        let (to, span) = (to.as_mut_ptr().cast(), Span { start: from, end });
        // SAFETY: as in `forward`, the last of the windows being the furthest on; `to` has the rows, and δ is only read.
        if unsafe { dispatch::sums::<T, Through<G>, Out, _>(n, reads, rows, bias, to, span, Gradient) } {
            return;
        }
    }
    let mut patch = Vector::<G::Patch, T>::ZERO;
    for (t, delta) in deltas.iter().enumerate() {
        let x = Inputs::from(from_ref(within::<G, T>(x, at(t), &mut patch)));
        batch::sums_plain(x, Lines::from(from_ref(delta)), bias, from, to, Gradient);
    }
}
