//! Networks: layers and a loss, and everything that can be asked of them.
//!
//! | to | method of [`Network`] |
//! | --- | --- |
//! | start | [`ZERO`](Network::ZERO), [`initialize`](Network::initialize) |
//! | predict | [`predict`](Network::predict), [`classify`](Network::classify); step by step, [`stream`](Network::stream); several at once, [`predict_batch`](Network::predict_batch) |
//! | learn from one sample | [`descend`](Network::descend) |
//! | learn from batches | [`step_batch`](Network::step_batch), or a [`Recipe`](crate::Recipe) for a whole training |
//! | have J and its gradient | [`cost`](Network::cost), [`gradient`](Network::gradient), then [`update`](Network::update) or [`optimize`](Network::optimize) |
//! | look inside | [`parameters`](Network::parameters), [`layers`](Network::layers), [`theta`](Network::theta) |
//! | know its memory | [`FOOTPRINT`](Network::FOOTPRINT), [`footprint`](Network::footprint), [`budget!`](crate::budget!) |

// First, so that they are the first on the page of `Network`.
mod predict;

mod learn;

mod as_layer;
mod batch;
mod by_value;
mod carry;
mod chain;
mod federate;
mod fit;
mod footprint;
mod gradient;
mod layers;
mod macros;
mod measure;
#[cfg(feature = "rayon")]
mod parallel;
mod samples;
mod whole;
#[doc(hidden)]
pub mod word;

use core::marker::PhantomData;

pub use chain::Link;
pub use federate::weighted_mean;
pub(crate) use fit::check_classes;
#[doc(hidden)]
pub use fit::{Shapes, Spec, fits, plan};
#[doc(hidden)]
pub use footprint::budget;
pub use footprint::{Footprint, FullBatch, Inference, MiniBatch, Online, Usage};
pub use gradient::Gradient;
#[doc(hidden)]
pub use layers::__Sealed;
pub use layers::Layers;
pub use samples::Samples;

use crate::array::Plain;
use crate::init::{Initializer, Random};
use crate::layer::{Parameters, Plan, Stack, StreamOf, StreamState, Tape, TapeOf};
use crate::loss::Loss;

/// A feed-forward or recurrent network of fixed size: layers `L`, one or a tuple, and a loss `E`.
///
/// A value is the parameters Θ and nothing else. So a gradient is a value of the same type. The constant
/// [`ZERO`](Network::ZERO) is the only constructor, and can initialise a `static`.
///
/// # Equations
///
/// - `a⁽¹⁾ = x`, `z⁽ˡ⁺¹⁾ = Θ⁽ˡ⁾ a⁽ˡ⁾` with `a₀ = 1`, `a = g(z)`, `h_Θ(x) = a⁽ᴸ⁾   (T 1.1.1–1.1.7)`
/// - `J(Θ)` of one sample `(T 1.2.1)`, of m samples `(T 1.2.2)`, with a penalty `(T 1.2.4–1.2.6)`
/// - `∂J/∂Θ   (T 2.4.6, 2.5.8, 2.6.1, 3.1.1–3.1.3)`, `Θ ← Θ − α ∂J/∂Θ   (T 1.3.2)`
///
/// # Memory
///
/// `PARAMETERS` numbers. The caller owns all else, such as a gradient or a tape;
/// [`FOOTPRINT`](Network::FOOTPRINT) is their size in bytes.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// type Xor = Network<(Dense<U2, U4, Tanh>, Dense<U4, U1>), SigmoidCrossEntropy>;
/// let samples = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])];
///
/// let (mut net, mut tape) = (Xor::ZERO, Xor::TAPE);
/// net.initialize(&Xavier, &mut Pcg32::new(1));
/// for _ in 0..1000 {
///     for (x, y) in &samples {
///         net.descend(x, y, 0.5, &mut tape);
///     }
/// }
/// assert!(net.predict(&[0.0, 1.0])[0] > 0.95);
/// assert!(net.cost(&samples, L2(0.0)) < 0.05);
/// ```
///
/// # Source
///
/// The tutorial; see the crate's [sources](crate#sources).
#[repr(transparent)]
pub struct Network<L: Layers, E: Loss> {
    layers: L::Chain,
    loss: PhantomData<fn() -> E>,
}

// SAFETY: transparent over a chain, which is plain.
#[allow(unsafe_code)]
unsafe impl<L: Layers, E: Loss> Plain for Network<L, E> {
    type Scalar = L::Scalar;
    const COUNT: usize = L::Chain::COUNT;
}

