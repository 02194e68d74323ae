mod cell;

use core::slice::{from_mut, from_ref};

use cell::{Backward, Forward};

use crate::activation::Identity;
use crate::array::{Matrix, Plain, Vector};
use crate::kernel::{self, Gradient, Onto, Sink, Weighted};
use crate::layer::batch::{backward_by_halves, errors_of_one};
use crate::layer::recurrent::{self, Gated, Rows};
use crate::layer::{Batch, Emission, Inputs, Last, Layer, Lines, LinesMut, Part, Plan, Role, Stack};
use crate::parameters;
use crate::penalty::{NoPenalty, Step};
use crate::scalar::Scalar;
use crate::width::{Gates, U3, U4, U5, Width};

parameters! {
    #![allow(unsafe_code)]
    /// Long short-term memory: a recurrent layer whose gates decide what its cells keep, take in and show.
    ///
    /// It writes the [`Last`] hidden state or [`All`](crate::All) of them, and learns by backpropagation through all its
    /// steps. On a device, [`step`](Lstm::step) runs it one step at a time on a state that the caller owns, with the same
    /// bits.
    ///
    /// # Equations
    ///
    /// <!-- $c_t = f \odot c_{t-1} + i \odot g, \qquad h_t = o \odot \tanh c_t$ --><math display="block"><msub><mi>c</mi><mi>t</mi></msub><mo>=</mo><mi>f</mi><mo>⊙</mo><msub><mi>c</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub><mo>+</mo><mi>i</mi><mo>⊙</mo><mi>g</mi><mo>,</mo><mspace width="2em"></mspace><msub><mi>h</mi><mi>t</mi></msub><mo>=</mo><mi>o</mi><mo>⊙</mo><mi>tanh</mi><mo>⁡</mo><mspace width="0.1667em"></mspace><msub><mi>c</mi><mi>t</mi></msub></math>
    ///
    /// With `h₋₁ = c₋₁ = 0`, or what [`carry`](crate::Network::carry) or [`start`](crate::Network::start) put there, for t = 0 … Steps − 1:
    ///
    /// - `i, f, o = σ(zₜ)` and `g = tanh(zₜ)`, each of its quarter of `zₜ = b + Wᵀ xₜ + Uᵀ hₜ₋₁`
    /// - `cₜ = f ⊙ cₜ₋₁ + i ⊙ g`, `hₜ = o ⊙ tanh cₜ`
    ///
    /// and back, with `dc` and `δ` of the step after the last 0:
    ///
    /// - `dhₜ ← dhₜ + U δₜ₊₁`, `dcₜ = dcₜ₊₁ ⊙ fₜ₊₁ + dhₜ ⊙ o ⊙ (1 − tanh² cₜ)`
    /// - `δᵢ = dcₜ ⊙ g ⊙ i (1 − i)`, `δ_f = dcₜ ⊙ cₜ₋₁ ⊙ f (1 − f)`, `δₒ = dhₜ ⊙ tanh cₜ ⊙ o (1 − o)`,
    ///   `δ_g = dcₜ ⊙ i ⊙ (1 − g²)`, `dxₜ = W δₜ`
    /// - states, cells and errors below 2⁻⁹⁶ (2⁻⁹⁶⁰ in f64) become 0, since arithmetic on subnormal numbers is slow
    /// - `∂J/∂b = Σₜ δₜ`, `∂J/∂W = Σₜ xₜ δₜᵀ`, `∂J/∂U = Σₜ hₜ₋₁ δₜᵀ`, in the order of t
    ///
    /// # Shapes
    ///
    /// `x: [Steps × In]`, `b: [4·Hidden]`, `W: [In × 4·Hidden]`, `U: [Hidden × 4·Hidden]`; `y: [Hidden]` or
    /// `[Steps × Hidden]`. A row has the gates in the order i, f, o, g.
    ///
    /// PyTorch's `weight_ih_l0: [4·Hidden × In]` and `weight_hh_l0` are the transposes, with the gates in the order
    /// i, f, g, o, and its two biases are added to one. Keras's `kernel: [In × 4·Hidden]` and `recurrent_kernel` have the
    /// order i, f, c, o, where c is g.
    ///
    /// # Memory
    ///
    /// `4 · (1 + In + Hidden) · Hidden` parameters; `(7 · Steps + 3) · Hidden` numbers of tape, and `2 · Hidden` more for `Last`.
    /// Stack: `4 · Hidden` numbers, and partial sums, 48 at most.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::ArrayLike;
    ///
    /// // Gates wide open: c ← c + tanh(x), h = tanh(c).
    /// let mut layer = Lstm::<U2, U1, U1>::ZERO;
    /// layer.flat_mut().copy_from_slice(&[
    ///     100.0, 100.0, 100.0, 0.0, // bias: i, f, o, g
    ///     0.0, 0.0, 0.0, 1.0, // from x
    ///     0.0, 0.0, 0.0, 0.0, // from h
    /// ]);
    /// let mut last = Vector::ZERO;
    /// layer.forward([[0.5], [-0.5]].view(), &mut last);
    /// assert_eq!(last[0], 0.0);
    ///
    /// let (mut h, mut c) = (Vector::ZERO, Vector::ZERO);
    /// layer.step(&[0.5].into(), &mut h, &mut c);
    /// assert_eq!((h[0], c[0]), (0.4318082, 0.46211717));
    /// layer.step(&[-0.5].into(), &mut h, &mut c);
    /// assert_eq!(h, last);
    /// ```
    ///
    /// # Source
    ///
    /// S. Hochreiter, J. Schmidhuber, "Long short-term memory", Neural Computation 9, 1997; with the forget gate of
    /// F. Gers, J. Schmidhuber, F. Cummins, "Learning to forget", Neural Computation 12, 2000.
    #[doc(alias("return_sequences", "recurrent"))]
    pub struct Lstm<Steps: Width, In: Width, Hidden: Gates, E: Emission = Last, T: Scalar = f32> of T, Batch, Stack {
        /// b: [4·Hidden]
        pub(crate) bias: Vector<Hidden::Four, T> = Role::Bias { fan_in: In::USIZE, fan_out: Hidden::USIZE },
        /// W: [In × 4·Hidden]
        pub(crate) weight: Matrix<In, Hidden::Four, T> = Role::Weight { fan_in: In::USIZE, fan_out: Hidden::USIZE },
        /// U: [Hidden × 4·Hidden]
        pub(crate) recurrent: Matrix<Hidden, Hidden::Four, T> = Role::Weight { fan_in: Hidden::USIZE, fan_out: Hidden::USIZE },
    }
}

