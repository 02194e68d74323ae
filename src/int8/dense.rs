use crate::activation::Identity;
use crate::array::{ArrayLike, Matrix, Plain, Vector};
use crate::int8::activation::activate;
use crate::int8::rows::Rows;
use crate::int8::{Int8Activation, Int8Layer, Quantize, Scale, at_once, int8};
use crate::kernel;
use crate::layer::{BiasMode, Dense};
use crate::scalar::Scalar;
use crate::width::Width;

int8! {
    /// A [`Dense`](crate::Dense) layer in integers.
    ///
    /// # Equations
    ///
    /// `yⱼ = g(round(Mⱼ (bⱼ + Σᵢ wⱼᵢ (xᵢ − x₀))) + y₀)`, `Mⱼ = s_x s_wⱼ / s_y`, with x₀ and y₀ the zero points; the products
    /// with x₀ are part of the bias that is stored.
    ///
    /// # Shapes
    ///
    /// `x: [In]`, `y: [Out]`, `W: [Out × In]`.
    ///
    /// # Memory
    ///
    /// `(In + 9) · Out + 8` bytes, and 256 of a table. Two rows of weights are [one](super#weights). No stack but the output; with
    /// instructions for pairs of 16 bits, two bytes of an input, of at most 64.
    pub struct DenseInt8<In: Width, Out: Width, A: Int8Activation = Identity> { rows: Rows<Out, In, A> }
}

impl<In: Width, Out: Width, A: Int8Activation> DenseInt8<In, Out, A> {
    /// Sets the layer from integers, as a TensorFlow Lite model has them: `weights` of one output a row, a bias and a step of
    /// weights for each output, the scale of inputs, and that of outputs, or of what stands before a table. Returns the scale
    /// of outputs.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::int8::{DenseInt8, Int8Layer, Scale};
    /// use nanoprop::prelude::*;
    ///
    /// let mut layer = DenseInt8::<U2, U1, Relu>::ZERO;
    /// let (x, y) = (Scale::new(0.5, 0), Scale::new(1.0, -128));
    /// layer.set(&[[4, 127]], &[40], &[0.25], x, y);
    /// let mut out = Vector::ZERO;
    /// layer.forward(&[10, 2].into(), &mut out);
    /// assert_eq!(out[0], -128 + 42); // (4 · 10 + 127 · 2 + 40) · 0.5 · 0.25 = 41.75
    /// ```
    pub fn set<W: ArrayLike<Matrix<Out, In, i8>>>(
        &mut self,
        weights: &W,
        bias: &[i32],
        steps: &[f32],
        x: Scale,
        y: Scale,
    ) -> Scale {
        let () = W::FITS;
        self.rows.set(weights.view(), bias, steps, x, y)
    }
}

impl<In: Width, Out: Width, A: Int8Activation> Int8Layer for DenseInt8<In, Out, A> {
    type Input = Vector<In, i8>;
    type Output = Vector<Out, i8>;

    #[inline]
    fn forward(&self, x: &Vector<In, i8>, y: &mut Vector<Out, i8>) {
        self.rows.forward::<false>(x, y);
    }

    fn scale(&self, _: Scale) -> Scale {
        self.rows.scale()
    }
}

at_once! { [In: Width, Out: Width, A: Int8Activation] DenseInt8<In, Out, A> }

impl<In: Width, Out: Width, A: Int8Activation, T: Scalar, B: BiasMode> Quantize for Dense<In, Out, A, T, B> {
    type Int8 = DenseInt8<In, Out, A>;

    fn observe(&self, x: &Vector<In, T>, y: &mut Vector<Out, T>, visit: &mut impl FnMut(&mut [T])) {
        kernel::gemv::<In, Out, Identity, T>(&self.weight, x, B::start(&self.bias, y), y);
        activate::<A, T>(y, visit);
    }

    fn quantize(&self, x: Scale, next: &mut impl FnMut() -> Scale, to: &mut Self::Int8) -> Scale {
        to.rows.quantize(&self.weight, self.bias.flat(), x, next())
    }
}
