//! Networks: layers and a loss, and everything that can be asked of them.

mod batch;
mod by_value;
mod chain;
mod fit;
mod footprint;
mod gradient;
mod macros;
#[cfg(feature = "rayon")]
mod parallel;
mod samples;
#[doc(hidden)]
pub mod word;

use core::marker::PhantomData;

#[doc(hidden)]
pub use chain::__Sealed;
pub use chain::{Layers, Link};
pub(crate) use fit::check_classes;
#[doc(hidden)]
pub use fit::{Shapes, Spec, fits, plan};
#[doc(hidden)]
pub use footprint::budget;
pub use footprint::{Footprint, FullBatch, Inference, MiniBatch, Online, Usage};
pub use gradient::Gradient;
pub use samples::Samples;

use crate::array::{ArrayLike, Plain};
use crate::init::{Initializer, Random};
use crate::kernel::{self, Update};
use crate::layer::{
    Batch as _, Cue, InputOf, Inputs, Layer, Lines, LinesMut, OutputOf, Parameters, Part, Plan, Stack, Tape, TapeOf,
    Tensor,
};
use crate::loss::{self, Loss, Target};
use crate::math::share;
use crate::metrics;
use crate::penalty::{Penalty, Step, descended};
use crate::scalar::{Real, Scalar};

/// A feed-forward or recurrent network of fixed size: layers `L`, one or a tuple, and a loss `E`.
///
/// A value is the parameters Θ and nothing else. So a gradient is a value of the same type, and
/// [`ZERO`](Network::ZERO), the only way to make one, is a constant for a `static`.
///
/// # Equations
///
/// - `a⁽¹⁾ = x`, `z⁽ˡ⁺¹⁾ = Θ⁽ˡ⁾ a⁽ˡ⁾` with `a₀ = 1`, `a = g(z)`, `h_Θ(x) = a⁽ᴸ⁾   (T 1.1.1–1.1.7)`
/// - `J(Θ)` of one sample `(T 1.2.1)`, of m samples `(T 1.2.2)`, with a penalty `(T 1.2.4–1.2.6)`
/// - `∂J/∂Θ   (T 2.4.6, 2.5.8, 2.6.1, 3.1.1–3.1.3)`, `Θ ← Θ − α ∂J/∂Θ   (T 1.3.2)`
///
/// # Memory
///
/// `PARAMETERS` numbers. All else, a gradient or a tape, is the caller's:
/// [`FOOTPRINT`](Network::FOOTPRINT) says how many bytes.
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

impl<L: Layers, E: Loss> Parameters for Network<L, E> {
    const NAME: &'static str = "Network";
    const LEARNS: bool = L::Chain::LEARNS;

    #[inline(always)]
    fn tensors(visit: impl FnMut(Tensor)) {
        L::Chain::tensors(visit);
    }
}

/// A network as a layer: from its input to its logits.
impl<L: Layers, E: Loss> Layer for Network<L, E> {
    type Input = InputOf<L::Chain>;
    type Output = OutputOf<L::Chain>;
    type Tape = TapeOf<L::Chain>;

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        self.layers.forward(x, y);
    }

    #[inline]
    fn record(&self, x: &Self::Input, tape: &mut Self::Tape) {
        self.layers.record(x, tape);
    }

    #[inline]
    fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Self::Input>) {
        self.layers.backward(x, tape, &mut grad.layers, dx);
    }
}

impl<L: Layers, E: Loss> crate::layer::Batch for Network<L, E> {
    #[inline]
    fn record_batch(&self, xs: Inputs<Self::Input>, tapes: LinesMut<Self::Tape>) {
        self.layers.record_batch(xs, tapes);
    }

    #[inline]
    fn errors(&self, xs: Inputs<Self::Input>, tapes: LinesMut<Self::Tape>, dxs: Option<LinesMut<Self::Input>>) {
        self.layers.errors(xs, tapes, dxs);
    }

    #[inline]
    fn sums(&self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, part: Part<L::Scalar>) {
        self.layers.sums(xs, tapes, part);
    }

    #[inline]
    fn step<P: Penalty>(&mut self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, step: Step<P>) {
        self.layers.step(xs, tapes, step);
    }

    #[inline]
    fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: L::Scalar, dx: Option<&mut Self::Input>) {
        self.layers.descend(x, tape, rate, dx);
    }
}

impl<L: Layers, E: Loss> __Sealed for Network<L, E> {}

/// A network in a [`Frozen`](crate::Frozen) layer: its layers count, and can be taken one by one.
impl<L: Layers, E: Loss> Stack for Network<L, E> {
    const PLAN: &'static Plan = L::Chain::PLAN;
    const LAYERS: usize = L::Chain::LAYERS;

