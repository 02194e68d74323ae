use super::{Loss, each, total};
use crate::scalar::Scalar;

/// Squared error near the target, absolute error beyond a distance of 1: regression with outliers.
///
/// # Equations
///
/// With `eₖ = zₖ − yₖ`:
///
/// - `h = z`
/// - `J = Σₖ (½ eₖ² where |eₖ| ≤ 1, |eₖ| − ½ elsewhere)`, computed as `c (|e| − ½ c)` with `c = min(|e|, 1)`
/// - `δₖ = min(max(eₖ, −1), 1)`
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// assert_eq!(Huber::value(&[0.5_f32, -3.0], &[0.0, 0.0]), 0.125 + 2.5);
/// ```
///
/// # Source
///
/// P. Huber, "Robust estimation of a location parameter", Ann. Math. Statist. 35, 1964.
#[derive(Clone, Copy, Debug)]
pub struct Huber;

impl Loss for Huber {
    const NAME: &'static str = "huber";

    #[inline]
    fn link<T: Scalar>(_: &mut [T]) {}

    #[inline]
    fn value<T: Scalar>(z: &[T], y: &[T]) -> T {
        total(z, y, |z, y| {
            let e = (z - y).abs();
            let c = T::ONE.min(e);
            c * (e - T::of(0.5) * c)
        })
    }

    #[inline]
    fn delta<T: Scalar>(z: &[T], dz: &mut [T]) {
        each(z, dz, |z, y| T::ONE.min((-T::ONE).max(z - y)));
    }
}
