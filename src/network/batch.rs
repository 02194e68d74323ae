use crate::array::{ArrayLike, Plain};
use crate::kernel::{self, Gradient as Adds};
use crate::layer::{Batch as _, Cue, InputOf, Inputs, Lines, LinesMut, OutputOf, Part, Tape, TapeOf, cue_all};
use crate::loss::{self, Loss, Target};
use crate::network::predict::link_pointwise;
use crate::network::whole::learn;
use crate::network::{Gradient, Layers, Network, Samples};
use crate::penalty::{Penalty, Step};
use crate::plain::{Room, flat_all};
use crate::scalar::{Number, Scalar, inverse};

/// Batches: as many samples at once as there are tapes. They are faster if there are many weights, and give the same bits as
/// one sample after the other.
impl<L: Layers, E: Loss> Network<L, E> {
    /// [`predict`](Network::predict) of many inputs: `hs[k]` becomes the prediction of `xs[k]`, up to the
    /// length of the shorter slice.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = 3 => Dense<40, Relu> => Dense<2>, loss = SoftmaxCrossEntropy; }
    /// let (mut net, mut tapes) = (Net::ZERO, [Net::TAPE; 2]);
    /// net.initialize(&He, &mut Pcg32::new(1));
    ///
    /// let xs = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]];
    /// let mut hs = [Vector::ZERO, Vector::ZERO, Vector::ZERO];
    /// net.predict_batch(&xs, &mut hs, &mut tapes);
    /// assert_eq!(hs, xs.map(|x| net.predict(&x)));
    /// ```
    pub fn predict_batch<X: ArrayLike<InputOf<Self>>, const B: usize>(
        &self,
        xs: &[X],
        hs: &mut [OutputOf<Self>],
        tapes: &mut [TapeOf<Self>; B],
    ) {
        let () = X::FITS;
        let lines = X::lines(xs.into());
        if let Some(lines) = lines
            && kernel::predict(self, lines.into(), hs)
        {
            return;
        }
        let mut room = Room::<_, B>::new();
        for (first, hs) in (0..xs.len()).step_by(B.max(1)).zip(hs.chunks_mut(B.max(1))) {
            let inputs = match lines {
                Some(lines) => lines.skip(first).take(hs.len()).into(),
                None => room.fill(xs.iter().skip(first).take(hs.len()).map(ArrayLike::view)).into(),
            };
            self.record_first(Cue::Predict, inputs, tapes);
            let zs = TapeOf::<Self>::recorded(Lines::from(&tapes[..]));
            let pairs = hs.iter_mut().zip(zs.take(inputs.len()).iter());
            if E::POINTWISE {
                pairs.for_each(|(h, z)| h.flat_mut().copy_from_slice(z.flat()));
                link_pointwise::<E, _>(flat_all(hs));
            } else {
                pairs.for_each(|(h, z)| E::link(z.flat(), h.flat_mut()));
            }
        }
    }

    /// [`gradient`](Network::gradient) through batches, with the same bits.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = 3 => Dense<40, Relu> => Dense<2>, loss = SoftmaxCrossEntropy; }
    /// let (mut net, mut tape, mut tapes) = (Net::ZERO, Net::TAPE, [Net::TAPE; 2]);
    /// net.initialize(&He, &mut Pcg32::new(1));
    ///
    /// let samples = [([0.1, 0.2, 0.3], [1.0, 0.0]), ([0.4, 0.5, 0.6], [0.0, 1.0]), ([0.7, 0.8, 0.9], [1.0, 0.0])];
    /// let (mut one_by_one, mut batched) = (Net::GRADIENT, Net::GRADIENT);
    /// net.gradient(&samples, L2(0.1), &mut one_by_one, &mut tape);
    /// net.gradient_batch(&samples, L2(0.1), &mut batched, &mut tapes);
    /// assert_eq!(batched.digest(), one_by_one.digest());
    /// ```
    pub fn gradient_batch<S, const B: usize>(
        &self,
        samples: &S,
        penalty: impl Penalty,
        grad: &mut Gradient<Self>,
        tapes: &mut [TapeOf<Self>; B],
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let () = S::FITS;
        self.gradient_of(Cue::Learn, samples, penalty, grad, tapes, |_, _, _| ());
    }