/// What is kept of a step: i, f, o, g and c, and after the way back δ of the gates, and dc of the step before.
type Line<Hidden, T> = Matrix<U5, Hidden, T>;

/// What a tape keeps besides the states.
type Kept<Steps, Hidden, T> = (Vector<Steps, Line<Hidden, T>>, Matrix<U3, Hidden, T>);

impl<Steps: Width, In: Width, Hidden: Gates, E: Emission, T: Scalar> Gated<Steps, T> for Lstm<Steps, In, Hidden, E, T> {
    type In = In;
    type Hidden = Hidden;
    type Inputs = Hidden::Four;
    type Line = Line<Hidden, T>;
    /// h and c before the first step, and c after the last.
    type Start = Matrix<U3, Hidden, T>;

    #[inline]
    fn inputs(&self) -> (&Matrix<In, Hidden::Four, T>, &Vector<Hidden::Four, T>) {
        (&self.weight, &self.bias)
    }

    #[inline]
    fn advance(
        &self,
        t: usize,
        before: Lines<Vector<Hidden, T>>,
        mut h: LinesMut<Vector<Hidden, T>>,
        mut kept: LinesMut<Vector<Steps, Line<Hidden, T>>>,
        start: Lines<Self::Start>,
    ) {
        let one = h.len() == 1;
        if !one {
            let mut now = kept.elements(t).1;
            kernel::gemm::<Hidden, Hidden::Four, Identity, T>(&self.recurrent, None, before.into(), now.part(0));
        }
        for (((h, kept), start), before) in h.iter_mut().zip(kept.iter_mut()).zip(start.iter()).zip(before.iter()) {
            let Some((past, [now, ..])) = kept.split_at_mut_checked(t) else { return };
            let ([gates @ .., c], [_, start, _]) = (&mut now[..], &start[..]) else { return };
            let cells = past.last().and_then(|past| past.last()).unwrap_or(start);
            if one {
                self.next(None, Some([before, cells]), h, gates, c);
            } else if let [i, f, o, g] = gates {
                kernel::update(Forward, h, cells, [i, f, o, g, c]);
            }
        }
    }

