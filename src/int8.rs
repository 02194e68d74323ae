//! Inference in integers of 8 bits, for processors without an FPU and for flash: a quarter of the bytes.
//!
//! A network is trained in floating point; on the desk, [`Quantized::quantize`] turns it and samples of its inputs into a value
//! of [`Quantized`]`<Net>`, which is bytes. On the device nothing but integers is computed, with the same results on every
//! target, and with those of LiteRT's reference kernels (TensorFlow Lite), which `tests/int8.rs` compares number by number.
//!
//! # Equations
//!
//! A number x is the integer q, `x = s (q − z)`, with a [`Scale`] for each tensor: the step s, and z, the zero point, an
//! integer from −128 to 127. Weights have z = 0, are −127 to 127, and have a step for each output channel; biases are of 32
//! bits, in steps of `s_x s_w`.
//!
//! - the sum of a channel, of 32 bits: `a = b + Σᵢ wᵢ (qᵢ − z_x)`
//! - `M = s_x s_w / s_y` in f64, of the steps in f32; `M = m·2ᵉ` with ½ ≤ m < 1; `q_M = ⌊m·2³¹ + ½⌋`
//! - `y = ((a·q_M + 2^(30−e)) >> (31−e)) + z_y`, in 64 bits, rounded once, ties up; clamped to −128 … 127
//! - in convolutions, rounded twice: `h = round(2ˡ a q_M / 2³¹)` with `l = max(e, 0)`, ties up, and
//!   `y = round(h / 2^(l−e)) + z_y`, ties away from 0. LiteRT's kernels differ in this between dense layers and convolutions,
//!   by 1 in some hundredths of a percent of outputs.
//!
//! | layer | in integers |
//! | --- | --- |
//! | [`Dense`](crate::Dense), [`Conv1d`](crate::Conv1d), [`Conv2d`](crate::Conv2d), [`DepthwiseConv1d`](crate::DepthwiseConv1d), [`DepthwiseConv2d`](crate::DepthwiseConv2d) | as above; activations by [`Int8Activation`] |
//! | [`Flatten`](crate::Flatten), [`MaxPool1d`](crate::MaxPool1d), [`MaxPool2d`](crate::MaxPool2d) | the numbers of the input, in its scale |
//! | [`AvgPool1d`](crate::AvgPool1d), [`AvgPool2d`](crate::AvgPool2d), [`GlobalAvgPool`](crate::GlobalAvgPool) | the mean, to the nearest integer, halves away from 0, in the input's scale |
//! | [`Lstm`](crate::Lstm), [`Gru`](crate::Gru), [`Elman`](crate::Elman) with tanh | sums, gates and cells of 16 bits: [`LstmInt8`], as LiteRT has it, and [`GruInt8`] and [`ElmanInt8`], which it has not, of the same parts |
//! | [`Bidirectional`](crate::Bidirectional) of these | the two, with one scale of outputs: [`BidirectionalInt8`] |
//! | [`Residual`](crate::Residual) | both rounded to a common scale with 20 bits more, added, and rounded to that of the output |
//! | [`FakeQuantize`](crate::FakeQuantize) | the layer, in the ranges that it was trained with; alone, rounded from one scale to another |
//! | [`KeepFloat`](crate::KeepFloat) | the layer in `f32`: reads and writes numbers, which are rounded to integers, or come from such, where a neighbour has integers |
//!
//! # Probabilities
//!
//! The last layer's integers are logits, and [`classify`](Quantized::classify) needs no more. There is no softmax in integers: LiteRT's
//! reference computes it in floating point, and so it is here, one exponential for each class, by the link of the loss.
//! [`predict`](Quantized::predict) does so from an input in floating point; from one in integers it is three lines. As integers
//! probabilities have LiteRT's scale, steps of 1/256 from −128 on.
//!
//! ```
//! use nanoprop::int8::{Observer, Scale};
//! use nanoprop::prelude::*;
//! use nanoprop::{Loss, Quantized};
//!
//! network! { type Net = 2 => Dense<3>, loss = SoftmaxCrossEntropy; }
//! let (mut net, mut small) = (Net::ZERO, Quantized::<Net>::ZERO);
//! net.parameters_mut().copy_from_slice(&[0.0, 0.0, 0.0, 1.0, 0.0, -1.0, 0.0, 1.0, 0.0]);
//! small.quantize(&net, &[([2.0, -2.0], Class::<U3>::new(0).unwrap())], Observer::MinMax);
//!
//! let q = small.encode(&[2.0, 1.0]);
//! let z = small.logits(&q); // integers, of the scale `small.output()`
//! let (numbers, mut p) = ([0, 1, 2].map(|k| small.output().decode(z[k])), [0.0; 3]);
//! SoftmaxCrossEntropy::link(&numbers, &mut p);
//! assert_eq!(p, *small.predict(&[2.0, 1.0]).as_slice());
//!
//! let probabilities = Scale::new(1.0 / 256.0, -128);
//! assert_eq!(p.map(|p| probabilities.encode(p)), [56, -59, -125]); // of the logits 2, 1 and −2: 0.721, 0.265, 0.013
//! ```
//!
//! A network with another layer does not compile as [`Quantized`]; the message names the layer.
//!
//! # Weights
//!
//! In memory, and so in a checkpoint, the weights of two outputs of a dense layer or a convolution are one row: of each input the
//! byte `a + 128`, then `b`; of each four inputs in the order 0, 2, 1, 3; and their biases have a constant of the weights in
//! them. The results are those of the equations above. Processors with instructions for pairs of 16 bits so have two products for
//! one multiplication; those of a Cortex-M4, M7 and M33 run a dense layer of 8, 16 … 64 inputs, whose factors M are all below ¼, by
//! assembly, if it begins at a multiple of four bytes: the first one does in a `static` of
//! [`Aligned`](crate::array::Aligned), and each that follows on a layer of a multiple of four outputs. A row has at most 131,072
//! inputs, whose sum still fits 32 bits; more do not compile.
//!
//! A Cortex-M33's instructions for pairs are an extension, which nearly all chips have and Rust's target is without. They are used where
//! the compiler is told of the processor, as in `.cargo/config.toml`:
//!
//! ```toml
//! [target.thumbv8m.main-none-eabihf]
//! rustflags = ["-Ctarget-cpu=cortex-m33"]
//! ```
//!
//! # Source
//!
//! B. Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference", CVPR 2018.
//! TensorFlow Lite 8-bit quantisation specification, <https://ai.google.dev/edge/litert/models/quantization_spec>.

