mod checkpoint;
mod desk;

use desk::Desk;
use nanoprop::train::Permutation;
use nanoprop::{Boxed, InputOf, Layers, Loss, Network, Optimizer, OutputOf, Penalty, Plain, State};
use rayon::prelude::*;

use crate::team::part;
use crate::tree::{Sum, Tree, nodes};
use crate::{Error, Source, Team};

/// What decides the bits of a job, beside its data: the same on any number of ranks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Into how many shards data and batches are cut: at least as many as there will be ranks, best a power of two.
    pub shards: usize,
    /// Samples of a mini-batch, a multiple of `shards`.
    pub batch: usize,
    /// The key of the order in which a shard's samples come, another one in each epoch.
    pub seed: u64,
}

/// A training on all ranks: the network and what its optimiser keeps, the same on each.
///
/// All ranks call the same methods with the same arguments, in the same order, and get the same results.
///
/// # Memory
///
/// On each rank: the network, its gradient, the optimiser's state, and for each of the rank's shards at least two networks, 32
/// tapes and 256 samples (`log₂` of the leaves of a shard more networks). Shards are computed on rayon's threads.
///
/// # Example
///
/// ```no_run
/// use nanoprop::prelude::*;
/// use nanoprop_mpi::{Job, Plan, Raw, run};
///
/// network! { type Net = 16 => Dense<32, Relu> => Dense<4>, loss = SoftmaxCrossEntropy; }
///
/// fn main() -> std::process::ExitCode {
///     run(|team| {
///         let data = Raw::open("samples.nprd")?;
///         let plan = Plan { shards: 16, batch: 512, seed: 1 };
///         let mut net = Net::boxed();
///         net.initialize(&He, &mut Pcg32::new(1)); // the same on each rank
///         let mut job = Job::new(team, &data, plan, Adam::new(1e-3), net)?;
///         job.resume("job.nprm")?; // where there is one
///         while job.steps() < 10_000 {
///             job.step(NoPenalty, 1.0)?;
///             if job.steps() % 100 == 0 {
///                 job.save("job.nprm")?; // by rank 0
///             }
///         }
///         Ok(())
///     })
/// }
/// ```
pub struct Job<'a, L: Layers<Scalar = f32>, E: Loss, O: Optimizer, S> {
    /// The network.
    pub net: Box<Network<L, E>>,
    state: Box<State<Network<L, E>, O>>,
    grad: Box<Network<L, E>>,
    team: &'a Team,
    data: &'a S,
    plan: Plan,
    optimizer: O,
    steps: u64,
    desks: Vec<Desk<L, E>>,
}

/// Which samples of a shard, and the number of the first in the training.
type Share = (std::ops::Range<usize>, Permutation, u64);

impl<'a, L: Layers<Scalar = f32>, E: Loss, O: Optimizer, S: Source> Job<'a, L, E, O, S> {
    /// A job before its first step, with a network that is the same on each rank.
    ///
    /// # Errors
    ///
    /// Where the plan has no shards, fewer than there are ranks, or a batch that is no multiple of them; where there are fewer
    /// samples than shards, or samples of other widths than the network's.
    pub fn new(team: &'a Team, data: &'a S, plan: Plan, optimizer: O, net: Box<Network<L, E>>) -> Result<Self, Error> {
        let Plan { shards, batch, .. } = plan;
        let wrong = |problem: String| Err(Error::Plan(problem));
        if shards < team.ranks() || batch == 0 || !batch.is_multiple_of(shards) {
            return wrong(format!(
                "a batch of {batch} in {shards} shards for {} ranks: expected a multiple of the shards, and as many of them as ranks",
                team.ranks()
            ));
        }
        let widths = (InputOf::<Network<L, E>>::COUNT, OutputOf::<Network<L, E>>::COUNT);
        if data.widths() != widths || data.len() < shards {
            let (x, y) = data.widths();
            return wrong(format!(
                "{} samples of {x} and {y} numbers: the network reads {} and writes {}, for {shards} shards",
                data.len(),
                widths.0,
                widths.1
            ));
        }
        let desks = part(shards, team.rank(), team.ranks()).map(|shard| Desk::new(shard)).collect();
        let (state, grad) = (State::boxed(), Network::boxed());
        Ok(Job { net, state, grad, team, data, plan, optimizer, steps: 0, desks })
    }

    /// Steps taken, those before a checkpoint too.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Steps of an epoch: as many as the longest shard needs.
    pub fn epoch(&self) -> u64 {
        let longest = self.data.len().div_ceil(self.plan.shards);
        longest.div_ceil(self.plan.batch / self.plan.shards) as u64
    }

