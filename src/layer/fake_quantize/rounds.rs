use crate::array::{Array, Plain};
use crate::int8::{Int8Activation, Int8Layer, Quantize, Scale, round, weight_step};
use crate::layer::{
    BiasMode, Conv, Dense, DepthwiseConv, InputOf, Layer, OutputOf, Parameters, Residual, ScalarOf, Stack, Tape, TapeOf,
};
use crate::network::Layers;
use crate::scalar::{Number, Scalar};
use crate::width::Width;
use crate::window::Windows;

/// A layer that a [`FakeQuantize`](super::FakeQuantize) can stand around. Sealed by what it asks for: nanoprop implements it.
#[diagnostic::on_unimplemented(
    message = "a FakeQuantize can't stand around this layer",
    label = "`{Self}` is no Dense, convolution or Residual",
    note = "leave the word out around recurrent layers and others: they learn in floating point, and `quantize` finds their ranges",
    note = "their activations are Identity, Relu, Tanh, Sigmoid, HardTanh, HardSigmoid or Softsign"
)]
pub trait Rounds: Quantize + Stack {
    /// The step and zero point of outputs, where an activation's table fixes them.
    #[doc(hidden)]
    const FIXED: Option<(f32, i8)> = None;

    /// What is made with the layer whose weights are rounded to so many bits: a copy on the stack.
    #[doc(hidden)]
    #[inline]
    fn rounded<R>(&self, bits: u32, with: impl FnOnce(&Self) -> R) -> R {
        if Self::COUNT == 0 {
            return with(self);
        }
        let mut layer = Self::ZERO;
        layer.flat_mut().copy_from_slice(self.flat());
        round_weights(&mut layer, bits);
        with(&layer)
    }

    /// [`Layer::record`](crate::Layer::record), in which `own` is shown the tensor whose range is the layer's, and may change it.
    #[doc(hidden)]
    #[inline]
    fn record_by(&self, x: &InputOf<Self>, tape: &mut TapeOf<Self>, own: &mut impl FnMut(&mut [ScalarOf<Self>])) {
        Quantize::observe(self, x, tape.split().0, own);
    }

    /// [`Quantize::observe`], in which `own` is shown that tensor, and `visit` those of layers within.
    #[doc(hidden)]
    #[inline]
    fn observe_by(
        &self,
        x: &InputOf<Self>,
        y: &mut OutputOf<Self>,
        own: &mut impl FnMut(&mut [ScalarOf<Self>]),
        _: &mut impl FnMut(&mut [ScalarOf<Self>]),
    ) {
        Quantize::observe(self, x, y, own);
    }

    /// [`Quantize::quantize`], in which that tensor has the scale `own`.
    #[doc(hidden)]
    #[inline]
    fn quantize_by(&self, x: Scale, own: Scale, _: &mut impl FnMut() -> Scale, to: &mut Self::Int8) -> Scale {
        self.quantize(x, &mut || own, to)
    }
}

/// Rounds the weights of each output, the last of a tensor's widths, to steps of their own.
fn round_weights<L: Parameters>(layer: &mut L, bits: u32) {
    let most = (1_i64.wrapping_shl(bits.saturating_sub(1)) - 1) as f64;
    L::tensors(|tensor| {
        let Some(&channels) = tensor.shape.widths().last().filter(|_| tensor.penalised()) else { return };
        let weights = tensor.of_mut(layer.flat_mut());
        for c in 0..channels {
            let step = f64::from(weight_step(weights.iter().skip(c).step_by(channels).map(|w| w.to_f64()), most));
            for w in weights.iter_mut().skip(c).step_by(channels) {
                *w = Number::from_f64(round(w.to_f64() / step) as f64 * step);
            }
        }
    });
}

impl<In: Width, Out: Width, A: Int8Activation, T: Scalar, B: BiasMode> Rounds for Dense<In, Out, A, T, B> {
    const FIXED: Option<(f32, i8)> = A::FIXED;
}

impl<G: Windows, Out: Width, A: Int8Activation, T: Scalar, B: BiasMode> Rounds for Conv<G, Out, A, T, B> {
    const FIXED: Option<(f32, i8)> = A::FIXED;
}

impl<G: Windows, A: Int8Activation, T: Scalar, B: BiasMode> Rounds for DepthwiseConv<G, A, T, B> {
    const FIXED: Option<(f32, i8)> = A::FIXED;
}

/// The sum is its own tensor; the layers within round themselves, where they are a `FakeQuantize`.
impl<L: Layers<Chain: Quantize<Int8: Int8Layer<Input: Array<Scalar = i8>, Output: Array<Scalar = i8>>>>> Rounds
    for Residual<L>
{
    #[inline]
    fn rounded<R>(&self, _: u32, with: impl FnOnce(&Self) -> R) -> R {
        with(self)
    }

    #[inline]
    fn record_by(&self, x: &InputOf<Self>, tape: &mut TapeOf<Self>, own: &mut impl FnMut(&mut [L::Scalar])) {
        self.record(x, tape);
        own(tape.1.y.flat_mut());
    }

    #[inline]
    fn observe_by(
        &self,
        x: &InputOf<Self>,
        y: &mut OutputOf<Self>,
        own: &mut impl FnMut(&mut [L::Scalar]),
        visit: &mut impl FnMut(&mut [L::Scalar]),
    ) {
        let mut f = OutputOf::<L::Chain>::ZERO;
        Quantize::observe(self.chain(), x, &mut f, visit);
        Self::join(x, &f, y);
        own(y.flat_mut());
    }

    #[inline]
    fn quantize_by(&self, x: Scale, own: Scale, next: &mut impl FnMut() -> Scale, to: &mut Self::Int8) -> Scale {
        let f = self.chain().quantize(x, next, to.layers_mut());
        to.set(f, x, own)
    }
}
