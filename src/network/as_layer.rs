//! A network as a layer, from its input to its logits: what a checker, a `Frozen` layer and a chain see of it.

use crate::layer::{
    Batch, EmitOf, InputOf, Inputs, Layer, Lines, LinesMut, OutputOf, Parameters, Part, Plan, Stack, StepOf, StreamOf,
    TapeOf, Tensor,
};
use crate::loss::Loss;
use crate::network::{__Sealed, Layers, Network};
use crate::penalty::{Penalty, Step};

impl<L: Layers, E: Loss> Parameters for Network<L, E> {
    const NAME: &'static str = "Network";
    const LEARNS: bool = L::Chain::LEARNS;

    #[inline(always)]
    fn tensors(visit: impl FnMut(Tensor)) {
        L::Chain::tensors(visit);
    }
}

/// A network as a layer: from its input to its logits.
impl<L: Layers, E: Loss> Layer for Network<L, E> {
    type Input = InputOf<L::Chain>;
    type Output = OutputOf<L::Chain>;
    type Tape = TapeOf<L::Chain>;

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        self.layers.forward(x, y);
    }

    #[inline]
    fn record(&self, x: &Self::Input, tape: &mut Self::Tape) {
        self.layers.record(x, tape);
    }

    #[inline]
    fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Self::Input>) {
        self.layers.backward(x, tape, &mut grad.layers, dx);
    }
}

impl<L: Layers, E: Loss> Batch for Network<L, E> {
    #[inline]
    fn record_batch(&self, xs: Inputs<Self::Input>, tapes: LinesMut<Self::Tape>) {
        self.layers.record_batch(xs, tapes);
    }

    #[inline]
    fn errors(&self, xs: Inputs<Self::Input>, tapes: LinesMut<Self::Tape>, dxs: Option<LinesMut<Self::Input>>) {
        self.layers.errors(xs, tapes, dxs);
    }

    #[inline]
    fn sums(&self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, part: Part<L::Scalar>) {
        self.layers.sums(xs, tapes, part);
    }

    #[inline]
    fn step<P: Penalty>(&mut self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, step: Step<P>) {
        self.layers.step(xs, tapes, step);
    }

    #[inline]
    fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: L::Scalar, dx: Option<&mut Self::Input>) {
        self.layers.descend(x, tape, rate, dx);
    }
}

impl<L: Layers, E: Loss> __Sealed for Network<L, E> {}

/// A network in a [`Frozen`](crate::Frozen) layer: its layers count, and can be taken one by one.
impl<L: Layers, E: Loss> Stack for Network<L, E> {
    const PLAN: &'static Plan = L::Chain::PLAN;
    const LAYERS: usize = L::Chain::LAYERS;
    type Step = StepOf<L::Chain>;
    type Emit = EmitOf<L::Chain>;
    type Stream = StreamOf<L::Chain>;
    const MEASURED: usize = L::Chain::MEASURED;

    fn observe(&mut self, which: Option<usize>, x: &Self::Input, tape: &Self::Tape, weight: f64) {
        self.layers.observe(which, x, tape, weight);
    }

    fn start(tape: &mut Self::Tape, stream: &Self::Stream) {
        L::Chain::start(tape, stream);
    }

    fn carry(tape: &mut Self::Tape) {
        L::Chain::carry(tape);
    }

    fn stream(&self, x: &Self::Step, stream: &mut Self::Stream, y: &mut Self::Emit) -> bool {
        self.layers.stream(x, stream, y)
    }

    #[cfg(feature = "dev")]
    fn visit(&self, first: usize, xs: Lines<Self::Input>, visitor: &mut impl crate::dev::Visit) {
        self.layers.visit(first, xs, visitor);
    }

    fn record_one(&self, layer: usize, x: &Self::Input, tape: &mut Self::Tape) {
        self.layers.record_one(layer, x, tape);
    }

    fn errors_one(&self, layer: usize, x: &Self::Input, tape: &mut Self::Tape, dx: &mut Self::Input) {
        self.layers.errors_one(layer, x, tape, dx);
    }

    fn descend_one(
        &mut self,
        layer: usize,
        x: &Self::Input,
        tape: &mut Self::Tape,
        rate: L::Scalar,
        dx: Option<&mut Self::Input>,
    ) {
        self.layers.descend_one(layer, x, tape, rate, dx);
    }
}
