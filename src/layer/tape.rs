use crate::array::Array;

/// What a forward pass keeps for the backward pass: at least the output `y`, and room for `dy`.
///
/// Owned by the caller, who can put it in a `static`: a network's `TAPE` is a constant.
pub trait Tape: Sized + 'static {
    /// The output's type.
    type Output;

    /// A tape on which nothing was recorded.
    const ZERO: Self;

    /// The recorded output `y`.
    fn output(&self) -> &Self::Output;

    /// `(y, dy)`: the recorded output, and the place of ∂J/∂y.
    fn split(&mut self) -> (&mut Self::Output, &mut Self::Output);
}

/// The tape of a layer whose backward pass needs its output only.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot<Y> {
    /// The output.
    pub y: Y,
    /// ∂J/∂y, of the shape of `y`.
    pub dy: Y,
}

impl<Y: Array> Tape for Slot<Y> {
    type Output = Y;
    const ZERO: Self = Slot { y: Y::ZERO, dy: Y::ZERO };

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
    const ZERO: Self = (A::ZERO, B::ZERO);

    #[inline(always)]
    fn output(&self) -> &B::Output {
        self.1.output()
    }

    #[inline(always)]
    fn split(&mut self) -> (&mut B::Output, &mut B::Output) {
        self.1.split()
    }
}
