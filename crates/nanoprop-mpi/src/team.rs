use std::cell::Cell;
use std::ops::Range;

use mpi::Threading;
use mpi::datatype::{Partition, PartitionMut};
use mpi::environment::Universe;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives, Root};
use nanoprop::{Layers, Loss, Network, Plain};

use crate::Error;
use crate::tree::{join, nodes};

/// The ranks of a job.
pub struct Team {
    world: SimpleCommunicator,
    rank: usize,
    ranks: usize,
    sent: Cell<u64>,
    _universe: Universe,
}

/// Starts MPI, does the `work` of a rank, and returns the exit status of the process. What goes wrong on one rank, an error or
/// a panic, is printed and ends the job on all of them, which would else wait for ever.
///
/// # Example
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     nanoprop_mpi::run(|team| {
///         println!("rank {} of {}", team.rank(), team.ranks());
///         Ok(())
///     })
/// }
/// ```
pub fn run(work: impl FnOnce(&Team) -> Result<(), Error>) -> std::process::ExitCode {
    // Threads of rayon compute; the first one alone speaks with others.
    let Some((universe, threading)) = mpi::initialize_with_threading(Threading::Funneled) else {
        eprintln!("{}", Error::Mpi);
        return std::process::ExitCode::FAILURE;
    };
    if threading < Threading::Funneled {
        eprintln!("this MPI can't be used beside threads");
        return std::process::ExitCode::FAILURE;
    }
    let world = universe.world();
    let (rank, ranks) = (world.rank().max(0) as usize, world.size().max(1) as usize);
    let team = Team { world, rank, ranks, sent: Cell::new(0), _universe: universe };
    let ends = End(&team.world);
    let result = work(&team);
    if let Err(error) = result {
        eprintln!("rank {rank}: {error}");
        team.world.abort(1);
    }
    drop(ends);
    std::process::ExitCode::SUCCESS
}

/// Ends the job where the work panics.
struct End<'a>(&'a SimpleCommunicator);

impl Drop for End<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.abort(101);
        }
    }
}

/// One part of n things for each of so many ranks.
pub(crate) fn part(n: usize, rank: usize, ranks: usize) -> Range<usize> {
    let at = |rank: usize| (n as u128 * rank as u128 / ranks.max(1) as u128) as usize;
    at(rank)..at(rank + 1)
}

impl Team {
    /// Which one this is, from 0.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// How many there are.
    pub fn ranks(&self) -> usize {
        self.ranks
    }

    /// Bytes of numbers that this rank has sent so far.
    pub fn sent(&self) -> u64 {
        self.sent.get()
    }

    /// Federated averaging: each rank's network becomes the mean of all, weighted by how many samples each learned from, with
    /// the bits of [`Network::federate`] of the networks in the order of their ranks. Each rank takes the mean of its part of
    /// the parameters. Where no rank has samples, all stay as they are.
    pub fn federate<L: Layers<Scalar = f32>, E: Loss>(
        &self,
        net: &mut Network<L, E>,
        samples: u64,
    ) -> Result<(), Error> {
        let numbers = net.flat_mut();
        let mut weights = vec![0; self.ranks];
        self.world.all_gather_into(&samples, &mut weights[..]);
        self.sent.set(self.sent.get() + 8 * (self.ranks as u64 - 1));
        let received = self.exchange(&[&*numbers], &vec![1; self.ranks])?;
        let mine = part(numbers.len(), self.rank, self.ranks);
        let clients: Vec<_> = received.chunks(mine.len().max(1)).zip(weights).collect();
        let mut mean = numbers.get(mine).unwrap_or_default().to_vec();
        nanoprop::network::weighted_mean(&clients, &mut mean);
        self.gather(&mean, numbers)
    }

    /// The sums of all shards, joined by the tree, on each rank. `sums` are those of this rank's nodes of the tree.
    pub(crate) fn join(&self, shards: usize, sums: &[&[f32]], to: &mut [f32]) -> Result<(), Error> {
        let of: Vec<_> = (0..self.ranks).map(|rank| nodes(0..shards, &part(shards, rank, self.ranks))).collect();
        let counts: Vec<_> = of.iter().map(Vec::len).collect();
        let received = self.exchange(sums, &counts)?;
        let mine = part(to.len(), self.rank, self.ranks);
        if mine.is_empty() {
            return self.gather(&[], to);
        }
        let known: Vec<_> = of.into_iter().flatten().zip(received.chunks(mine.len())).collect();
        let lost = || Error::Plan("a shard has no rank".into());
        self.gather(&join(0..shards, &known).ok_or_else(lost)?, to)
    }

