//! Layers: types whose values are their parameters.
//!
//! | input | layers | when |
//! | --- | --- | --- |
//! | numbers that stand for different things | [`Dense`] | nothing is known of their order |
//! | a signal or an image | [`Conv1d`], [`Conv2d`], then [`MaxPool1d`] or [`AvgPool2d`] | what matters is local, and can be anywhere |
//! | ″, with little memory or time | [`DepthwiseConv1d`], [`DepthwiseConv2d`], each with a `Conv` of window 1 behind it | about a tenth of the weights |
//! | ″, from few steps to many | [`ConvTranspose1d`] | what is written is a signal |
//! | ″, to one vector at the end | [`GlobalAvgPool`], or [`Flatten`] | whether it is there · also where |
//! | a sequence, as it comes in | [`Gru`], then [`Lstm`]; [`Elman`] for short ones | it has to remember |
//! | a sequence that is there at once | [`Bidirectional`] around one of these | what comes later matters too |
//! | classes: letters, words, states | [`Embedding`], first | there is no order among them |
//!
//! | to | layer |
//! | --- | --- |
//! | bring inputs to one scale, by statistics of the data | [`Standardize`], first; [`Network::fold`](crate::Network::fold) takes it away |
//! | keep values within a deep network at one scale | [`LayerNorm`], within each sample; [`GroupNorm`], [`InstanceNorm`], within its channels; [`BatchNorm`], by statistics of the samples, which [`Network::fold`](crate::Network::fold) takes away |
//! | let errors through many layers | [`Residual`] around some of them |
//! | overfit less | [`Dropout`], with a [penalty](crate::penalty) or without |
//! | keep weights in flash, and learn behind them | [`Frozen`] |
//! | learn to be one of integers | [`FakeQuantize`] around it |
//! | be left in floating point in a network of integers | [`KeepFloat`] around it |
//! | have an activation whose slope needs its input | [`Gelu`], [`Silu`], [`Mish`]; others are arguments of the layers |

mod avg_pool;
mod batch;
mod batch_norm;
mod bidirectional;
mod conv;
mod conv_transpose;
mod dense;
mod depthwise_conv;
mod dropout;
mod elman;
mod embedding;
mod emission;
mod fake_quantize;
mod flatten;
mod fold;
mod frozen;
mod global_avg_pool;
mod group_norm;
mod gru;
mod keep_float;
mod layer_norm;
mod lstm;
mod map;
mod max_pool;
mod normal;
mod parameters;
mod plan;
mod pool;
mod recurrent;
mod residual;
mod softmax;
mod stack;
mod standardize;
mod stream;
mod tape;
mod unflatten;

pub use crate::array::Slot;
pub use crate::lines::{Inputs, Lines, LinesMut};
pub use avg_pool::{AvgPool, AvgPool1d, AvgPool2d};
pub(crate) use batch::errors_of_one;
#[cfg(feature = "dev")]
pub(crate) use batch::stepped;
pub use batch::{Batch, Part};
pub use batch_norm::BatchNorm;
pub use bidirectional::Bidirectional;
pub(crate) use bidirectional::{join_rows, turn_rows};
pub use conv::{Conv, Conv1d, Conv2d};
pub use conv_transpose::{ConvTranspose, ConvTranspose1d};
pub use dense::{BiasMode, Biased, Dense, Unbiased};
pub use depthwise_conv::{DepthwiseConv, DepthwiseConv1d, DepthwiseConv2d};
pub use dropout::{Dropout, Noise, Percent, Rate};
pub use elman::Elman;
pub use embedding::Embedding;
pub use emission::{All, Emission, Last};
pub use fake_quantize::FakeQuantize;
#[doc(hidden)]
pub use fake_quantize::{Pass, Rounds};
pub use flatten::Flatten;
pub use fold::{Fold, FoldError};
pub use frozen::{Freeze, Frozen, Weights};
pub use global_avg_pool::GlobalAvgPool;
pub use group_norm::{GroupNorm, InstanceNorm};
pub use gru::{Gru, ResetAfter, ResetBefore, ResetMode};
pub use keep_float::KeepFloat;
pub use layer_norm::LayerNorm;
pub use lstm::Lstm;
pub use map::{Function, Gelu, GeluFunction, Map, Mish, MishFunction, Silu, SiluFunction};
pub use max_pool::{MaxPool, MaxPool1d, MaxPool2d};
pub use parameters::{Parameters, Role, Tensor};
pub(crate) use plan::Ending;
#[doc(hidden)]
pub use plan::Fnv;
pub use plan::Plan;
pub use residual::Residual;
pub use softmax::Softmax;
#[doc(hidden)]
pub use stack::Stack;
pub use standardize::{Moments, Standardize};
pub use stream::{Ring, StreamState};
pub(crate) use tape::{Blank, cue_all};
pub use tape::{Cue, Kept, Tape};
pub use unflatten::Unflatten;

