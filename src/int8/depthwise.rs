use typenum::Unsigned;

use crate::activation::Identity;
use crate::array::{Array, ArrayLike, Matrix, Plain};
use crate::int8::activation::{Outputs, activate};
use crate::int8::rows::{factor, integer_bias, sum_step, weight};
use crate::int8::scale::{Channels, Word};
use crate::int8::{Int8Activation, Int8Layer, Quantize, Scale, at_once, int8};
use crate::kernel::windows;
use crate::layer::{BiasMode, DepthwiseConv};
use crate::plain::{rows, rows_mut};
use crate::scalar::Scalar;
use crate::window::Windows;

int8! {
    /// A [depthwise convolution](crate::layer::DepthwiseConv) in integers: each channel by itself.
    ///
    /// # Equations
    ///
    /// `y_tc = g(round(M_c (b_c + Σ_k w_kc (x_kc − x₀))) + y₀)` over the places k of window t that are there; the product with
    /// M is [rounded twice](super#equations).
    ///
    /// # Memory
    ///
    /// `(K + 9) · C + 12` bytes, and 256 of a table. Stack: nothing but the output.
    pub struct DepthwiseConvInt8<G: Windows, A: Int8Activation = Identity> {
        weight: Matrix<G::Window, G::Channels, i8>,
        channels: Channels<G::Channels>,
        outputs: Outputs<A>,
        padding: Word,
    }
}

impl<G: Windows, A: Int8Activation> DepthwiseConvInt8<G, A> {
    /// Sets the layer from integers: `weights` of one place a row, `[K × C]`, and of each channel a bias and a step of weights.
    /// TensorFlow Lite's weights, `[1 × Height × Width × C]`, are such rows. Returns the scale of outputs.
    pub fn set<W: ArrayLike<Matrix<G::Window, G::Channels, i8>>>(
        &mut self,
        weights: &W,
        bias: &[i32],
        steps: &[f32],
        x: Scale,
        y: Scale,
    ) -> Scale {
        let () = W::FITS;
        self.weight.flat_mut().copy_from_slice(weights.view().flat());
        self.outputs.set(y);
        self.padding = Word::of(x.zero().into());
        for (c, (&bias, &step)) in bias.iter().zip(steps).enumerate() {
            self.channels.set(c, bias, factor(x, step, y));
        }
        self.outputs.y()
    }
}

impl<G: Windows, A: Int8Activation> Int8Layer for DepthwiseConvInt8<G, A> {
    type Input = <G::Input<f32> as Array>::Int8;
    type Output = <G::Output<G::Channels, f32> as Array>::Int8;

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        let x = rows::<G::Channels, i8>(x.flat());
        let (zero, lowest) = self.outputs.ends();
        let padding = i32::from(self.padding.get() as i8);
        for (t, y) in rows_mut::<G::Channels, i8>(y.flat_mut()).iter_mut().enumerate() {
            for (c, (channel, y)) in self.channels.iter().zip(y).enumerate() {
                let mut sum = 0_i32;
                windows::taps::<G>(t, |k, place| {
                    let w = self.weight.get(k).and_then(|w| w.get(c));
                    if let (Some(&w), Some(&x)) = (w, x.get(place).and_then(|x| x.get(c))) {
                        sum = sum.wrapping_add(i32::from(w) * (i32::from(x) - padding));
                    }
                });
                *y = self.outputs.output(channel.output::<true>(sum, zero, lowest));
            }
        }
    }

    fn scale(&self, _: Scale) -> Scale {
        self.outputs.y()
    }
}

at_once! { [G: Windows, A: Int8Activation] DepthwiseConvInt8<G, A> }

impl<G: Windows, A: Int8Activation, T: Scalar, B: BiasMode> Quantize for DepthwiseConv<G, A, T, B> {
    type Int8 = DepthwiseConvInt8<G, A>;

    fn observe(&self, x: &Self::Input, y: &mut Self::Output, visit: &mut impl FnMut(&mut [T])) {
        self.weigh(x.flat(), y.flat_mut());
        activate::<A, T>(y.flat_mut(), visit);
    }

    fn quantize(&self, x: Scale, next: &mut impl FnMut() -> Scale, to: &mut Self::Int8) -> Scale {
        let z = next();
        to.outputs.set(z);
        to.padding = Word::of(x.zero().into());
        for c in 0..<G::Channels as Unsigned>::USIZE {
            let weights = || self.weight.iter().filter_map(|w| w.get(c)).map(|w| w.to_f64());
            let bias = self.bias.flat().get(c).map_or(0.0, |b| b.to_f64());
            let step = sum_step(weights(), bias, x);
            let places = to.weight.iter_mut().filter_map(|to| to.get_mut(c));
            places.zip(weights()).for_each(|(to, w)| *to = weight(w, step));
            to.channels.set(c, integer_bias(bias, x, step), factor(x, step, z));
        }
        to.outputs.y()
    }
}
