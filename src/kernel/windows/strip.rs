//! Padding that is there: rows of an array copied with what stands around them, so that the kernels over registers read all
//! windows where they are.

use core::marker::PhantomData;
use core::ops::Range;

use typenum::Unsigned;

use crate::kernel::dispatch::single;
use crate::kernel::pass::Line;
use crate::scalar::Scalar;
use crate::window::{Frame, Windows};

/// The numbers of a strip, 8 KiB of stack.
const ROOM: usize = 2048;

/// From one row of a strip to the next.
const fn pitch<G: Windows>() -> usize {
    G::FRAME.columns.total * G::FRAME.channels
}

/// Whether windows are read from strips: where some reach into the padding, and one row of them fits.
const fn is_padded<G: Windows, T: Scalar>() -> bool {
    let fits = G::FRAME.rows.span() * pitch::<G>() <= ROOM;
    cfg!(simd) && single::<T>() && !G::FRAME.all_inside() && fits
}

/// Where windows lie in what [`strips`] gives.
pub(super) const fn frame<G: Windows, T: Scalar>() -> Frame {
    if is_padded::<G, T>() { G::FRAME.padded() } else { G::FRAME }
}

/// A window as a [`Line`], of those in what [`strips`] gives.
pub(crate) struct Through<G>(PhantomData<G>);

impl<G: Windows> Line for Through<G> {
    const COUNT: usize = G::Patch::USIZE;
    const PIECE: usize = G::Run::USIZE;
    const SLIDES: bool = G::FRAME.apart() == 1;

    #[inline(always)]
    fn at(i: usize) -> usize {
        if const { Self::SOLID } { i } else { const { frame::<G, f32>() }.at(i) }
    }
}

/// Calls `go` with `x`, or with strips of it one after the other, and the rows of windows that it has; the first of these
/// starts in front.
#[inline(always)]
pub(super) fn strips<G: Windows, T: Scalar>(x: &[T], mut go: impl FnMut(&[T], Range<usize>)) {
    if const { is_padded::<G, T>() } {
        let mut room = [T::ZERO; ROOM];
        each::<G>(|rows| {
            lines::<G>(&rows, |from, to| {
                let to = room.get_mut(to).unwrap_or_default();
                match x.get(from) {
                    Some(from) => to.copy_from_slice(from),
                    None => to.fill(T::ZERO),
                }
            });
            go(&room, rows);
        });
    } else {
        go(x, 0..G::FRAME.rows.count);
    }
}

/// [`strips`] that `go` may change; what it leaves in the padding is lost.
#[inline(always)]
pub(super) fn strips_mut<G: Windows, T: Scalar>(x: &mut [T], mut go: impl FnMut(&mut [T], Range<usize>)) {
    if const { is_padded::<G, T>() } {
        let mut room = [T::ZERO; ROOM];
        each::<G>(|rows| {
            lines::<G>(&rows, |from, to| {
                let from = x.get(from).into_iter();
                from.zip(room.get_mut(to)).for_each(|(from, to)| to.copy_from_slice(from));
            });
            go(&mut room, rows.clone());
            lines::<G>(&rows, |to, from| {
                let to = x.get_mut(to).into_iter();
                to.zip(room.get(from)).for_each(|(to, from)| to.copy_from_slice(from));
            });
        });
    } else {
        go(x, 0..G::FRAME.rows.count);
    }
}

/// Calls `go` with the rows of windows of each strip.
#[inline(always)]
fn each<G: Windows>(mut go: impl FnMut(Range<usize>)) {
    let axis = const { G::FRAME.rows };
    let most = const { (ROOM / pitch::<G>()).saturating_sub(G::FRAME.rows.span()) / G::FRAME.rows.stride + 1 };
    for from in (0..axis.count).step_by(most) {
        go(from..axis.count.min(from + most));
    }
}

/// Calls `go` with each row of the array that these windows read: where it is, beyond the array where it is padding, and its
/// place in the strip.
#[inline(always)]
fn lines<G: Windows>(rows: &Range<usize>, mut go: impl FnMut(Range<usize>, Range<usize>)) {
    let (axis, line) = const { (G::FRAME.rows, G::FRAME.columns.len * G::FRAME.channels) };
    let before = const { G::FRAME.columns.before * G::FRAME.channels };
    for k in 0..(rows.len() - 1) * axis.stride + axis.span() {
        // Of padding in front, a number that no array has.
        let from = (rows.start * axis.stride + k).wrapping_sub(axis.before).min(axis.len) * line;
        let to = k * pitch::<G>() + before;
        go(from..from + line, to..to + line);
    }
}
