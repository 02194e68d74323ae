//! Networks: layers and a loss, and everything that can be asked of them.

mod batch;
mod by_value;
mod chain;
mod fit;
mod footprint;
mod macros;
#[cfg(feature = "rayon")]
mod parallel;
mod samples;
#[doc(hidden)]
pub mod word;

use core::marker::PhantomData;

pub use batch::TapesOf;
pub use chain::{Layers, Link};
#[doc(hidden)]
pub use fit::{Shapes, Spec, fits, plan};
#[doc(hidden)]
pub use footprint::budget;
pub use footprint::{Batch, Footprint, FullBatch, Inference, Online, Way};
pub use samples::Samples;

use crate::activation::Activation;
use crate::array::{Like, Plain};
use crate::init::{Initializer, Random};
use crate::kernel::{self, Update};
use crate::layer::{Cue, InputOf, Layer, OutputOf, Parameters, Plan, Tape, TapeOf, Tensor};
use crate::loss::{Linked, Loss, Target, weigh};
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
    #[inline(always)]
    fn tensors(visit: impl FnMut(Tensor)) {
        L::Chain::tensors(visit);
    }
}

/// A network as a layer: from its input to its logits.
impl<L: Layers, E: Loss> Layer for Network<L, E> {
    const NAME: &'static str = "Network";
    const PLAN: &'static Plan = L::Chain::PLAN;
    const LEARNS: bool = L::Chain::LEARNS;
    type Input = InputOf<L::Chain>;
    type Output = OutputOf<L::Chain>;
    type Tape = TapeOf<L::Chain>;

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        self.layers.forward(x, y);
    }

    #[inline]
    fn forward_through<G: Activation>(&self, x: &Self::Input, y: &mut Self::Output) {
        self.layers.forward_through::<G>(x, y);
    }

    #[inline]
    fn record(&self, x: &Self::Input, tape: &mut Self::Tape) {
        self.layers.record(x, tape);
    }

    #[inline]
    fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Self::Input>) {
        self.layers.backward(x, tape, &mut grad.layers, dx);
    }

    #[inline]
    fn errors(&self, x: &Self::Input, tape: &mut Self::Tape, dx: &mut Self::Input) {
        self.layers.errors(x, tape, dx);
    }

    #[inline]
    fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: L::Scalar, dx: Option<&mut Self::Input>) {
        self.layers.descend(x, tape, rate, dx);
    }
}

impl<L: Layers, E: Loss> Network<L, E> {
    /// The assertion that each layer reads what the one before it writes: a misfit is a compile error,
    /// `layer 2 reads 16 values, but layer 1 writes 32`. [`ZERO`](Network::ZERO) evaluates it;
    /// `const _: () = Digits::FITS;` does so under `cargo check` too.
    pub const FITS: () = L::Chain::PLAN.check();

    /// The network, or gradient, whose parameters are all 0.
    pub const ZERO: Self = {
        let () = Self::FITS;
        <Self as Plain>::ZERO
    };

    /// A tape on which nothing was recorded.
    pub const TAPE: TapeOf<Self> = <TapeOf<Self> as Tape>::BLANK;

    /// How many parameters.
    pub const PARAMETERS: usize = <Self as Plain>::COUNT;

    /// Bytes of weights, gradient and tape: those of [`FullBatch`].
    pub const FOOTPRINT: Footprint = Self::footprint::<FullBatch>();

    /// The layers' names and shapes; prints as a summary.
    pub const PLAN: &'static Plan = L::Chain::PLAN;

    /// A hash of the architecture: scalar, loss, and each layer's name, activation and shapes.
    pub const FINGERPRINT: u64 = L::Chain::PLAN.fingerprint::<L::Scalar>(E::NAME);

