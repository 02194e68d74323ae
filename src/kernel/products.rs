#![allow(unsafe_code)]

use crate::array::Vector;
use crate::kernel::dispatch::{self, single};
#[allow(unused_imports, reason = "named in documentation")]
use crate::scalar::Real;
use crate::scalar::Scalar;
use crate::width::Width;

/// How many pairs are taken at once.
const MOST: usize = 16;

/// `to ← to + a ⊙ b` of several pairs, one after the other, each elementwise and rounded as [`Real::mul_add`] is; vectors of up
/// to `SHORT` numbers are not worth a look at the level.
pub(crate) struct Products<'a, C: Width, T: Scalar, const SHORT: usize> {
    pairs: [[Option<&'a Vector<C, T>>; 2]; MOST],
    n: usize,
    start: Option<&'a Vector<C, T>>,
}

impl<'a, C: Width, T: Scalar, const SHORT: usize> Products<'a, C, T, SHORT> {
    pub(crate) const NONE: Self = Products { pairs: [[None; 2]; MOST], n: 0, start: None };

    /// Whether pairs are gathered for a kernel.
    const GATHERS: bool = cfg!(simd) && single::<T>() && (T::FUSED || C::USIZE > SHORT);

    /// The next ones are added to `start`, and not to what `to` holds.
    #[inline(always)]
    pub(crate) fn start(&mut self, start: &'a Vector<C, T>, to: &mut Vector<C, T>) {
        if const { Self::GATHERS } {
            self.start = Some(start);
        } else {
            to.copy_from_slice(start);
        }
    }

    /// One more pair for `to`, to which all since [`end`](Products::end) are added.
    #[inline(always)]
    pub(crate) fn add(&mut self, a: &'a Vector<C, T>, b: &'a Vector<C, T>, to: &mut Vector<C, T>) {
        if const { !Self::GATHERS } {
            return plain(a, b, to);
        }
        if self.n == MOST {
            self.end(to);
        }
        self.pairs.iter_mut().skip(self.n).take(1).for_each(|pair| *pair = [Some(a), Some(b)]);
        self.n += 1;
    }

    /// Adds those that are not added yet.
    #[inline(always)]
    pub(crate) fn end(&mut self, to: &mut Vector<C, T>) {
        if const { !Self::GATHERS } {
            return;
        }
        let (n, pairs, first): (_, _, *mut f32) = (self.n, self.pairs.as_ptr().cast(), to.as_mut_ptr().cast());
        let start = self.start.map_or(first.cast_const(), |start| start.as_ptr().cast());
        // SAFETY: the first `n` pairs are references to vectors of this width, which an `Option` stores as pointers; a `T` of
        // f32's digits is laid out as f32.
        if !unsafe { dispatch::products::<T, C>(n, pairs, start, first) } {
            self.start.into_iter().for_each(|start| to.copy_from_slice(start));
            self.pairs.iter().take(n).filter_map(|&[a, b]| a.zip(b)).for_each(|(a, b)| plain(a, b, to));
        }
        (self.n, self.start) = (0, None);
    }
}

/// to ← to + a ⊙ b
#[inline(always)]
fn plain<T: Scalar>(a: &[T], b: &[T], to: &mut [T]) {
    to.iter_mut().zip(a).zip(b).for_each(|((to, &a), &b)| *to = a.mul_add(b, *to));
}
