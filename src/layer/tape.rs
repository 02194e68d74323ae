use crate::array::{Array, Slot, Vector};
use crate::plain::repeat;
use crate::width::Width;

/// What a forward pass keeps for the backward pass: at least the output `y`, and room for `dy`.
///
/// Owned by the caller, who can put it in a `static`: a network's `TAPE` is a constant.
pub trait Tape: Sized + Send + Sync + 'static {
    /// The output's type.
    type Output;

    /// A tape on which nothing was recorded.
    const BLANK: Self;

    /// The recorded output `y`.
    fn output(&self) -> &Self::Output;

    /// `(y, dy)`: the recorded output, and the place of ∂J/∂y.
    fn split(&mut self) -> (&mut Self::Output, &mut Self::Output);
}

impl<Y: Array> Tape for Slot<Y> {
    type Output = Y;
    const BLANK: Self = Slot { y: Y::ZERO, dy: Y::ZERO };

    #[inline(always)]
    fn output(&self) -> &Y {
        &self.y
    }

    #[inline(always)]
    fn split(&mut self) -> (&mut Y, &mut Y) {
        (&mut self.y, &mut self.dy)
    }
}

/// The tapes of two layers in a row; the output is the second's.
impl<A: Tape, B: Tape> Tape for (A, B) {
    type Output = B::Output;
    const BLANK: Self = (A::BLANK, B::BLANK);

    #[inline(always)]
    fn output(&self) -> &B::Output {
        self.1.output()
    }

    #[inline(always)]
    fn split(&mut self) -> (&mut B::Output, &mut B::Output) {
        self.1.split()
    }
}

/// The tapes of several samples: constants, for a `static`.
pub trait Tapes: Sized + Send + Sync + 'static {
    /// Tapes on which nothing was recorded.
    const BLANK: Self;
}

impl<T: Tape, B: Width> Tapes for Vector<B, T> {
    const BLANK: Self = repeat::<T, B>();
}

impl<A: Tapes, B: Tapes> Tapes for (A, B) {
    const BLANK: Self = (A::BLANK, B::BLANK);
}
