mod after;
mod before;
mod reset;

use core::slice::{from_mut, from_ref};

use reset::{Changed, Line, Recurrent};
pub use reset::{ResetAfter, ResetBefore, ResetMode};

use crate::array::{Matrix, Plain, Vector};
use crate::kernel::{Gradient, Sink, Weighted};
use crate::layer::batch::{backward_by_halves, errors_of_one};
use crate::layer::recurrent::{self, Gated};
use crate::layer::{Batch, Emission, Inputs, Last, Layer, Lines, LinesMut, Part, Plan, Role, Stack};
use crate::parameters;
use crate::penalty::{NoPenalty, Step};
use crate::scalar::Scalar;
use crate::width::{Gates, Width};

parameters! {
    #![allow(unsafe_code)]
    /// The gated recurrent unit: a recurrent layer whose gates decide how much of its state stays, and what of it the new
    /// one reads.
    ///
    /// It writes the [`Last`] hidden state or [`All`](crate::All) of them, and learns by backpropagation through all its
    /// steps. On a device, [`step`](Gru::step) runs it one step at a time on a state that the caller owns, with the same
    /// bits.
    ///
    /// # Equations
    ///
    /// <!-- $n = \tanh(b_n + W_n^{\mathsf{T}} x_t + r \odot q), \qquad h_t = (1 - z) \odot n + z \odot h_{t-1}$ --><math display="block"><mi>n</mi><mo>=</mo><mi>tanh</mi><mo>⁡</mo><mo stretchy="false">(</mo><msub><mi>b</mi><mi>n</mi></msub><mo>+</mo><msubsup><mi>W</mi><mi>n</mi><mrow><mrow><mi>𝖳</mi></mrow></mrow></msubsup><msub><mi>x</mi><mi>t</mi></msub><mo>+</mo><mi>r</mi><mo>⊙</mo><mi>q</mi><mo stretchy="false">)</mo><mo>,</mo><mspace width="2em"></mspace><msub><mi>h</mi><mi>t</mi></msub><mo>=</mo><mo stretchy="false">(</mo><mn>1</mn><mo>−</mo><mi>z</mi><mo stretchy="false">)</mo><mo>⊙</mo><mi>n</mi><mo>+</mo><mi>z</mi><mo>⊙</mo><msub><mi>h</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub></math>
    ///
    /// With `h₋₁ = 0`, or what [`carry`](crate::Network::carry) or [`start`](crate::Network::start) put there, for t = 0 … Steps − 1,
    /// and by [`ResetAfter`], which PyTorch has and Keras by default:
    ///
    /// - `r = σ(b_r + W_rᵀ xₜ + U_rᵀ hₜ₋₁)`, `z = σ(b_z + W_zᵀ xₜ + U_zᵀ hₜ₋₁)`
    /// - `n = tanh(b_n + W_nᵀ xₜ + r ⊙ q)` with `q = c_n + U_nᵀ hₜ₋₁`
    /// - `hₜ = (1 − z) ⊙ n + z ⊙ hₜ₋₁`
    ///
    /// and back:
    ///
    /// - `δ_n = dhₜ ⊙ (1 − z) ⊙ (1 − n²)`, `δ_z = dhₜ ⊙ (hₜ₋₁ − n) ⊙ z (1 − z)`, `δ_r = δ_n ⊙ q ⊙ r (1 − r)`, `δ_q = δ_n ⊙ r`
    /// - `dhₜ₋₁ ← dhₜ₋₁ + dhₜ ⊙ z + U (δ_r, δ_z, δ_q)`, `dxₜ = W (δ_n, δ_r, δ_z)`
    ///
    /// By [`ResetBefore`], `n = tanh(b_n + W_nᵀ xₜ + U_nᵀ p)` with `p = r ⊙ hₜ₋₁`; and back with `dp = U_n δ_n`:
    ///
    /// - `δ_r = dp ⊙ hₜ₋₁ ⊙ r (1 − r)`, `dhₜ₋₁ ← dhₜ₋₁ + dhₜ ⊙ z + dp ⊙ r + U (δ_r, δ_z)`
    ///
    /// States and errors below 2⁻⁹⁶ (2⁻⁹⁶⁰ in f64) become 0, since arithmetic on subnormal numbers is slow. Sums over steps
    /// are in the order of t.
    ///
    /// # Shapes
    ///
    /// `x: [Steps × In]`; `b: [3·Hidden]` and `W: [In × 3·Hidden]` with the gates in the order n, r, z; by `ResetAfter`
    /// `c_n: [Hidden]` and `U: [Hidden × 3·Hidden]` with the gates in the order r, z, n; by `ResetBefore`
    /// `U: [Hidden × 2·Hidden]` with r, z, and `U_n: [Hidden × Hidden]`; `y: [Hidden]` or `[Steps × Hidden]`. The orders
    /// differ so that what is multiplied with x, and what with h, are each in one row.
    ///
    /// PyTorch's `weight_ih_l0: [3·Hidden × In]` and `weight_hh_l0` are the transposes, with the gates in the order r, z, n.
    /// `b_r` and `b_z` are the sums of its two biases, `b_n` is the third part of `bias_ih_l0`, `c_n` that of `bias_hh_l0`.
    /// Keras's `kernel: [In × 3·Hidden]` and `recurrent_kernel` have the order z, r, h, where h is n; so have the rows of its
    /// `bias`, of which with `reset_after` the first is of x and the second of h.
    ///
    /// # Memory
    ///
    /// `3 · (1 + In + Hidden) · Hidden` parameters, and `Hidden` more by `ResetAfter`; `(6 · Steps + 1) · Hidden` numbers of tape,
    /// and `2 · Hidden` more for `Last`. Stack: `4 · Hidden` numbers, and partial sums, 48 at most.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::ArrayLike;
    ///
    /// // z = 1/2, r = 1: the mean of h and tanh(x + h).
    /// let mut layer = Gru::<U2, U1, U1>::ZERO;
    /// layer.flat_mut().copy_from_slice(&[
    ///     0.0, 100.0, 0.0, // bias: n, r, z
    ///     0.0, // bias of n beside h
    ///     1.0, 0.0, 0.0, // from x: n, r, z
    ///     0.0, 0.0, 1.0, // from h: r, z, n
    /// ]);
    /// let mut last = Vector::ZERO;
    /// layer.forward([[0.5], [-0.5]].view(), &mut last);
    ///
    /// let mut h = Vector::ZERO;
    /// layer.step(&[0.5].into(), &mut h);
    /// assert_eq!(h[0], 0.5 * 0.46211717);
    /// layer.step(&[-0.5].into(), &mut h);
    /// assert_eq!(h, last);
    /// ```
    ///
    /// # Source
    ///
    /// K. Cho et al., "Learning phrase representations using RNN encoder–decoder", EMNLP 2014, which resets before the
    /// product.
    #[doc(alias("return_sequences", "recurrent", "reset_after"))]
    pub struct Gru<
        Steps: Width, In: Width, Hidden: Gates, E: Emission = Last, T: Scalar = f32, R: ResetMode = ResetAfter
    > of T, Batch, Stack {
        /// b: [3·Hidden]
        pub(crate) bias: Vector<Hidden::Three, T> = Role::Bias { fan_in: In::USIZE, fan_out: Hidden::USIZE },
        /// c_n: [Hidden], or nothing
        pub(crate) recurrent_bias: R::Bias<Hidden, T> = Role::Bias { fan_in: Hidden::USIZE, fan_out: Hidden::USIZE },
        /// W: [In × 3·Hidden]
        pub(crate) weight: Matrix<In, Hidden::Three, T> = Role::Weight { fan_in: In::USIZE, fan_out: Hidden::USIZE },
        /// U: [Hidden × 3·Hidden] or [Hidden × 2·Hidden]
        pub(crate) recurrent: Matrix<Hidden, R::Together<Hidden>, T> = Role::Weight { fan_in: Hidden::USIZE, fan_out: Hidden::USIZE },
        /// U_n: [Hidden × Hidden], or nothing
        pub(crate) recurrent_new: R::Apart<Hidden, T> = Role::Weight { fan_in: Hidden::USIZE, fan_out: Hidden::USIZE },
    }
}

