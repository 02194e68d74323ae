use core::array::from_mut;

use rayon::prelude::*;

use crate::array::Plain;
use crate::kernel::{self, Update};
use crate::layer::{InputOf, OutputOf, Parameters, TapeOf};
use crate::loss::Loss;
use crate::network::{Gradient, Layers, Network, Samples};
use crate::penalty::{Penalty, Step};
use crate::scalar::{Accumulator, Number, Real, inverse, is_wide};

/// How many parameters are worth a thread: a core changes so many while another one is told of them.
const WORTH: usize = 32 * 1024;

impl<L: Layers, E: Loss> Network<L, E> {
    /// [`step_batch`](Network::step_batch) on all threads: an epoch of mini-batch gradient descent, a step for each `batch`
    /// samples in their order, the last for the remaining ones. A `batch` of 0 counts as 1.
    ///
    /// The number of samples in a batch is an argument, and not the number of tapes: neither that nor the number of threads
    /// changes the bits. A batch may have more than 256 samples. Threads pay where a batch is much work: 256 samples of
    /// 784-128-64-10, say, and not 32 of 3-5-5-3.
    ///
    /// # Order
    ///
    /// That of [`gradient`](Network::gradient) and [`update`](Network::update): the samples of a batch in their order, in
    /// blocks of 256. So the bits are those of `step_batch` with `batch` tapes, where it can have so many. (Of fixed-point
    /// scalars they are close: a sum is rounded once for each share of the samples.)
    ///
    /// The threads first share the samples, then the parameters, as in
    /// [`gradient_parallel`](Network::gradient_parallel), under the same conditions. The weights change when all errors of the
    /// batch are known.
    ///
    /// # Memory
    ///
    /// `grad` and `tapes`: unlike `step_batch`, it keeps the sums of a batch, which threads need while others still read the
    /// weights. Afterwards `grad` holds the sums Δ of the last batch. Without tapes it has one on the stack. Only rayon
    /// allocates.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = 3 => Dense<40, Relu> => Dense<2>, loss = SoftmaxCrossEntropy; }
    /// let (mut one, mut all) = (Net::ZERO, Net::ZERO);
    /// one.initialize(&He, &mut Pcg32::new(1));
    /// all.copy_from(&one);
    ///
    /// let samples: Vec<_> = (0..1000).map(|k| ([0.1, 0.2, k as f32 / 1e3], [0.0, 1.0])).collect();
    /// one.step_batch(&samples, L2(0.1), 0.5, &mut [Net::TAPE; 128]); // 8 steps
    ///
    /// let (mut grad, mut tapes) = (Net::GRADIENT, vec![[Net::TAPE; 32]; 8]);
    /// all.step_batch_parallel(&samples, 128, L2(0.1), 0.5, &mut grad, &mut tapes);
    /// assert_eq!(all.digest(), one.digest());
    /// ```
    pub fn step_batch_parallel<S, const B: usize>(
        &mut self,
        samples: &S,
        batch: usize,
        penalty: impl Penalty + Sync,
        rate: L::Scalar,
        grad: &mut Gradient<Self>,
        tapes: &mut [[TapeOf<Self>; B]],
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + Sync + ?Sized,
    {
        let () = S::FITS;
        if tapes.is_empty() {
            let tape = &mut [Self::TAPE];
            return self.step_batch_parallel(samples, batch, penalty, rate, grad, from_mut(tape));
        }
        let batch = batch.max(1);
        for first in (0..samples.len()).step_by(batch) {
            let n = batch.min(samples.len() - first);
            self.sums_parallel::<S, B>(samples, first..first + n, grad, tapes, None, |_, _| ());
            let step = Step { rate: rate.to_f64(), share: inverse::<L::Scalar>(n), penalty };
            step_parallel::<Self, _>(self.flat_mut(), grad.flat(), step);
        }
    }
}

/// The step of all parameters, by their sums, on all threads.
fn step_parallel<N: Parameters, P: Penalty + Sync>(old: &mut [N::Scalar], sums: &[N::Scalar], step: Step<P>) {
    let share = old.len().div_ceil(rayon::current_num_threads().max(1)).max(WORTH);
    if share >= old.len() {
        return step_part::<N, P>(0, old, sums, step);
    }
    let parts = old.par_chunks_mut(share).zip(sums.par_chunks(share)).enumerate();
    parts.for_each(|(k, (old, sums))| step_part::<N, P>(k * share, old, sums, step));
}

/// The step of parameters from the number `start` on, by their sums.
fn step_part<N: Parameters, P: Penalty>(start: usize, old: &mut [N::Scalar], sums: &[N::Scalar], step: Step<P>) {
    N::tensors(|t| {
        let from = t.start.saturating_sub(start);
        let to = (t.start + t.shape.count()).saturating_sub(start).min(old.len());
        let (old, sums) = (old.get_mut(from..to).unwrap_or_default(), sums.get(from..to).unwrap_or_default());
        if const { is_wide::<N::Scalar>() } {
            // Of fixed-point numbers, each sum is divided by m and rounded once.
            let pairs = old.iter_mut().zip(sums);
            return pairs.for_each(|(w, &sum)| *w = step.wide(t.penalised(), *w, Accumulator::of(sum)));
        }
        kernel::update(Stepped { step, penalised: t.penalised() }, old, sums, []);
    });
}

/// From the sum over samples to the new weight.
#[derive(Clone, Copy)]
struct Stepped<P> {
    step: Step<P>,
    penalised: bool,
}

impl<P: Penalty> Update for Stepped<P> {
    type Kept<Q> = [Q; 0];

    #[inline(always)]
    fn of<V: Real>(self, weight: V, sum: V, _: &mut [V; 0]) -> V {
        if self.penalised { self.step.weight(weight, sum) } else { self.step.bias(weight, sum) }
    }
}
