//! Layers of `f32` whose parameters are stored as other numbers: each is widened where it is used, so there is no copy of them.
//! A result has the bits of the layer with the widened parameters.

mod gemv;
mod layers;

use crate::array::Array;
use crate::layer::Layer;

/// A number as it is stored.
pub trait Stored: Copy {
    /// This number, exactly.
    fn widen(self) -> f32;
}

/// An `f32` in bytes, little-endian, of any alignment.
impl Stored for [i8; 4] {
    #[inline(always)]
    fn widen(self) -> f32 {
        f32::from_le_bytes(self.map(i8::cast_unsigned))
    }
}

/// A layer that runs by stored parameters. Sealed by what it asks for: nanoprop implements it.
#[diagnostic::on_unimplemented(
    message = "a layer of this network can't run by parameters that are stored as other numbers",
    label = "`{Self}` can't be part of a `Half` network, or in a `KeepFloat`",
    note = "there are Dense, Conv1d, Conv2d, pooling, Flatten, Unflatten, Softmax, Map, Residual, LayerNorm, BatchNorm and Standardize, of f32"
)]
pub trait Widen: Layer<Input: Array<Scalar = f32>, Output: Array<Scalar = f32>, Scalar = f32> {
    /// [`Layer::forward`] of the layer whose parameters are these numbers, widened.
    fn forward_by<S: Stored>(parameters: &[S], x: &Self::Input, y: &mut Self::Output);
}
