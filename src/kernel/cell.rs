//! One step of a recurrent layer: weighted sums of the input and of the state before, and what becomes of them.
#![allow(unsafe_code)]

use core::ptr::{copy_nonoverlapping, null, null_mut};

use super::dispatch::{self, single};
use super::{Update, gemv, update_raw};
use crate::array::{Matrix, Vector};
use crate::plain::Few;
use crate::scalar::Scalar;
use crate::width::Width;

/// What becomes of the sums of a unit: from them, which are the first of what is kept, and its state before as slope, to its h.
pub(crate) trait Cell: Update {
    /// How many sums a unit has, at most [`MOST`].
    const SUMS: usize;

    /// Whether its state, the slope, is the last that is kept, as that was before, and not h.
    const INNER: bool = false;
}

/// The most sums of a unit.
pub(crate) const MOST: usize = 4;

/// Weighted sums: of `x`, with what they start from.
#[derive(Clone, Copy, Debug)]
pub struct Weighted<'a, In: Width, Out: Width, T: Scalar> {
    pub(crate) w: &'a Matrix<In, Out, T>,
    /// `None`: of what h holds.
    pub(crate) x: Option<&'a Vector<In, T>>,
    pub(crate) z: &'a [T],
}

/// What a kernel takes of a step.
#[cfg_attr(not(simd), allow(dead_code, reason = "read by the kernels over registers only"))]
pub(crate) struct Moment<C: Cell> {
    pub(crate) cell: C,
    /// How many inputs: 0 where their sums are there.
    pub(crate) inputs: usize,
    /// `w: [inputs × X]`, `x: [inputs]`, to read.
    pub(crate) w: *const f32,
    pub(crate) x: *const f32,
    /// What the first sums start from, `[X]`, and the others, to read.
    pub(crate) z: *const f32,
    pub(crate) beside: *const f32,
    /// `u: [Hidden × U]` and what it is multiplied with, `[Hidden]`, to read.
    pub(crate) u: *const f32,
    pub(crate) of: *const f32,
    /// The state before, `[Hidden]`, to read.
    pub(crate) before: *const f32,
    /// The new h, `[Hidden]`, to write.
    pub(crate) h: *mut f32,
    /// What is kept, `[Hidden]` each, to read and write.
    pub(crate) kept: C::Kept<*mut f32>,
}

/// h ← f(before, kept), unit by unit, where the first that are kept, `sums`, become weighted sums before: the first of them,
/// `X`, of the inputs, which are there where that is `None`; the last of them, `U`, of the state.
///
/// Where the state `before` is `None`, it is what h holds, or the last that is kept.
///
/// # Order
///
/// As of [`gemv`](super::gemv()) of the inputs, then of the state, then [`update`](super::update).
#[inline(always)]
pub(crate) fn advance<C: Cell, In: Width, Hidden: Width, X: Width, U: Width, T: Scalar>(
    cell: C,
    inputs: Option<Weighted<'_, In, X, T>>,
    recurrent: Weighted<'_, Hidden, U, T>,
    before: Option<&Vector<Hidden, T>>,
    h: &mut Vector<Hidden, T>,
    sums: &mut [Vector<Hidden, T>],
    rest: Option<&mut Vector<Hidden, T>>,
) {
    const {
        let all = C::SUMS * Hidden::USIZE;
        assert!(C::SUMS <= MOST && X::USIZE <= all && U::USIZE <= all);
        assert!(X::USIZE.is_multiple_of(Hidden::USIZE) && U::USIZE.is_multiple_of(Hidden::USIZE));
    }
    let beside = C::SUMS * Hidden::USIZE - X::USIZE;
    let inputs = inputs.and_then(|Weighted { w, x, z }| Some((w, x?, z)));
    if sums.len() < C::SUMS || recurrent.z.len() < beside || inputs.is_some_and(|(_, _, z)| z.len() < X::USIZE) {
        return;
    }
    let (h, sums, rest): (*mut T, *mut T, *mut T) =
        (h.as_mut_ptr(), sums.as_mut_ptr().cast(), rest.map_or(null_mut(), |rest| rest.as_mut_ptr()));
    let kept = C::Kept::<*mut T>::make(|g| if g < C::SUMS { sums.wrapping_add(g * Hidden::USIZE) } else { rest });
    if rest.is_null() && (C::INNER || kept.as_ref().len() > C::SUMS) {
        return;
    }
    let state = if C::INNER { rest } else { h };
    let (of, before) =
        (recurrent.x.map_or(h.cast_const(), |x| x.as_ptr()), before.map_or(state.cast_const(), |x| x.as_ptr()));
    // SAFETY: the arrays have the widths that the call names, and the slices as many numbers as was asked; what is read where
    // it is written is read before. A `T` of f32's digits is laid out as f32.
    unsafe {
        if const { single::<T>() } {
            let mut pointers = kept.as_ref().iter().map(|pointer| pointer.cast::<f32>());
            let none = (null(), null(), sums.cast_const());
            let (w, x, z) = inputs.map_or(none, |(w, x, z)| (w.as_ptr().cast(), x.as_ptr(), z.as_ptr()));
            let moment = Moment {
                cell,
                inputs: if inputs.is_some() { In::USIZE } else { 0 },
                w,
                x: x.cast(),
                z: z.cast(),
                beside: recurrent.z.as_ptr().cast(),
                u: recurrent.w.as_ptr().cast(),
                of: of.cast(),
                before: before.cast(),
                h: h.cast(),
                kept: C::Kept::<*mut f32>::make(|_| pointers.next().unwrap_or(null_mut())),
            };
            if dispatch::advance::<T, Hidden, X, U, C>(moment) {
                return;
            }
        }
        if let Some((w, x, z)) = inputs {
            copy_nonoverlapping(z.as_ptr(), sums, X::USIZE);
            gemv::alone::<In, X, T>(w, x, &mut *sums.cast());
        }
        copy_nonoverlapping(recurrent.z.as_ptr(), sums.add(X::USIZE), beside);
        let last = sums.add(C::SUMS * Hidden::USIZE - U::USIZE);
        gemv::alone::<Hidden, U, T>(recurrent.w, &*of.cast(), &mut *last.cast());
        update_raw(cell, Hidden::USIZE, h, before, kept);
    }
}
