use crate::array::{Array, Plain, Slot};
use crate::kernel;
use crate::layer::{
    Batch, EmitOf, InputOf, Inputs, Layer, Lines, LinesMut, OutputOf, Parameters, Part, Plan, Stack, StepOf, StreamOf,
    Tape, TapeOf, Tensor,
};
use crate::network::Layers;
use crate::penalty::{Penalty, Step};
use crate::plain::{fit, fit_mut, fit_step};
use crate::scalar::Scalar;

/// A shortcut around layers: what they read is added to what they write.
///
/// `L` is a layer or a tuple of layers. In [`network!`](crate::network!) it is
/// `Residual(Dense<8, Relu> => Dense<4>)`.
///
/// # Equations
///
/// <!-- $y = L(x) + x, \qquad \frac{\partial J}{\partial x} = \frac{\partial L}{\partial x} \frac{\partial J}{\partial y} + \frac{\partial J}{\partial y}$ --><math display="block"><mi>y</mi><mo>=</mo><mi>L</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>+</mo><mi>x</mi><mo>,</mo><mspace width="2em"></mspace><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><mi>x</mi></mrow></mfrac><mo>=</mo><mfrac><mrow><mi>∂</mi><mi>L</mi></mrow><mrow><mi>∂</mi><mi>x</mi></mrow></mfrac><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><mi>y</mi></mrow></mfrac><mo>+</mo><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><mi>y</mi></mrow></mfrac></math>
///
/// - `y = L(x) + x`, elementwise
/// - `dx = ∂L/∂x · dy + dy`
///
/// # Shapes
///
/// `x, y`: of one shape. Layers that write another are a compile error, such as
/// `layers 2 to 3 in a Residual read 64 values, but write 32`.
///
/// # Memory
///
/// The parameters of `L`; its tape, and two `y`.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// network! { type Net = 2 => Residual(Dense<3, Relu> => Dense<2>) => Dense<1>, loss = SquaredError; }
/// let mut net = Net::ZERO;
/// net.parameters_mut().iter_mut().rev().take(2).for_each(|w| *w = 1.0);
/// assert_eq!(net.predict(&[3.0, 4.0])[0], 7.0); // L(x) = 0, so y = x
///
/// type Around = Residual<(Dense<U2, U3, Relu>, Dense<U3, U2>)>;
/// let by_hand: Network<(Around, Dense<U2, U1>), SquaredError> = net; // one type
/// assert_eq!(by_hand.layers().0.layers().1.flat().len(), 4 * 2);
/// ```
///
/// # Source
///
/// K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", CVPR 2016.
#[repr(transparent)]
pub struct Residual<L: Layers> {
    layers: L::Chain,
}

// SAFETY: transparent over a chain, which is plain.
#[allow(unsafe_code)]
unsafe impl<L: Layers> Plain for Residual<L> {
    type Scalar = L::Scalar;
    const COUNT: usize = L::Chain::COUNT;
}

impl<L: Layers> Parameters for Residual<L> {
    const NAME: &'static str = "Residual";
    const LEARNS: bool = L::Chain::LEARNS;

    #[inline(always)]
    fn tensors(visit: impl FnMut(Tensor)) {
        L::Chain::tensors(visit);
    }
}

impl<L: Layers> Residual<L> {
    /// The layers around which it leads: a tuple of references, as they were written.
    pub fn layers(&self) -> L::Refs<'_> {
        L::refs(&self.layers)
    }

    /// The layers, to change.
    pub fn layers_mut(&mut self) -> L::Muts<'_> {
        L::muts(&mut self.layers)
    }

    /// The layers as they are stored.
    pub(crate) fn chain(&self) -> &L::Chain {
        &self.layers
    }

    /// y ← f + x.
    #[inline(always)]
    pub(crate) fn join(x: &InputOf<L::Chain>, f: &OutputOf<L::Chain>, y: &mut OutputOf<L::Chain>) {
        let x: &OutputOf<L::Chain> = fit(x);
        let parts = y.flat_mut().iter_mut().zip(f.flat()).zip(x.flat());
        parts.for_each(|((y, &f), &x)| *y = f + x);
    }
}

/// y ← y + x, of one shape.
#[inline(always)]
fn add<X: Array, Y: Array<Scalar: Scalar>>(x: &X, y: &mut Y) {
    kernel::add(fit::<X, Y>(x).flat(), y.flat_mut());
}

/// dx ← dx + dy, of one shape.
#[inline(always)]
fn add_back<Y: Array<Scalar: Scalar>, X: Array>(dy: &Y, dx: &mut X) {
    kernel::add(dy.flat(), fit_mut::<X, Y>(dx).flat_mut());
}

