use typenum::Unsigned;

use crate::activation::{Activation, Identity};
use crate::array::{Matrix, Plain, Vector};
use crate::kernel::{self, windows};
use crate::layer::batch::{backward_by_halves, deltas, descend_by_rows, step_by_rows};
use crate::layer::stream::{OverWindows, over_windows};
use crate::layer::{Batch, BiasMode, Biased, Inputs, Layer, Lines, LinesMut, Part, Plan, Ring, Role, Slot, Stack};
use crate::parameters;
use crate::penalty::{Penalty, Step};
use crate::plain::{rows, rows_mut};
use crate::scalar::Scalar;
use crate::shape::Text;
use crate::width::{U1, Valid, Width};
use crate::window::{Windows, Windows1d, Windows2d};

parameters! {
    #![allow(unsafe_code)]
    /// A convolution: a dense layer that reads one window of its input after the other, by the same weights.
    ///
    /// [`Conv1d`] and [`Conv2d`] name it for sequences and images.
    ///
    /// # Equations
    ///
    /// <!-- $y_t = g(b + W^{\mathsf{T}} x_t), \qquad \delta_t = \frac{\partial J}{\partial y_t} \odot g'(z_t), \quad \frac{\partial J}{\partial W} = \sum_{t} x_t \delta_t^{\mathsf{T}}$ --><math display="block"><msub><mi>y</mi><mi>t</mi></msub><mo>=</mo><mi>g</mi><mo stretchy="false">(</mo><mi>b</mi><mo>+</mo><msup><mi>W</mi><mrow><mrow><mi>𝖳</mi></mrow></mrow></msup><msub><mi>x</mi><mi>t</mi></msub><mo stretchy="false">)</mo><mo>,</mo><mspace width="2em"></mspace><msub><mi>δ</mi><mi>t</mi></msub><mo>=</mo><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><msub><mi>y</mi><mi>t</mi></msub></mrow></mfrac><mo>⊙</mo><mi>g</mi><mi>′</mi><mo stretchy="false">(</mo><msub><mi>z</mi><mi>t</mi></msub><mo stretchy="false">)</mo><mo>,</mo><mspace width="1em"></mspace><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><mi>W</mi></mrow></mfrac><mo>=</mo><munder><mo>∑</mo><mrow><mi>t</mi></mrow></munder><msub><mi>x</mi><mi>t</mi></msub><msubsup><mi>δ</mi><mi>t</mi><mrow><mrow><mi>𝖳</mi></mrow></mrow></msubsup></math>
    ///
    /// With `x_t` the numbers of window t, in the order of the array, and zeros where the window reaches into the padding:
    ///
    /// - `y_t = g(b + Wᵀ x_t)`, each in the order of [`Dense`](crate::Dense), and so with its bits
    /// - `δ_t = dy_t ⊙ g′(z_t)`, `dx = Σ_t W δ_t` at the places of window t   (T 2.5.8)
    /// - `∂J/∂W = Σ_t x_t δ_tᵀ`, `∂J/∂b = Σ_t δ_t`   (T 2.2.8), in the order of t
    ///
    /// Like all libraries, this does not flip the window: in mathematics, it is a cross-correlation.
    ///
    /// # Shapes
    ///
    /// `x: [Steps × In]` or `[Height × Width × In]`, channels last; `y` the same with `Out` channels for each window, of
    /// which there are `⌊(n + padding − D (K − 1) − 1) / S⌋ + 1` along an axis of n. `b: [Out]`,
    /// `W: [K · In × Out]`: for each place of the window, for each channel, the weights to all outputs. PyTorch's
    /// `weight` is `[Out × In × K]`.
    ///
    /// # Memory
    ///
    /// `(1 + K · In) · Out` parameters; twice the output as tape. Stack: a window, `K · In` numbers; sixteen rows of `Out`
    /// numbers for a step; where there is padding, on processors with vectors, 8 KiB.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::Conv1d;
    ///
    /// // One channel, windows of 2 steps: the difference from a step to the next.
    /// let mut layer = Conv1d::<U4, U1, U1, U2>::ZERO;
    /// layer.flat_mut().copy_from_slice(&[0.0, -1.0, 1.0]);
    /// let mut y = Matrix::<U3, U1>::ZERO;
    /// layer.forward(&[[1.0].into(), [4.0].into(), [9.0].into(), [16.0].into()].into(), &mut y);
    /// assert_eq!(y.flat(), [3.0, 5.0, 7.0]);
    /// ```
    ///
    /// # Source
    ///
    /// Y. LeCun et al., "Backpropagation applied to handwritten zip code recognition", Neural Computation 1, 1989.
    pub struct Conv<G: Windows, Out: Width, A: Activation = Identity, T: Scalar = f32, B: BiasMode = Biased> of T
        as G::CONV, Batch, Stack
    {
        /// b: [Out]
        pub(crate) bias: B::Of<Vector<Out, T>> =
            Role::Bias { fan_in: G::Patch::USIZE, fan_out: Out::USIZE * G::Window::USIZE },
        /// W: [K · In × Out]
        pub(crate) weight: Matrix<G::Patch, Out, T> =
            Role::Weight { fan_in: G::Patch::USIZE, fan_out: Out::USIZE * G::Window::USIZE },
    }
}

