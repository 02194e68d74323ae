use super::{Half, HalfNumber};
use crate::layer::{EmitOf, Freeze, InputOf, OutputOf, Plan, Slot, Stack, StepOf, StreamOf};
use crate::loss::Loss;
use crate::network::{Layers, Network};
use crate::stored::Widen;

/// The weights of a [`Frozen`](crate::Frozen) layer. Its tape holds the output only.
impl<L: Layers<Chain: Widen> + 'static, E: Loss, H: HalfNumber, const P: usize> Freeze for Half<Network<L, E>, H, P> {
    type Scalar = f32;
    type Input = InputOf<L::Chain>;
    type Output = OutputOf<L::Chain>;
    type Tape = Slot<OutputOf<L::Chain>>;
    type Step = StepOf<L::Chain>;
    type Emit = EmitOf<L::Chain>;
    type Stream = StreamOf<L::Chain>;
    const FROZEN: &'static Plan = L::Chain::PLAN;
    const SLICES: usize = 1;

    #[inline]
    fn frozen_forward(&self, x: &Self::Input, y: &mut Self::Output) {
        let () = Self::FITS;
        L::Chain::forward_by(self.parameters(), x, y);
    }

    #[inline]
    fn frozen_record(&self, x: &Self::Input, tape: &mut Self::Tape) {
        self.frozen_forward(x, &mut tape.y);
    }

    fn frozen_errors(&self, x: &Self::Input, tape: &mut Self::Tape, dx: &mut Self::Input) {
        L::Chain::errors_by(self.parameters(), x, &tape.dy, dx);
    }

    fn frozen_start(_: &mut Self::Tape, _: &Self::Stream) {
        const { remembers_nothing::<Self::Stream>() }
    }

    fn frozen_carry(_: &mut Self::Tape) {
        const { remembers_nothing::<Self::Stream>() }
    }

    #[inline]
    fn frozen_stream(&self, x: &Self::Step, stream: &mut Self::Stream, y: &mut Self::Emit) -> bool {
        let () = Self::FITS;
        L::Chain::stream_by(self.parameters(), x, stream, y)
    }
}

/// Refuses to go on from a state: there is none on the tape.
const fn remembers_nothing<S>() {
    assert!(
        size_of::<S>() == 0,
        "a Frozen layer of 16-bit weights starts each window from 0: it can't carry its state on"
    );
}
