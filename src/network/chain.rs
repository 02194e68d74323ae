use crate::array::Plain;
use crate::kernel::Walk;
use crate::layer::{Batch, Inputs, Layer, Lines, LinesMut, Parameters, Part, Plan, Stack, Tape, Tensor};
use crate::network::__Sealed;
use crate::penalty::{Penalty, Step};
use crate::plain::{fit, fit_mut, fit_step};

/// A layer and the layers that follow it, which together are a layer. Tuples of layers are stored as links.
///
/// `(A, B, C)` is stored as `Link<A, Link<B, C>>`: its order in memory is fixed, and that of a tuple is not.
///
/// # Equations
///
/// - `y = f_B(f_A(x))`   (T 1.1.1–1.1.7)
/// - `dx = ∂f_A/∂x · (∂f_B/∂f_A · dy)`, from the last layer to the first   (T 2.1.7)
///
/// # Shapes
///
/// B reads what A writes; a network's constants check it.
///
/// # Memory
///
/// The parameters of A, then those of B; both tapes. `forward` keeps the output of A on the stack.
///
/// # Example
///
/// ```
/// use nanoprop::network::Link;
/// use nanoprop::prelude::*;
///
/// let mut chain = Link::<Dense<U1, U2>, Dense<U2, U1>>::ZERO;
/// chain.flat_mut().copy_from_slice(&[0.0, 1.0, 2.0, 3.0, 10.0, 1.0, 100.0]);
/// let mut y = Vector::ZERO;
/// chain.forward(&[1.0].into(), &mut y);
/// assert_eq!(y[0], 10.0 + 2.0 + 100.0 * 4.0);
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct Link<A, B>(
    /// The first layer.
    pub A,
    /// The rest.
    pub B,
);

// SAFETY: `repr(C)`, both plain and of one scalar, so nothing lies between or behind them.
#[allow(unsafe_code)]
unsafe impl<A: Plain, B: Plain<Scalar = A::Scalar>> Plain for Link<A, B> {
    type Scalar = A::Scalar;
    const COUNT: usize = A::COUNT + B::COUNT;
}

impl<A: Stack, B: Stack<Scalar = A::Scalar>> Parameters for Link<A, B> {
    const NAME: &'static str = "Chain";
    const LEARNS: bool = A::LEARNS || B::LEARNS;

    #[inline(always)]
    fn tensors(mut visit: impl FnMut(Tensor)) {
        A::tensors(&mut visit);
        B::tensors(|t| visit(Tensor { layer: t.layer + A::PLAN.layers(), start: t.start + A::COUNT, ..t }));
    }
}

/// Forward one layer after the other   (T 1.1.1–1.1.7), backward in the opposite order   (T 2.1.7).
impl<A: Stack, B: Stack<Scalar = A::Scalar>> Layer for Link<A, B> {
    type Input = A::Input;
    type Output = B::Output;
    type Tape = (A::Tape, B::Tape);

    #[inline]
    fn forward(&self, x: &A::Input, y: &mut B::Output) {
        let mut between = A::Output::ZERO;
        self.0.forward(x, &mut between);
        self.1.forward(fit(&between), y);
    }

    #[inline]
    fn record(&self, x: &A::Input, tape: &mut Self::Tape) {
        self.0.record(x, &mut tape.0);
        self.1.record(fit(tape.0.output()), &mut tape.1);
    }

    #[inline]
    fn backward(&self, x: &A::Input, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut A::Input>) {
        let read = A::LEARNS || dx.is_some();
        let (y, dy) = tape.0.split();
        self.1.backward(fit(y), &mut tape.1, &mut grad.1, read.then_some(fit_mut(dy)));
        if read {
            self.0.backward(x, &mut tape.0, &mut grad.0, dx);
        }
    }
}

/// All samples through one layer, then through the next.
impl<A: Stack, B: Stack<Scalar = A::Scalar>> Batch for Link<A, B> {
    #[inline]
    fn record_batch(&self, xs: Inputs<A::Input>, tapes: LinesMut<Self::Tape>) {
        let (mut first, second) = tapes.take(xs.len()).halves();
        self.0.record_batch(xs, first.reborrow());
        self.1.record_batch(A::Tape::recorded(first.lines()).fit().into(), second);
    }

    #[inline]
    fn errors(&self, xs: Inputs<A::Input>, tapes: LinesMut<Self::Tape>, dxs: Option<LinesMut<A::Input>>) {
        let read = A::LEARNS || dxs.is_some();
        let (mut first, second) = tapes.halves();
        let (ys, dys) = A::Tape::outputs(first.reborrow());
        self.1.errors(ys.lines().fit().into(), second, read.then_some(dys.fit()));
        if read {
            self.0.errors(xs, first, dxs);
        }
    }

    #[inline]
    fn sums(&self, xs: Inputs<A::Input>, tapes: Lines<Self::Tape>, mut part: Part<A::Scalar>) {
        let ((first, second), (a, b)) = (tapes.halves(), part.split(A::COUNT));
        if A::LEARNS && !a.numbers.is_empty() {
            self.0.sums(xs, first, a);
        }
        if B::LEARNS && !b.numbers.is_empty() {
            self.1.sums(A::Tape::recorded(first).fit().into(), second, b);
        }
    }