/// A convolution over a sequence `[Steps × In]`, of windows of `K` steps, stride `S`, dilation `D` and padding `P`: a [`Conv`].
#[doc(alias = "Convolution")]
pub type Conv1d<Steps, In, Out, K, A = Identity, S = U1, D = U1, P = Valid, T = f32, B = Biased> =
    Conv<Windows1d<Steps, In, K, S, D, P>, Out, A, T, B>;

/// A convolution over an image `[Height × Width × In]`, of windows of `K × K` places, stride `S`, dilation `D` and padding
/// `P`: a [`Conv`].
#[doc(alias = "Convolution")]
pub type Conv2d<H, W, In, Out, K, A = Identity, S = U1, D = U1, P = Valid, T = f32, B = Biased> =
    Conv<Windows2d<H, W, In, K, K, S, D, P>, Out, A, T, B>;

impl<G: Windows, Out: Width, A: Activation, T: Scalar, B: BiasMode> Conv<G, Out, A, T, B> {
    const TEXT: &'static Text = &G::FRAME.describe(Text::new().words(A::NAME).words(", "));
    const REFUSED: &'static Text = &G::FRAME.fault();
}

impl<G: Windows, Out: Width, A: Activation, T: Scalar, B: BiasMode> OverWindows<G, T> for Conv<G, Out, A, T, B> {
    #[inline]
    fn all(&self, x: &[T], y: &mut [T]) {
        let mut zero = Vector::ZERO;
        let bias = B::start(&self.bias, &mut zero).unwrap_or(&zero);
        windows::forward::<G, Out, A, T>(&self.weight, bias, x, rows_mut(y));
    }

    #[inline]
    fn one(&self, ring: &Ring<G, T>, y: &mut [T]) {
        let mut zero = Vector::ZERO;
        let bias = B::start(&self.bias, &mut zero).unwrap_or(&zero);
        let y = rows_mut(y).first_mut().into_iter();
        y.for_each(|y| kernel::gemv::<G::Patch, Out, A, T>(&self.weight, &ring.patch(), Some(bias), y));
    }
}

impl<G: Windows, Out: Width, A: Activation, T: Scalar, B: BiasMode> Layer for Conv<G, Out, A, T, B> {
    type Input = G::Input<T>;
    type Output = G::Output<Out, T>;
    type Tape = Slot<Self::Output>;
    const DETAIL: &'static str = Self::TEXT.as_str();

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        self.all(x.flat(), y.flat_mut());
    }

    #[inline]
    fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Self::Input>) {
        backward_by_halves(self, x, tape, grad, dx);
    }
}

/// Sample after sample: a sample's windows are what a dense layer has samples for.
impl<G: Windows, Out: Width, A: Activation, T: Scalar, B: BiasMode> Batch for Conv<G, Out, A, T, B> {
    fn errors(&self, _: Inputs<Self::Input>, mut tapes: LinesMut<Self::Tape>, dxs: Option<LinesMut<Self::Input>>) {
        deltas::<A, _>(tapes.reborrow());
        if let Some(mut dxs) = dxs {
            for (tape, dx) in tapes.iter_mut().zip(dxs.iter_mut()) {
                windows::errors::<G, Out, T>(&self.weight, rows(tape.dy.flat()), dx.flat_mut());
            }
        }
    }

    fn sums(&self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, mut part: Part<T>) {
        let (bias, weight) = part.split(B::Of::<Vector<Out, T>>::COUNT);
        let (from, to) = (weight.start / Out::USIZE, rows_mut(weight.numbers));
        for (x, tape) in xs.iter().zip(tapes.iter()) {
            windows::sums::<G, Out, T>(x.flat(), rows(tape.dy.flat()), bias.numbers, from, to);
        }
    }

    fn step<P: Penalty>(&mut self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, step: Step<P>) {
        step_by_rows::<Self, Out, P>(self, xs, tapes, step);
    }

    fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: T, dx: Option<&mut Self::Input>) {
        descend_by_rows::<Self, Out>(self, x, tape, rate, dx);
    }
}

impl<G: Windows, Out: Width, A: Activation, T: Scalar, B: BiasMode> Stack for Conv<G, Out, A, T, B> {
    const PLAN: &'static Plan = &Plan::leaf::<Self>();
    over_windows! { G, T, Out }
}
