use generic_array::sequence::GenericSequence;

use crate::activation::Activation;
use crate::array::{Array, Like, Plain, Vector};
use crate::kernel::{self, Arrays, Gradient, Sink, Walk, Whole, is_whole};
use crate::layer::{Batched, Cue, InputOf, Layer, OutputOf, Tapes};
use crate::loss::{Linked, Loss, Target, weigh};
use crate::network::{Layers, Network, Samples};
use crate::penalty::{Penalty, Step};
use crate::plain::gather;
use crate::scalar::{Real, Scalar};
use crate::width::Width;

/// The tapes of `B` samples of a network, owned by the caller: `TapesOf::<Digits, U32>::BLANK` is a constant.
pub type TapesOf<N, B> = <N as Batched>::Tapes<B>;

impl<L: Layers, E: Loss> Batched for Network<L, E> {
    const ALL_SPLIT: bool = L::Chain::ALL_SPLIT;
    type Tapes<B: Width> = TapesOf<L::Chain, B>;

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

    fn record_all<B: Width>(&self, xs: &[&Self::Input], tapes: &mut Self::Tapes<B>) {
        self.layers.record_all::<B>(xs, tapes);
    }

    fn forward_all<B: Width, G: Activation>(
        &self,
        xs: &[&Self::Input],
        tapes: &mut Self::Tapes<B>,
        ys: &mut [Self::Output],
    ) {
        self.layers.forward_all::<B, G>(xs, tapes, ys);
    }

    fn backward_all<B: Width>(
        &self,
        xs: &[&Self::Input],
        tapes: &mut Self::Tapes<B>,
        grad: &mut Self,
        dxs: Option<&mut [&mut Self::Input]>,
    ) {
        self.layers.backward_all::<B>(xs, tapes, &mut grad.layers, dxs);
    }

    fn errors_all<B: Width>(
        &self,
        xs: &[&Self::Input],
        tapes: &mut Self::Tapes<B>,
        dxs: Option<&mut [&mut Self::Input]>,
    ) {
        self.layers.errors_all::<B>(xs, tapes, dxs);
    }

    fn step_all<B: Width, P: Penalty>(
        &mut self,
        xs: &[&Self::Input],
        tapes: &mut Self::Tapes<B>,
        step: Step<P>,
        dxs: Option<&mut [&mut Self::Input]>,
    ) {
        self.layers.step_all::<B, P>(xs, tapes, step, dxs);
    }

    fn sums_all<B: Width>(xs: &[&Self::Input], tapes: &Self::Tapes<B>, start: usize, sums: &mut [L::Scalar]) {
        L::Chain::sums_all::<B>(xs, tapes, start, sums);
    }

    fn recorded<B: Width, R: Default>(tapes: &Self::Tapes<B>, n: usize, read: impl FnOnce(&[&Self::Output]) -> R) -> R {
        L::Chain::recorded::<B, R>(tapes, n, read)
    }

    fn outputs<B: Width, R: Default>(
        tapes: &mut Self::Tapes<B>,
        n: usize,
        read: impl FnOnce(&[&Self::Output], &mut [&mut Self::Output]) -> R,
    ) -> R {
        L::Chain::outputs::<B, R>(tapes, n, read)
    }
}

/// Batches of `B` samples, `B` a width: faster where weights are many, with the bits of sample after sample.
impl<L: Layers, E: Loss> Network<L, E> {
    /// [`predict`](Network::predict) of many inputs: `hs[k]` becomes the prediction of `xs[k]`, for as many as
    /// the shorter slice has.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = 3 => Dense<40, Relu> => Dense<2>, loss = SoftmaxCrossEntropy; }
    /// let mut net = Net::ZERO;
    /// net.initialize(&He, &mut Pcg32::new(1));
    ///
    /// let xs = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]];
    /// let mut hs = [Vector::ZERO, Vector::ZERO, Vector::ZERO];
    /// net.predict_batch(&xs, &mut hs, &mut TapesOf::<Net, U2>::BLANK);
    /// assert_eq!(hs, xs.map(|x| net.predict(&x)));
    /// ```
    pub fn predict_batch<X: Like<InputOf<Self>>, B: Width>(
        &self,
        xs: &[X],
        hs: &mut [OutputOf<Self>],
        tapes: &mut TapesOf<Self, B>,
    ) {
        let () = X::FITS;
        if let Some(xs) = X::views(xs)
            && const { is_whole::<Self>() }
        {
            let mut done = false;
            E::linked(AtOnce { net: self, xs, hs, done: &mut done });
            if done {
                return;
            }
        }
        for (xs, hs) in xs.chunks(B::USIZE).zip(hs.chunks_mut(B::USIZE)) {
            let n = xs.len().min(hs.len());
            gather::<_, B, ()>(xs.iter().take(n).map(Like::view), |xs| {
                tapes.cue(Cue::Predict, 0);
                E::linked(Predicted::<L, E, B> { net: self, xs, tapes, hs });
            });
        }
    }

