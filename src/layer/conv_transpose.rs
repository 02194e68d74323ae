use typenum::Unsigned;

use crate::activation::{Activation, Identity};
use crate::array::{Matrix, Plain, Vector};
use crate::kernel::{self, windows};
use crate::layer::batch::{backward_by_halves, deltas, descend_some, errors_of_one, step_some};
use crate::layer::{Batch, BiasMode, Biased, Inputs, Layer, Lines, LinesMut, Part, Plan, Role, Slot, Stack};
use crate::parameters;
use crate::penalty::{Penalty, Step};
use crate::plain::{rows, rows_mut};
use crate::scalar::Scalar;
use crate::shape::Text;
use crate::width::{U1, Valid, Width};
use crate::window::{self, Spread, Spread1d, Windows};

/// How many numbers a window has, and how many of them are a step.
type Patch<G> = <<G as Spread>::Windows as Windows>::Patch;
type Channels<G> = <<G as Spread>::Windows as Windows>::Channels;

parameters! {
    #![allow(unsafe_code)]
    /// A transposed convolution: each step is spread over a window of the output, by the same weights, and what windows that
    /// overlap write is added. With a stride, a sequence gets longer: what a [`Conv`](crate::Conv) made shorter.
    ///
    /// [`ConvTranspose1d`] names it for sequences.
    ///
    /// # Equations
    ///
    /// <!-- $z = b + \sum_{t} W x_t, \quad y = g(z), \qquad \frac{\partial J}{\partial x_t} = W^{\mathsf{T}} \delta_t, \quad \frac{\partial J}{\partial W} = \sum_{t} \delta_t x_t^{\mathsf{T}}$ --><math display="block"><mi>z</mi><mo>=</mo><mi>b</mi><mo>+</mo><munder><mo>∑</mo><mrow><mi>t</mi></mrow></munder><mi>W</mi><msub><mi>x</mi><mi>t</mi></msub><mo>,</mo><mspace width="1em"></mspace><mi>y</mi><mo>=</mo><mi>g</mi><mo stretchy="false">(</mo><mi>z</mi><mo stretchy="false">)</mo><mo>,</mo><mspace width="2em"></mspace><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><msub><mi>x</mi><mi>t</mi></msub></mrow></mfrac><mo>=</mo><msup><mi>W</mi><mrow><mrow><mi>𝖳</mi></mrow></mrow></msup><msub><mi>δ</mi><mi>t</mi></msub><mo>,</mo><mspace width="1em"></mspace><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><mi>W</mi></mrow></mfrac><mo>=</mo><munder><mo>∑</mo><mrow><mi>t</mi></mrow></munder><msub><mi>δ</mi><mi>t</mi></msub><msubsup><mi>x</mi><mi>t</mi><mrow><mrow><mi>𝖳</mi></mrow></mrow></msubsup></math>
    ///
    /// It is the adjoint of a convolution with the same options, which reads windows `w_t` of y and writes x:
    ///
    /// - `z = b + Σ_t W x_t` at the places of window t, `y = g(z)`
    /// - `δ = dy ⊙ g′(z)`, `dx_t = Wᵀ δ_t`, with `δ_t` the numbers of window t and zeros for what was cut off   (T 2.5.8)
    /// - `∂J/∂W = Σ_t δ_t x_tᵀ`, in the order of t; `∂J/∂b = Σ δ` of each channel, in the order of the steps   (T 2.2.8)
    ///
    /// # Shapes
    ///
    /// `x: [Steps × In]`; `y: [(Steps − 1) S + D (K − 1) + 1 − padding × Out]`, or with the paddings [`Same`](crate::Same) and
    /// [`Causal`](crate::Causal) `[Steps · S × Out]`. `b: [Out]`, `W: [K · Out × In]`: for each place of the window, for each
    /// channel that is written, the weights from all that are read. PyTorch's `weight` is `[In × Out × K]`; its
    /// `output_padding` is 0.
    ///
    /// # Order
    ///
    /// `W x_t` as the dx of [`Dense`](crate::Dense); a number's terms in the order of t, from +0, then the bias.
    ///
    /// # Memory
    ///
    /// `Out + K · Out · In` parameters; twice the output as tape. Stack: a window, `K · Out` numbers; sixteen rows of `In` and
    /// of `Out` numbers for a step; where steps are cut off, on processors with vectors, 8 KiB.
    ///
    /// # Streams
    ///
    /// With stride 1 and `padding = causal` it runs step by step. With a larger stride each step is several steps of the
    /// output; a stream has one.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// // One channel, windows of 3 steps, stride 2: the windows overlap in one step.
    /// let mut layer = ConvTranspose1d::<U3, U1, U1, U3, Identity, U2>::ZERO;
    /// layer.flat_mut().copy_from_slice(&[0.5, 1.0, 2.0, 3.0]);
    /// let mut y = Matrix::<U7, U1>::ZERO;
    /// layer.forward(&[[1.0].into(), [10.0].into(), [100.0].into()].into(), &mut y);
    /// assert_eq!(y.flat(), [1.5, 2.5, 13.5, 20.5, 130.5, 200.5, 300.5]);
    /// ```
    ///
    /// # Source
    ///
    /// V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", arXiv:1603.07285.
    pub struct ConvTranspose<G: Spread, In: Width, A: Activation = Identity, T: Scalar = f32, B: BiasMode = Biased> of T
        as G::CONV_TRANSPOSE, Batch, Stack
    {
        /// b: [Out]
        bias: B::Of<Vector<Channels<G>, T>> = Role::Bias { fan_in: fan_in::<G, In>(), fan_out: Patch::<G>::USIZE },
        /// W: [K · Out × In]
        weight: Matrix<Patch<G>, In, T> = Role::Weight { fan_in: fan_in::<G, In>(), fan_out: Patch::<G>::USIZE },
    }
}

