use crate::array::Plain;
use crate::kernel::Walk;
use crate::layer::{
    Batch, EmitOf, InputOf, Inputs, Layer, Lines, LinesMut, OutputOf, Parameters, Part, Plan, ScalarOf, Stack, StepOf,
    StreamOf, TapeOf, Tensor,
};
use crate::penalty::{Penalty, Step};

/// A layer that stays in floating point where its network becomes one of integers, [`Quantized`](crate::Quantized): often the
/// first one or the last one, whose rounding costs most.
///
/// In floating point it is the layer: it has its bits, its parameters and its plan, so that a checkpoint of the network
/// without the word loads into the network with it. In [`network!`](crate::network!) it is `KeepFloat(Dense<10>)`.
///
/// # Equations
///
/// `y = L(x)`, `dx = ∂L/∂x · dy`.
///
/// # Shapes
///
/// Those of the layer.
///
/// # Memory
///
/// Those of the layer. In a `Quantized` network: 4 bytes for each parameter, and 16.
///
/// # Example
///
/// ```
/// use nanoprop::int8::Observer;
/// use nanoprop::prelude::*;
/// use nanoprop::Quantized;
///
/// network! {
///     type Net = 2 => Dense<4, Relu> => Dense<4, Relu> => Dense<1>, loss = SquaredError;
///     type Mixed = 2 => Dense<4, Relu> => Dense<4, Relu> => KeepFloat(Dense<1>), loss = SquaredError;
/// }
/// assert_eq!(Net::FINGERPRINT, Mixed::FINGERPRINT);
/// let mut net = Mixed::ZERO;
/// net.initialize(&He, &mut Pcg32::new(1));
///
/// let samples = [([0.5, -1.0], [0.0]), ([-0.25, 1.0], [0.0])];
/// let mut small = Quantized::<Mixed>::ZERO;
/// small.quantize(&net, &samples, Observer::MinMax);
/// let z = small.logits(&small.encode(&[0.5, -1.0])); // a number, of f32
/// assert!((z[0] - net.predict(&[0.5, -1.0])[0]).abs() < 0.02);
/// ```
#[repr(transparent)]
pub struct KeepFloat<L> {
    layer: L,
}

// SAFETY: transparent over a layer, which is plain.
#[allow(unsafe_code)]
unsafe impl<L: Plain> Plain for KeepFloat<L> {
    type Scalar = L::Scalar;
    const COUNT: usize = L::COUNT;
}

impl<L> KeepFloat<L> {
    /// The layer.
    pub fn layer(&self) -> &L {
        &self.layer
    }

    /// The layer, to change.
    pub fn layer_mut(&mut self) -> &mut L {
        &mut self.layer
    }
}

impl<L: Stack> Parameters for KeepFloat<L> {
    const NAME: &'static str = L::NAME;
    const LEARNS: bool = L::LEARNS;

    #[inline(always)]
    fn tensors(visit: impl FnMut(Tensor)) {
        L::tensors(visit);
    }
}

crate::__layers! { [L: Stack] KeepFloat<L> }

impl<L: Stack> Layer for KeepFloat<L> {
    type Input = InputOf<L>;
    type Output = OutputOf<L>;
    type Tape = TapeOf<L>;
    const DETAIL: &'static str = L::DETAIL;

    #[inline(always)]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        self.layer.forward(x, y);
    }

    #[inline(always)]
    fn record(&self, x: &Self::Input, tape: &mut Self::Tape) {
        self.layer.record(x, tape);
    }

    #[inline(always)]
    fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Self::Input>) {
        self.layer.backward(x, tape, &mut grad.layer, dx);
    }
}

impl<L: Stack> Batch for KeepFloat<L> {
    #[inline(always)]
    fn record_batch(&self, xs: Inputs<Self::Input>, tapes: LinesMut<Self::Tape>) {
        self.layer.record_batch(xs, tapes);
    }

    #[inline(always)]
    fn errors(&self, xs: Inputs<Self::Input>, tapes: LinesMut<Self::Tape>, dxs: Option<LinesMut<Self::Input>>) {
        self.layer.errors(xs, tapes, dxs);
    }

    #[inline(always)]
    fn sums(&self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, part: Part<ScalarOf<L>>) {
        self.layer.sums(xs, tapes, part);
    }

    #[inline(always)]
    fn step<P: Penalty>(&mut self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, step: Step<P>) {
        self.layer.step(xs, tapes, step);
    }

    #[inline(always)]
    fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: ScalarOf<L>, dx: Option<&mut Self::Input>) {
        self.layer.descend(x, tape, rate, dx);
    }
}

impl<L: Stack> Stack for KeepFloat<L> {
    const PLAN: &'static Plan = L::PLAN;
    const FAULT: &'static str = L::FAULT;
    const WAITS: &'static str = L::WAITS;
    const ANEW: &'static str = L::ANEW;
    const MEASURED: usize = L::MEASURED;
    const LAYERS: usize = L::LAYERS;
    const NARROW: usize = L::NARROW;
    type Step = StepOf<L>;
    type Emit = EmitOf<L>;
    type Stream = StreamOf<L>;

    #[inline]
    fn stream(&self, x: &Self::Step, stream: &mut Self::Stream, y: &mut Self::Emit) -> bool {
        self.layer.stream(x, stream, y)
    }

    fn start(tape: &mut Self::Tape, stream: &Self::Stream) {
        L::start(tape, stream);
    }

    fn carry(tape: &mut Self::Tape) {
        L::carry(tape);
    }

    fn observe(&mut self, which: Option<usize>, x: &Self::Input, tape: &Self::Tape, weight: f64) {
        self.layer.observe(which, x, tape, weight);
    }

    #[inline(always)]
    fn walk(walk: &mut impl Walk) {
        L::walk(walk);
    }

    #[cfg(feature = "dev")]
    fn visit(&self, first: usize, xs: Lines<Self::Input>, visitor: &mut impl crate::dev::Visit) {
        self.layer.visit(first, xs, visitor);
    }

    fn record_one(&self, layer: usize, x: &Self::Input, tape: &mut Self::Tape) {
        self.layer.record_one(layer, x, tape);
    }

    fn errors_one(&self, layer: usize, x: &Self::Input, tape: &mut Self::Tape, dx: &mut Self::Input) {
        self.layer.errors_one(layer, x, tape, dx);
    }

    fn descend_one(
        &mut self,
        layer: usize,
        x: &Self::Input,
        tape: &mut Self::Tape,
        rate: ScalarOf<L>,
        dx: Option<&mut Self::Input>,
    ) {
        self.layer.descend_one(layer, x, tape, rate, dx);
    }
}