impl<L: Layers, E: Loss> Network<L, E> {
    /// Asserts that each layer reads what the layer before it writes, and that the loss reads what the last layer writes. A
    /// misfit is a compile error, such as `layer 2 reads 16 values, but layer 1 writes 32` or
    /// `layer 3 ends in Sigmoid, and SigmoidCrossEntropy applies it again: write Dense<3>`. [`ZERO`](Network::ZERO)
    /// evaluates it; `const _: () = Digits::FITS;` makes `cargo check` evaluate it too.
    pub const FITS: () = {
        L::Chain::PLAN.check();
        fit::check_logits("", L::Chain::PLAN, E::NAME, E::OUTPUTS);
    };

    /// The network, or gradient, whose parameters are all 0.
    pub const ZERO: Self = {
        let () = Self::FITS;
        <Self as Plain>::ZERO
    };

    /// A blank tape. A batch of 32 samples needs `[Digits::TAPE; 32]`.
    pub const TAPE: TapeOf<Self> = <TapeOf<Self> as Tape>::BLANK;

    /// The beginning of a [`stream`](Network::stream).
    pub const STREAM: StreamOf<Self> = <StreamOf<Self> as StreamState>::START;

    /// A gradient that is 0.
    pub const GRADIENT: Gradient<Self> = Gradient::ZERO;

    /// The number of parameters.
    pub const PARAMETERS: usize = <Self as Plain>::COUNT;

    /// The bytes of weights, gradient and tape, as [`FullBatch`] needs them.
    pub const FOOTPRINT: Footprint = Self::footprint::<FullBatch>();

    /// The layers' names and shapes; prints as a summary.
    pub const PLAN: &'static Plan = L::Chain::PLAN;

    /// A hash of the architecture: scalar, loss, and each layer's name, activation and shapes.
    pub const FINGERPRINT: u64 = L::Chain::PLAN.fingerprint::<L::Scalar>(E::NAME);

    /// The bytes that one way to use the network needs: `Digits::footprint::<Online>()`.
    pub const fn footprint<W: Usage<Self>>() -> Footprint {
        W::FOOTPRINT
    }

    /// Θ as one slice: layer by layer, each with its tensors in the order of
    /// [`tensors`](Parameters::tensors).
    #[inline]
    pub fn parameters(&self) -> &[L::Scalar] {
        self.flat()
    }

    /// Θ as one slice, to write.
    #[inline]
    pub fn parameters_mut(&mut self) -> &mut [L::Scalar] {
        self.flat_mut()
    }

    /// The layers as they are stored.
    pub(crate) fn chain(&self) -> &L::Chain {
        &self.layers
    }

    /// The layers as they are stored, to change.
    pub(crate) fn chain_mut(&mut self) -> &mut L::Chain {
        &mut self.layers
    }

    /// The layers: a tuple of references, as the network was written.
    pub fn layers(&self) -> L::Refs<'_> {
        L::refs(&self.layers)
    }

    /// The layers, to change.
    pub fn layers_mut(&mut self) -> L::Muts<'_> {
        L::muts(&mut self.layers)
    }

    /// One weight by the tutorial's indices, `Θ⁽ˡ⁾_{j,i}`: the weight in layer `l`, counted from 1, from input unit `i` to
    /// output unit `j`, counted from 1; `i = 0` is the bias. Returns `None` if there is no such weight. In a recurrent layer,
    /// these are the weights from its inputs.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// let mut net = Network::<Dense<U2, U1>, SquaredError>::ZERO;
    /// *net.theta_mut(1, 1, 2).unwrap() = 5.0; // to unit 1 from input 2
    /// assert_eq!(net.theta(1, 1, 2), Some(5.0));
    /// assert_eq!(net.predict(&[1.0, 10.0])[0], 50.0);
    /// ```
    pub fn theta(&self, l: usize, j: usize, i: usize) -> Option<L::Scalar> {
        self.flat().get(Self::place(l, j, i)?).copied()
    }

    /// [`theta`](Network::theta), to write.
    pub fn theta_mut(&mut self, l: usize, j: usize, i: usize) -> Option<&mut L::Scalar> {
        self.flat_mut().get_mut(Self::place(l, j, i)?)
    }

    /// Where a weight is in the flat slice.
    fn place(l: usize, j: usize, i: usize) -> Option<usize> {
        let (name, row) = if i == 0 { ("bias", 0) } else { ("weight", i - 1) };
        let column = j.checked_sub(1)?;
        let mut found = None;
        Self::tensors(|t| {
            if t.name == name && t.layer.checked_add(1) == Some(l) && t.shape.widths().len() <= 2 {
                let out = t.shape.widths().last().map_or(1, |&out| out);
                let place = row.checked_mul(out).and_then(|start| start.checked_add(column));
                found = place.filter(|&place| column < out && place < t.shape.count()).map(|place| t.start + place);
            }
        });
        found
    }

    /// Fills Θ with random weights, in place: the same numbers on every target for the same generator.
    pub fn initialize(&mut self, initializer: &impl Initializer, rng: &mut impl Random) {
        Self::tensors(|t| initializer.fill(&t, t.of_mut(self.flat_mut()), rng));
    }
}
