use crate::array::{Array, Matrix, Plain, Vector};
use crate::kernel::{Sink, Weighted};
use crate::layer::recurrent::Rows;
use crate::layer::{Lines, LinesMut};
use crate::scalar::Scalar;
use crate::width::{Gates, U4, Width};

/// Where a [`Gru`](crate::Gru) applies its reset gate: [`ResetAfter`] or [`ResetBefore`] the product with the state.
/// Sealed.
pub trait ResetMode: sealed::Sealed + Sized + 'static {
    /// Its name in checkpoints and messages.
    const NAME: &'static str;
    /// Whether it resets the product.
    #[doc(hidden)]
    const AFTER: bool = false;
    /// The bias beside the state, of the new gate: an array, or nothing.
    type Bias<H: Gates, T: Scalar>: Array<Scalar = T>;
    /// How many weights a state has in one row: `3 × H` or `2 × H`.
    type Together<H: Gates>: Width;
    /// The weights of the new gate where they are apart: an array, or nothing.
    type Apart<H: Gates, T: Scalar>: Array<Scalar = T>;

    /// A step of one sample: h from the state before, or in place, and x, or its products in the line.
    #[doc(hidden)]
    fn next<In: Width, H: Gates, T: Scalar>(
        by: Recurrent<Self, H, T>,
        inputs: Option<Weighted<In, H::Three, T>>,
        before: Option<&Vector<H, T>>,
        h: &mut Vector<H, T>,
        line: &mut Line<H, T>,
    );

    /// A step in place, from the sums in the line, where `apart` adds the products with weights that are apart.
    #[doc(hidden)]
    fn finish<H: Gates, T: Scalar>(
        line: &mut Line<H, T>,
        h: &mut Vector<H, T>,
        apart: impl FnOnce(&Vector<H, T>, &mut Vector<H, T>),
    );

    /// Of several samples, h from the state before and the products with x.
    #[doc(hidden)]
    fn advance<H: Gates, T: Scalar>(
        by: Recurrent<Self, H, T>,
        before: Lines<Vector<H, T>>,
        h: LinesMut<Vector<H, T>>,
        lines: LinesMut<Line<H, T>>,
    );

    /// From `dh` to δ, and the share of the state before, whose error nobody wants before the first step.
    #[doc(hidden)]
    fn retreat<H: Gates, T: Scalar>(
        by: Recurrent<Self, H, T>,
        before: Lines<Vector<H, T>>,
        dbefore: Option<LinesMut<Vector<H, T>>>,
        dh: LinesMut<Vector<H, T>>,
        lines: LinesMut<Line<H, T>>,
    );

    /// What `sink` makes of the sums over the steps, for what a state is multiplied with.
    #[doc(hidden)]
    #[expect(private_bounds, reason = "the trait is sealed")]
    fn change<Steps: Width, H: Gates, T: Scalar, S: Sink>(
        start: &Vector<H, T>,
        states: &Matrix<Steps, H, T>,
        kept: Lines<Line<H, T>>,
        to: Changed<Self, H, T>,
        sink: S,
    );
}

/// The reset gate scales the product with the state: PyTorch's, and Keras's `reset_after = True`.
#[derive(Clone, Copy, Debug)]
pub struct ResetAfter;

/// The reset gate scales the state before the product: Cho's, and Keras's `reset_after = False`.
#[derive(Clone, Copy, Debug)]
pub struct ResetBefore;

/// What is kept of a step: n, r, z and q or p, and after the way back δ of n, r and z, and of q, or p.
#[doc(hidden)]
pub type Line<H, T> = Matrix<U4, H, T>;

/// Calls `change` for each sample, on the way back, with its line, its dh, the state before, and the share of that in its own
/// error, which nobody reads before the first step.
#[inline(always)]
pub(super) fn back<H: Gates, T: Scalar>(
    before: Lines<Vector<H, T>>,
    dbefore: &mut Option<LinesMut<Vector<H, T>>>,
    dh: &mut LinesMut<Vector<H, T>>,
    lines: &mut LinesMut<Line<H, T>>,
    change: impl Fn(&mut Line<H, T>, &mut Vector<H, T>, &Vector<H, T>, &mut Vector<H, T>),
) {
    let mut none = Vector::ZERO;
    for (b, ((line, dh), before)) in lines.iter_mut().zip(dh.iter_mut()).zip(before.iter()).enumerate() {
        let share = dbefore.as_mut().and_then(|dbefore| dbefore.get_mut(b)).unwrap_or(&mut none);
        change(line, dh, before, share);
    }
}

/// What a state is multiplied with, and what is added.
#[doc(hidden)]
#[derive(Debug)]
pub struct Recurrent<'a, R: ResetMode, H: Gates, T: Scalar> {
    pub(super) bias: &'a R::Bias<H, T>,
    pub(super) together: &'a Matrix<H, R::Together<H>, T>,
    pub(super) apart: &'a R::Apart<H, T>,
}

/// The places of their sums.
#[doc(hidden)]
#[derive(Debug)]
pub struct Changed<'a, R: ResetMode, H: Gates, T: Scalar> {
    pub(super) bias: &'a mut [T],
    pub(super) together: Rows<'a, R::Together<H>, T>,
    pub(super) apart: Rows<'a, H, T>,
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::ResetAfter {}
    impl Sealed for super::ResetBefore {}
}