    /// [`gradient`](Network::gradient) through batches of `B` samples, with the same bits.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = 3 => Dense<40, Relu> => Dense<2>, loss = SoftmaxCrossEntropy; }
    /// let mut net = Net::ZERO;
    /// net.initialize(&He, &mut Pcg32::new(1));
    ///
    /// let samples = [([0.1, 0.2, 0.3], [1.0, 0.0]), ([0.4, 0.5, 0.6], [0.0, 1.0]), ([0.7, 0.8, 0.9], [1.0, 0.0])];
    /// let (mut one_by_one, mut batched) = (Net::ZERO, Net::ZERO);
    /// net.gradient(&samples, L2(0.1), &mut one_by_one, &mut Net::TAPE);
    /// net.gradient_batch(&samples, L2(0.1), &mut batched, &mut TapesOf::<Net, U2>::BLANK);
    /// assert_eq!(batched.digest(), one_by_one.digest());
    /// ```
    pub fn gradient_batch<S, B: Width>(
        &self,
        samples: &S,
        penalty: impl Penalty,
        grad: &mut Self,
        tapes: &mut TapesOf<Self, B>,
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let () = S::FITS;
        grad.flat_mut().fill(L::Scalar::ZERO);
        for first in (0..samples.len()).step_by(B::USIZE) {
            let n = B::USIZE.min(samples.len() - first);
            self.accumulate_batch::<S, B>(samples, first, n, grad, tapes, |_, _, _| ());
        }
        self.average(samples.len(), penalty, grad);
    }

    /// Mini-batch gradient descent, once through the samples: a step of [`gradient`](Network::gradient) and
    /// [`update`](Network::update) for each `B` samples in their order, the last for what is left; with the same
    /// bits, but without a gradient buffer.
    ///
    /// # Memory
    ///
    /// The tapes: each layer's step is taken while the sums over the batch are in registers.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = 2 => Dense<8, Tanh> => Dense<1>, loss = SigmoidCrossEntropy; }
    /// let samples = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])];
    ///
    /// let mut net = Net::ZERO;
    /// net.initialize(&Xavier, &mut Pcg32::new(1));
    /// let mut tapes = TapesOf::<Net, U4>::BLANK;
    /// for _ in 0..2000 {
    ///     net.step_batch(&samples, NoPenalty, 0.5, &mut tapes);
    /// }
    /// assert!(net.cost(&samples, NoPenalty) < 0.05);
    /// ```
    pub fn step_batch<S, B: Width>(
        &mut self,
        samples: &S,
        penalty: impl Penalty,
        rate: L::Scalar,
        tapes: &mut TapesOf<Self, B>,
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let () = S::FITS;
        for first in (0..samples.len()).step_by(B::USIZE) {
            let n = B::USIZE.min(samples.len() - first);
            let share = L::Scalar::ONE / L::Scalar::from_f64(n as f64);
            let step = Step { rate: rate.to_f64(), share: share.to_f64(), penalty };
            if learn::<L, E, S, B, _>(None, samples, first, n, tapes, self, step) {
                continue;
            }
            inputs::<_, _, S, B, ()>(samples, first, n, |xs| {
                self.errors_first::<S, B>(samples, first, xs, tapes, |_, _, _| ());
                self.layers.step_all::<B, _>(xs, tapes, step, None);
            });
        }
    }

