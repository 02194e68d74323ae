//! One rank, without `mpirun`: the sums of a job are those that the documentation states, by the library's own methods.

use nanoprop::prelude::*;
use nanoprop::train::Permutation;
use nanoprop_mpi::{Error, Job, Plan, Raw, run};

network! { type Net = 3 => Dense<9, Tanh> => Dense<2>, loss = SoftmaxCrossEntropy; }

type Sample = ([f32; 3], [f32; 2]);

fn samples(n: usize) -> Vec<Sample> {
    let mut rng = Pcg32::new(7);
    let mut unit = || (rng.bits() >> 8) as f32 / (1 << 24) as f32;
    (0..n).map(|k| ([unit(), unit(), unit()], if k % 3 == 0 { [1.0, 0.0] } else { [0.0, 1.0] })).collect()
}

/// Sums of some samples, and of their costs.
fn leaf(net: &Net, samples: &[Sample]) -> (Box<Net>, f64) {
    let (mut sum, mut tape) = (Net::boxed(), Net::TAPE);
    samples.iter().for_each(|(x, y)| net.accumulate(x, y, &mut sum, &mut tape));
    (sum, samples.iter().map(|(x, y)| f64::from(net.loss(x, y))).sum())
}

fn join((mut a, x): (Box<Net>, f64), (b, y): (Box<Net>, f64)) -> (Box<Net>, f64) {
    a.parameters_mut().iter_mut().zip(b.parameters()).for_each(|(a, b)| *a += b);
    (a, x + y)
}

#[test]
fn sums_have_the_order_that_is_stated() {
    let path = std::env::temp_dir().join(format!("nanoprop-mpi-job-{}.nprd", std::process::id()));
    let checkpoint = path.with_extension("nprm");
    let all = samples(1000);
    Raw::write(&path, (3, 2), all.iter().copied()).unwrap();
    _ = run(|team| {
        let data = Raw::open(&path)?;
        let start = || {
            let mut net = Net::boxed();
            net.initialize(&Xavier, &mut Pcg32::new(1));
            net
        };
        let plan = Plan { shards: 3, batch: 60, seed: 5 };
        let mut job = Job::new(team, &data, plan, Sgd::new(0.5), start())?;

        // Shards of 333, 333 and 334 samples, each in two leaves.
        let net = start();
        let shard = |s: usize| &all[1000 * s / 3..1000 * (s + 1) / 3];
        let sum = |s| join(leaf(&net, &shard(s)[..256]), leaf(&net, &shard(s)[256..]));
        let (mut expected, costs) = join(join(sum(0), sum(1)), sum(2));
        net.average(1000, L2(0.5), &mut expected);
        let (cost, grad) = job.cost_and_gradient(L2(0.5))?;
        assert_eq!((cost.to_bits(), grad.digest()), ((costs / 1000.0).to_bits(), expected.digest()));
        assert_eq!(job.cost()?.to_bits(), cost.to_bits());

        // The second step of an epoch: 20 of each shard, from the 20th on, in the order of the key.
        let epoch = job.epoch();
        assert_eq!(epoch, 17);
        job.step(L2(0.1), 1.0)?;
        let net = {
            let mut net = start();
            net.copy_from(&job.net);
            net
        };
        let take = |s: usize| {
            let order = Permutation::new(shard(s).len(), 5 + ((s as u64) << 32));
            let batch: Vec<Sample> = (20..40).map(|k| shard(s)[order.get(k)]).collect();
            leaf(&net, &batch)
        };
        let (mut expected, costs) = join(join(take(0), take(1)), take(2));
        net.average(60, L2(0.1), &mut expected);
        let mut moved = start();
        moved.copy_from(&net);
        moved.optimize(&expected, &Sgd::new(0.25), &mut { nanoprop::State::ZERO });
        let cost = job.step(L2(0.1), 0.5)?;
        assert_eq!((cost.to_bits(), job.net.digest()), ((costs / 60.0).to_bits(), moved.digest()));

        // Resumed in the middle of the epoch, after its end, the same bits.
        job.save(&checkpoint)?;
        let mut other = Job::new(team, &data, plan, Sgd::new(0.5), Net::boxed())?;
        assert!(other.resume(&checkpoint)? && other.steps() == 2);
        for _ in 0..20 {
            assert_eq!(job.step(NoPenalty, 1.0)?.to_bits(), other.step(NoPenalty, 1.0)?.to_bits());
        }
        assert_eq!(job.net.digest(), other.net.digest());

        // What is another's is refused, and changes nothing.
        let mut adam = Job::new(team, &data, plan, Adam::new(0.5), start())?;
        assert!(matches!(adam.resume(&checkpoint), Err(Error::File(..))));
        let mut other = Job::new(team, &data, Plan { seed: 6, ..plan }, Sgd::new(0.5), start())?;
        let error = other.resume(&checkpoint).unwrap_err().to_string();
        assert!(error.ends_with("belongs to another network, optimiser, plan or set of samples"), "{error}");
        assert_eq!((other.steps(), other.net.digest()), (0, start().digest()));
        assert!(!other.resume(path.with_extension("none"))?);

        // One rank alone.
        let mut mean = start();
        team.federate(&mut mean, 3)?;
        assert_eq!(mean.digest(), start().digest());
        for plan in [
            Plan { shards: 0, ..plan },
            Plan { batch: 0, ..plan },
            Plan { batch: 61, ..plan },
            Plan { shards: 1001, batch: 1001, seed: 0 },
        ] {
            assert!(matches!(Job::new(team, &data, plan, Sgd::new(0.5), start()), Err(Error::Plan(_))), "{plan:?}");
        }
        Ok(())
    });
    [path, checkpoint].iter().for_each(|path| std::fs::remove_file(path).unwrap());
}