    /// Bytes of one way to use the network: `Digits::footprint::<Online>()`.
    pub const fn footprint<W: Way<Self>>() -> Footprint {
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

    /// The tutorial's `Θ⁽ˡ⁾_{j,i}`: of layer `l` from 1, the weight to unit `j` from 1 from unit `i`, where
    /// `i = 0` is the bias. `None` where there is no such weight. Of a recurrent layer, the weights from its
    /// inputs.
    pub fn theta(&self, l: usize, j: usize, i: usize) -> Option<L::Scalar> {
        let (name, row) = if i == 0 { ("bias", 0) } else { ("weight", i - 1) };
        let column = j.checked_sub(1)?;
        let mut found = None;
        Self::tensors(|t| {
            if t.name == name && t.layer.checked_add(1) == Some(l) && t.shape.widths().len() <= 2 {
                let out = t.shape.widths().last().map_or(1, |&out| out);
                let mut rows = t.of(self.parameters()).chunks(out.max(1));
                found = rows.nth(row).and_then(|row| row.get(column)).copied();
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
    pub fn logits<X: Like<InputOf<Self>>>(&self, x: &X) -> OutputOf<Self> {
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
    pub fn predict<X: Like<InputOf<Self>>>(&self, x: &X) -> OutputOf<Self> {
        let () = X::FITS;
        let mut h = OutputOf::<Self>::ZERO;
        E::linked(Predicted { net: self, x: x.view(), h: &mut h });
        h
    }

    /// The index of the largest logit, the first of equals: the class that the network believes in. A NaN is
    /// passed over; where all are NaN or −∞, it is 0.
    #[inline]
    pub fn classify<X: Like<InputOf<Self>>>(&self, x: &X) -> usize {
        let () = X::FITS;
        let z = self.logits(x);
        let better = |best: (usize, L::Scalar), (k, &z): (usize, &L::Scalar)| if z > best.1 { (k, z) } else { best };
        z.flat().iter().enumerate().fold((0, L::Scalar::of(f64::NEG_INFINITY)), better).0
    }

    /// The cost of one sample, without a penalty   (T 1.2.1).
    pub fn loss<X: Like<InputOf<Self>>, Y: Target<OutputOf<Self>>>(&self, x: &X, y: &Y) -> L::Scalar {
        let ((), ()) = (X::FITS, Y::FITS);
        let z = self.logits(x);
        y.weight() * y.with(|y| E::value(z.flat(), y))
    }

    /// `J(Θ)`: the mean cost of m samples   (T 1.2.2) and the penalty   (T 1.2.5–1.2.6). Of no samples, 0.
    ///
    /// # Order
    ///
    /// The samples' costs are added in their order, from +0; then the division by m; then the penalty.
    pub fn cost<S>(&self, samples: &S, penalty: impl Penalty) -> L::Scalar
    where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let () = S::FITS;
        let mut sum = L::Scalar::ZERO;
        samples.each(|x, y| sum = sum + self.loss(x, y));
        self.mean_cost(sum, samples.len(), penalty)
    }

    /// `∂J/∂Θ` of m samples with a penalty, into `grad`   (T 3.1.1–3.1.3, 2.6.1). Of no samples, 0.
    ///
    /// # Order
    ///
    /// Each element of the sum over samples in their order, from +0; then `(1/m) (Δ + λ Θ)`, with `1/m`
    /// rounded.
    ///
    /// # Memory
    ///
    /// No sample is kept: `grad` and `tape` are all it needs, whatever m.
    pub fn gradient<S>(&self, samples: &S, penalty: impl Penalty, grad: &mut Self, tape: &mut TapeOf<Self>)
    where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let () = S::FITS;
        grad.flat_mut().fill(L::Scalar::ZERO);
        samples.each(|x, y| self.accumulate(x, y, grad, tape));
        self.average(samples.len(), penalty, grad);
    }

    /// [`gradient`](Network::gradient) and [`cost`](Network::cost) in one pass over the samples.
    pub fn cost_and_gradient<S>(
        &self,
        samples: &S,
        penalty: impl Penalty,
        grad: &mut Self,
        tape: &mut TapeOf<Self>,
    ) -> L::Scalar
    where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let () = S::FITS;
        let mut sum = L::Scalar::ZERO;
        grad.flat_mut().fill(L::Scalar::ZERO);
        samples.each(|x, y| {
            self.errors(x, y, tape, |z, t, weight| sum = sum + weight * E::value(z, t));
            self.layers.backward(x, tape, &mut grad.layers, None);
        });
        self.average(samples.len(), penalty, grad);
        self.mean_cost(sum, samples.len(), penalty)
    }

    /// Adds one sample's share to a gradient: `Δ ← Δ + δ aᵀ` in all layers   (T 3.1.1).
    ///
    /// For samples that are not in memory; [`average`](Network::average) makes `∂J/∂Θ` of the sum.
    #[inline]
    pub fn accumulate<X: Like<InputOf<Self>>, Y: Target<OutputOf<Self>>>(
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

    /// From the sum over m samples to `∂J/∂Θ`: `(1/m) (Δ + λ Θ)`, no λ for the bias   (T 2.6.1, 3.1.2–3.1.3).
    pub fn average(&self, m: usize, penalty: impl Penalty, grad: &mut Self) {
        self.average_part(m, penalty, 0, grad.flat_mut());
    }

    /// [`average`](Network::average) of the numbers `start` and on of the flat gradient.
    #[inline(always)]
    fn average_part(&self, m: usize, penalty: impl Penalty, start: usize, grad: &mut [L::Scalar]) {
        let share = L::Scalar::ONE / L::Scalar::from_f64(m.max(1) as f64);
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
    pub fn descend<X: Like<InputOf<Self>>, Y: Target<OutputOf<Self>>>(
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
        let weight = y.weight();
        y.with(|y| {
            look(z.flat(), y, weight);
            E::delta(z.flat(), y, dz.flat_mut());
        });
        weigh(weight, dz.flat_mut());
    }

    /// The samples' part and the penalty's of J, both over m.
    pub(crate) fn mean_cost(&self, sum: L::Scalar, m: usize, penalty: impl Penalty) -> L::Scalar {
        let m = L::Scalar::from_f64(m.max(1) as f64);
        let mut price = L::Scalar::ZERO;
        Self::tensors(|t| {
            if t.penalised() {
                price = price + kernel::sum(t.of(self.flat()).iter().map(|&w| penalty.price(w)));
            }
        });
        sum / m + price / m
    }
}

/// A prediction that waits for its link.
struct Predicted<'a, L: Layers, E: Loss> {
    net: &'a Network<L, E>,
    x: &'a InputOf<L::Chain>,
    h: &'a mut OutputOf<L::Chain>,
}

impl<L: Layers, E: Loss> Linked for Predicted<'_, L, E> {
    #[inline]
    fn elementwise<G: Activation>(self) {
        self.net.layers.forward_through::<G>(self.x, self.h);
    }

    #[inline]
    fn whole(self) {
        let mut z = OutputOf::<L::Chain>::ZERO;
        self.net.layers.forward(self.x, &mut z);
        E::link(z.flat(), self.h.flat_mut());
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
