use super::{Loss, total};
use crate::kernel::{self, Lanewise};
use crate::scalar::{Real, Scalar};

/// Half the squared distance: regression with the network's outputs as they are.
///
/// # Equations
///
/// - `h = z`
/// - `J = ½ Σₖ (zₖ − yₖ)²`
/// - `δₖ = zₖ − yₖ`
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// let mut dz = [0.0_f32; 2];
/// SquaredError::delta(&[1.0, 4.0], &[0.0, 1.0], &mut dz);
/// assert_eq!(dz, [1.0, 3.0]);
/// assert_eq!(SquaredError::value(&[1.0_f32, 4.0], &[0.0, 1.0]), 5.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SquaredError;

impl Loss for SquaredError {
    const NAME: &'static str = "squared_error";
    const LANES: bool = true;

    #[inline]
    fn value<T: Scalar>(z: &[T], y: &[T]) -> T {
        T::of(0.5) * total(z, y, |z, y| (z - y) * (z - y))
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

/// δ = z − y
#[derive(Clone, Copy)]
struct Delta;

impl Lanewise for Delta {
    #[inline(always)]
    fn of<V: Real>(self, z: V, y: V) -> V {
        z - y
    }
}
