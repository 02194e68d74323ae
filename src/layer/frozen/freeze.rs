use crate::array::Array;
use crate::layer::{
    EmitOf, InputOf, Inputs, LinesMut, OutputOf, Plan, ScalarOf, Stack, StepOf, StreamOf, StreamState, Tape, TapeOf,
    errors_of_one,
};
use crate::scalar::Scalar;

/// What a [`Frozen`](super::Frozen) layer can be made of: a layer, a network, or a network of 16-bit weights, `Half`.
/// Sealed: nanoprop implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be frozen",
    label = "expected a layer of nanoprop, a network, or a `Half` network whose layers can run by stored numbers"
)]
pub trait Freeze: sealed::Sealed + 'static {
    #[doc(hidden)]
    type Scalar: Scalar;
    #[doc(hidden)]
    type Input: Array;
    #[doc(hidden)]
    type Output: Array<Scalar = Self::Scalar>;
    #[doc(hidden)]
    type Tape: Tape<Output = Self::Output>;
    #[doc(hidden)]
    type Step: Array;
    #[doc(hidden)]
    type Emit: Array<Scalar = Self::Scalar>;
    #[doc(hidden)]
    type Stream: StreamState;

    #[doc(hidden)]
    const FROZEN: &'static Plan;
    /// Layers that a step can take one by one.
    #[doc(hidden)]
    const SLICES: usize;

    #[doc(hidden)]
    fn frozen_forward(&self, x: &Self::Input, y: &mut Self::Output);
    #[doc(hidden)]
    fn frozen_record(&self, x: &Self::Input, tape: &mut Self::Tape);
    #[doc(hidden)]
    fn frozen_errors(&self, x: &Self::Input, tape: &mut Self::Tape, dx: &mut Self::Input);

    #[doc(hidden)]
    fn frozen_record_batch(&self, xs: Inputs<Self::Input>, mut tapes: LinesMut<Self::Tape>) {
        xs.iter().zip(tapes.iter_mut()).for_each(|(x, tape)| self.frozen_record(x, tape));
    }

    #[doc(hidden)]
    fn frozen_errors_batch(
        &self,
        xs: Inputs<Self::Input>,
        mut tapes: LinesMut<Self::Tape>,
        mut dxs: LinesMut<Self::Input>,
    ) {
        let both = xs.iter().zip(tapes.iter_mut()).zip(dxs.iter_mut());
        both.for_each(|((x, tape), dx)| self.frozen_errors(x, tape, dx));
    }

    #[doc(hidden)]
    fn frozen_record_one(&self, _layer: usize, x: &Self::Input, tape: &mut Self::Tape) {
        self.frozen_record(x, tape);
    }

    #[doc(hidden)]
    fn frozen_errors_one(&self, _layer: usize, x: &Self::Input, tape: &mut Self::Tape, dx: &mut Self::Input) {
        self.frozen_errors(x, tape, dx);
    }

    #[doc(hidden)]
    fn frozen_start(tape: &mut Self::Tape, stream: &Self::Stream);
    #[doc(hidden)]
    fn frozen_carry(tape: &mut Self::Tape);
    #[doc(hidden)]
    fn frozen_stream(&self, x: &Self::Step, stream: &mut Self::Stream, y: &mut Self::Emit) -> bool;
}

impl<L: Stack + 'static> Freeze for L {
    type Scalar = ScalarOf<L>;
    type Input = InputOf<L>;
    type Output = OutputOf<L>;
    type Tape = TapeOf<L>;
    type Step = StepOf<L>;
    type Emit = EmitOf<L>;
    type Stream = StreamOf<L>;
    const FROZEN: &'static Plan = L::PLAN;
    const SLICES: usize = L::LAYERS;

    #[inline]
    fn frozen_forward(&self, x: &Self::Input, y: &mut Self::Output) {
        self.forward(x, y);
    }

    #[inline]
    fn frozen_record(&self, x: &Self::Input, tape: &mut Self::Tape) {
        self.record(x, tape);
    }

    #[inline]
    fn frozen_errors(&self, x: &Self::Input, tape: &mut Self::Tape, dx: &mut Self::Input) {
        errors_of_one(self, x, tape, Some(dx));
    }

    fn frozen_record_batch(&self, xs: Inputs<Self::Input>, tapes: LinesMut<Self::Tape>) {
        self.record_batch(xs, tapes);
    }

    fn frozen_errors_batch(&self, xs: Inputs<Self::Input>, tapes: LinesMut<Self::Tape>, dxs: LinesMut<Self::Input>) {
        self.errors(xs, tapes, Some(dxs));
    }

    fn frozen_record_one(&self, layer: usize, x: &Self::Input, tape: &mut Self::Tape) {
        self.record_one(layer, x, tape);
    }

    fn frozen_errors_one(&self, layer: usize, x: &Self::Input, tape: &mut Self::Tape, dx: &mut Self::Input) {
        self.errors_one(layer, x, tape, dx);
    }

    fn frozen_start(tape: &mut Self::Tape, stream: &Self::Stream) {
        L::start(tape, stream);
    }

    fn frozen_carry(tape: &mut Self::Tape) {
        L::carry(tape);
    }

    fn frozen_stream(&self, x: &Self::Step, stream: &mut Self::Stream, y: &mut Self::Emit) -> bool {
        self.stream(x, stream, y)
    }
}

mod sealed {
    pub trait Sealed {}
    impl<L: crate::layer::Stack> Sealed for L {}
    #[cfg(feature = "half")]
    impl<N, H, const P: usize> Sealed for crate::halves::Half<N, H, P> {}
}
