use core::iter::once;
use core::slice::from_mut;

use crate::activation::{Activation, Identity, Tanh};
use crate::array::{Matrix, Plain, Vector};
use crate::kernel::{self, Cell, Flushed, Gradient, Lanewise, Of, Onto, Over, Update, Weighted};
use crate::layer::batch::{backward_by_halves, errors_of_one};
use crate::layer::recurrent;
use crate::layer::{Batch, Emission, Inputs, Last, Layer, Lines, LinesMut, Part, Plan, Role, Stack};
use crate::parameters;
use crate::scalar::{Real, Scalar, flush, is_wide};
use crate::width::Width;

parameters! {
    #![allow(unsafe_code)]
    /// The simple recurrent layer: a hidden state that reads each step of a sequence and itself.
    ///
    /// It writes the [`Last`] hidden state or [`All`](crate::All) of them, and learns by backpropagation through all its
    /// steps. On a device, [`step`](Elman::step) runs it one step at a time on a state that the caller
    /// owns, with the same bits.
    ///
    /// # Equations
    ///
    /// <!-- $h_t = g(b + W^{\mathsf{T}} x_t + U^{\mathsf{T}} h_{t-1}), \qquad \delta_t = \left(\frac{\partial J}{\partial h_t} + U \delta_{t+1}\right) \odot g'(z_t)$ --><math display="block"><msub><mi>h</mi><mi>t</mi></msub><mo>=</mo><mi>g</mi><mo stretchy="false">(</mo><mi>b</mi><mo>+</mo><msup><mi>W</mi><mrow><mrow><mi>𝖳</mi></mrow></mrow></msup><msub><mi>x</mi><mi>t</mi></msub><mo>+</mo><msup><mi>U</mi><mrow><mrow><mi>𝖳</mi></mrow></mrow></msup><msub><mi>h</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub><mo stretchy="false">)</mo><mo>,</mo><mspace width="2em"></mspace><msub><mi>δ</mi><mi>t</mi></msub><mo>=</mo><mrow><mo stretchy="true">(</mo><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><msub><mi>h</mi><mi>t</mi></msub></mrow></mfrac><mo>+</mo><mi>U</mi><msub><mi>δ</mi><mrow><mi>t</mi><mo>+</mo><mn>1</mn></mrow></msub><mo stretchy="true">)</mo></mrow><mo>⊙</mo><mi>g</mi><mi>′</mi><mo stretchy="false">(</mo><msub><mi>z</mi><mi>t</mi></msub><mo stretchy="false">)</mo></math>
    ///
    /// With `h₋₁ = 0`, or what [`carry`](crate::Network::carry) or [`start`](crate::Network::start) put there, for t = 0 … Steps − 1:
    ///
    /// - `hₜ = g(b + Wᵀ xₜ + Uᵀ hₜ₋₁)`
    /// - `δₜ = (dhₜ + U δₜ₊₁) ⊙ g′(zₜ)`, with `δ` of the step after the last 0, `dxₜ = W δₜ`
    /// - states and errors below 2⁻⁹⁶ (2⁻⁹⁶⁰ in f64) become 0, since arithmetic on subnormal numbers is slow
    /// - `∂J/∂b = Σₜ δₜ`, `∂J/∂W = Σₜ xₜ δₜᵀ`, `∂J/∂U = Σₜ hₜ₋₁ δₜᵀ`, in the order of t
    ///
    /// # Shapes
    ///
    /// `x: [Steps × In]`, `b: [Hidden]`, `W: [In × Hidden]`, `U: [Hidden × Hidden]`; `y: [Hidden]` or
    /// `[Steps × Hidden]`.
    ///
    /// # Memory
    ///
    /// `(1 + In + Hidden) · Hidden` parameters; `(2 · Steps + 1) · Hidden` numbers of tape, and `2 · Hidden` more
    /// for `Last`. Stack: `2 · Hidden` numbers, and partial sums, 48 at most.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::ArrayLike;
    ///
    /// // h ← max(0, x + h): a sum of inputs, as long as it is positive.
    /// let mut layer = Elman::<U3, U1, U1, Relu>::ZERO;
    /// layer.flat_mut().copy_from_slice(&[0.0, 1.0, 1.0]);
    /// let mut last = Vector::ZERO;
    /// layer.forward([[1.0], [2.0], [4.0]].view(), &mut last);
    /// assert_eq!(last[0], 7.0);
    ///
    /// let mut state = Vector::ZERO;
    /// layer.step(&[1.0].into(), &mut state);
    /// layer.step(&[2.0].into(), &mut state);
    /// layer.step(&[4.0].into(), &mut state);
    /// assert_eq!(state, last);
    /// ```
    ///
    /// # Source
    ///
    /// J. Elman, "Finding structure in time", Cognitive Science 14, 1990.
    pub struct Elman<
        Steps: Width, In: Width, Hidden: Width, A: Activation = Tanh, E: Emission = Last, T: Scalar = f32
    > of T, Batch, Stack {
        /// b: [Hidden]
        pub(crate) bias: Vector<Hidden, T> = Role::Bias { fan_in: In::USIZE, fan_out: Hidden::USIZE },
        /// W: [In × Hidden]
        pub(crate) weight: Matrix<In, Hidden, T> = Role::Weight { fan_in: In::USIZE, fan_out: Hidden::USIZE },
        /// U: [Hidden × Hidden]
        pub(crate) recurrent: Matrix<Hidden, Hidden, T> = Role::Weight { fan_in: Hidden::USIZE, fan_out: Hidden::USIZE },
    }
}

