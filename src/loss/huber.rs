use super::{Loss, total};
use crate::kernel::{self, Lanewise};
use crate::scalar::{Real, Scalar};

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
/// let mut dz = [0.0_f32; 2];
/// Huber::delta(&[0.5, -3.0], &[0.0, 0.0], &mut dz);
/// assert_eq!(dz, [0.5, -1.0]);
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
    const LANES: bool = true;

    #[inline]
    fn value<T: Scalar>(z: &[T], y: &[T]) -> T {
        total(z, y, |z, y| {
            let e = (z - y).abs();
            let c = T::ONE.min(e);
            c * (e - T::of(0.5) * c)
        })
    }

    #[inline]
    fn delta<T: Scalar>(z: &[T], y: &[T], dz: &mut [T]) {
        kernel::map(Delta, z, y, dz);
    }

    #[inline(always)]
    fn delta_lanes<V: Real>(z: &[V], dz: &mut [V]) {
        kernel::across(Delta, z, dz);
    }
}

/// δ = min(max(z − y, −1), 1)
#[derive(Clone, Copy)]
struct Delta;

impl Lanewise for Delta {
    #[inline(always)]
    fn of<V: Real>(self, z: V, y: V) -> V {
        V::of(1.0).min(V::of(-1.0).max(z - y))
    }
}
