//! Samples on all cores: first the samples are shared among the threads, then the parameters, so that each element of a
//! gradient is one sum over the samples in their order.

mod pipeline;
mod shares;
mod step;

use core::ops::Range;
use std::sync::RwLock;

use pipeline::MOST;
use rayon::prelude::*;
use shares::Shares;

use crate::array::{ArrayLike, Plain};
use crate::layer::{Batch as _, Cue, InputOf, Lines, LinesMut, OutputOf, Parameters, Part, Tape, TapeOf, cue_all};
use crate::loss::{self, Loss, Target};
use crate::math;
use crate::network::batch::{inputs, show};
use crate::network::gradient::{BLOCK, carry, finish};
use crate::network::{Gradient, Layers, Network, Samples};
use crate::penalty::Penalty;
use crate::plain::Room;
use crate::scalar::Number;

/// How many parts of a gradient and sets of samples for each thread: with others on the cores, threads are not equally
/// fast. More samples at a time leave the second-level cache before their sums are taken.
const TASKS: usize = 4;

/// Rows of weights that a kernel sums at once.
const ROWS: usize = 8;

/// Samples on all threads of rayon's current pool (feature `rayon`), with the bits of one thread.
///
/// Each method takes several sets of `B` tapes. A thread uses at most four sets of 32 at a time; with fewer sets than
/// threads, some threads are idle. Small networks gain from threads only if there are many samples. In a network with a
/// [`Dropout`](crate::Dropout), all sets must be at the same place of the training, as blank tapes are.
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
    /// let mut tapes = vec![[Net::TAPE; 32]; 8];
    /// net.predict_parallel(&xs, &mut hs, &mut tapes);
    /// assert_eq!(hs[999], net.predict(&xs[999]));
    /// ```
    pub fn predict_parallel<X: ArrayLike<InputOf<Self>> + Sync, const B: usize>(
        &self,
        xs: &[X],
        hs: &mut [OutputOf<Self>],
        tapes: &mut [[TapeOf<Self>; B]],
    ) {
        let () = X::FITS;
        let n = xs.len().min(hs.len());
        let share = n.div_ceil(tapes.len().max(1)).next_multiple_of(B).max(1);
        if tapes.is_empty() {
            xs.iter().zip(hs).for_each(|(x, h)| *h = self.predict(x));
            return;
        }
        let shares = xs.par_chunks(share).zip(hs.par_chunks_mut(share)).zip(tapes);
        shares.with_max_len(1).for_each(|((xs, hs), tapes)| self.predict_batch::<X, B>(xs, hs, tapes));
    }

    /// [`gradient`](Network::gradient) on all threads, with the same bits.
    ///
    /// The threads first share the samples: they run the forward pass and propagate the errors. Then they share the
    /// parameters: each task sums its rows of the gradient over the samples in their order, so the number of threads does not
    /// change the bits. `samples` must not wait for the pool: a thread that waits for a task of this call waits for ever.
    ///
    /// # Memory
    ///
    /// `grad` and `tapes`. Without tapes it calls `gradient` with one tape on the stack. Only rayon allocates.
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
    /// let (mut one, mut all, mut tape) = (Net::GRADIENT, Net::GRADIENT, Net::TAPE);
    /// net.gradient(&samples, L2(0.1), &mut one, &mut tape);
    ///
    /// let mut tapes = vec![[Net::TAPE; 32]; 8];
    /// net.gradient_parallel(&samples, L2(0.1), &mut all, &mut tapes);
    /// assert_eq!(all.digest(), one.digest());
    /// ```
    pub fn gradient_parallel<S, const B: usize>(
        &self,
        samples: &S,
        penalty: impl Penalty + Sync,
        grad: &mut Gradient<Self>,
        tapes: &mut [[TapeOf<Self>; B]],
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + Sync + ?Sized,
    {
        let () = S::FITS;
        if tapes.is_empty() || samples.is_empty() {
            let mut tape = Self::TAPE;
            return self.gradient(samples, penalty, grad, &mut tape);
        }
        let m = samples.len();
        self.sums_parallel::<S, B>(samples, 0..m, grad, tapes, None, |start, sums| {
            self.average_part(m, penalty, start, sums);
        });
    }

    /// [`cost_and_gradient`](Network::cost_and_gradient) on all threads, with the same bits, under the conditions of
    /// [`gradient_parallel`](Network::gradient_parallel).
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = 2 => Dense<4, Tanh> => Dense<1>, loss = SquaredError; }
    /// let (mut net, mut grad, mut tapes) = (Net::ZERO, Net::GRADIENT, vec![[Net::TAPE; 16]; 8]);
    /// net.initialize(&Xavier, &mut Pcg32::new(1));
    /// let samples: Vec<_> = (0..1000).map(|i| ([i as f32 / 1000.0, 0.5], [0.25])).collect();
    /// let cost = net.cost_and_gradient_parallel(&samples, L2(0.1), &mut grad, &mut tapes);
    /// assert_eq!(cost, net.cost(&samples, L2(0.1))); // the same bits
    /// assert_eq!(cost, net.cost_parallel(&samples, L2(0.1), &mut tapes));
    /// ```
    pub fn cost_and_gradient_parallel<S, const B: usize>(
        &self,
        samples: &S,
        penalty: impl Penalty + Sync,
        grad: &mut Gradient<Self>,
        tapes: &mut [[TapeOf<Self>; B]],
    ) -> L::Scalar
    where
        S: Samples<InputOf<Self>, OutputOf<Self>> + Sync + ?Sized,
    {
        let () = S::FITS;
        if tapes.is_empty() || samples.is_empty() {
            let mut tape = Self::TAPE;
            return self.cost_and_gradient(samples, penalty, grad, &mut tape);
        }
        let (mut sum, m) = (0.0, samples.len());
        self.sums_parallel::<S, B>(samples, 0..m, grad, tapes, Some(&mut sum), |start, sums| {
            self.average_part(m, penalty, start, sums);
        });
        self.mean_cost(sum, m, penalty)
    }

    /// [`cost`](Network::cost) on all threads, with the same bits.
    pub fn cost_parallel<S, const B: usize>(
        &self,
        samples: &S,
        penalty: impl Penalty,
        tapes: &mut [[TapeOf<Self>; B]],
    ) -> L::Scalar
    where
        S: Samples<InputOf<Self>, OutputOf<Self>> + Sync + ?Sized,
    {
        let () = S::FITS;
        if tapes.is_empty() || samples.is_empty() {
            return self.cost(samples, penalty);
        }
        let mut sum = 0.0;
        let fill = |first, n, tapes: &mut [TapeOf<Self>; B]| {
            let mut room = Room::new();
            self.record_first(Cue::Predict, inputs::<_, _, S, B>(samples, first, n, &mut room), tapes);
            // No backward pass follows: there is room for the cost.
            let (zs, mut dzs) = TapeOf::<Self>::outputs(LinesMut::from(&mut tapes[..]).take(n));
            for (k, (z, dz)) in zs.lines().iter().zip(dzs.iter_mut()).enumerate() {
                if let (Some((_, y)), Some(place)) = (samples.get(first + k), dz.flat_mut().first_mut()) {
                    *place = math::share(y.weight(), y.with_outputs(E::OUTPUTS, |y| E::value(z.flat(), y)));
                }
            }
        };
        let add = |_, n, tapes: &RwLock<&mut [TapeOf<Self>; B]>, sum: &mut &mut f64| {
            let Ok(mut tapes) = tapes.write() else { return };
            let (_, dzs) = TapeOf::<Self>::outputs(LinesMut::from(&mut tapes[..]).take(n));
            dzs.lines().iter().filter_map(|dz| dz.flat().first()).for_each(|value| **sum += value.to_f64());
        };
        Shares::of(samples.len(), tapes.len(), B).work(tapes, [&mut sum], fill, add);
        self.mean_cost(sum, samples.len(), penalty)
    }

    /// The sums of some samples over all parameters, in the order of [`Gradient`], and where `cost` is given, the sum of the
    /// samples' costs. `end` is called with each part of the sums, and where it begins in the flat gradient.
    fn sums_parallel<S, const B: usize>(
        &self,
        samples: &S,
        of: Range<usize>,
        grad: &mut Gradient<Self>,
        tapes: &mut [[TapeOf<Self>; B]],
        cost: Option<&mut f64>,
        end: impl Fn(usize, &mut [L::Scalar]) + Sync,
    ) where
        S: Samples<InputOf<Self>, OutputOf<Self>> + Sync + ?Sized,
    {
        let (begin, m) = (of.start, of.len());
        let fill = |first, n, tapes: &mut [TapeOf<Self>; B]| {
            // All tapes are at the place of the first sample, before and after.
            cue_all(tapes, Cue::Ahead(first as i64));
            let mut room = Room::new();
            let xs = inputs::<_, _, S, B>(samples, begin + first, n, &mut room);
            self.errors_first(Cue::Learn, samples, begin + first, xs, tapes, |_, _, _| ());
            cue_all(tapes, Cue::Ahead(-((first + n) as i64)));
        };
        let add = |first, n, tapes: &RwLock<&mut [TapeOf<Self>; B]>, task: &mut Task<L::Scalar>| {
            let Ok(tapes) = tapes.read() else { return };
            let tapes = Lines::from(&tapes[..]).take(n);
            match task {
                Task::Rows { start, sums, carried } => {
                    if first == 0 {
                        sums.fill(L::Scalar::ZERO);
                    }
                    let mut room = Room::new();
                    let xs = inputs::<_, _, S, B>(samples, begin + first, n, &mut room);
                    let numbers = if first < BLOCK { &mut **sums } else { &mut **carried };
                    self.layers.sums(xs, tapes, Part { start: *start, numbers });
                    carry(first + n, sums, carried);
                    if first + n == m {
                        finish(m, sums, carried);
                        end(*start, sums);
                    }
                }
                Task::Cost(cost) => {
                    let add = |z: &[_], y: &[_], weight| **cost += loss::cost::<E, _>(z, y, weight);
                    show::<E, _, _, _>(samples, begin + first, TapeOf::<Self>::recorded(tapes), add);
                }
            }
        };
        let (sums, carried) = grad.halves();
        let parts = rows::<Self>(sums.flat_mut(), carried.flat_mut(), tasks());
        Shares::of(m, tapes.len(), B).work(tapes, parts.chain(cost.map(Task::Cost)), fill, add);
        tapes.iter_mut().for_each(|tapes| cue_all(tapes, Cue::Ahead(m as i64)));
    }
}