    /// [`gradient_batch`](Network::gradient_batch), of what is learned from or of J, by the cue; `look` is shown logits,
    /// targets and their weights.
    #[inline]
    pub(crate) fn gradient_of<S, const B: usize>(
        &self,
        cue: Cue,
        samples: &S,
        penalty: impl Penalty,
        grad: &mut Gradient<Self>,
        tapes: &mut [TapeOf<Self>; B],
        mut look: impl FnMut(&[L::Scalar], &[L::Scalar], L::Scalar),
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let mut first = 0;
        grad.begin();
        while first < samples.len() {
            let n = B.min(grad.left()).min(samples.len() - first);
            self.accumulate_some(cue, samples, first, n, grad.block(), tapes, &mut look);
            grad.count(n);
            first += n;
        }
        self.mean(grad, penalty);
    }

    /// One epoch of mini-batch gradient descent: takes a step for each `B` samples in their order, the last for the remaining
    /// ones. The bits are those of [`gradient`](Network::gradient) and [`update`](Network::update), without a gradient
    /// buffer. A batch has at most 256 samples, since its sum is one block.
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
    /// let (mut net, mut tapes) = (Net::ZERO, [Net::TAPE; 4]);
    /// net.initialize(&Xavier, &mut Pcg32::new(1));
    /// for _ in 0..2000 {
    ///     net.step_batch(&samples, NoPenalty, 0.5, &mut tapes);
    /// }
    /// assert!(net.cost(&samples, NoPenalty) < 0.05);
    /// ```
    pub fn step_batch<S, const B: usize>(
        &mut self,
        samples: &S,
        penalty: impl Penalty,
        rate: L::Scalar,
        tapes: &mut [TapeOf<Self>; B],
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let () = S::FITS;
        const { assert!(B > 0 && B <= super::gradient::BLOCK, "a batch has 1 to 256 samples, and as many tapes") }
        for first in (0..samples.len()).step_by(B) {
            let n = B.min(samples.len() - first);
            let step = Step { rate: rate.to_f64(), share: inverse::<L::Scalar>(n), penalty };
            if learn(None, samples, first, n, tapes, self, step) {
                continue;
            }
            let mut room = Room::new();
            let xs = inputs::<_, _, S, B>(samples, first, n, &mut room);
            self.errors_first(Cue::Learn, samples, first, xs, tapes, |_, _, _| ());
            self.layers.step(xs, Lines::from(&tapes[..]).take(n), step);
        }
    }

