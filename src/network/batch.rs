use generic_array::GenericArray;
use generic_array::sequence::GenericSequence;

use crate::array::{Like, Plain};
use crate::layer::{Batched, Cue, InputOf, OutputOf, Tapes};
use crate::loss::{Loss, Target, weigh};
use crate::network::{Layers, Network, Samples};
use crate::penalty::{Penalty, Step};
use crate::scalar::Scalar;
use crate::width::Width;

/// The tapes of `B` samples of a network, owned by the caller: `TapesOf::<Digits, U32>::BLANK` is a constant.
pub type TapesOf<N, B> = <N as Batched>::Tapes<B>;

impl<L: Layers, E: Loss> Batched for Network<L, E> {
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
        for (xs, hs) in xs.chunks(B::USIZE).zip(hs.chunks_mut(B::USIZE)) {
            let n = xs.len().min(hs.len());
            self.record_first::<B>(Cue::Predict, n, |k| xs.get(k).map(Like::view), tapes);
            Self::outputs::<B, ()>(tapes, n, |zs, _| {
                for (h, z) in hs.iter_mut().zip(zs) {
                    E::link(z.flat(), h.flat_mut());
                }
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
            let xs = self.errors_first::<S, B>(samples, first, n, tapes, |_, _, _| ());
            if let Some(xs) = xs {
                self.layers.step_all::<B, _>(xs.get(..n).unwrap_or_default(), tapes, step, None);
            }
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
        if let Some(xs) = self.errors_first::<S, B>(samples, first, n, tapes, look) {
            self.layers.backward_all::<B>(xs.get(..n).unwrap_or_default(), tapes, &mut grad.layers, None);
        }
    }

    /// Forward of `n ≤ B` samples from the `first`; `look` is shown logits, targets and their weights.
    #[inline]
    pub(crate) fn look_batch<S, B: Width>(
        &self,
        samples: &S,
        first: usize,
        n: usize,
        tapes: &mut TapesOf<Self, B>,
        mut look: impl FnMut(&[L::Scalar], &[L::Scalar], L::Scalar),
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        self.record_first::<B>(Cue::Predict, n, |k| samples.get(first + k).map(|(x, _)| x), tapes);
        Self::outputs::<B, ()>(tapes, n, |zs, _| {
            for (k, z) in zs.iter().enumerate() {
                if let Some((_, y)) = samples.get(first + k) {
                    let weight = y.weight();
                    y.with(|y| look(z.flat(), y, weight));
                }
            }
        });
    }

    /// Forward of `n` inputs; their references, and the first again where there are fewer than `B`.
    #[inline]
    fn record_first<'x, B: Width>(
        &self,
        cue: Cue,
        n: usize,
        x: impl Fn(usize) -> Option<&'x InputOf<Self>>,
        tapes: &mut TapesOf<Self, B>,
    ) -> Option<GenericArray<&'x InputOf<Self>, B>> {
        let first = x(0)?;
        tapes.cue(cue, 0);
        let xs = GenericArray::<_, B>::generate(|k| x(k).unwrap_or(first));
        self.layers.record_all::<B>(xs.get(..n).unwrap_or_default(), tapes);
        Some(xs)
    }

    /// Forward of `n` samples from the `first`, and δ of their output layer.
    #[inline]
    fn errors_first<'x, S, B: Width>(
        &self,
        samples: &'x S,
        first: usize,
        n: usize,
        tapes: &mut TapesOf<Self, B>,
        mut look: impl FnMut(&[L::Scalar], &[L::Scalar], L::Scalar),
    ) -> Option<GenericArray<&'x InputOf<Self>, B>>
    where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let xs = self.record_first::<B>(Cue::Learn, n, |k| samples.get(first + k).map(|(x, _)| x), tapes)?;
        Self::outputs::<B, ()>(tapes, n, |zs, dzs| {
            for (k, (z, dz)) in zs.iter().zip(dzs).enumerate() {
                if let Some((_, y)) = samples.get(first + k) {
                    let weight = y.weight();
                    y.with(|y| {
                        look(z.flat(), y, weight);
                        E::delta(z.flat(), y, dz.flat_mut());
                    });
                    weigh(weight, dz.flat_mut());
                }
            }
        });
        Some(xs)
    }
}