impl<Steps: Width, In: Width, Hidden: Gates, E: Emission, T: Scalar, R: ResetMode> Gated<Steps, T>
    for Gru<Steps, In, Hidden, E, T, R>
{
    type In = In;
    type Hidden = Hidden;
    type Inputs = Hidden::Three;
    type Line = Line<Hidden, T>;
    type Start = Vector<Hidden, T>;

    #[inline]
    fn inputs(&self) -> (&Matrix<In, Hidden::Three, T>, &Vector<Hidden::Three, T>) {
        (&self.weight, &self.bias)
    }

    #[inline]
    fn advance(
        &self,
        t: usize,
        before: Lines<Vector<Hidden, T>>,
        mut h: LinesMut<Vector<Hidden, T>>,
        mut kept: LinesMut<Vector<Steps, Line<Hidden, T>>>,
        _: Lines<Self::Start>,
    ) {
        let mut lines = kept.elements(t).1;
        if h.len() == 1
            && let (Some(h), Some(line)) = (h.get_mut(0), lines.get_mut(0))
        {
            R::next::<In, Hidden, T>(self.recurrent(), None, before.get(0), h, line);
        } else {
            R::advance(self.recurrent(), before, h, lines);
        }
    }

    #[inline]
    fn retreat(
        &self,
        t: usize,
        states: Lines<Matrix<Steps, Hidden, T>>,
        mut errors: LinesMut<Matrix<Steps, Hidden, T>>,
        mut kept: LinesMut<Vector<Steps, Line<Hidden, T>>>,
        start: Lines<Self::Start>,
    ) {
        let before = if t > 0 { states.element(t - 1) } else { start };
        let (dbefore, dh) = errors.elements(t);
        R::retreat(self.recurrent(), before, dbefore, dh, kept.elements(t).1);
    }
}