mod activation;
mod bidirectional;
mod conv;
mod dense;
mod depthwise;
mod dot;
mod elman;
mod fixed;
mod flatten;
mod gates;
mod gru;
mod keep_float;
mod lstm;
mod observer;
mod pair;
mod pool;
mod quantized;
mod rescale;
mod residual;
mod rows;
mod scale;
mod stream;

pub use activation::Int8Activation;
pub use bidirectional::BidirectionalInt8;
#[doc(hidden)]
pub use bidirectional::Directed;
pub use conv::ConvInt8;
pub use dense::DenseInt8;
pub use depthwise::DepthwiseConvInt8;
pub use elman::ElmanInt8;
pub use flatten::FlattenInt8;
pub use gru::{GruInt8, GruStateInt8};
pub use keep_float::KeepFloatInt8;
pub use lstm::{LstmInt8, LstmStateInt8};
pub use observer::{LayerError, Observer};
pub use pool::{AvgPoolInt8, GlobalAvgPoolInt8, MaxPoolInt8};
pub use quantized::Quantized;
pub use rescale::RescaleInt8;
pub use residual::ResidualInt8;
pub(crate) use rows::weight_step;
pub use scale::Scale;
pub(crate) use scale::round;
use stream::at_once;
pub use stream::{Int8EmitOf, Int8StepOf, Int8Stream, Int8StreamOf};

use crate::array::{Array, Plain};
use crate::layer::{Fnv, Layer};
use crate::loss::Loss;
use crate::network::{Layers, Link, Network};
use crate::plain::{fit, fit_step};
use crate::scalar::Number;
use crate::shape::same;

/// What the form in integers of a layer or network reads: integers, or where it begins in floating point, numbers.
pub type Int8InputOf<L> = <<L as Quantize>::Int8 as Int8Layer>::Input;
/// What the form in integers of a layer or network writes.
pub type Int8OutputOf<L> = <<L as Quantize>::Int8 as Int8Layer>::Output;

/// A layer in integers: what [`Quantize`] makes of a layer.
pub trait Int8Layer: Plain<Scalar = i8> {
    /// What it reads: integers, or numbers if it is a [`KeepFloatInt8`].
    type Input: Array;
    /// What it writes.
    type Output: Array;

    /// y = f(x). Writes all of `y`, whatever it held.
    fn forward(&self, x: &Self::Input, y: &mut Self::Output);

    /// The scale of outputs where inputs have the scale `x`.
    fn scale(&self, x: Scale) -> Scale;

    /// Of a layer in floating point, the scales of what it reads and writes where its neighbours are of integers.
    #[doc(hidden)]
    #[inline(always)]
    fn ends(&self) -> [Scale; 2] {
        [Scale::new(1.0, 0); 2]
    }

    /// Which of its layers are in floating point, for fingerprints; 0 if none is.
    #[doc(hidden)]
    const KEPT: u64 = 0;
}

