use typenum::Unsigned;

use crate::activation::{Activation, Identity};
use crate::array::{Matrix, Plain, Vector};
use crate::kernel::{self, Products, windows};
use crate::layer::batch::{backward_by_halves, deltas, descend_by_rows, step_by_rows};
use crate::layer::stream::{OverWindows, over_windows};
use crate::layer::{Batch, BiasMode, Biased, Inputs, Layer, Lines, LinesMut, Part, Plan, Ring, Role, Slot, Stack};
use crate::parameters;
use crate::penalty::{Penalty, Step};
use crate::plain::{rows, rows_mut};
use crate::scalar::Scalar;
use crate::shape::Text;
use crate::width::{U1, Valid};
use crate::window::{Windows, Windows1d, Windows2d};

parameters! {
    #![allow(unsafe_code)]
    /// A convolution of each channel by itself: a filter for each channel, which reads no other.
    ///
    /// [`DepthwiseConv1d`] and [`DepthwiseConv2d`] name it for sequences and images. A [`Conv`](crate::Conv) with windows of
    /// one place behind it mixes the channels; the two are a depthwise-separable convolution.
    ///
    /// # Equations
    ///
    /// <!-- $y_{tc} = g\left(b_c + \sum_{k} x_{kc} w_{kc}\right), \qquad \frac{\partial J}{\partial w_{kc}} = \sum_{t} x_{kc} \delta_{tc}$ --><math display="block"><msub><mi>y</mi><mrow><mi>t</mi><mi>c</mi></mrow></msub><mo>=</mo><mi>g</mi><mrow><mo stretchy="true">(</mo><msub><mi>b</mi><mi>c</mi></msub><mo>+</mo><munder><mo>∑</mo><mrow><mi>k</mi></mrow></munder><msub><mi>x</mi><mrow><mi>k</mi><mi>c</mi></mrow></msub><msub><mi>w</mi><mrow><mi>k</mi><mi>c</mi></mrow></msub><mo stretchy="true">)</mo></mrow><mo>,</mo><mspace width="2em"></mspace><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><msub><mi>w</mi><mrow><mi>k</mi><mi>c</mi></mrow></msub></mrow></mfrac><mo>=</mo><munder><mo>∑</mo><mrow><mi>t</mi></mrow></munder><msub><mi>x</mi><mrow><mi>k</mi><mi>c</mi></mrow></msub><msub><mi>δ</mi><mrow><mi>t</mi><mi>c</mi></mrow></msub></math>
    ///
    /// With `x_kc` channel c at place k of window t, and only the places that are not padding:
    ///
    /// - `y_tc = g(b_c + Σ_k x_kc w_kc)`, from `b_c` in the order of the places
    /// - `δ_t = dy_t ⊙ g′(z_t)`, `dx_kc = Σ_t w_kc δ_tc` over the windows t that k is in
    /// - `∂J/∂w_kc = Σ_t x_kc δ_tc`, `∂J/∂b_c = Σ_t δ_tc`, in the order of t
    ///
    /// Padding counts as 0, and its products are left out: a weight that is not finite changes only windows that read by it.
    ///
    /// # Shapes
    ///
    /// `x: [Steps × C]` or `[Height × Width × C]`, channels last; `y` the same with a place for each window.
    /// `b: [C]`, `w: [K × C]`: for each place of the window, the weight of each channel. PyTorch's `weight`, with
    /// `groups = C`, is `[C × 1 × K]`.
    ///
    /// # Memory
    ///
    /// `(1 + K) · C` parameters; twice the output as tape. Stack: sixteen rows of `C` numbers for a step.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// // Two channels: the sum of two steps, and their difference.
    /// let mut layer = DepthwiseConv1d::<U3, U2, U2>::ZERO;
    /// layer.flat_mut().copy_from_slice(&[0.0, 0.5, 1.0, -1.0, 1.0, 1.0]); // b, w of place 0, w of place 1
    /// let mut y = Matrix::<U2, U2>::ZERO;
    /// layer.forward(&[[1.0, 10.0].into(), [2.0, 30.0].into(), [4.0, 90.0].into()].into(), &mut y);
    /// assert_eq!(y.flat(), [3.0, 20.5, 6.0, 60.5]);
    /// ```
    ///
    /// # Source
    ///
    /// F. Chollet, "Xception: deep learning with depthwise separable convolutions", CVPR 2017.
    pub struct DepthwiseConv<G: Windows, A: Activation = Identity, T: Scalar = f32, B: BiasMode = Biased> of T
        as G::DEPTHWISE, Batch, Stack
    {
        /// b: [C]
        pub(crate) bias: B::Of<Vector<G::Channels, T>> = Role::Bias { fan_in: G::Window::USIZE, fan_out: G::Window::USIZE },
        /// w: [K × C]
        pub(crate) weight: Matrix<G::Window, G::Channels, T> =
            Role::Weight { fan_in: G::Window::USIZE, fan_out: G::Window::USIZE },
    }
}

/// A convolution of each channel of a sequence `[Steps × C]` by itself, of windows of `K` steps, stride `S`, dilation `D` and
/// padding `P`: a [`DepthwiseConv`].
#[doc(alias = "Convolution")]
pub type DepthwiseConv1d<Steps, C, K, A = Identity, S = U1, D = U1, P = Valid, T = f32, B = Biased> =
    DepthwiseConv<Windows1d<Steps, C, K, S, D, P>, A, T, B>;

