use crate::activation::Identity;
use crate::array::{Array, ArrayLike, Matrix, Plain, Vector};
use crate::int8::activation::activate;
use crate::int8::rows::Rows;
use crate::int8::scale::Word;
use crate::int8::{Int8Activation, Int8Layer, Quantize, Scale, at_once, int8};
use crate::kernel::windows;
use crate::layer::{BiasMode, Conv};
use crate::plain::rows_mut;
use crate::scalar::Scalar;
use crate::width::Width;
use crate::window::Windows;

int8! {
    /// A [convolution](crate::layer::Conv) in integers: a [`DenseInt8`](super::DenseInt8) that reads one window after the other.
    ///
    /// # Equations
    ///
    /// Those of `DenseInt8`, with a place in the padding at the zero point of the input; the product with M is
    /// [rounded twice](super#equations).
    ///
    /// # Shapes
    ///
    /// Those of the convolution; `W: [Out × (K · In)]`, a window's numbers in the order of the array.
    ///
    /// # Memory
    ///
    /// `(K · In + 9) · Out + 12` bytes, and 256 of a table. Stack: a window.
    pub struct ConvInt8<G: Windows, Out: Width, A: Int8Activation = Identity> { rows: Rows<Out, G::Patch, A>, padding: Word }
}

impl<G: Windows, Out: Width, A: Int8Activation> ConvInt8<G, Out, A> {
    /// Sets the layer from integers, as [`DenseInt8::set`](super::DenseInt8::set) does. TensorFlow Lite's weights of a
    /// convolution, `[Out × Height × Width × In]`, are such rows.
    pub fn set<W: ArrayLike<Matrix<Out, G::Patch, i8>>>(
        &mut self,
        weights: &W,
        bias: &[i32],
        steps: &[f32],
        x: Scale,
        y: Scale,
    ) -> Scale {
        let () = W::FITS;
        self.padding = Word::of(x.zero().into());
        self.rows.set(weights.view(), bias, steps, x, y)
    }
}

impl<G: Windows, Out: Width, A: Int8Activation> Int8Layer for ConvInt8<G, Out, A> {
    type Input = <G::Input<f32> as Array>::Int8;
    type Output = <G::Output<Out, f32> as Array>::Int8;

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        let columns = const { G::FRAME.columns.count };
        let padding = self.padding.get() as i8;
        let mut patch = Vector::<G::Patch, i8>::ZERO;
        for (t, y) in rows_mut::<Out, i8>(y.flat_mut()).iter_mut().enumerate() {
            windows::copy::<G, i8>(x.flat(), t / columns, t % columns, padding, &mut patch);
            self.rows.forward::<true>(&patch, y);
        }
    }

    fn scale(&self, _: Scale) -> Scale {
        self.rows.scale()
    }
}

at_once! { [G: Windows, Out: Width, A: Int8Activation] ConvInt8<G, Out, A> }

impl<G: Windows, Out: Width, A: Int8Activation, T: Scalar, B: BiasMode> Quantize for Conv<G, Out, A, T, B> {
    type Int8 = ConvInt8<G, Out, A>;

    fn observe(&self, x: &Self::Input, y: &mut Self::Output, visit: &mut impl FnMut(&mut [T])) {
        let mut zero = Vector::ZERO;
        let bias = B::start(&self.bias, &mut zero).unwrap_or(&zero);
        windows::forward::<G, Out, Identity, T>(&self.weight, bias, x.flat(), rows_mut(y.flat_mut()));
        activate::<A, T>(y.flat_mut(), visit);
    }

    fn quantize(&self, x: Scale, next: &mut impl FnMut() -> Scale, to: &mut Self::Int8) -> Scale {
        to.padding = Word::of(x.zero().into());
        to.rows.quantize(&self.weight, self.bias.flat(), x, next())
    }
}
