//! Samples on all cores: first the samples are shared among the threads, then the parameters, so that each element of a
//! gradient is one sum over the samples in their order.

use rayon::prelude::*;

use crate::array::{Like, Plain};
use crate::layer::{Batched, Cue, InputOf, OutputOf, Parameters, Tapes};
use crate::loss::{Loss, Target};
use crate::network::batch::inputs;
use crate::network::{Layers, Network, Samples, TapesOf};
use crate::penalty::Penalty;
use crate::width::Width;

/// How many tasks for each thread: with others on the cores, threads are not equally fast. More samples at a time than
/// that leave the second-level cache before their sums are taken.
const TASKS: usize = 4;

/// Rows of weights that a kernel sums at once.
const ROWS: usize = 8;

/// Samples on all threads of rayon's current pool (feature `rayon`), with the bits of one thread.
///
/// Each takes tapes for several sets of up to `B` samples: four sets of 32 for each thread are as many as it uses at a
/// time, and with fewer than one for each, threads are idle. Small networks gain from threads when samples are many.
/// For a network with a [`Dropout`](crate::Dropout), all sets are at one place of the training, as blank ones are.
impl<L: Layers, E: Loss> Network<L, E> {
    /// [`predict_batch`](Network::predict_batch) on all threads, each set of tapes with a share of the inputs.
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
    /// let xs: Vec<_> = (0..1000).map(|k| [0.1, 0.2, k as f32]).collect();
    /// let mut hs = vec![Vector::ZERO; 1000];
    /// let mut tapes: Vec<_> = (0..8).map(|_| TapesOf::<Net, U32>::BLANK).collect();
    /// net.predict_parallel(&xs, &mut hs, &mut tapes);
    /// assert_eq!(hs[999], net.predict(&xs[999]));
    /// ```
    pub fn predict_parallel<X: Like<InputOf<Self>> + Sync, B: Width>(
        &self,
        xs: &[X],
        hs: &mut [OutputOf<Self>],
        tapes: &mut [TapesOf<Self, B>],
    ) {
        let () = X::FITS;
        let n = xs.len().min(hs.len());
        let share = n.div_ceil(tapes.len().max(1)).next_multiple_of(B::USIZE).max(1);
        if tapes.is_empty() {
            xs.iter().zip(hs).for_each(|(x, h)| *h = self.predict(x));
            return;
        }
        let shares = xs.par_chunks(share).zip(hs.par_chunks_mut(share)).zip(tapes);
        shares.with_max_len(1).for_each(|((xs, hs), tapes)| self.predict_batch::<X, B>(xs, hs, tapes));
    }

