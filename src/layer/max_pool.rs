use crate::array::Plain;
use crate::kernel::windows;
use crate::layer::pool::{self, Pooling};
use crate::layer::stream::{OverWindows, over_windows};
use crate::layer::{Batch, Layer, Plan, Ring, Slot, Stack};
use crate::parameters;
use crate::plain::{rows, rows_mut};
use crate::scalar::Scalar;
use crate::shape::Text;
use crate::width::{U1, Valid};
use crate::window::{Windows, Windows1d, Windows2d};

parameters! {
    #![allow(unsafe_code)]
    /// The largest number of each channel in each window.
    ///
    /// [`MaxPool1d`] and [`MaxPool2d`] name it for sequences and images.
    ///
    /// # Equations
    ///
    /// <!-- $y_{tc} = \max_{k} x_{kc}$ --><math display="block"><msub><mi>y</mi><mrow><mi>t</mi><mi>c</mi></mrow></msub><mo>=</mo><munder><mi>max</mi><mrow><mi>k</mi></mrow></munder><mo>⁡</mo><mspace width="0.1667em"></mspace><msub><mi>x</mi><mrow><mi>k</mi><mi>c</mi></mrow></msub></math>
    ///
    /// - `y_tc = max over the places k of window t of x_kc`, of equal ones the first; NaN where one of them is NaN
    /// - `dx_kc = Σ_t dy_tc` over the windows t whose largest number stands at k, in the order of t
    ///
    /// A window that reaches into the padding takes what is there.
    ///
    /// # Shapes
    ///
    /// `x: [Steps × C]` or `[Height × Width × C]`; `y` the same with a place for each window.
    ///
    /// # Memory
    ///
    /// No parameters; twice the output as tape. The backward pass looks for the largest number again, so that no index is
    /// kept.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::MaxPool1d;
    ///
    /// let mut y = Matrix::<U2, U1>::ZERO;
    /// let x = Matrix::<U4, U1>::from([[1.0].into(), [4.0].into(), [3.0].into(), [-1.0].into()]);
    /// MaxPool1d::<U4, U1, U2>::ZERO.forward(&x, &mut y);
    /// assert_eq!(y.flat(), [4.0, 3.0]);
    /// ```
    pub struct MaxPool<G: Windows, T: Scalar = f32> of T as G::MAX_POOL, Batch, Stack {}
}

/// The largest number of each channel in windows of `K` steps, by default one behind the other: a [`MaxPool`].
pub type MaxPool1d<Steps, C, K, S = K, P = Valid, T = f32> = MaxPool<Windows1d<Steps, C, K, S, U1, P>, T>;

/// The largest number of each channel in windows of `K × K` places, by default side by side: a [`MaxPool`].
pub type MaxPool2d<H, W, C, K, S = K, P = Valid, T = f32> = MaxPool<Windows2d<H, W, C, K, K, S, U1, P>, T>;

impl<G: Windows, T: Scalar> Pooling<T> for MaxPool<G, T> {
    const START: f64 = f64::NEG_INFINITY;

    /// Of equal numbers the first, and NaN where one is.
    #[inline(always)]
    fn take(x: &[T], y: &mut [T]) {
        // Without a branch, which would be guessed wrong as often as not.
        y.iter_mut().zip(x).for_each(|(y, &x)| *y = if (x > *y) | is_nan(x) { x } else { *y });
    }

    #[inline(always)]
    fn end(_: usize, _: &mut [T]) {}
}

pool::pool! { MaxPool }

fn is_nan<T: Scalar>(x: T) -> bool {
    x.partial_cmp(&x).is_none()
}

impl<G: Windows, T: Scalar> Layer for MaxPool<G, T> {
    type Input = G::Input<T>;
    type Output = G::Output<G::Channels, T>;
    type Tape = Slot<Self::Output>;
    const DETAIL: &'static str = Self::TEXT.as_str();

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        self.all(x.flat(), y.flat_mut());
    }

    fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, _: &mut Self, dx: Option<&mut Self::Input>) {
        let Some(dx) = dx else { return };
        dx.flat_mut().fill(T::ZERO);
        let (x, dx) = (rows::<G::Channels, T>(x.flat()), rows_mut::<G::Channels, T>(dx.flat_mut()));
        let (ys, dys) = (rows::<G::Channels, T>(tape.y.flat()), rows_mut::<G::Channels, T>(tape.dy.flat_mut()));
        for (t, (y, dy)) in ys.iter().zip(dys).enumerate() {
            windows::places::<G>(t, |place| {
                if let (Some(x), Some(dx)) = (x.get(place), dx.get_mut(place)) {
                    give(x, y, dy, dx);
                }
            });
        }
    }
}

/// Of each channel, gives dy to the place whose x is y, and leaves 0 for those behind it.
#[inline(always)]
fn give<T: Scalar>(x: &[T], y: &[T], dy: &mut [T], dx: &mut [T]) {
    for (((&x, &y), dy), dx) in x.iter().zip(y).zip(dy).zip(dx) {
        let here = (x == y) | (is_nan(x) & is_nan(y));
        // Without a branch, as in `take`; a sum from +0 is never −0, so 0 more changes nothing.
        *dx = *dx + if here { *dy } else { T::ZERO };
        *dy = if here { T::ZERO } else { *dy };
    }
}
