//! Layers of `f32` whose parameters are stored as other numbers: each is widened where it is used, so there is no copy of them.
//! A result has the bits of the layer with the widened parameters.

mod gemv;
mod layers;
mod recurrent;

use crate::array::{Array, Plain};
use crate::layer::{Layer, Stack, Tape, TapeOf, errors_of_one};

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
    note = "all layers of f32 can but ConvTranspose1d, FakeQuantize and layers of one's own"
)]
pub trait Widen: Stack + Layer<Output: Array<Scalar = f32>, Scalar = f32> {
    /// [`Layer::forward`] of the layer whose parameters are these numbers, widened.
    fn forward_by<S: Stored>(parameters: &[S], x: &Self::Input, y: &mut Self::Output);

    /// One step of a stream; whether it wrote `y`.
    #[doc(hidden)]
    fn stream_by<S: Stored>(parameters: &[S], x: &Self::Step, stream: &mut Self::Stream, y: &mut Self::Emit) -> bool;

    /// dx ← ∂J/∂x, from ∂J/∂y: of a layer by a copy of it in `f32` on the stack, which runs anew.
    #[doc(hidden)]
    fn errors_by<S: Stored>(parameters: &[S], x: &Self::Input, dy: &Self::Output, dx: &mut Self::Input) {
        let (layer, mut tape) = (widened::<Self, S>(parameters), TapeOf::<Self>::BLANK);
        layer.record(x, &mut tape);
        tape.split().1.flat_mut().copy_from_slice(dy.flat());
        errors_of_one(&layer, x, &mut tape, Some(dx));
    }
}

/// The layer in `f32`.
#[inline(always)]
fn widened<L: Plain<Scalar = f32>, S: Stored>(parameters: &[S]) -> L {
    let mut layer = L::ZERO;
    layer.flat_mut().iter_mut().zip(parameters).for_each(|(to, from)| *to = from.widen());
    layer
}

/// A part of the parameters, and the rest.
fn split<S>(parameters: &[S], at: usize) -> (&[S], &[S]) {
    parameters.split_at_checked(at).unwrap_or((&[], &[]))
}