    /// Adds the share of `n ≤ B` samples from the `first` to a gradient; `look` is shown logits, targets and their weights.
    #[inline]
    pub(crate) fn accumulate_batch<S, B: Width>(
        &self,
        samples: &S,
        first: usize,
        n: usize,
        grad: &mut Self,
        tapes: &mut TapesOf<Self, B>,
        look: impl FnMut(&[L::Scalar], &[L::Scalar], L::Scalar),
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        if learn::<L, E, S, B, _>(Some(self), samples, first, n, tapes, grad, Gradient) {
            return Self::outputs::<B, ()>(tapes, n, |_, zs| {
                show::<E, _, _, _>(samples, first, zs.iter().map(|z| &**z), look)
            });
        }
        inputs::<_, _, S, B, ()>(samples, first, n, |xs| {
            self.errors_first::<S, B>(samples, first, xs, tapes, look);
            self.layers.backward_all::<B>(xs, tapes, &mut grad.layers, None);
        });
    }

    /// Forward of `n ≤ B` samples from the `first`; `look` is shown logits, targets and their weights.
    #[inline]
    pub(crate) fn look_batch<S, B: Width>(
        &self,
        samples: &S,
        first: usize,
        n: usize,
        tapes: &mut TapesOf<Self, B>,
        look: impl FnMut(&[L::Scalar], &[L::Scalar], L::Scalar),
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        inputs::<_, _, S, B, ()>(samples, first, n, |xs| self.record_first::<B>(Cue::Predict, xs, tapes));
        Self::outputs::<B, ()>(tapes, n, |zs, _| show::<E, _, _, _>(samples, first, zs.iter().copied(), look));
    }

    /// Forward of some inputs.
    #[inline]
    pub(super) fn record_first<B: Width>(&self, cue: Cue, xs: &[&InputOf<Self>], tapes: &mut TapesOf<Self, B>) {
        tapes.cue(cue, 0);
        self.layers.record_all::<B>(xs, tapes);
    }

    /// Forward of samples from the `first`, whose inputs are `xs`, and δ of their output layer.
    #[inline]
    pub(super) fn errors_first<S, B: Width>(
        &self,
        samples: &S,
        first: usize,
        xs: &[&InputOf<Self>],
        tapes: &mut TapesOf<Self, B>,
        mut look: impl FnMut(&[L::Scalar], &[L::Scalar], L::Scalar),
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        self.record_first::<B>(Cue::Learn, xs, tapes);
        Self::outputs::<B, ()>(tapes, xs.len(), |zs, dzs| {
            for (k, (z, dz)) in zs.iter().zip(dzs).enumerate() {
                if let Some((_, y)) = samples.get(first + k) {
                    let weight = y.weight();
                    y.with_outputs(E::OUTPUTS, |y| {
                        look(z.flat(), y, weight);
                        E::delta(z.flat(), y, dz.flat_mut());
                    });
                    weigh(weight, dz.flat_mut());
                }
            }
        });
    }
}

/// Calls `read` with the inputs of `n ≤ B` samples from the `first`.
#[inline]
pub(super) fn inputs<X: Array, Y: Array, S: Samples<X, Y> + ?Sized, B: Width, R>(
    samples: &S,
    first: usize,
    n: usize,
    read: impl FnOnce(&[&X]) -> R,
) -> R {
    gather::<_, B, R>((first..first + n).map_while(|k| Some(samples.get(k)?.0)), read)
}

/// Shows `look` the logits `zs` of samples from the `first`, with their targets and weights.
#[inline]
pub(super) fn show<'z, E: Loss, X: Array, Y: Array, S: Samples<X, Y> + ?Sized>(
    samples: &S,
    first: usize,
    zs: impl Iterator<Item = &'z Y>,
    mut look: impl FnMut(&[Y::Scalar], &[Y::Scalar], Y::Scalar),
) {
    for (k, z) in zs.enumerate() {
        if let Some((_, y)) = samples.get(first + k) {
            let weight = y.weight();
            y.with_outputs(E::OUTPUTS, |y| look(z.flat(), y, weight));
        }
    }
}