    fn record_one(&self, layer: usize, x: &Self::Input, tape: &mut Self::Tape) {
        self.layers.record_one(layer, x, tape);
    }

    fn errors_one(&self, layer: usize, x: &Self::Input, tape: &mut Self::Tape, dx: &mut Self::Input) {
        self.layers.errors_one(layer, x, tape, dx);
    }

    fn descend_one(
        &mut self,
        layer: usize,
        x: &Self::Input,
        tape: &mut Self::Tape,
        rate: L::Scalar,
        dx: Option<&mut Self::Input>,
    ) {
        self.layers.descend_one(layer, x, tape, rate, dx);
    }
}

impl<L: Layers, E: Loss> Network<L, E> {
    /// The assertion that each layer reads what the one before it writes, and the loss what the last one writes: a misfit
    /// is a compile error, `layer 2 reads 16 values, but layer 1 writes 32` or
    /// `layer 3 ends in Sigmoid, and SigmoidCrossEntropy applies it again: write Dense<3>`. [`ZERO`](Network::ZERO)
    /// evaluates it; `const _: () = Digits::FITS;` does so under `cargo check` too.
    pub const FITS: () = {
        L::Chain::PLAN.check();
        fit::check_logits("", L::Chain::PLAN, E::NAME, E::OUTPUTS);
    };

    /// The network, or gradient, whose parameters are all 0.
    pub const ZERO: Self = {
        let () = Self::FITS;
        <Self as Plain>::ZERO
    };

    /// A tape on which nothing was recorded; `[Digits::TAPE; 32]` are those of a batch.
    pub const TAPE: TapeOf<Self> = <TapeOf<Self> as Tape>::BLANK;

    /// A gradient that is 0.
    pub const GRADIENT: Gradient<Self> = Gradient::ZERO;

    /// How many parameters.
    pub const PARAMETERS: usize = <Self as Plain>::COUNT;

    /// Bytes of weights, gradient and tape: those of [`FullBatch`].
    pub const FOOTPRINT: Footprint = Self::footprint::<FullBatch>();

    /// The layers' names and shapes; prints as a summary.
    pub const PLAN: &'static Plan = L::Chain::PLAN;

    /// A hash of the architecture: scalar, loss, and each layer's name, activation and shapes.
    pub const FINGERPRINT: u64 = L::Chain::PLAN.fingerprint::<L::Scalar>(E::NAME);

    /// Bytes of one way to use the network: `Digits::footprint::<Online>()`.
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

    /// One weight by the tutorial's indices, `Θ⁽ˡ⁾_{j,i}`: of layer `l` from 1, the weight to unit `j` from 1 from unit
    /// `i`, where `i = 0` is the bias. `None` where there is no such weight. Of a recurrent layer, the weights from its
    /// inputs.
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

    /// The logits `z⁽ᴸ⁾` of one input: what the link makes a prediction of.
    #[inline]
    pub fn logits<X: ArrayLike<InputOf<Self>>>(&self, x: &X) -> OutputOf<Self> {
        let () = X::FITS;
        let mut z = OutputOf::<Self>::ZERO;
        self.layers.forward(x.view(), &mut z);
        z
    }

    /// The hypothesis `h_Θ(x)`: the forward pass and the loss's link   (T 1.1.1–1.1.7).
    ///
    /// # Memory
    ///
    /// Stack: the layers' outputs.
    #[inline]
    pub fn predict<X: ArrayLike<InputOf<Self>>>(&self, x: &X) -> OutputOf<Self> {
        let () = X::FITS;
        let mut z = self.logits(x);
        if E::POINTWISE {
            batch::link_pointwise::<E, _>(z.flat_mut());
            return z;
        }
        let mut h = OutputOf::<Self>::ZERO;
        E::link(z.flat(), h.flat_mut());
        h
    }

    /// The predicted class: the index of the largest logit, the first of equals. A NaN is passed over; where all are NaN
    /// or −∞, it is 0.
    ///
    /// A single output is of two classes where the loss says so, as [`SigmoidCrossEntropy`](crate::SigmoidCrossEntropy)
    /// does: 1 if the logit is positive, which is a probability above ½, else 0. Under another loss it is a number, and
    /// asking for its class does not compile.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// let mut net = Network::<Dense<U1, U1>, SigmoidCrossEntropy>::ZERO;
    /// net.parameters_mut().copy_from_slice(&[-1.0, 2.0]);
    /// assert_eq!([net.classify(&[0.25]), net.classify(&[0.75])], [0, 1]);
    /// assert_eq!(net.classify_above(&[0.75], 1.0), 0); // yes only above a probability of 1 / (1 + e⁻¹)
    /// ```
    #[inline]
    pub fn classify<X: ArrayLike<InputOf<Self>>>(&self, x: &X) -> usize {
        let () = X::FITS;
        self.decide(x, 0.0)
    }

