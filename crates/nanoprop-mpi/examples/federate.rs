//! Federated averaging of ranks that learned from different numbers of samples: after each round, every rank compares its network
//! with [`Network::federate`] of all ranks' networks, which it computes alone, and the job fails where a bit differs.
//!
//! `mpirun -n 4 target/release/examples/federate`

use std::process::ExitCode;

use nanoprop::prelude::*;
use nanoprop_mpi::{Error, Team, run};

network! { type Net = 3 => Dense<17, Tanh> => Dense<2>, loss = SquaredError; }
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    run(work)
}

/// The samples of a rank's round: 40 for the first rank and 30 more for each next one; the last of several has none.
fn samples(rank: usize, ranks: usize, round: usize) -> Vec<([f32; 3], [f32; 2])> {
    let mut rng = Pcg32::new((rank * ROUNDS + round) as u64);
    let mut unit = || (rng.bits() >> 8) as f32 / (1 << 24) as f32;
    let n = if rank > 0 && rank + 1 == ranks { 0 } else { 40 + 30 * rank };
    let mut sample = || [unit(), unit(), unit()];
    (0..n).map(|_| sample()).map(|x| (x, [x[0] * x[1] - x[2], x[2]])).collect()
}

/// What the rank makes of the common network.
fn learn(net: &mut Net, rank: usize, ranks: usize, round: usize) -> u64 {
    let samples = samples(rank, ranks, round);
    let mut tape = Net::TAPE;
    samples.iter().for_each(|(x, y)| net.descend(x, y, 0.1, &mut tape));
    samples.len() as u64
}

fn copy(net: &Net) -> Box<Net> {
    let mut copy = Net::boxed();
    copy.copy_from(net);
    copy
}

fn work(team: &Team) -> Result<(), Error> {
    let mut net = Net::ZERO;
    net.initialize(&Xavier, &mut Pcg32::new(1));
    for round in 0..ROUNDS {
        let clients: Vec<_> = (0..team.ranks())
            .map(|rank| {
                let mut client = copy(&net);
                let count = learn(&mut client, rank, team.ranks(), round);
                (client, count)
            })
            .collect();
        let mut expected = copy(&net);
        expected.federate(&clients.iter().map(|(client, count)| (&**client, *count)).collect::<Vec<_>>());
        let count = learn(&mut net, team.rank(), team.ranks(), round);
        team.federate(&mut net, count)?;
        if net.digest() != expected.digest() {
            return Err(Error::Plan(format!("rank {} differs in round {round}", team.rank())));
        }
    }
    if team.rank() == 0 {
        println!("{} ranks federated {ROUNDS} times: digest {:016x}, as on one", team.ranks(), net.digest());
    }
    Ok(())
}