/// One kernel for all that `n ≤ B` samples from the `first` do to a gradient, or, by `sink`, to the network itself, where
/// `net` is `None`; false where there is none. Of a gradient, the logits are in the place of the last dy.
#[inline]
fn learn<L: Layers, E: Loss, S, B: Width, K: Sink>(
    net: Option<&Network<L, E>>,
    samples: &S,
    first: usize,
    n: usize,
    tapes: &mut TapesOf<L::Chain, B>,
    to: &mut Network<L, E>,
    sink: K,
) -> bool
where
    S: Samples<InputOf<L::Chain>, OutputOf<L::Chain>> + ?Sized,
{
    if !const { is_whole::<Network<L, E>>() } {
        return false;
    }
    let mut shares = Vector::<B, _>::generate(|_| L::Scalar::ONE);
    let slices = samples.slices().and_then(|(x, y)| Some((x.get(first..first + n)?, y.get(first..first + n)?)));
    match slices {
        Some((x, y)) if K::ADDS => L::Chain::outputs::<B, _>(tapes, n, |_, zs| {
            kernel::learn(net, Arrays::Slice(x), Some(Arrays::Slice(y)), zs, &shares, to, sink)
        }),
        Some((x, y)) => kernel::learn(net, Arrays::Slice(x), Some(Arrays::Slice(y)), &mut [], &shares, to, sink),
        None => inputs::<_, _, S, B, _>(samples, first, n, |xs| {
            L::Chain::outputs::<B, _>(tapes, n, |_, zs| {
                for (k, (z, share)) in zs.iter_mut().zip(&mut shares).enumerate() {
                    if let Some((_, y)) = samples.get(first + k) {
                        *share = y.weight();
                        y.with_outputs(E::OUTPUTS, |y| z.flat_mut().iter_mut().zip(y).for_each(|(z, &y)| *z = y));
                    }
                }
                kernel::learn(net, Arrays::Each(xs), None, zs, &shares, to, sink)
            })
        }),
    }
}

impl<L: Layers, E: Loss> Whole for Network<L, E> {
    type Input = InputOf<L::Chain>;
    type Output = OutputOf<L::Chain>;
    const NUMBERS: usize = if E::LANES { L::Chain::NARROW } else { 0 };

    #[inline(always)]
    fn walk(walk: &mut impl Walk) {
        L::Chain::walk(walk);
    }

    #[inline(always)]
    fn delta<V: Real>(z: &[V], dz: &mut [V]) {
        E::delta_lanes(z, dz);
    }
}

/// Predictions of a small network that wait for their link.
struct AtOnce<'a, L: Layers, E: Loss> {
    net: &'a Network<L, E>,
    xs: &'a [InputOf<L::Chain>],
    hs: &'a mut [OutputOf<L::Chain>],
    done: &'a mut bool,
}

impl<L: Layers, E: Loss> Linked for AtOnce<'_, L, E> {
    #[inline]
    fn elementwise<G: Activation>(self) {
        *self.done = kernel::predict::<_, G>(self.net, Arrays::Slice(self.xs), self.hs);
    }

    #[inline]
    fn whole(self) {}
}

/// A batch of predictions that waits for its link.
struct Predicted<'a, L: Layers, E: Loss, B: Width> {
    net: &'a Network<L, E>,
    xs: &'a [&'a InputOf<L::Chain>],
    tapes: &'a mut TapesOf<L::Chain, B>,
    hs: &'a mut [OutputOf<L::Chain>],
}

impl<L: Layers, E: Loss, B: Width> Linked for Predicted<'_, L, E, B> {
    #[inline]
    fn elementwise<G: Activation>(self) {
        self.net.layers.forward_all::<B, G>(self.xs, self.tapes, self.hs);
    }

    #[inline]
    fn whole(self) {
        self.net.layers.record_all::<B>(self.xs, self.tapes);
        L::Chain::outputs::<B, ()>(self.tapes, self.xs.len(), |zs, _| {
            for (h, z) in self.hs.iter_mut().zip(zs) {
                E::link(z.flat(), h.flat_mut());
            }
        });
    }
}