/// From the weighted sums to h.
impl<A: Activation> Update for Of<Flushed<A>> {
    type Kept<P> = [P; 1];

    #[inline(always)]
    fn of<V: Real>(self, _: V, _: V, [z]: &mut [V; 1]) -> V {
        Flushed::<A>::value(*z)
    }
}

impl<A: Activation> Cell for Of<Flushed<A>> {
    const SUMS: usize = 1;
}

/// From h and dh to δ.
impl<A: Activation> Lanewise for Of<Flushed<A>> {
    #[inline(always)]
    fn of<V: Real>(self, h: V, dh: V) -> V {
        flush(dh * A::slope(h))
    }
}

impl<Steps: Width, In: Width, Hidden: Width, A: Activation, E: Emission, T: Scalar> Elman<Steps, In, Hidden, A, E, T> {
    /// One step of inference: `h ← g(b + Wᵀ x + Uᵀ h)`. A sequence starts from `h = 0`.
    #[inline]
    pub fn step(&self, x: &Vector<In, T>, h: &mut Vector<Hidden, T>) {
        self.next(x, None, h);
    }

    /// A step from h before, or in place.
    #[inline]
    fn next(&self, x: &Vector<In, T>, before: Option<&Vector<Hidden, T>>, h: &mut Vector<Hidden, T>) {
        let inputs = Weighted { w: &self.weight, x: Some(x), z: &self.bias };
        let recurrent = Weighted { w: &self.recurrent, x: before, z: &[] };
        let mut z = Vector::ZERO;
        kernel::advance(Of::<Flushed<A>>::NEW, Some(inputs), recurrent, before, h, from_mut(&mut z), None);
    }
}

impl<Steps: Width, In: Width, Hidden: Width, A: Activation, E: Emission, T: Scalar> Layer
    for Elman<Steps, In, Hidden, A, E, T>
{
    const DETAIL: &'static str = A::NAME;
    type Input = Matrix<Steps, In, T>;
    type Output = E::Output<Steps, Hidden, T>;
    /// It keeps the state before the first step.
    type Tape = E::Tape<Steps, Hidden, T, Vector<Hidden, T>>;

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        let mut h = Vector::ZERO;
        for (t, x) in x.iter().enumerate() {
            self.step(x, &mut h);
            E::write(t, &h, y);
        }
    }

    #[inline]
    fn record(&self, x: &Self::Input, tape: &mut Self::Tape) {
        let (states, _, start) = E::steps(tape);
        let mut before = &*start;
        for (x, h) in x.iter().zip(states) {
            self.next(x, Some(before), h);
            before = h;
        }
        E::end(tape);
    }

    #[inline]
    fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Self::Input>) {
        if const { !is_wide::<T>() } {
            return backward_by_halves(self, x, tape, grad, dx);
        }
        // In fixed point each step is rounded.
        errors_of_one(self, x, tape, dx);
        let (states, deltas, start) = E::steps(tape);
        for ((x, h), delta) in x.iter().zip(once(&*start).chain(states.iter())).zip(deltas) {
            let (w, u, none): (_, _, &mut [T]) = (&self.weight, &self.recurrent, &mut []);
            kernel::gradient::<In, Hidden, Identity, T>(w, x, h, delta, &mut grad.bias, &mut grad.weight, None);
            kernel::gradient::<Hidden, Hidden, Identity, T>(u, h, h, delta, none, &mut grad.recurrent, None);
        }
    }
}

