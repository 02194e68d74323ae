//! Training on many hosts, by MPI: the same bits on any number of ranks and threads.
//!
//! A [`Job`] holds a network and what its optimiser keeps, on every rank; a step sums the gradient of a mini-batch, of which
//! each rank has computed its part, and all ranks change their weights alike. [`Team`] is the ranks;
//! [`Source`] is the samples, in memory-mapped files that may be larger than memory: [`Raw`], [`Idx`].
//!
//! # Order
//!
//! A [`Plan`] cuts the data, and with them each mini-batch, into a fixed number of shards. It is the plan that decides the
//! bits, and not who computes a shard:
//!
//! - shard s of S is the samples from `⌊m s / S⌋` up to `⌊m (s + 1) / S⌋`, in the order that the plan's seed, the
//!   epoch and s choose;
//! - a leaf is up to 256 samples of one shard, added one after the other, as
//!   [`accumulate_batch`](nanoprop::Network::accumulate_batch) does;
//! - a tree joins n sums: up to the largest power of two below n, and the rest, each joined in this way, are added. It joins the
//!   leaves of a shard, and then the S shards.
//!
//! So the error of a sum over m samples is at most about `(256 + log₂(m/256) + log₂ S) u Σ|x|`, u the unit roundoff. The
//! sums of up to 256 samples in one shard are those of [`gradient`](nanoprop::Network::gradient); with more shards the
//! order is another one, and so are the last bits. Rank r of R computes the shards from `⌊S r / R⌋` up to `⌊S (r + 1) / R⌋`, and
//! reads their samples only, in every epoch. Costs are added in `f64`, in the same tree.
//!
//! # Data sent
//!
//! With P parameters of 4 bytes, a rank sends `4 P (R − 1)/R` bytes for each sum that it has, to those who join a part of all
//! (one sum, where R divides S and both are powers of two), and as many for the joined part: [`Team::sent`] counts them.
#![forbid(unsafe_op_in_unsafe_fn)]

mod data;
mod error;
mod job;
mod team;
mod tree;

pub use data::{Idx, Raw, Source};
pub use error::Error;
pub use job::{Job, Plan};
pub use team::{Team, run};