/// A transposed convolution of a sequence `[Steps × In]` into one with `Out` channels, by windows of `K` steps, stride `S`,
/// dilation `D` and padding `P`, which cuts steps off: a [`ConvTranspose`].
#[doc(alias = "Deconvolution")]
#[doc(alias = "Conv1DTranspose")]
pub type ConvTranspose1d<Steps, In, Out, K, A = Identity, S = U1, D = U1, P = Valid, T = f32, B = Biased> =
    ConvTranspose<Spread1d<Steps, Out, K, S, D, P>, In, A, T, B>;

/// How many numbers an output reads: of each step whose window it is in.
const fn fan_in<G: Spread, In: Width>() -> usize {
    let axis = <G::Windows as Windows>::FRAME.columns;
    axis.window.div_ceil(axis.stride) * In::USIZE
}

impl<G: Spread, In: Width, A: Activation, T: Scalar, B: BiasMode> ConvTranspose<G, In, A, T, B> {
    const TEXT: &'static Text = &<G::Windows as Windows>::FRAME.describe(Text::new().words(A::NAME).words(", "));
    const REFUSED: &'static Text = &window::fault::<G>();
    const BIAS: usize = B::Of::<Vector<Channels<G>, T>>::COUNT;

    /// From the sums of products to y.
    #[inline]
    fn finish(&self, y: &mut [T]) {
        rows_mut::<Channels<G>, T>(y).iter_mut().for_each(|y| kernel::add(self.bias.flat(), y));
        kernel::activate_in_place::<A, T>(y);
    }
}

impl<G: Spread, In: Width, A: Activation, T: Scalar, B: BiasMode> Layer for ConvTranspose<G, In, A, T, B> {
    type Input = G::Input<In, T>;
    type Output = <G::Windows as Windows>::Input<T>;
    type Tape = Slot<Self::Output>;
    const DETAIL: &'static str = Self::TEXT.as_str();

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        windows::errors::<G::Windows, In, T>(&self.weight, rows(x.flat()), y.flat_mut());
        self.finish(y.flat_mut());
    }

    #[inline]
    fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Self::Input>) {
        backward_by_halves(self, x, tape, grad, dx);
    }
}

/// Sample after sample, as a convolution, with the windows of dy.
impl<G: Spread, In: Width, A: Activation, T: Scalar, B: BiasMode> Batch for ConvTranspose<G, In, A, T, B> {
    fn errors(&self, _: Inputs<Self::Input>, mut tapes: LinesMut<Self::Tape>, dxs: Option<LinesMut<Self::Input>>) {
        deltas::<A, _>(tapes.reborrow());
        let Some(mut dxs) = dxs else { return };
        for (tape, dx) in tapes.iter_mut().zip(dxs.iter_mut()) {
            let (delta, dx) = (tape.dy.flat(), rows_mut(dx.flat_mut()));
            windows::forward::<G::Windows, In, Identity, T>(&self.weight, &Vector::ZERO, delta, dx);
        }
    }

    fn sums(&self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, mut part: Part<T>) {
        let (bias, weight) = part.split(Self::BIAS);
        let (from, to) = (weight.start / In::USIZE, rows_mut(weight.numbers));
        for (x, tape) in xs.iter().zip(tapes.iter()) {
            let delta = tape.dy.flat();
            rows::<Channels<G>, T>(delta).iter().for_each(|delta| kernel::add(delta, bias.numbers));
            windows::sums::<G::Windows, In, T>(delta, rows(x.flat()), &mut [], from, to);
        }
    }

    fn step<P: Penalty>(&mut self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, step: Step<P>) {
        step_some::<Self, Channels<G>, P>(self, 0..Self::BIAS, xs, tapes, step);
        step_some::<Self, In, P>(self, Self::BIAS..Self::COUNT, xs, tapes, step);
    }

    fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: T, dx: Option<&mut Self::Input>) {
        errors_of_one(self, x, tape, dx);
        descend_some::<Self, Channels<G>>(self, 0..Self::BIAS, x, tape, rate);
        descend_some::<Self, In>(self, Self::BIAS..Self::COUNT, x, tape, rate);
    }
}

impl<G: Spread, In: Width, A: Activation, T: Scalar, B: BiasMode> Stack for ConvTranspose<G, In, A, T, B> {
    const PLAN: &'static Plan = &Plan::leaf::<Self>();
    const FAULT: &'static str = Self::REFUSED.as_str();
    const WAITS: &'static str = window::waits::<G>();
    type Step = G::Step<In, T>;
    type Emit = G::Emit<T>;
    /// What the steps so far add to this one and the next ones.
    type Stream = <G::Windows as Windows>::Stored<T>;

    fn stream(&self, x: &Self::Step, stream: &mut Self::Stream, y: &mut Self::Emit) -> bool {
        let dilation = const { <G::Windows as Windows>::FRAME.columns.dilation };
        let mut patch = Vector::<Patch<G>, T>::ZERO;
        rows(x.flat()).iter().for_each(|x| kernel::transposed::<_, In, T>(&self.weight, x, &mut patch));
        let sums = rows_mut::<Channels<G>, T>(stream.flat_mut());
        for (place, sum) in rows::<Channels<G>, T>(&patch).iter().zip(sums.iter_mut().step_by(dilation)) {
            kernel::add(place, sum);
        }
        // The sum of this step is complete; the next ones move up.
        let mut to = rows_mut(y.flat_mut()).first_mut();
        for sum in sums {
            to.into_iter().for_each(|to| to.copy_from_slice(sum));
            to = Some(sum);
        }
        to.into_iter().for_each(|last| last.fill(T::ZERO));
        self.finish(y.flat_mut());
        true
    }
}