impl<Steps: Width, In: Width, Hidden: Gates, E: Emission, T: Scalar, R: ResetMode> Gru<Steps, In, Hidden, E, T, R> {
    /// One step of inference, of the hidden state `h`. A sequence starts from `h = 0`.
    #[inline]
    pub fn step(&self, x: &Vector<In, T>, h: &mut Vector<Hidden, T>) {
        let inputs = Weighted { w: &self.weight, x: Some(x), z: &self.bias };
        let mut line = Line::ZERO;
        R::next(self.recurrent(), Some(inputs), None, h, &mut line);
    }

    /// What h is multiplied with, and what is added.
    #[inline(always)]
    fn recurrent(&self) -> Recurrent<'_, R, Hidden, T> {
        Recurrent { bias: &self.recurrent_bias, together: &self.recurrent, apart: &self.recurrent_new }
    }

    /// What `sink` makes of the sums over the steps of one sample, from what [`Batch::errors`] left on its tape.
    #[inline]
    fn change<S: Sink>(
        x: &Matrix<Steps, In, T>,
        tape: &<Self as Layer>::Tape,
        (bias, mut weight): (&mut [T], recurrent::Rows<Hidden::Three, T>),
        to: Changed<R, Hidden, T>,
        sink: S,
    ) {
        let (states, _, (kept, start)) = E::seen::<Steps, Hidden, T, (Vector<Steps, Line<Hidden, T>>, _)>(tape);
        let kept = Lines::from(&kept[..]);
        recurrent::sums(x[..].into(), kept.part(0), bias, &mut weight, sink);
        R::change(start, states, kept, to, sink);
    }
}

impl<Steps: Width, In: Width, Hidden: Gates, E: Emission, T: Scalar, R: ResetMode> Layer
    for Gru<Steps, In, Hidden, E, T, R>
{
    const DETAIL: &'static str = R::NAME;
    type Input = Matrix<Steps, In, T>;
    type Output = E::Output<Steps, Hidden, T>;
    /// It keeps the state before the first step.
    type Tape = E::Tape<Steps, Hidden, T, (Vector<Steps, Line<Hidden, T>>, Vector<Hidden, T>)>;

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
        self.record_batch(from_ref(x).into(), from_mut(tape).into());
    }

    #[inline]
    fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Self::Input>) {
        backward_by_halves(self, x, tape, grad, dx);
    }
}

impl<Steps: Width, In: Width, Hidden: Gates, E: Emission, T: Scalar, R: ResetMode> Batch
    for Gru<Steps, In, Hidden, E, T, R>
{
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
            let (bias, mut rest) = part.split(3 * Hidden::USIZE);
            let (recurrent_bias, mut rest) = rest.split(R::Bias::<Hidden, T>::COUNT);
            let (weight, mut rest) = rest.split(3 * In::USIZE * Hidden::USIZE);
            let (together, apart) = rest.split(Matrix::<Hidden, R::Together<Hidden>, T>::COUNT);
            let to = Changed { bias: recurrent_bias.numbers, together: together.into(), apart: apart.into() };
            Self::change(x, tape, (bias.numbers, weight.into()), to, Gradient);
        }
    }

    /// The step is taken with the sums over the steps in registers: each weight is read once.
    #[inline]
    fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: T, dx: Option<&mut Self::Input>) {
        errors_of_one(self, x, tape, dx);
        let step = Step { rate: rate.to_f64(), share: 1.0, penalty: NoPenalty };
        let to = Changed {
            bias: self.recurrent_bias.flat_mut(),
            together: (&mut self.recurrent).into(),
            apart: recurrent::Rows::all(self.recurrent_new.flat_mut()),
        };
        Self::change(x, tape, (&mut self.bias, (&mut self.weight).into()), to, step);
    }
}

impl<Steps: Width, In: Width, Hidden: Gates, E: Emission, T: Scalar, R: ResetMode> Stack
    for Gru<Steps, In, Hidden, E, T, R>
{
    const PLAN: &'static Plan = &Plan::leaf::<Self>();
    type Step = Vector<In, T>;
    type Emit = Vector<Hidden, T>;
    type Stream = Vector<Hidden, T>;

    #[inline]
    fn start(tape: &mut Self::Tape, h: &Self::Stream) {
        recurrent::start_of::<Steps, E, Self, T>(tape).1.copy_from_slice(h);
    }

    #[inline]
    fn carry(tape: &mut Self::Tape) {
        let (states, start) = recurrent::start_of::<Steps, E, Self, T>(tape);
        states.last().into_iter().for_each(|last| start.copy_from_slice(last));
    }

    #[inline]
    fn stream(&self, x: &Self::Step, h: &mut Self::Stream, y: &mut Self::Emit) -> bool {
        self.step(x, h);
        y.copy_from_slice(h);
        true
    }
}