    /// One step of the optimiser, at its rate times `factor`, by the gradient of the next mini-batch; the mean cost of its
    /// samples, without the penalty.
    ///
    /// # Errors
    ///
    /// Those of the [`Source`], and [`Diverged`](Error::Diverged).
    pub fn step(&mut self, penalty: impl Penalty, factor: f64) -> Result<f64, Error> {
        let (each, epochs) = (self.plan.batch / self.plan.shards, self.epoch().max(1));
        let (epoch, at) = (self.steps / epochs, (self.steps % epochs) as usize);
        let (m, plan, steps) = (self.data.len(), self.plan, self.steps);
        let share = move |shard: usize| {
            let all = part(m, shard, plan.shards);
            let key =
                plan.seed.wrapping_add(epoch.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_add((shard as u64) << 32);
            let first = (at * each).min(all.len());
            let number = steps.wrapping_mul(plan.batch as u64).wrapping_add((shard * each) as u64);
            (first..(first + each).min(all.len()), Permutation::new(all.len(), key), number)
        };
        let samples = (0..plan.shards).map(|shard| share(shard).0.len()).sum();
        let cost = self.sum(true, samples, share)?;
        self.net.average(samples, penalty, &mut self.grad);
        self.net.optimize_at(&self.grad, &self.optimizer, factor, &mut self.state);
        self.steps += 1;
        if cost.is_finite() && self.net.is_finite() { Ok(cost) } else { Err(Error::Diverged(self.steps)) }
    }

    /// The mean cost of all samples and `∂J/∂Θ` of them with a penalty, which is lent.
    ///
    /// # Errors
    ///
    /// Those of the [`Source`].
    pub fn cost_and_gradient(&mut self, penalty: impl Penalty) -> Result<(f64, &Network<L, E>), Error> {
        let m = self.data.len();
        let cost = self.sum(true, m, self.whole())?;
        self.net.average(m, penalty, &mut self.grad);
        Ok((cost, &self.grad))
    }

    /// The mean cost of all samples, without a penalty.
    ///
    /// # Errors
    ///
    /// Those of the [`Source`].
    pub fn cost(&mut self) -> Result<f64, Error> {
        self.sum(false, self.data.len(), self.whole())
    }

    /// All samples of a shard, in their order in the file.
    fn whole(&self) -> impl Fn(usize) -> Share + Sync + use<L, E, O, S> {
        let (m, shards) = (self.data.len(), self.plan.shards);
        // Of a length of 0, each number stays as it is.
        move |shard| (0..part(m, shard, shards).len(), Permutation::new(0, 0), 0)
    }

    /// Sums the gradient, where it is asked for, over samples of all shards; their mean cost.
    fn sum(&mut self, learns: bool, samples: usize, share: impl Fn(usize) -> Share + Sync) -> Result<f64, Error> {
        let (net, data, m, shards) = (&*self.net, self.data, self.data.len(), self.plan.shards);
        let done = self.desks.par_iter_mut().map(|desk| {
            let start = part(m, desk.shard, shards).start;
            desk.sum(net, data, learns, start, share(desk.shard))
        });
        done.collect::<Result<(), Error>>()?;
        let costs: Vec<f64> = self.desks.iter().map(|desk| desk.cost).collect();
        let mut tree = Tree::new();
        self.team.collect(&costs, shards)?.into_iter().for_each(|cost| tree.push(cost));
        let cost = tree.end().unwrap_or(0.0) / samples.max(1) as f64;
        if learns {
            let first = self.desks.first().map_or(0, |desk| desk.shard);
            let mine = part(shards, self.team.rank(), self.team.ranks());
            let nodes = nodes(0..shards, &mine);
            for node in &nodes {
                join_desks(self.desks.get_mut(node.start - first..node.end - first).unwrap_or_default());
            }
            let sums = nodes.iter().filter_map(|node| self.desks.get(node.start - first));
            let sums: Vec<_> = sums.map(|desk| desk.sum.flat()).collect();
            self.team.join(shards, &sums, self.grad.flat_mut())?;
        }
        Ok(cost)
    }
}

/// The tree over some desks, whose sum is then the first one's.
fn join_desks<L: Layers<Scalar = f32>, E: Loss>(desks: &mut [Desk<L, E>]) {
    if desks.len() < 2 {
        return;
    }
    let (first, rest) = desks.split_at_mut(desks.len().next_power_of_two() / 2);
    rayon::join(|| join_desks(first), || join_desks(rest));
    if let ([first, ..], [rest, ..]) = (first, rest) {
        first.sum.add(&rest.sum);
    }
}

impl<L: Layers<Scalar = f32>, E: Loss> Sum for Box<Network<L, E>> {
    fn add(&mut self, later: &Self) {
        self.flat_mut().iter_mut().zip(later.flat()).for_each(|(a, b)| *a += b);
    }
}

impl Sum for f64 {
    fn add(&mut self, later: &f64) {
        *self += later;
    }
}