    /// The predicted class of a single output: 1 if its logit is above `threshold`, else 0.
    ///
    /// For a probability p the threshold is `ln(p / (1 − p))`.
    #[doc(alias = "threshold")]
    #[inline]
    pub fn classify_above<X: ArrayLike<InputOf<Self>>>(&self, x: &X, threshold: f64) -> usize {
        let ((), ()) = (X::FITS, const { fit::check_threshold(E::OUTPUTS, OutputOf::<Self>::COUNT) });
        self.decide(x, threshold)
    }

    /// The class of the logits; the threshold is of a single one.
    #[inline]
    pub(crate) fn decide<X: ArrayLike<InputOf<Self>>>(&self, x: &X, threshold: f64) -> usize {
        let () = const { fit::check_classes(E::OUTPUTS, OutputOf::<Self>::COUNT) };
        metrics::class(self.logits(x).flat(), L::Scalar::from_f64(threshold))
    }

    /// The cost of one sample, without a penalty   (T 1.2.1).
    pub fn loss<X: ArrayLike<InputOf<Self>>, Y: Target<OutputOf<Self>>>(&self, x: &X, y: &Y) -> L::Scalar {
        let ((), ()) = (X::FITS, Y::FITS);
        let z = self.logits(x);
        share(y.weight(), y.with_outputs(E::OUTPUTS, |y| E::value(z.flat(), y)))
    }