use crate::array::{Array, Plain};

/// A step of a network: it reads an array, writes an array, and learns.
///
/// A layer's value is its parameters, so a gradient is a value of the layer's own type, and what a
/// backward pass needs besides lives in the [`Tape`], which the caller owns. [`forward`](Layer::forward)
/// and [`backward`](Layer::backward) are all that a layer must have.
///
/// # Example
///
/// A layer of one's own, `yᵢ = gᵢ xᵢ`, with one parameter per value:
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Role, Slot};
///
/// parameters! {
///     /// y = g ⊙ x
///     pub struct Scale<N: Width, T: Scalar = f32> of T {
///         /// g: [N]
///         gain: Vector<N, T> = Role::Gain,
///     }
/// }
///
/// impl<N: Width, T: Scalar> Layer for Scale<N, T> {
///     type Input = Vector<N, T>;
///     type Output = Vector<N, T>;
///     type Tape = Slot<Vector<N, T>>;
///
///     fn forward(&self, x: &Vector<N, T>, y: &mut Vector<N, T>) {
///         for ((y, &x), &g) in y.iter_mut().zip(x).zip(&self.gain) {
///             *y = g * x;
///         }
///     }
///
///     fn backward(&self, x: &Vector<N, T>, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Vector<N, T>>) {
///         for ((dg, &dy), &x) in grad.gain.iter_mut().zip(&tape.dy).zip(x) {
///             *dg = *dg + dy * x; // ∂J/∂gᵢ = dyᵢ xᵢ
///         }
///         for ((dx, &dy), &g) in dx.into_iter().flatten().zip(&tape.dy).zip(&self.gain) {
///             *dx = dy * g; // ∂J/∂xᵢ = dyᵢ gᵢ
///         }
///     }
/// }
///
/// type Net = Network<(Scale<U2>, Dense<U2, U1>), SquaredError>;
/// let mut net = Net::ZERO;
/// net.parameters_mut().copy_from_slice(&[2.0, 3.0, 0.5, 1.0, 1.0]);
/// assert_eq!(net.predict(&[1.0, 10.0])[0], 32.5);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a layer",
    label = "expected a layer such as `Dense<U64, U32, Sigmoid>`; an activation or a loss can't stand here"
)]
pub trait Layer: Parameters {
    /// What it reads: scalars, or, if it is the first of a network, numbers of classes.
    type Input: Array;
    /// What it writes.
    type Output: Array<Scalar = Self::Scalar>;
    /// What a forward pass keeps for the backward pass: [`Slot`]`<Output>` where the output is enough.
    type Tape: Tape<Output = Self::Output>;

    /// What its name, shapes and number of parameters do not tell, for summaries and checkpoints: an activation's name.
    const DETAIL: &'static str = "";

    /// y = f(x). Writes all of `y`, whatever it held.
    fn forward(&self, x: &Self::Input, y: &mut Self::Output);

    /// From `∂J/∂y` on the tape to `∂J/∂Θ` and `∂J/∂x`.
    ///
    /// `tape` comes from [`record`](Layer::record) with the same `x`, and its `dy` holds ∂J/∂y; the layer
    /// may overwrite that. It adds ∂J/∂Θ to `grad`, and writes ∂J/∂x to `dx`, which is `None` where nobody
    /// reads it.
    fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Self::Input>);

    /// [`forward`](Layer::forward), with what [`backward`](Layer::backward) needs kept on the tape.
    #[inline]
    fn record(&self, x: &Self::Input, tape: &mut Self::Tape) {
        self.forward(x, tape.split().0);
    }
}

/// The arrays and the tape of a layer or network, for signatures: `InputOf<Digits>` is `Vector<U64>`.
pub type InputOf<L> = <L as Layer>::Input;
/// What a layer or network writes: `OutputOf<Digits>` is `Vector<U10>`.
pub type OutputOf<L> = <L as Layer>::Output;
/// What a layer or network keeps for its backward pass.
pub type TapeOf<L> = <L as Layer>::Tape;
/// What a layer or network reads at a step of a [`stream`](crate::Network::stream).
pub type StepOf<L> = <L as Stack>::Step;
/// What a layer or network writes at a step of a stream.
pub type EmitOf<L> = <L as Stack>::Emit;
/// What a layer or network remembers from one step of a stream to the next.
pub type StreamOf<L> = <L as Stack>::Stream;
/// The scalar of a layer or network.
pub type ScalarOf<L> = <L as Plain>::Scalar;