/// What one thread at a time adds all samples to.
enum Task<'a, T> {
    /// Numbers of the flat gradient from a place on, and what is carried of their sums.
    Rows { start: usize, sums: &'a mut [T], carried: &'a mut [T] },
    /// The sum of the costs.
    Cost(&'a mut f64),
}

/// How many parts of a gradient keep all threads busy; the cost is one more.
fn tasks() -> usize {
    (TASKS * rayon::current_num_threads()).clamp(1, MOST - 1)
}

/// About so many parts of a flat gradient, of about equal size. A part begins where a row of a tensor does.
fn rows<'a, N: Parameters>(
    mut sums: &'a mut [N::Scalar],
    mut carried: &'a mut [N::Scalar],
    count: usize,
) -> impl Iterator<Item = Task<'a, N::Scalar>> {
    let (len, mut start) = (sums.len(), 0);
    (1..=count).filter_map(move |part| {
        let mut end = len * part / count;
        N::tensors(|t| {
            let row = t.shape.widths().last().map_or(1, |&row| row);
            if (t.start..t.start + t.shape.count()).contains(&end) {
                end -= (end - t.start) % (ROWS * row);
            }
        });
        let size = end.saturating_sub(start);
        let (these, rest) = core::mem::take(&mut sums).split_at_mut(size);
        let (those, left) = core::mem::take(&mut carried).split_at_mut(size);
        (sums, carried) = (rest, left);
        let task = Task::Rows { start, sums: these, carried: those };
        start = start.max(end);
        (end > 0).then_some(task)
    })
}
