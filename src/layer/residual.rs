use crate::activation::{Activation, Identity};
use crate::array::{Plain, Slot};
use crate::kernel;
use crate::layer::{Batched, InputOf, Layer, OutputOf, Parameters, Plan, Tape, TapeOf, Tensor};
use crate::network::Layers;
use crate::penalty::{Penalty, Step};
use crate::width::Width;

/// A shortcut around layers: what they read is added to what they write.
///
/// `L` is a layer or a tuple of layers. In [`network!`](crate::network!) it is
/// `Residual(Dense<8, Relu> => Dense<4>)`.
///
/// # Equations
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

    /// y ← f + x.
    #[inline(always)]
    fn join(x: &InputOf<L::Chain>, f: &OutputOf<L::Chain>, y: &mut OutputOf<L::Chain>) {
        let parts = y.flat_mut().iter_mut().zip(f.flat()).zip(x.flat());
        parts.for_each(|((y, &f), &x)| *y = f + x);
    }
}

/// to ← from, of one shape.
#[inline(always)]
fn copy<A: Plain>(from: &A, to: &mut A) {
    to.flat_mut().copy_from_slice(from.flat());
}

impl<L: Layers> Layer for Residual<L> {
    const NAME: &'static str = "Residual";
    const PLAN: &'static Plan = &Plan::around(L::Chain::PLAN);
    const LEARNS: bool = L::Chain::LEARNS;
    type Input = InputOf<L::Chain>;
    type Output = OutputOf<L::Chain>;
    type Tape = (TapeOf<L::Chain>, Slot<OutputOf<L::Chain>>);

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        self.layers.forward(x, y);
        kernel::add(x.flat(), y.flat_mut());
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
        dx.into_iter().for_each(|dx| kernel::add(tape.1.dy.flat(), dx.flat_mut()));
    }

    #[inline]
    fn errors(&self, x: &Self::Input, tape: &mut Self::Tape, dx: &mut Self::Input) {
        copy(&tape.1.dy, tape.0.split().1);
        self.layers.errors(x, &mut tape.0, dx);
        kernel::add(tape.1.dy.flat(), dx.flat_mut());
    }

    #[inline]
    fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: L::Scalar, mut dx: Option<&mut Self::Input>) {
        copy(&tape.1.dy, tape.0.split().1);
        self.layers.descend(x, &mut tape.0, rate, dx.as_deref_mut());
        dx.into_iter().for_each(|dx| kernel::add(tape.1.dy.flat(), dx.flat_mut()));
    }
}

crate::__layers! { [L: Layers] Residual<L> }

/// The tapes of the layers within, and their sums with x.
type Both<L, B> = (<<L as Layers>::Chain as Batched>::Tapes<B>, crate::Vector<B, Slot<OutputOf<<L as Layers>::Chain>>>);

/// dy goes to the layers within.
#[inline]
fn enter<L: Layers, B: Width>(tapes: &mut Both<L, B>, n: usize) {
    L::Chain::outputs::<B, ()>(&mut tapes.0, n, |_, dys| {
        dys.iter_mut().zip(&tapes.1).for_each(|(dy, slot)| copy(&slot.dy, dy));
    });
}

/// dx ← dx + dy, of each sample.
#[inline]
fn leave<L: Layers, B: Width>(tapes: &Both<L, B>, dxs: Option<&mut [&mut InputOf<L::Chain>]>) {
    let pairs = dxs.into_iter().flatten().zip(&tapes.1);
    pairs.for_each(|(dx, slot)| kernel::add(slot.dy.flat(), dx.flat_mut()));
}

impl<L: Layers> Batched for Residual<L> {
    const ALL_SPLIT: bool = L::Chain::ALL_SPLIT;
    type Tapes<B: Width> = Both<L, B>;

    fn record_all<B: Width>(&self, xs: &[&Self::Input], tapes: &mut Self::Tapes<B>) {
        self.layers.record_all::<B>(xs, &mut tapes.0);
        L::Chain::outputs::<B, ()>(&mut tapes.0, xs.len(), |fs, _| {
            let slots = tapes.1.iter_mut();
            xs.iter().zip(fs).zip(slots).for_each(|((x, f), slot)| Self::join(x, f, &mut slot.y));
        });
    }

    fn forward_all<B: Width, G: Activation>(
        &self,
        xs: &[&Self::Input],
        tapes: &mut Self::Tapes<B>,
        ys: &mut [Self::Output],
    ) {
        self.layers.forward_all::<B, Identity>(xs, &mut tapes.0, ys);
        for (x, y) in xs.iter().zip(ys) {
            kernel::add(x.flat(), y.flat_mut());
            kernel::activate_in_place::<G, _>(y.flat_mut());
        }
    }

    fn backward_all<B: Width>(
        &self,
        xs: &[&Self::Input],
        tapes: &mut Self::Tapes<B>,
        grad: &mut Self,
        mut dxs: Option<&mut [&mut Self::Input]>,
    ) {
        enter::<L, B>(tapes, xs.len());
        self.layers.backward_all::<B>(xs, &mut tapes.0, &mut grad.layers, dxs.as_deref_mut());
        leave::<L, B>(tapes, dxs);
    }

    fn errors_all<B: Width>(
        &self,
        xs: &[&Self::Input],
        tapes: &mut Self::Tapes<B>,
        mut dxs: Option<&mut [&mut Self::Input]>,
    ) {
        enter::<L, B>(tapes, xs.len());
        self.layers.errors_all::<B>(xs, &mut tapes.0, dxs.as_deref_mut());
        leave::<L, B>(tapes, dxs);
    }

    fn step_all<B: Width, P: Penalty>(
        &mut self,
        xs: &[&Self::Input],
        tapes: &mut Self::Tapes<B>,
        step: Step<P>,
        mut dxs: Option<&mut [&mut Self::Input]>,
    ) {
        enter::<L, B>(tapes, xs.len());
        self.layers.step_all::<B, P>(xs, &mut tapes.0, step, dxs.as_deref_mut());
        leave::<L, B>(tapes, dxs);
    }

    fn sums_all<B: Width>(xs: &[&Self::Input], tapes: &Self::Tapes<B>, start: usize, sums: &mut [L::Scalar]) {
        L::Chain::sums_all::<B>(xs, &tapes.0, start, sums);
    }

    fn recorded<B: Width, R: Default>(tapes: &Self::Tapes<B>, n: usize, read: impl FnOnce(&[&Self::Output]) -> R) -> R {
        crate::layer::__recorded::<_, B, R>(&tapes.1, n, read)
    }

    fn outputs<B: Width, R: Default>(
        tapes: &mut Self::Tapes<B>,
        n: usize,
        read: impl FnOnce(&[&Self::Output], &mut [&mut Self::Output]) -> R,
    ) -> R {
        crate::layer::__outputs::<_, B, R>(&mut tapes.1, n, read)
    }
}