/// A step of all samples at once, as a dense layer takes it.
impl<Steps: Width, In: Width, Hidden: Width, A: Activation, E: Emission, T: Scalar> Batch
    for Elman<Steps, In, Hidden, A, E, T>
{
    fn record_batch(&self, xs: Inputs<Self::Input>, mut tapes: LinesMut<Self::Tape>) {
        let (states, _, start) = E::lines::<Steps, Hidden, T, Vector<Hidden, T>>(tapes.reborrow());
        let mut states = states.take(xs.len());
        for t in 0..Steps::USIZE {
            let (before, mut h) = states.elements(t);
            let before = before.as_ref().map_or(start.lines(), LinesMut::lines);
            let (x, bias) = (xs.element(t), Some(&self.bias));
            kernel::gemm::<In, Hidden, Identity, T>(&self.weight, bias, x, h.reborrow());
            kernel::gemm::<Hidden, Hidden, Flushed<A>, T>(&self.recurrent, None, before.into(), h);
        }
        tapes.take(xs.len()).iter_mut().for_each(E::end);
    }

    fn errors(&self, _: Inputs<Self::Input>, mut tapes: LinesMut<Self::Tape>, dxs: Option<LinesMut<Self::Input>>) {
        tapes.iter_mut().for_each(E::begin);
        let (states, mut deltas, _) = E::lines::<Steps, Hidden, T, Vector<Hidden, T>>(tapes);
        for t in (0..Steps::USIZE).rev() {
            let (before, mut delta) = deltas.elements(t);
            for (h, delta) in states.lines().element(t).iter().zip(delta.iter_mut()) {
                kernel::map_onto(Of::<Flushed<A>>::NEW, h, delta);
            }
            if let Some(before) = before {
                recurrent::spread::<_, _, T, Onto>(&self.recurrent, delta, before);
            }
        }
        let Some(mut dxs) = dxs else { return };
        for (deltas, dx) in deltas.iter_mut().zip(dxs.iter_mut()) {
            kernel::spread::<_, _, T, Over>(&self.weight, LinesMut::from(&mut deltas[..]), LinesMut::from(&mut dx[..]));
        }
    }

    /// Sample after sample, all steps at once.
    fn sums(&self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, mut part: Part<T>) {
        for (x, tape) in xs.iter().zip(tapes.iter()) {
            let (bias, mut rest) = part.split(Hidden::USIZE);
            let (weight, recurrent) = rest.split(In::USIZE * Hidden::USIZE);
            let (states, deltas, start) = E::seen(tape);
            let deltas = Lines::from(&deltas[..]);
            recurrent::sums(x[..].into(), deltas, bias.numbers, &mut weight.into(), Gradient);
            recurrent::sums_of_states(start, states, deltas, recurrent.into(), Gradient);
        }
    }

    fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: T, dx: Option<&mut Self::Input>) {
        errors_of_one(self, x, tape, dx);
        let (states, deltas, start) = E::steps(tape);
        for ((x, h), delta) in x.iter().zip(once(&*start).chain(states.iter())).zip(deltas) {
            let (bias, none): (&mut [T], &mut [T]) = (&mut self.bias, &mut []);
            kernel::descend::<In, Hidden, Identity, T>(&mut self.weight, x, h, delta, bias, rate, None);
            kernel::descend::<Hidden, Hidden, Identity, T>(&mut self.recurrent, h, h, delta, none, rate, None);
        }
    }
}

impl<Steps: Width, In: Width, Hidden: Width, A: Activation, E: Emission, T: Scalar> Stack
    for Elman<Steps, In, Hidden, A, E, T>
{
    const PLAN: &'static Plan = &Plan::leaf::<Self>();
    type Step = Vector<In, T>;
    type Emit = Vector<Hidden, T>;
    type Stream = Vector<Hidden, T>;

    #[inline]
    fn start(tape: &mut Self::Tape, h: &Self::Stream) {
        E::steps(tape).2.copy_from_slice(h);
    }

    #[inline]
    fn carry(tape: &mut Self::Tape) {
        let (states, _, start) = E::steps(tape);
        states.last().into_iter().for_each(|last| start.copy_from_slice(last));
    }

    #[inline]
    fn stream(&self, x: &Self::Step, h: &mut Self::Stream, y: &mut Self::Emit) -> bool {
        self.step(x, h);
        y.copy_from_slice(h);
        true
    }
}
