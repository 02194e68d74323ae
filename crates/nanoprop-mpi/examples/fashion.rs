//! Fashion-MNIST on any number of ranks: `./run` builds it, runs it on 1, 2 and 4, kills a rank and resumes.
//!
//! Arguments: the folder with the unpacked files, the number of steps, the checkpoint, and, to see what happens, the step in
//! which the last rank dies.

use std::env::args;
use std::process::{ExitCode, abort};
use std::time::Instant;

use nanoprop::prelude::*;
use nanoprop_mpi::{Error, Idx, Job, Plan, Team, run};

network! {
    /// 28×28 pixels in, one probability per kind of clothes out.
    type Fashion = 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10>, loss = SoftmaxCrossEntropy;
}
const PLAN: Plan = Plan { shards: 16, batch: 512, seed: 1 };
/// Steps between checkpoints.
const EVERY: u64 = 50;

fn main() -> ExitCode {
    run(work)
}

fn work(team: &Team) -> Result<(), Error> {
    let argument = |k| args().nth(k).unwrap_or_default();
    let (folder, checkpoint) = (argument(1), argument(3));
    let (steps, dies) = (argument(2).parse().unwrap_or(200), argument(4).parse().unwrap_or(u64::MAX));
    let open = |kind: &str| {
        Idx::open(format!("{folder}/{kind}-images-idx3-ubyte"), format!("{folder}/{kind}-labels-idx1-ubyte"), 10)
    };
    let (data, test) = (open("train")?, open("t10k")?);
    let mut net = Fashion::boxed();
    net.initialize(&He, &mut Pcg32::new(1));
    let mut job = Job::new(team, &data, PLAN, Adam::new(1e-3), net)?;
    if !checkpoint.is_empty() && job.resume(&checkpoint)? && team.rank() == 0 {
        println!("resumed after {} steps", job.steps());
    }
    let (start, before, mut cost) = (Instant::now(), job.steps(), 0.0);
    while job.steps() < steps {
        if job.steps() == dies && team.rank() + 1 == team.ranks() {
            abort();
        }
        cost = job.step(NoPenalty, 1.0)?;
        if job.steps().is_multiple_of(EVERY) && !checkpoint.is_empty() {
            job.save(&checkpoint)?;
        }
    }
    team.wait();
    let each = 1e3 * start.elapsed().as_secs_f64() / (job.steps() - before).max(1) as f64;
    let sent = team.sent() / (job.steps() - before).max(1);
    let mut common = Fashion::boxed();
    common.copy_from(&job.net);
    let mut judge = Job::new(team, &test, PLAN, Sgd::new(0.0), job.net)?;
    let held_out = judge.cost()?;
    team.federate(&mut common, 1)?; // of equal networks: the same
    if team.rank() == 0 {
        println!(
            "{} ranks: digest {:016x} {:016x}, cost {cost:.6}, held out {held_out:.6}, {each:.2} ms and {sent} bytes a step",
            team.ranks(),
            judge.net.digest(),
            common.digest(),
        );
    }
    Ok(())
}