    /// Sends to each rank its part of these slices of one length, and receives its own part of so many of each rank, in their
    /// order.
    fn exchange(&self, slices: &[&[f32]], counts: &[usize]) -> Result<Vec<f32>, Error> {
        let len = slices.first().map_or(0, |slice| slice.len());
        // A rank without a shard has no slice; the length of its part is that of the others'.
        let len = self.largest(len);
        let parts: Vec<_> = (0..self.ranks).map(|rank| part(len, rank, self.ranks)).collect();
        let mine = parts.get(self.rank).map_or(0, |part| part.len());
        let to = places(parts.iter().map(|part| part.len() * slices.len()))?;
        let from = places(counts.iter().map(|count| count * mine))?;
        let mut out = Vec::with_capacity(to.2);
        for part in &parts {
            slices.iter().for_each(|slice| out.extend_from_slice(slice.get(part.clone()).unwrap_or_default()));
        }
        let mut received = vec![0.0; from.2];
        self.count(out.len() - mine * slices.len());
        let out = Partition::new(&out[..], &to.0[..], &to.1[..]);
        self.world.all_to_all_varcount_into(&out, &mut PartitionMut::new(&mut received[..], &from.0[..], &from.1[..]));
        Ok(received)
    }

    /// The parts of all ranks, one behind the other.
    fn gather(&self, mine: &[f32], to: &mut [f32]) -> Result<(), Error> {
        let from = places((0..self.ranks).map(|rank| part(to.len(), rank, self.ranks).len()))?;
        self.count(mine.len() * (self.ranks - 1));
        self.world.all_gather_varcount_into(mine, &mut PartitionMut::new(to, &from.0[..], &from.1[..]));
        Ok(())
    }

    /// The largest number of all ranks.
    fn largest(&self, n: usize) -> usize {
        let mut all = vec![0_u64; self.ranks];
        self.world.all_gather_into(&(n as u64), &mut all[..]);
        all.into_iter().max().unwrap_or(0) as usize
    }

    /// Numbers that each rank has a part of, all of them on each rank, in the order of ranks.
    pub(crate) fn collect(&self, mine: &[f64], all: usize) -> Result<Vec<f64>, Error> {
        let mut to = vec![0.0; all];
        let from = places((0..self.ranks).map(|rank| part(all, rank, self.ranks).len()))?;
        self.count(2 * mine.len() * (self.ranks - 1));
        self.world.all_gather_varcount_into(mine, &mut PartitionMut::new(&mut to[..], &from.0[..], &from.1[..]));
        Ok(to)
    }

    /// Rank 0's bytes, on each rank.
    pub(crate) fn broadcast(&self, bytes: &mut Vec<u8>) {
        let mut len = bytes.len() as u64;
        let root = self.world.process_at_rank(0);
        root.broadcast_into(&mut len);
        bytes.resize(len as usize, 0);
        bytes.chunks_mut(1 << 24).for_each(|bytes| root.broadcast_into(bytes));
    }

    /// Waits for all.
    pub fn wait(&self) {
        self.world.barrier();
    }

    fn count(&self, numbers: usize) {
        self.sent.set(self.sent.get() + 4 * numbers as u64);
    }
}

/// Counts and places of parts one behind the other, as MPI has them, and how many numbers they are.
type Places = (Vec<i32>, Vec<i32>, usize);

fn places(counts: impl Iterator<Item = usize>) -> Result<Places, Error> {
    let (mut all, mut starts, mut end) = (vec![], vec![], 0_usize);
    let many = || Error::Plan("a message would have more than 2³¹ − 1 numbers: the network is too large".into());
    for count in counts {
        starts.push(i32::try_from(end).map_err(|_| many())?);
        all.push(i32::try_from(count).map_err(|_| many())?);
        end = end.checked_add(count).filter(|&end| i32::try_from(end).is_ok()).ok_or_else(many)?;
    }
    Ok((all, starts, end))
}