    /// [`accumulate`](Network::accumulate) through batches, with the same bits: adds `Δ` of the samples, in their order, to a
    /// gradient   (T 3.1.1). Returns the sum of the samples' costs, in their order in `f64`.
    ///
    /// For samples that are not in memory at once, or whose sums are joined in an order of one's own: the error of such a sum
    /// grows with the number of samples, so add a few hundred, and then to another one.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// type Line = Network<Dense<U1, U1>, SquaredError>;
    /// let (net, mut sum, mut tapes) = (Line::ZERO, Line::ZERO, [Line::TAPE; 2]);
    /// let costs = net.accumulate_batch(&[([1.0], [4.0]), ([3.0], [2.0])], &mut sum, &mut tapes);
    /// assert_eq!((costs, sum.parameters()), (8.0 + 2.0, &[-6.0, -10.0][..]));
    /// net.average(2, NoPenalty, &mut sum);
    /// assert_eq!(sum.parameters(), [-3.0, -5.0]);
    /// ```
    pub fn accumulate_batch<S, const B: usize>(
        &self,
        samples: &S,
        grad: &mut Self,
        tapes: &mut [TapeOf<Self>; B],
    ) -> f64
    where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let () = S::FITS;
        let mut costs = 0.0;
        for first in (0..samples.len()).step_by(B.max(1)) {
            let n = B.min(samples.len() - first);
            self.accumulate_some(Cue::Learn, samples, first, n, grad, tapes, |z, y, weight| {
                costs += loss::cost::<E, _>(z, y, weight);
            });
        }
        costs
    }

    /// Adds the share of `n ≤ B` samples from the `first` to a gradient; `look` is shown logits, targets and their weights.
    #[inline]
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn accumulate_some<S, const B: usize>(
        &self,
        cue: Cue,
        samples: &S,
        first: usize,
        n: usize,
        grad: &mut Self,
        tapes: &mut [TapeOf<Self>; B],
        look: impl FnMut(&[L::Scalar], &[L::Scalar], L::Scalar),
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        const { assert!(B > 0 && B <= super::gradient::BLOCK, "a batch has 1 to 256 samples, and as many tapes") }
        if learn(Some(self), samples, first, n, tapes, grad, Adds) {
            let (_, zs) = TapeOf::<Self>::outputs(LinesMut::from(&mut tapes[..]).take(n));
            return show::<E, _, _, _>(samples, first, zs.lines(), look);
        }
        let mut room = Room::new();
        let xs = inputs::<_, _, S, B>(samples, first, n, &mut room);
        self.errors_first(cue, samples, first, xs, tapes, look);
        let part = Part { start: 0, numbers: grad.flat_mut() };
        self.layers.sums(xs, Lines::from(&tapes[..]).take(n), part);
    }

    /// Forward of `n ≤ B` samples from the `first`; `look` is shown logits, targets and their weights.
    #[inline]
    pub(crate) fn look_batch<S, const B: usize>(
        &self,
        samples: &S,
        first: usize,
        n: usize,
        tapes: &mut [TapeOf<Self>; B],
        look: impl FnMut(&[L::Scalar], &[L::Scalar], L::Scalar),
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        let mut room = Room::new();
        self.record_first(Cue::Predict, inputs::<_, _, S, B>(samples, first, n, &mut room), tapes);
        show::<E, _, _, _>(samples, first, TapeOf::<Self>::recorded(Lines::from(&tapes[..]).take(n)), look);
    }

    /// Forward of some inputs.
    #[inline]
    pub(super) fn record_first(&self, cue: Cue, xs: Inputs<InputOf<Self>>, tapes: &mut [TapeOf<Self>]) {
        cue_all(tapes, cue);
        self.layers.record_batch(xs, tapes.into());
    }

    /// Forward of samples from the `first`, whose inputs are `xs`, and the errors of all layers: all but the sums.
    #[inline]
    pub(super) fn errors_first<S>(
        &self,
        cue: Cue,
        samples: &S,
        first: usize,
        xs: Inputs<InputOf<Self>>,
        tapes: &mut [TapeOf<Self>],
        mut look: impl FnMut(&[L::Scalar], &[L::Scalar], L::Scalar),
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized,
    {
        self.record_first(cue, xs, tapes);
        let (zs, mut dzs) = TapeOf::<Self>::outputs(LinesMut::from(&mut *tapes).take(xs.len()));
        for (k, (z, dz)) in zs.lines().iter().zip(dzs.iter_mut()).enumerate() {
            if let Some((_, y)) = samples.get(first + k) {
                loss::delta::<E, _>(z, y, dz, &mut look);
            }
        }
        self.layers.errors(xs, LinesMut::from(tapes).take(xs.len()), None);
    }
}

/// The inputs of `n ≤ B` samples from the `first`: where they are, or references to them, for which there is room.
#[inline]
pub(super) fn inputs<
    'a,
    X: crate::Array,
    Y: crate::Array<Scalar: Scalar>,
    S: Samples<X, Y> + ?Sized,
    const B: usize,
>(
    samples: &'a S,
    first: usize,
    n: usize,
    room: &'a mut Room<'a, X, B>,
) -> Inputs<'a, X> {
    match samples.lines() {
        Some((xs, _)) => xs.skip(first).take(n).into(),
        None => room.fill((first..first + n).map_while(|k| Some(samples.get(k)?.0))).into(),
    }
}

/// Shows `look` the logits `zs` of samples from the `first`, with their targets and weights.
#[inline]
pub(super) fn show<E: Loss, X: crate::Array, Y: crate::Array<Scalar: Scalar>, S: Samples<X, Y> + ?Sized>(
    samples: &S,
    first: usize,
    zs: Lines<Y>,
    mut look: impl FnMut(&[Y::Scalar], &[Y::Scalar], Y::Scalar),
) {
    for (k, z) in zs.iter().enumerate() {
        if let Some((_, y)) = samples.get(first + k) {
            let weight = y.weight();
            y.with_outputs(E::OUTPUTS, |y| look(z.flat(), y, weight));
        }
    }
}