    #[inline]
    fn step<P: Penalty>(&mut self, xs: Inputs<A::Input>, tapes: Lines<Self::Tape>, step: Step<P>) {
        let (first, second) = tapes.halves();
        if B::LEARNS {
            self.1.step(A::Tape::recorded(first).fit().into(), second, step);
        }
        if A::LEARNS {
            self.0.step(xs, first, step);
        }
    }

    #[inline]
    fn descend(&mut self, x: &A::Input, tape: &mut Self::Tape, rate: A::Scalar, dx: Option<&mut A::Input>) {
        let read = A::LEARNS || dx.is_some();
        let (y, dy) = tape.0.split();
        self.1.descend(fit(y), &mut tape.1, rate, read.then_some(fit_mut(dy)));
        if read {
            self.0.descend(x, &mut tape.0, rate, dx);
        }
    }
}

impl<A: Stack, B: Stack<Scalar = A::Scalar>> __Sealed for Link<A, B> {}

impl<A: Stack, B: Stack<Scalar = A::Scalar>> Stack for Link<A, B> {
    const PLAN: &'static Plan = &Plan::pair(A::PLAN, B::PLAN);
    const LAYERS: usize = A::LAYERS + B::LAYERS;
    type Step = A::Step;
    type Emit = B::Emit;
    type Stream = (A::Stream, B::Stream);
    const MEASURED: usize = A::MEASURED + B::MEASURED;
    const NARROW: usize = if A::NARROW > 0 && B::NARROW > 0 { A::NARROW + B::NARROW } else { 0 };

    #[inline(always)]
    fn walk(walk: &mut impl Walk) {
        walk_both::<A, B, _>(walk);
    }

    #[cfg(feature = "dev")]
    fn visit(&self, first: usize, xs: Lines<A::Input>, visitor: &mut impl crate::dev::Visit) {
        self.0.visit(first, xs, visitor);
        let mut ys: [A::Output; crate::dev::MOST] = core::array::from_fn(|_| A::Output::ZERO);
        xs.iter().zip(&mut ys).for_each(|(x, y)| self.0.forward(x, y));
        self.1.visit(first + A::PLAN.layers(), Lines::from(&ys[..]).take(xs.len()).fit(), visitor);
    }

    #[inline]
    fn start(tape: &mut Self::Tape, stream: &Self::Stream) {
        A::start(&mut tape.0, &stream.0);
        B::start(&mut tape.1, &stream.1);
    }

    #[inline]
    fn carry(tape: &mut Self::Tape) {
        A::carry(&mut tape.0);
        B::carry(&mut tape.1);
    }

    #[inline]
    fn stream(&self, x: &A::Step, stream: &mut Self::Stream, y: &mut B::Emit) -> bool {
        let mut between = A::Emit::ZERO;
        if !self.0.stream(x, &mut stream.0, &mut between) {
            return false;
        }
        fit_step(&between).is_some_and(|x| self.1.stream(x, &mut stream.1, y))
    }

    #[inline]
    fn observe(&mut self, which: Option<usize>, x: &A::Input, tape: &Self::Tape, weight: f64) {
        self.0.observe(which, x, &tape.0, weight);
        match which.map(|k| k.checked_sub(A::MEASURED)) {
            Some(None) => {}
            which => self.1.observe(which.flatten(), fit(tape.0.output()), &tape.1, weight),
        }
    }

    #[inline]
    fn record_one(&self, layer: usize, x: &A::Input, tape: &mut Self::Tape) {
        match layer.checked_sub(A::LAYERS) {
            None => self.0.record_one(layer, x, &mut tape.0),
            Some(layer) => self.1.record_one(layer, fit(tape.0.output()), &mut tape.1),
        }
    }

    #[inline]
    fn errors_one(&self, layer: usize, x: &A::Input, tape: &mut Self::Tape, dx: &mut A::Input) {
        match layer.checked_sub(A::LAYERS) {
            None => self.0.errors_one(layer, x, &mut tape.0, dx),
            Some(layer) => {
                let (y, dy) = tape.0.split();
                self.1.errors_one(layer, fit(y), &mut tape.1, fit_mut(dy));
            }
        }
    }

    #[inline]
    fn descend_one(
        &mut self,
        layer: usize,
        x: &A::Input,
        tape: &mut Self::Tape,
        rate: A::Scalar,
        dx: Option<&mut A::Input>,
    ) {
        let read = A::LEARNS || dx.is_some();
        match layer.checked_sub(A::LAYERS) {
            None if read => self.0.descend_one(layer, x, &mut tape.0, rate, dx),
            None => {}
            Some(layer) => {
                let (y, dy) = tape.0.split();
                self.1.descend_one(layer, fit(y), &mut tape.1, rate, read.then_some(fit_mut(dy)));
            }
        }
    }
}

#[inline(always)]
fn walk_both<A: Stack, B: Stack, W: Walk>(walk: &mut W) {
    if W::BACK {
        B::walk(walk);
        A::walk(walk);
    } else {
        A::walk(walk);
        B::walk(walk);
    }
}