/// to ← from, of one shape.
#[inline(always)]
fn copy<A: Plain>(from: &A, to: &mut A) {
    to.flat_mut().copy_from_slice(from.flat());
}

impl<L: Layers> Layer for Residual<L> {
    type Input = InputOf<L::Chain>;
    type Output = OutputOf<L::Chain>;
    type Tape = (TapeOf<L::Chain>, Slot<OutputOf<L::Chain>>);

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        self.layers.forward(x, y);
        add(x, y);
    }

    #[inline]
    fn record(&self, x: &Self::Input, tape: &mut Self::Tape) {
        self.layers.record(x, &mut tape.0);
        Self::join(x, tape.0.output(), &mut tape.1.y);
    }

    #[inline]
    fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, grad: &mut Self, mut dx: Option<&mut Self::Input>) {
        copy(&tape.1.dy, tape.0.split().1);
        self.layers.backward(x, &mut tape.0, &mut grad.layers, dx.as_deref_mut());
        dx.into_iter().for_each(|dx| add_back(&tape.1.dy, dx));
    }
}

impl<L: Layers> Batch for Residual<L> {
    fn record_batch(&self, xs: Inputs<Self::Input>, tapes: LinesMut<Self::Tape>) {
        let (mut within, sums) = tapes.halves();
        self.layers.record_batch(xs, within.reborrow());
        let fs = TapeOf::<L::Chain>::recorded(within.lines());
        xs.iter().zip(fs.iter()).zip(sums.slots().0.iter_mut()).for_each(|((x, f), y)| Self::join(x, f, y));
    }

    /// dy goes to the layers within; dx is theirs and dy.
    fn errors(&self, xs: Inputs<Self::Input>, tapes: LinesMut<Self::Tape>, mut dxs: Option<LinesMut<Self::Input>>) {
        let (mut within, sums) = tapes.halves();
        let dys = sums.lines().slots().1;
        let mut inner = TapeOf::<L::Chain>::outputs(within.reborrow()).1;
        inner.iter_mut().zip(dys.iter()).for_each(|(to, dy)| copy(dy, to));
        self.layers.errors(xs, within, dxs.as_mut().map(LinesMut::reborrow));
        let Some(mut dxs) = dxs else { return };
        dxs.iter_mut().zip(dys.iter()).for_each(|(dx, dy)| add_back(dy, dx));
    }

    fn sums(&self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, part: Part<L::Scalar>) {
        self.layers.sums(xs, tapes.halves().0, part);
    }

    fn step<P: Penalty>(&mut self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, step: Step<P>) {
        self.layers.step(xs, tapes.halves().0, step);
    }

    #[inline]
    fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: L::Scalar, mut dx: Option<&mut Self::Input>) {
        copy(&tape.1.dy, tape.0.split().1);
        self.layers.descend(x, &mut tape.0, rate, dx.as_deref_mut());
        dx.into_iter().for_each(|dx| add_back(&tape.1.dy, dx));
    }
}

impl<L: Layers> Stack for Residual<L> {
    const PLAN: &'static Plan = &Plan::around(L::Chain::PLAN);
    type Step = StepOf<L::Chain>;
    type Emit = EmitOf<L::Chain>;
    type Stream = StreamOf<L::Chain>;
    const MEASURED: usize = L::Chain::MEASURED;

    fn observe(&mut self, which: Option<usize>, x: &Self::Input, tape: &Self::Tape, weight: f64) {
        self.layers.observe(which, x, &tape.0, weight);
    }

    fn start(tape: &mut Self::Tape, stream: &Self::Stream) {
        L::Chain::start(&mut tape.0, stream);
    }

    fn carry(tape: &mut Self::Tape) {
        L::Chain::carry(&mut tape.0);
    }

    fn stream(&self, x: &Self::Step, stream: &mut Self::Stream, y: &mut Self::Emit) -> bool {
        let done = self.layers.stream(x, stream, y);
        if done {
            fit_step::<_, Self::Emit>(x).into_iter().for_each(|x| kernel::add(x.flat(), y.flat_mut()));
        }
        done
    }

    #[cfg(feature = "dev")]
    fn visit(&self, first: usize, xs: Lines<Self::Input>, visitor: &mut impl crate::dev::Visit) {
        self.layers.visit(first, xs, visitor);
        visitor.layer(self, first, xs);
    }
}

crate::__layers! { [L: Layers] Residual<L> }