/// Of a layer: its name, the scale of its outputs, and each in floating point and as its form in integers has it.
#[doc(hidden)]
pub struct Outcome<'a> {
    pub(crate) layer: &'static str,
    pub(crate) scale: Option<Scale>,
    pub(crate) outputs: &'a mut dyn Iterator<Item = (f64, f64)>,
}

/// A layer or network that has a form in integers.
///
/// The tensors that need a scale of their own are counted in one order: [`observe`](Quantize::observe) shows the numbers of
/// each, and [`quantize`](Quantize::quantize) asks for the scale of each.
#[diagnostic::on_unimplemented(
    message = "a layer of this network has no form in integers of 8 bits",
    label = "`{Self}` can't be part of a `Quantized` network",
    note = "there are Dense, Conv1d, Conv2d, DepthwiseConv1d, DepthwiseConv2d, Flatten, MaxPool, AvgPool, GlobalAvgPool, Lstm, Gru, Elman with tanh, Bidirectional of these, and Residual; others can stay in floating point, in a `KeepFloat`",
    note = "their activations are Identity, Relu, Tanh, Sigmoid, HardTanh, HardSigmoid or Softsign"
)]
pub trait Quantize: Layer<Input: Array<Scalar = <Self as Plain>::Scalar>> {
    /// The layer in integers.
    type Int8: Int8Stream;

    /// Its name in an error report.
    #[doc(hidden)]
    const LABEL: &'static str = Self::NAME;

    /// The scale of inputs, where the first layer is one that was trained for it.
    #[doc(hidden)]
    fn input(&self) -> Option<Scale> {
        None
    }

    /// y = f(x), and each tensor that needs a scale, where it is; the layer goes on with what is there then.
    fn observe(&self, x: &Self::Input, y: &mut Self::Output, visit: &mut impl FnMut(&mut [Self::Scalar]));

    /// Writes the layer in integers to `to`, for inputs of the scale `x`; returns the scale of outputs.
    fn quantize(&self, x: Scale, next: &mut impl FnMut() -> Scale, to: &mut Self::Int8) -> Scale;

    /// Runs both forms, and shows the outputs of each layer.
    #[allow(clippy::too_many_arguments)]
    #[doc(hidden)]
    fn compare(
        &self,
        int8: &Self::Int8,
        scale: Scale,
        x: &Self::Input,
        q: &Int8InputOf<Self>,
        y: &mut Self::Output,
        to: &mut Int8OutputOf<Self>,
        visit: &mut impl FnMut(Outcome),
    ) {
        self.forward(x, y);
        int8.forward(q, to);
        outcome(Self::LABEL, int8.scale(scale), y, to, visit);
    }
}

/// Shows the outputs of a layer in both forms.
fn outcome<Y: Array, Q: Array>(layer: &'static str, scale: Scale, y: &Y, to: &Q, visit: &mut impl FnMut(Outcome)) {
    let scale = const { integers::<Q>() }.then_some(scale);
    let number = |&q: &Q::Scalar| scale.map_or(q.to_f64(), |scale| scale.decode(q.to_f64() as i8).into());
    let outputs = &mut y.flat().iter().map(|y| y.to_f64()).zip(to.flat().iter().map(number));
    visit(Outcome { layer, scale, outputs });
}

/// Whether an array is of integers, and not of numbers in floating point.
const fn integers<Q: Array>() -> bool {
    same(<Q::Scalar as Number>::NAME, <i8 as Number>::NAME)
}

/// Hands what one layer writes to the next one: as it is, or by a scale from numbers to integers or back.
#[inline(always)]
fn hand_on<X: Array, Y: Array, R>(x: &X, scale: impl FnOnce() -> Scale, take: impl FnOnce(&Y) -> R) -> R {
    if let Some(x) = fit_step(x) {
        return take(x);
    }
    let mut to = Y::ZERO;
    convert(x, scale(), &mut to);
    take(&to)
}

/// From numbers to integers, back, or from one kind of number to another.
fn convert<X: Array, Y: Array>(x: &X, scale: Scale, to: &mut Y) {
    for (to, x) in to.flat_mut().iter_mut().zip(x.flat()) {
        let x = x.to_f64();
        *to = Number::from_f64(match const { (integers::<X>(), integers::<Y>()) } {
            (false, true) => scale.encode(x as f32).into(),
            (true, false) => scale.decode(x as i8).into(),
            _ => x,
        });
    }
}

/// One layer after the other; their outputs are on the stack.
impl<A: Int8Layer, B: Int8Layer> Int8Layer for Link<A, B> {
    type Input = A::Input;
    type Output = B::Output;

    #[inline]
    fn forward(&self, x: &A::Input, y: &mut B::Output) {
        let mut between = A::Output::ZERO;
        self.0.forward(x, &mut between);
        hand_on(&between, || self.between(), |x| self.1.forward(x, y));
    }

