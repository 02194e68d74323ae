//! Layers: types whose values are their parameters.

mod batch;
mod dense;
mod dropout;
mod elman;
mod flatten;
mod fold;
mod frozen;
mod layer_norm;
mod map;
mod parameters;
mod plan;
mod residual;
mod softmax;
mod standardize;
mod tape;

pub use crate::array::Slot;
pub use batch::Batched;
#[doc(hidden)]
pub use batch::{outputs as __outputs, recorded as __recorded};
pub use dense::{BiasMode, Biased, Dense, Unbiased};
pub use dropout::{Dropout, DropoutTape, Percent, Rate};
pub use elman::{All, Elman, Emission, Last};
pub use flatten::Flatten;
pub use fold::{Fold, FoldError};
pub use frozen::{Frozen, Weights};
pub use layer_norm::LayerNorm;
pub use map::{Function, Gelu, GeluFunction, Map, Mish, MishFunction, Silu, SiluFunction};
pub use parameters::{Parameters, Role, Tensor};
pub use plan::Plan;
pub(crate) use plan::{Ending, Fnv};
pub use residual::Residual;
pub use softmax::Softmax;
pub use standardize::{Moments, Standardize};
pub use tape::{Cue, Tape, Tapes};

use crate::activation::Activation;
use crate::array::{Array, Plain};
use crate::penalty::{Penalty, Step};

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
///     const NAME: &'static str = "Scale";
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
    /// Its name in checkpoints and messages.
    const NAME: &'static str;

    /// What the fit check, checkpoints and summaries know of the layer.
    const PLAN: &'static Plan = &Plan::leaf::<Self>("");

    /// Whether steps down the gradient change its parameters. Where they don't, a chain computes no ∂J/∂y for it
    /// unless a layer before it needs one.
    const LEARNS: bool = Self::COUNT > 0;

    /// What it reads.
    type Input: Array<Scalar = Self::Scalar>;
    /// What it writes.
    type Output: Array<Scalar = Self::Scalar>;
    /// What a forward pass keeps for the backward pass: [`Slot`]`<Output>` where the output is enough.
    type Tape: Tape<Output = Self::Output>;

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

    /// One step down the gradient of one sample, `Θ ← Θ − rate · ∂J/∂Θ`   (T 1.3.2), and ∂J/∂x by the
    /// parameters as they were.
    ///
    /// Provided by way of a gradient on the stack; a layer with many parameters has its own way, which
    /// needs no such memory.
    #[inline]
    fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: Self::Scalar, dx: Option<&mut Self::Input>) {
        let mut grad = Self::ZERO;
        self.backward(x, tape, &mut grad, dx);
        crate::kernel::axpy(-rate, grad.flat(), self.flat_mut());
    }

    /// [`forward`](Layer::forward), and `G` of each number: a link in the pass of the last layer.
    #[doc(hidden)]
    #[inline]
    fn forward_through<G: Activation>(&self, x: &Self::Input, y: &mut Self::Output) {
        self.forward(x, y);
        crate::kernel::activate_in_place::<G, _>(y.flat_mut());
    }

    /// [`forward_through`](Layer::forward_through) of several samples.
    #[doc(hidden)]
    #[inline]
    fn forward_batch_through<G: Activation>(&self, xs: &[&Self::Input], ys: &mut [Self::Output]) {
        xs.iter().zip(ys).for_each(|(x, y)| self.forward_through::<G>(x, y));
    }

    /// How many numbers its layers write, all of them, where they are [`Dense`] and so narrow that a batch can have a
    /// sample in each lane; else 0.
    #[doc(hidden)]
    const NARROW: usize = 0;

    /// Shows its layers, where they are narrow.
    #[doc(hidden)]
    #[inline(always)]
    fn walk(_: &mut impl crate::kernel::Walk) {}

    /// [`record`](Layer::record) of several samples. A layer with a kernel for batches has its own way, with
    /// the same bits.
    #[inline]
    fn record_batch(&self, xs: &[&Self::Input], tapes: &mut [Self::Tape]) {
        xs.iter().zip(tapes).for_each(|(x, tape)| self.record(x, tape));
    }

    /// [`backward`](Layer::backward) of several samples, in their order, with the same bits.
    #[inline]
    fn backward_batch(
        &self,
        xs: &[&Self::Input],
        tapes: &mut [Self::Tape],
        grad: &mut Self,
        dxs: Option<&mut [&mut Self::Input]>,
    ) {
        let mut dxs = dxs.into_iter().flatten();
        xs.iter().zip(tapes).for_each(|(x, tape)| self.backward(x, tape, grad, dxs.next().map(|dx| &mut **dx)));
    }

    /// The half of [`backward_batch`](Layer::backward_batch) that is each sample's own: ∂J/∂x, with the same bits, and on
    /// the tape what [`sums_batch`](Layer::sums_batch) needs. All that a [`Frozen`] layer does.
    ///
    /// Provided by way of a gradient on the stack, which a layer with many parameters does not need.
    #[inline]
    fn errors_batch(&self, xs: &[&Self::Input], tapes: &mut [Self::Tape], dxs: Option<&mut [&mut Self::Input]>) {
        let mut grad = Self::ZERO;
        self.backward_batch(xs, tapes, &mut grad, dxs);
    }

    /// [`errors_batch`](Layer::errors_batch) of one sample.
    #[inline]
    fn errors(&self, x: &Self::Input, tape: &mut Self::Tape, dx: &mut Self::Input) {
        self.errors_batch(&[x], core::slice::from_mut(tape), Some(&mut [dx]));
    }

    /// Whether [`sums_batch`](Layer::sums_batch) is there, so that threads can share a backward pass: provided for a
    /// layer that does not learn. A network with a layer that has it not has its backward pass on one thread.
    const SPLITS: bool = !Self::LEARNS;

    /// The other half: adds ∂J/∂Θ of several samples, in their order, to `sums`, which are the numbers `start` and on
    /// of the [flat](Plain::flat) gradient. They begin and end where a row of a tensor does, the last of its widths.
    #[inline]
    fn sums_batch(_xs: &[&Self::Input], _tapes: &[Self::Tape], _start: usize, _sums: &mut [Self::Scalar]) {}

    /// A step by the gradient of several samples, with the bits of
    /// [`backward_batch`](Layer::backward_batch) from 0 and the [`Step`] by it; ∂J/∂x by the parameters as they
    /// were.
    ///
    /// Provided by way of a gradient on the stack, as [`descend`](Layer::descend) is.
    #[inline]
    fn step_batch<P: Penalty>(
        &mut self,
        xs: &[&Self::Input],
        tapes: &mut [Self::Tape],
        step: Step<P>,
        dxs: Option<&mut [&mut Self::Input]>,
    ) {
        let mut grad = Self::ZERO;
        self.backward_batch(xs, tapes, &mut grad, dxs);
        Self::tensors(|t| {
            let sums = t.of(grad.flat()).iter();
            t.of_mut(self.flat_mut()).iter_mut().zip(sums).for_each(|(w, &sum)| {
                *w = if t.penalised() { step.weight(*w, sum) } else { step.bias(*w, sum) };
            });
        });
    }
}

/// The arrays and the tape of a layer or network, for signatures: `InputOf<Digits>` is `Vector<U64>`.
pub type InputOf<L> = <L as Layer>::Input;
/// What a layer or network writes: `OutputOf<Digits>` is `Vector<U10>`.
pub type OutputOf<L> = <L as Layer>::Output;
/// What a layer or network keeps for its backward pass.
pub type TapeOf<L> = <L as Layer>::Tape;
/// The scalar of a layer or network.
pub type ScalarOf<L> = <L as Plain>::Scalar;