    #[inline]
    fn end(mut kept: LinesMut<Vector<Steps, Line<Hidden, T>>>, mut start: LinesMut<Self::Start>) {
        for (kept, start) in kept.iter_mut().zip(start.iter_mut()) {
            if let (Some(c), [_, _, end]) = (kept.last().and_then(|last| last.last()), &mut start[..]) {
                end.copy_from_slice(c);
            }
        }
    }

    #[inline]
    fn retreat(
        &self,
        t: usize,
        _: Lines<Matrix<Steps, Hidden, T>>,
        mut errors: LinesMut<Matrix<Steps, Hidden, T>>,
        mut kept: LinesMut<Vector<Steps, Line<Hidden, T>>>,
        start: Lines<Self::Start>,
    ) {
        for ((errors, kept), start) in errors.iter_mut().zip(kept.iter_mut()).zip(start.iter()) {
            let Some((past, [now, after @ ..])) = kept.split_at_mut_checked(t) else { return };
            let ([i, f, o, g, c], Some(dh)) = (&mut now[..], errors.get_mut(t)) else { return };
            let [_, start, _] = &start[..] else { return };
            let before = past.last().and_then(|past| past.last()).unwrap_or(start);
            let mut none = Vector::ZERO;
            let dc = after.first_mut().and_then(|after| after.last_mut()).unwrap_or(&mut none);
            kernel::update(Backward, c, before, [i, f, o, g, dh, dc]);
        }
        if let (Some(before), _) = errors.elements(t) {
            recurrent::spread::<_, _, T, Onto>(&self.recurrent, kept.elements(t).1.part(0), before);
        }
    }
}

impl<Steps: Width, In: Width, Hidden: Gates, E: Emission, T: Scalar> Lstm<Steps, In, Hidden, E, T> {
    /// One step of inference, of the hidden state `h` and the cells `c`. A sequence starts from `h = c = 0`.
    #[inline]
    pub fn step(&self, x: &Vector<In, T>, h: &mut Vector<Hidden, T>, c: &mut Vector<Hidden, T>) {
        let inputs = Weighted { w: &self.weight, x: Some(x), z: &self.bias };
        let mut gates = Matrix::<U4, Hidden, T>::ZERO;
        self.next(Some(inputs), None, h, &mut gates, c);
    }

    /// A step from h and c before, or in place, where x is given or its products are in the gates.
    #[inline]
    fn next(
        &self,
        inputs: Option<Weighted<In, Hidden::Four, T>>,
        before: Option<[&Vector<Hidden, T>; 2]>,
        h: &mut Vector<Hidden, T>,
        gates: &mut [Vector<Hidden, T>],
        c: &mut Vector<Hidden, T>,
    ) {
        let (x, before) = before.map(|[h, c]| (h, c)).unzip();
        kernel::advance(Forward, inputs, Weighted { w: &self.recurrent, x, z: &[] }, before, h, gates, Some(c));
    }

    /// h and c from the sums in the gates, in place.
    #[inline]
    pub(crate) fn gated(gates: &mut Matrix<U4, Hidden, T>, h: &mut Vector<Hidden, T>, c: &mut Vector<Hidden, T>) {
        let before = c.clone();
        if let [i, f, o, g] = &mut gates[..] {
            kernel::update(Forward, h, &before, [i, f, o, g, c]);
        }
    }

    /// What `sink` makes of the sums over the steps of one sample, from what [`Batch::errors`] left on its tape.
    #[inline]
    fn change<S: Sink>(
        x: &Matrix<Steps, In, T>,
        tape: &<Self as Layer>::Tape,
        bias: &mut [T],
        mut weight: Rows<Hidden::Four, T>,
        recurrent: Rows<Hidden::Four, T>,
        sink: S,
    ) {
        let (states, _, (kept, start)) = E::seen::<Steps, Hidden, T, Kept<Steps, Hidden, T>>(tape);
        let [start, ..] = &start[..] else { return };
        let deltas = Lines::from(&kept[..]).part::<Hidden::Four>(0);
        recurrent::sums(x[..].into(), deltas, bias, &mut weight, sink);
        recurrent::sums_of_states(start, states, deltas, recurrent, sink);
    }
}