    /// `J(Θ)`: the mean cost of m samples   (T 1.2.2) and the penalty   (T 1.2.5–1.2.6). Returns 0 for an empty set.
    ///
    /// # Order
    ///
    /// The samples' costs are added in their order, in `f64`; then the division by m, and the penalty.
    pub fn cost<S>(&self, samples: &S, penalty: impl Penalty) -> L::Scalar
    where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let () = S::FITS;
        let mut sum = 0.0;
        samples.each(|x, y| sum += self.loss(x, y).to_f64());
        self.mean_cost(sum, samples.len(), penalty)
    }

    /// `∂J/∂Θ` of m samples with a penalty, into `grad`   (T 3.1.1–3.1.3, 2.6.1). Writes 0 for an empty set.
    ///
    /// # Order
    ///
    /// Each element of the sum over samples by the order of [`Gradient`], whose error does not grow with m; then
    /// `(1/m) (Δ + λ Θ)`, with `1/m` rounded.
    ///
    /// # Memory
    ///
    /// No sample is kept: `grad` and `tape` are all it needs, whatever m.
    pub fn gradient<S>(&self, samples: &S, penalty: impl Penalty, grad: &mut Gradient<Self>, tape: &mut TapeOf<Self>)
    where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let () = S::FITS;
        grad.begin();
        samples.each(|x, y| {
            self.accumulate(x, y, grad.block(), tape);
            grad.count(1);
        });
        self.mean(grad, penalty);
    }

    /// [`gradient`](Network::gradient) and [`cost`](Network::cost) in one pass over the samples.
    pub fn cost_and_gradient<S>(
        &self,
        samples: &S,
        penalty: impl Penalty,
        grad: &mut Gradient<Self>,
        tape: &mut TapeOf<Self>,
    ) -> L::Scalar
    where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let () = S::FITS;
        let mut sum = 0.0;
        grad.begin();
        samples.each(|x, y| {
            self.errors(x, y, tape, |z, y, weight| sum += loss::cost::<E, _>(z, y, weight));
            self.layers.backward(x, tape, &mut grad.block().layers, None);
            grad.count(1);
        });
        self.mean(grad, penalty);
        self.mean_cost(sum, samples.len(), penalty)
    }

    /// From the sums over all samples to `∂J/∂Θ`.
    pub(crate) fn mean(&self, grad: &mut Gradient<Self>, penalty: impl Penalty) {
        let samples = grad.end();
        self.average(samples, penalty, grad);
    }

    /// Adds one sample's share to a gradient: `Δ ← Δ + δ aᵀ` in all layers   (T 3.1.1).
    ///
    /// For samples that are not in memory; [`average`](Network::average) makes `∂J/∂Θ` of the sum.
    #[inline]
    pub fn accumulate<X: ArrayLike<InputOf<Self>>, Y: Target<OutputOf<Self>>>(
        &self,
        x: &X,
        y: &Y,
        grad: &mut Self,
        tape: &mut TapeOf<Self>,
    ) {
        let ((), ()) = (X::FITS, Y::FITS);
        let x = x.view();
        self.errors(x, y, tape, |_, _, _| ());
        self.layers.backward(x, tape, &mut grad.layers, None);
    }

    /// From the sum over m samples to `∂J/∂Θ`: `(1/m) (Δ + λ Θ)`, no λ for the bias   (T 2.6.1, 3.1.2–3.1.3). Writes 0
    /// where m is 0.
    pub fn average(&self, m: usize, penalty: impl Penalty, grad: &mut Self) {
        if m == 0 {
            return grad.flat_mut().fill(L::Scalar::ZERO);
        }
        self.average_part(m, penalty, 0, grad.flat_mut());
    }

    /// [`average`](Network::average) of the numbers `start` and on of the flat gradient, over at least one sample.
    #[inline(always)]
    fn average_part(&self, m: usize, penalty: impl Penalty, start: usize, grad: &mut [L::Scalar]) {
        let share = L::Scalar::ONE / L::Scalar::from_f64(m as f64);
        let step = Step { rate: 0.0, share: share.to_f64(), penalty };
        Self::tensors(|t| {
            let weight = t.of(self.flat()).get(start.saturating_sub(t.start)..).unwrap_or_default();
            let dw = grad.get_mut(t.start.saturating_sub(start)..).unwrap_or_default();
            kernel::update(Mean { step, penalised: t.penalised() }, dw, weight, []);
        });
    }

    /// A step of gradient descent: `Θ ← Θ − α ∂J/∂Θ`   (T 1.3.2).
    #[inline]
    pub fn update(&mut self, grad: &Self, rate: L::Scalar) {
        kernel::update(Descent { rate: rate.to_f64() }, self.flat_mut(), grad.flat(), []);
    }

    /// One online step: forward, backward, and `Θ ← Θ − α ∂J/∂Θ` of this sample, without a gradient buffer.
    ///
    /// Errors propagate through the weights as they were before the step, so this is the update by the
    /// exact gradient of one sample, rounded once differently: `w − (α x) δ`.
    ///
    /// # Memory
    ///
    /// The tape; no other.
    #[inline]
    pub fn descend<X: ArrayLike<InputOf<Self>>, Y: Target<OutputOf<Self>>>(
        &mut self,
        x: &X,
        y: &Y,
        rate: L::Scalar,
        tape: &mut TapeOf<Self>,
    ) {
        let ((), ()) = (X::FITS, Y::FITS);
        let x = x.view();
        self.errors(x, y, tape, |_, _, _| ());
        self.layers.descend(x, tape, rate, None);
    }

    /// Forward, then δ of the output layer   (T 2.4.6); `look` is shown the logits, the target and its weight.
    #[inline]
    fn errors(
        &self,
        x: &InputOf<Self>,
        y: &impl Target<OutputOf<Self>>,
        tape: &mut TapeOf<Self>,
        look: impl FnOnce(&[L::Scalar], &[L::Scalar], L::Scalar),
    ) {
        tape.cue(Cue::Learn, 0);
        self.layers.record(x, tape);
        Self::delta(y, tape, look);
    }

    /// From the recorded logits to δ of the output layer.
    ///
    /// Inlined before it is optimised, lest it reads the logits in other pieces than they were written in.
    #[inline(always)]
    pub(crate) fn delta(
        y: &impl Target<OutputOf<Self>>,
        tape: &mut TapeOf<Self>,
        look: impl FnOnce(&[L::Scalar], &[L::Scalar], L::Scalar),
    ) {
        let (z, dz) = tape.split();
        loss::delta::<E, _>(z, y, dz, look);
    }

    /// The samples' part and the penalty's of J, both over m; 0 where m is 0.
    pub(crate) fn mean_cost(&self, sum: f64, m: usize, penalty: impl Penalty) -> L::Scalar {
        if m == 0 {
            return L::Scalar::ZERO;
        }
        let mut price = L::Scalar::ZERO;
        Self::tensors(|t| {
            if t.penalised() {
                price = price + kernel::sum(t.of(self.flat()).iter().map(|&w| penalty.price(w)));
            }
        });
        L::Scalar::from_f64((sum + price.to_f64()) / m as f64)
    }
}

/// From the sum over samples to ∂J/∂w, in its place, beside w.
#[derive(Clone, Copy)]
struct Mean<P> {
    step: Step<P>,
    penalised: bool,
}

impl<P: Penalty> Update for Mean<P> {
    type Kept<Q> = [Q; 0];

    #[inline(always)]
    fn of<V: Real>(self, sum: V, weight: V, _: &mut [V; 0]) -> V {
        if self.penalised { self.step.slope(weight, sum) } else { self.step.bias_slope(sum) }
    }
}

/// A step down the slope.
#[derive(Clone, Copy)]
struct Descent {
    rate: f64,
}

impl Update for Descent {
    type Kept<Q> = [Q; 0];

    #[inline(always)]
    fn of<V: Real>(self, weight: V, slope: V, _: &mut [V; 0]) -> V {
        descended(weight, self.rate, slope)
    }
}
