use typenum::Unsigned;

use crate::array::{Plain, Vector};
use crate::kernel::{self, windows};
use crate::layer::{Batch, Layer, Plan, Ring, Slot, Stack};
use crate::parameters;
use crate::scalar::Scalar;
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

impl<G: Windows, T: Scalar> AvgPool<G, T> {
    const TEXT: &'static Text = &G::FRAME.describe(Text::new());
    const REFUSED: &'static Text = &G::FRAME.pooling_fault();

    /// All windows.
    #[inline]
    fn all(x: &[T], y: &mut [T]) {
        let (x, _) = Vector::<G::Channels, T>::chunks_from_slice(x);
        let (y, _) = Vector::<G::Channels, T>::chunks_from_slice_mut(y);
        for (t, y) in y.iter_mut().enumerate() {
            y.fill(T::ZERO);
            let mut n = 0;
            windows::places::<G>(t, |place| {
                n += 1;
                x.get(place).into_iter().for_each(|x| kernel::add(x, y));
            });
            y.iter_mut().for_each(|y| *y = *y / T::of(n as f64));
        }
    }
}

impl<G: Windows, T: Scalar> Layer for AvgPool<G, T> {
    type Input = G::Input<T>;
    type Output = G::Output<G::Channels, T>;
    type Tape = Slot<Self::Output>;
    const DETAIL: &'static str = Self::TEXT.as_str();

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        Self::all(x.flat(), y.flat_mut());
    }

    fn backward(&self, _: &Self::Input, tape: &mut Self::Tape, _: &mut Self, dx: Option<&mut Self::Input>) {
        let Some(dx) = dx else { return };
        dx.flat_mut().fill(T::ZERO);
        let (dx, _) = Vector::<G::Channels, T>::chunks_from_slice_mut(dx.flat_mut());
        for (t, dy) in tape.dy.flat_mut().chunks_mut(const { <G::Channels as Unsigned>::USIZE }).enumerate() {
            let mut n = 0;
            windows::places::<G>(t, |_| n += 1);
            dy.iter_mut().for_each(|dy| *dy = *dy / T::of(n as f64));
            windows::places::<G>(t, |place| dx.get_mut(place).into_iter().for_each(|dx| kernel::add(dy, dx)));
        }
    }
}

impl<G: Windows, T: Scalar> Batch for AvgPool<G, T> {}

impl<G: Windows, T: Scalar> Stack for AvgPool<G, T> {
    const PLAN: &'static Plan = &Plan::leaf::<Self>();
    const FAULT: &'static str = Self::REFUSED.as_str();
    const WAITS: &'static str = G::FRAME.waits();
    type Step = G::Step<T>;
    type Emit = G::Emit<G::Channels, T>;
    type Stream = Ring<G, T>;

    #[inline]
    fn stream(&self, x: &Self::Step, stream: &mut Self::Stream, y: &mut Self::Emit) -> bool {
        if const { !G::SEQUENCE } {
            Self::all(x.flat(), y.flat_mut());
            return true;
        }
        let ends = stream.push(x.flat());
        if ends {
            y.flat_mut().fill(T::ZERO);
            stream.places().for_each(|(_, x)| kernel::add(x, y.flat_mut()));
            let n = stream.places().count();
            y.flat_mut().iter_mut().for_each(|y| *y = *y / T::of(n as f64));
        }
        ends
    }
}