impl<Steps: Width, In: Width, Hidden: Gates, E: Emission, T: Scalar> Layer for Lstm<Steps, In, Hidden, E, T> {
    type Input = Matrix<Steps, In, T>;
    type Output = E::Output<Steps, Hidden, T>;
    type Tape = E::Tape<Steps, Hidden, T, Kept<Steps, Hidden, T>>;

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        let (mut h, mut c) = (Vector::ZERO, Vector::ZERO);
        for (t, x) in x.iter().enumerate() {
            self.step(x, &mut h, &mut c);
            E::write(t, &h, y);
        }
    }

    #[inline]
    fn record(&self, x: &Self::Input, tape: &mut Self::Tape) {
        self.record_batch(from_ref(x).into(), from_mut(tape).into());
    }

    #[inline]
    fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Self::Input>) {
        backward_by_halves(self, x, tape, grad, dx);
    }
}

impl<Steps: Width, In: Width, Hidden: Gates, E: Emission, T: Scalar> Batch for Lstm<Steps, In, Hidden, E, T> {
    #[inline]
    fn record_batch(&self, xs: Inputs<Self::Input>, tapes: LinesMut<Self::Tape>) {
        recurrent::record::<Steps, E, Self, T>(self, xs, tapes);
    }

    #[inline]
    fn errors(&self, _: Inputs<Self::Input>, tapes: LinesMut<Self::Tape>, dxs: Option<LinesMut<Self::Input>>) {
        recurrent::errors::<Steps, E, Self, T>(self, tapes, dxs);
    }

    /// Sample after sample, all steps at once.
    fn sums(&self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, mut part: Part<T>) {
        for (x, tape) in xs.iter().zip(tapes.iter()) {
            let (bias, mut rest) = part.split(4 * Hidden::USIZE);
            let (weight, recurrent) = rest.split(4 * In::USIZE * Hidden::USIZE);
            Self::change(x, tape, bias.numbers, weight.into(), recurrent.into(), Gradient);
        }
    }

    /// The step is taken with the sums over the steps in registers: each weight is read once.
    #[inline]
    fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: T, dx: Option<&mut Self::Input>) {
        errors_of_one(self, x, tape, dx);
        let step = Step { rate: rate.to_f64(), share: 1.0, penalty: NoPenalty };
        let (weight, recurrent) = ((&mut self.weight).into(), (&mut self.recurrent).into());
        Self::change(x, tape, &mut self.bias, weight, recurrent, step);
    }
}

impl<Steps: Width, In: Width, Hidden: Gates, E: Emission, T: Scalar> Stack for Lstm<Steps, In, Hidden, E, T> {
    const PLAN: &'static Plan = &Plan::leaf::<Self>();
    type Step = Vector<In, T>;
    type Emit = Vector<Hidden, T>;
    /// h and c.
    type Stream = (Vector<Hidden, T>, Vector<Hidden, T>);

    #[inline]
    fn start(tape: &mut Self::Tape, (h, c): &Self::Stream) {
        if let [to_h, to_c, _] = &mut recurrent::start_of::<Steps, E, Self, T>(tape).1[..] {
            to_h.copy_from_slice(h);
            to_c.copy_from_slice(c);
        }
    }

    #[inline]
    fn carry(tape: &mut Self::Tape) {
        let (states, start) = recurrent::start_of::<Steps, E, Self, T>(tape);
        if let (Some(last), [h, c, end]) = (states.last(), &mut start[..]) {
            h.copy_from_slice(last);
            c.copy_from_slice(end);
        }
    }

    #[inline]
    fn stream(&self, x: &Self::Step, (h, c): &mut Self::Stream, y: &mut Self::Emit) -> bool {
        self.step(x, h, c);
        y.copy_from_slice(h);
        true
    }
}