    fn scale(&self, x: Scale) -> Scale {
        self.1.scale(self.0.scale(x))
    }

    #[inline(always)]
    fn ends(&self) -> [Scale; 2] {
        let ([x, _], [_, y]) = (self.0.ends(), self.1.ends());
        [x, y]
    }

    const KEPT: u64 = match (A::KEPT, B::KEPT) {
        (0, 0) => 0,
        (a, b) => Fnv::new().number64(a).number64(b).finish(),
    };
}

impl<A: Int8Layer, B: Int8Layer> Link<A, B> {
    /// The scale between a layer in floating point and one of integers.
    #[inline(always)]
    fn between(&self) -> Scale {
        let ([_, y], [x, _]) = (self.0.ends(), self.1.ends());
        if const { integers::<A::Output>() } { x } else { y }
    }
}

impl<A: Quantize, B: Quantize<Scalar = A::Scalar>> Quantize for Link<A, B>
where
    Self: Layer<Scalar = A::Scalar, Input = A::Input, Output = B::Output>,
{
    type Int8 = Link<A::Int8, B::Int8>;

    fn input(&self) -> Option<Scale> {
        self.0.input()
    }

    fn observe(&self, x: &A::Input, y: &mut B::Output, visit: &mut impl FnMut(&mut [A::Scalar])) {
        let mut between = A::Output::ZERO;
        Quantize::observe(&self.0, x, &mut between, visit);
        Quantize::observe(&self.1, fit(&between), y, visit);
    }

    fn quantize(&self, x: Scale, next: &mut impl FnMut() -> Scale, to: &mut Self::Int8) -> Scale {
        let between = self.0.quantize(x, next, &mut to.0);
        self.1.quantize(between, next, &mut to.1)
    }

    fn compare(
        &self,
        int8: &Self::Int8,
        scale: Scale,
        x: &A::Input,
        q: &Int8InputOf<A>,
        y: &mut B::Output,
        to: &mut Int8OutputOf<B>,
        visit: &mut impl FnMut(Outcome),
    ) {
        let (mut between, mut integers) = (A::Output::ZERO, Int8OutputOf::<A>::ZERO);
        self.0.compare(&int8.0, scale, x, q, &mut between, &mut integers, visit);
        let scale = int8.0.scale(scale);
        hand_on(
            &integers,
            || int8.between(),
            |q| {
                self.1.compare(&int8.1, scale, fit(&between), q, y, to, visit);
            },
        );
    }
}

impl<L: Layers<Chain: Quantize>, E: Loss> Quantize for Network<L, E> {
    type Int8 = <L::Chain as Quantize>::Int8;

    fn input(&self) -> Option<Scale> {
        self.chain().input()
    }

    fn observe(&self, x: &Self::Input, y: &mut Self::Output, visit: &mut impl FnMut(&mut [L::Scalar])) {
        self.chain().observe(x, y, visit);
    }

    fn quantize(&self, x: Scale, next: &mut impl FnMut() -> Scale, to: &mut Self::Int8) -> Scale {
        self.chain().quantize(x, next, to)
    }

    fn compare(
        &self,
        int8: &Self::Int8,
        scale: Scale,
        x: &Self::Input,
        q: &Int8InputOf<Self>,
        y: &mut Self::Output,
        to: &mut Int8OutputOf<Self>,
        visit: &mut impl FnMut(Outcome),
    ) {
        self.chain().compare(int8, scale, x, q, y, to, visit);
    }
}

// int8! { pub struct Scale<> { step: Word, zero: i8 } } makes a struct that is bytes:
//
//     #[repr(C)] pub struct Scale<> { step: Word, zero: i8, marker: PhantomData<fn() -> ()> }
//     unsafe impl<> Plain for Scale<> { type Scalar = i8; const COUNT: usize = 0 + count::<i8, Word>() + count::<i8, i8>(); }
macro_rules! int8 {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident<$($p:ident: $bound:path $(= $default:ty)?),* $(,)?> { $($field:ident: $ty:ty),* $(,)? }
    ) => {
        $(#[$meta])*
        #[repr(C)]
        $vis struct $name<$($p: $bound $(= $default)?),*> {
            $($field: $ty,)*
            #[doc(hidden)]
            marker: ::core::marker::PhantomData<fn() -> ($($p,)*)>,
        }

        #[allow(unsafe_code)]
        // SAFETY: `repr(C)`, and each field is plain and of `i8`, so nothing lies between them.
        unsafe impl<$($p: $bound),*> $crate::array::Plain for $name<$($p),*> {
            type Scalar = i8;
            const COUNT: usize = 0 $(+ $crate::plain::count::<i8, $ty>())*;
        }
    };
}
use int8;
