use typenum::Unsigned;

use crate::array::Plain;
use crate::kernel::{self, windows};
use crate::layer::pool::{self, Pooling};
use crate::layer::stream::{OverWindows, over_windows};
use crate::layer::{Batch, Layer, Plan, Ring, Slot, Stack};
use crate::parameters;
use crate::plain::rows_mut;
use crate::scalar::{Accumulator, Scalar};
use crate::shape::Text;
use crate::width::{U1, Valid};
use crate::window::{Windows, Windows1d, Windows2d};

parameters! {
    #![allow(unsafe_code)]
    /// The mean of each channel in each window.
    ///
    /// [`AvgPool1d`] and [`AvgPool2d`] name it for sequences and images.
    ///
    /// # Equations
    ///
    /// <!-- $y_{tc} = \frac{1}{n} \sum_{k} x_{kc}$ --><math display="block"><msub><mi>y</mi><mrow><mi>t</mi><mi>c</mi></mrow></msub><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>n</mi></mrow></mfrac><munder><mo>∑</mo><mrow><mi>k</mi></mrow></munder><msub><mi>x</mi><mrow><mi>k</mi><mi>c</mi></mrow></msub></math>
    ///
    /// With n the places of window t that are not padding:
    ///
    /// - `y_tc = (Σ_k x_kc) / n`, from +0 in the order of the places (Keras, and PyTorch with
    ///   `count_include_pad = False`)
    /// - `dx_kc = Σ_t dy_tc / n` over the windows t that k is in, in the order of t
    ///
    /// # Shapes
    ///
    /// `x: [Steps × C]` or `[Height × Width × C]`; `y` the same with a place for each window.
    ///
    /// # Memory
    ///
    /// No parameters; twice the output as tape.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::AvgPool1d;
    ///
    /// let mut y = Matrix::<U2, U1>::ZERO;
    /// let x = Matrix::<U4, U1>::from([[1.0].into(), [4.0].into(), [3.0].into(), [-1.0].into()]);
    /// AvgPool1d::<U4, U1, U2>::ZERO.forward(&x, &mut y);
    /// assert_eq!(y.flat(), [2.5, 1.0]);
    /// ```
    pub struct AvgPool<G: Windows, T: Scalar = f32> of T as G::AVG_POOL, Batch, Stack {}
}

/// The mean of each channel in windows of `K` steps, by default one behind the other: an [`AvgPool`].
pub type AvgPool1d<Steps, C, K, S = K, P = Valid, T = f32> = AvgPool<Windows1d<Steps, C, K, S, U1, P>, T>;

/// The mean of each channel in windows of `K × K` places, by default side by side: an [`AvgPool`].
pub type AvgPool2d<H, W, C, K, S = K, P = Valid, T = f32> = AvgPool<Windows2d<H, W, C, K, K, S, U1, P>, T>;

impl<G: Windows, T: Scalar> Pooling<T> for AvgPool<G, T> {
    const START: f64 = 0.0;
    const MEAN: bool = true;

    #[inline(always)]
    fn take(x: &[T], y: &mut [T]) {
        kernel::add(x, y);
    }

    #[inline(always)]
    fn end(n: usize, y: &mut [T]) {
        y.iter_mut().for_each(|y| *y = T::Accumulator::of(*y).share(n));
    }
}

pool::pool! { AvgPool }

impl<G: Windows, T: Scalar> Layer for AvgPool<G, T> {
    type Input = G::Input<T>;
    type Output = G::Output<G::Channels, T>;
    type Tape = Slot<Self::Output>;
    const DETAIL: &'static str = Self::TEXT.as_str();

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        self.all(x.flat(), y.flat_mut());
    }

    fn backward(&self, _: &Self::Input, tape: &mut Self::Tape, _: &mut Self, dx: Option<&mut Self::Input>) {
        let Some(dx) = dx else { return };
        dx.flat_mut().fill(T::ZERO);
        let dx = rows_mut::<G::Channels, T>(dx.flat_mut());
        for (t, dy) in tape.dy.flat_mut().chunks_mut(const { <G::Channels as Unsigned>::USIZE }).enumerate() {
            let mut n = 0;
            windows::places::<G>(t, |_| n += 1);
            Self::end(n, dy);
            windows::places::<G>(t, |place| dx.get_mut(place).into_iter().for_each(|dx| kernel::add(dy, dx)));
        }
    }
}