    /// [`gradient`](Network::gradient) on all threads, with the same bits.
    ///
    /// Samples are shared first: forward, and errors back through the layers. Then the parameters are: each task
    /// sums its rows of the gradient over the samples in their order, so that the number of threads changes
    /// nothing. A layer of one's own whose gradient is not [split](crate::Layer::SPLITS) has the network's backward
    /// pass on one thread.
    ///
    /// # Memory
    ///
    /// `grad` and `tapes`; without any tapes it is `gradient`, with one on the stack. Allocations are rayon's only.
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
    /// let samples: Vec<_> = (0..1000).map(|k| ([0.1, 0.2, k as f32 / 1e3], [0.0, 1.0])).collect();
    /// let (mut one, mut all) = (Net::ZERO, Net::ZERO);
    /// net.gradient(&samples, L2(0.1), &mut one, &mut Net::TAPE);
    ///
    /// let mut tapes: Vec<_> = (0..8).map(|_| TapesOf::<Net, U32>::BLANK).collect();
    /// net.gradient_parallel(&samples, L2(0.1), &mut all, &mut tapes);
    /// assert_eq!(all.digest(), one.digest());
    /// ```
    pub fn gradient_parallel<S, B: Width>(
        &self,
        samples: &S,
        penalty: impl Penalty + Sync,
        grad: &mut Self,
        tapes: &mut [TapesOf<Self, B>],
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + Sync + ?Sized,
    {
        let () = S::FITS;
        if tapes.is_empty() || samples.is_empty() {
            let mut tape = Self::TAPE;
            return self.gradient(samples, penalty, grad, &mut tape);
        }
        self.parallel::<S, B>(samples, penalty, grad, tapes, None);
    }

    /// [`cost_and_gradient`](Network::cost_and_gradient) on all threads, with the same bits: as
    /// [`gradient_parallel`](Network::gradient_parallel).
    pub fn cost_and_gradient_parallel<S, B: Width>(
        &self,
        samples: &S,
        penalty: impl Penalty + Sync,
        grad: &mut Self,
        tapes: &mut [TapesOf<Self, B>],
    ) -> L::Scalar
    where
        S: Samples<InputOf<Self>, OutputOf<Self>> + Sync + ?Sized,
    {
        let () = S::FITS;
        if tapes.is_empty() || samples.is_empty() {
            let mut tape = Self::TAPE;
            return self.cost_and_gradient(samples, penalty, grad, &mut tape);
        }
        let mut sum = L::Scalar::ZERO;
        self.parallel::<S, B>(samples, penalty, grad, tapes, Some(&mut sum));
        self.mean_cost(sum, samples.len(), penalty)
    }

    /// [`cost`](Network::cost) on all threads, with the same bits.
    pub fn cost_parallel<S, B: Width>(
        &self,
        samples: &S,
        penalty: impl Penalty,
        tapes: &mut [TapesOf<Self, B>],
    ) -> L::Scalar
    where
        S: Samples<InputOf<Self>, OutputOf<Self>> + Sync + ?Sized,
    {
        let () = S::FITS;
        let mut sum = L::Scalar::ZERO;
        if tapes.is_empty() {
            return self.cost(samples, penalty);
        }
        for round in Round::all::<B>(samples.len(), tapes.len()) {
            round.each(tapes, |first, n, tapes| {
                inputs::<_, _, S, B, ()>(samples, first, n, |xs| self.record_first::<B>(Cue::Predict, xs, tapes));
                // No backward pass follows: there is room for the cost.
                Self::outputs::<B, ()>(tapes, n, |zs, dzs| {
                    for (k, (z, dz)) in zs.iter().zip(dzs).enumerate() {
                        if let (Some((_, y)), Some(place)) = (samples.get(first + k), dz.flat_mut().first_mut()) {
                            *place = y.weight() * y.with(|y| E::value(z.flat(), y));
                        }
                    }
                });
            });
            for (_, n, tapes) in round.sets(&mut *tapes) {
                Self::outputs::<B, ()>(tapes, n, |_, dzs| {
                    dzs.iter().filter_map(|dz| dz.flat().first()).for_each(|&value| sum = sum + value);
                });
            }
        }
        self.mean_cost(sum, samples.len(), penalty)
    }

    /// The gradient, and where `cost` is given, the sum of the samples' costs.
    fn parallel<S, B: Width>(
        &self,
        samples: &S,
        penalty: impl Penalty + Sync,
        grad: &mut Self,
        tapes: &mut [TapesOf<Self, B>],
        mut cost: Option<&mut L::Scalar>,
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + Sync + ?Sized,
    {
        let m = samples.len();
        if !L::Chain::ALL_SPLIT {
            grad.flat_mut().fill(L::Scalar::ZERO);
        }
        for round in Round::all::<B>(m, tapes.len()) {
            round.each(tapes, |first, n, tapes| {
                // All tapes are at the place of the first sample, before and after.
                tapes.cue(Cue::Ahead(first as i64), 0);
                inputs::<_, _, S, B, ()>(samples, first, n, |xs| {
                    self.errors_first::<S, B>(samples, first, xs, tapes, |_, _, _| ());
                    tapes.cue(Cue::Ahead(-((first + n) as i64)), 0);
                    if L::Chain::ALL_SPLIT {
                        self.layers.errors_all::<B>(xs, tapes, None);
                    }
                });
            });
            if !L::Chain::ALL_SPLIT {
                for (first, n, tapes) in round.sets(&mut *tapes) {
                    inputs::<_, _, S, B, ()>(samples, first, n, |xs| {
                        self.layers.backward_all::<B>(xs, tapes, &mut grad.layers, None);
                    });
                }
            }
            let tapes = &*tapes;
            let costs = || {
                if let Some(cost) = cost.as_deref_mut() {
                    for (first, n, tapes) in round.sets(tapes) {
                        L::Chain::recorded::<B, ()>(tapes, n, |zs| {
                            for (k, z) in zs.iter().enumerate() {
                                if let Some((_, y)) = samples.get(first + k) {
                                    *cost = *cost + y.with(|y| E::value(z.flat(), y));
                                }
                            }
                        });
                    }
                }
            };
            let sums = |start, sums: &mut [L::Scalar]| {
                if L::Chain::ALL_SPLIT {
                    if round.first == 0 {
                        sums.fill(L::Scalar::ZERO);
                    }
                    for (first, n, tapes) in round.sets(tapes) {
                        inputs::<_, _, S, B, ()>(samples, first, n, |xs| {
                            L::Chain::sums_all::<B>(xs, tapes, start, sums);
                        });
                    }
                }
                if round.end == m {
                    self.average_part(m, penalty, start, sums);
                }
            };
            rayon::join(costs, || share::<Self>(0, grad.flat_mut(), tasks(), &sums));
        }
        tapes.iter_mut().for_each(|tapes| tapes.cue(Cue::Ahead(m as i64), 0));
    }
}

/// How many tasks keep all threads busy.
fn tasks() -> usize {
    TASKS * rayon::current_num_threads()
}

/// Calls `visit` with each of about so many parts of the flat gradient, and where it starts. A part begins where a
/// row of a tensor does.
fn share<N: Parameters>(
    start: usize,
    all: &mut [N::Scalar],
    parts: usize,
    visit: &(impl Fn(usize, &mut [N::Scalar]) + Sync),
) {
    let mut middle = start + all.len() / 2;
    N::tensors(|t| {
        let row = t.shape.widths().last().map_or(1, |&row| row);
        if (t.start..t.start + t.shape.count()).contains(&middle) {
            middle -= (middle - t.start) % (ROWS * row);
        }
    });
    let (left, right) = all.split_at_mut(middle.saturating_sub(start).min(all.len()));
    if parts < 2 || left.is_empty() {
        return visit(start, all);
    }
    let ((), ()) = rayon::join(
        || share::<N>(start, left, parts / 2, visit),
        || share::<N>(middle, right, parts - parts / 2, visit),
    );
}

/// Samples that the tapes have room for, as sets of one size: the last may have fewer.
#[derive(Clone, Copy)]
struct Round {
    first: usize,
    end: usize,
    each: usize,
}

impl Round {
    /// All `m` samples, on tapes for so many sets of up to `B`.
    fn all<B: Width>(m: usize, sets: usize) -> impl Iterator<Item = Round> {
        let sets = sets.clamp(1, tasks().max(1));
        let room = B::USIZE * sets;
        (0..m).step_by(room).map(move |first| {
            let end = m.min(first + room);
            let fair = (end - first).div_ceil(tasks()).next_multiple_of(ROWS);
            Round { first, end, each: fair.max((end - first).div_ceil(sets)).min(B::USIZE) }
        })
    }

    /// Of each set its first sample, how many there are, and its tapes.
    fn sets<T>(self, tapes: impl IntoIterator<Item = T>) -> impl Iterator<Item = (usize, usize, T)> {
        let firsts = (self.first..self.end).step_by(self.each);
        firsts.zip(tapes).map(move |(first, tapes)| (first, self.each.min(self.end - first), tapes))
    }

    /// Calls `visit` with each set, on all threads.
    fn each<T: Send>(self, tapes: &mut [T], visit: impl Fn(usize, usize, &mut T) + Sync) {
        let sets = (self.end - self.first).div_ceil(self.each);
        let sets = tapes.get_mut(..sets).unwrap_or_default();
        sets.par_iter_mut().enumerate().with_max_len(1).for_each(|(set, tapes)| {
            let first = self.first + set * self.each;
            visit(first, self.each.min(self.end - first), tapes);
        });
    }
}