/// A convolution of each channel of an image `[Height × Width × C]` by itself, of windows of `K × K` places, stride `S`,
/// dilation `D` and padding `P`: a [`DepthwiseConv`].
#[doc(alias = "Convolution")]
pub type DepthwiseConv2d<H, W, C, K, A = Identity, S = U1, D = U1, P = Valid, T = f32, B = Biased> =
    DepthwiseConv<Windows2d<H, W, C, K, K, S, D, P>, A, T, B>;

impl<G: Windows, A: Activation, T: Scalar, B: BiasMode> DepthwiseConv<G, A, T, B> {
    const TEXT: &'static Text = &G::FRAME.describe(Text::new().words(A::NAME).words(", "));
    const REFUSED: &'static Text = &G::FRAME.fault();

    /// z of all windows.
    #[inline(always)]
    pub(crate) fn weigh(&self, x: &[T], z: &mut [T]) {
        let (x, mut zero) = (rows::<G::Channels, T>(x), Vector::ZERO);
        let (start, mut products) = (B::start(&self.bias, &mut zero).unwrap_or(&zero), Products::<_, _, 16>::NONE);
        for (t, z) in rows_mut::<G::Channels, T>(z).iter_mut().enumerate() {
            products.start(start, z);
            windows::taps::<G>(t, |k, place| {
                if let (Some(x), Some(w)) = (x.get(place), self.weight.get(k)) {
                    products.add(x, w, z);
                }
            });
            products.end(z);
        }
    }
}

impl<G: Windows, A: Activation, T: Scalar, B: BiasMode> OverWindows<G, T> for DepthwiseConv<G, A, T, B> {
    #[inline]
    fn all(&self, x: &[T], y: &mut [T]) {
        self.weigh(x, y);
        kernel::activate_in_place::<A, T>(y);
    }

    #[inline]
    fn one(&self, ring: &Ring<G, T>, y: &mut [T]) {
        let mut zero = Vector::ZERO;
        y.copy_from_slice(B::start(&self.bias, &mut zero).unwrap_or(&zero));
        let mut products = Products::<_, _, 8>::NONE;
        for to in rows_mut::<G::Channels, T>(y) {
            for (k, x) in ring.places() {
                self.weight.get(k).into_iter().for_each(|w| products.add(x, w, to));
            }
            products.end(to);
        }
        kernel::activate_in_place::<A, T>(y);
    }
}

impl<G: Windows, A: Activation, T: Scalar, B: BiasMode> Layer for DepthwiseConv<G, A, T, B> {
    type Input = G::Input<T>;
    type Output = G::Output<G::Channels, T>;
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

/// Sample after sample, and window after window.
impl<G: Windows, A: Activation, T: Scalar, B: BiasMode> Batch for DepthwiseConv<G, A, T, B> {
    fn errors(&self, _: Inputs<Self::Input>, mut tapes: LinesMut<Self::Tape>, dxs: Option<LinesMut<Self::Input>>) {
        deltas::<A, _>(tapes.reborrow());
        let Some(mut dxs) = dxs else { return };
        for (tape, dx) in tapes.iter_mut().zip(dxs.iter_mut()) {
            dx.flat_mut().fill(T::ZERO);
            let (dx, mut products) = (rows_mut::<G::Channels, T>(dx.flat_mut()), Products::<_, _, 8>::NONE);
            for (t, delta) in rows::<G::Channels, T>(tape.dy.flat()).iter().enumerate() {
                windows::taps::<G>(t, |k, place| {
                    if let (Some(w), Some(dx)) = (self.weight.get(k), dx.get_mut(place)) {
                        products.add(w, delta, dx);
                        products.end(dx);
                    }
                });
            }
        }
    }

    fn sums(&self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, mut part: Part<T>) {
        let channels = const { <G::Channels as Unsigned>::USIZE };
        let (bias, weight) = part.split(B::Of::<Vector<G::Channels, T>>::COUNT);
        let (from, to) = (weight.start / channels, rows_mut::<G::Channels, T>(weight.numbers));
        for (x, tape) in xs.iter().zip(tapes.iter()) {
            let (x, deltas) = (rows::<G::Channels, T>(x.flat()), rows::<G::Channels, T>(tape.dy.flat()));
            deltas.iter().for_each(|delta| kernel::add(delta, bias.numbers));
            for (k, to) in to.iter_mut().enumerate() {
                let mut products = Products::<_, _, 8>::NONE;
                windows::tapped::<G>(from + k, |t, place| {
                    if let (Some(x), Some(delta)) = (x.get(place), deltas.get(t)) {
                        products.add(x, delta, to);
                    }
                });
                products.end(to);
            }
        }
    }

    fn step<P: Penalty>(&mut self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, step: Step<P>) {
        step_by_rows::<Self, G::Channels, P>(self, xs, tapes, step);
    }

    fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: T, dx: Option<&mut Self::Input>) {
        descend_by_rows::<Self, G::Channels>(self, x, tape, rate, dx);
    }
}

impl<G: Windows, A: Activation, T: Scalar, B: BiasMode> Stack for DepthwiseConv<G, A, T, B> {
    const PLAN: &'static Plan = &Plan::leaf::<Self>();
    over_windows! { G, T, G::Channels }
}
