use nanoprop::{Boxed, InputOf, Layers, Loss, Network, OutputOf, Plain, Tape, TapeOf};

use super::Share;
use crate::tree::{Sum, Tree};
use crate::{Error, Source};

/// Samples of a leaf.
const LEAF: usize = 256;
/// Samples that go through a layer at once.
const TAPES: usize = 32;

type Net<L, E> = Network<L, E>;
type Sample<L, E> = (InputOf<Net<L, E>>, OutputOf<Net<L, E>>);

/// What a shard's sum is computed on.
pub(super) struct Desk<L: Layers<Scalar = f32>, E: Loss> {
    pub(super) shard: usize,
    pub(super) sum: Box<Net<L, E>>,
    pub(super) cost: f64,
    tapes: Box<[TapeOf<Net<L, E>>; TAPES]>,
    samples: Vec<Sample<L, E>>,
    tree: Tree<Leaf<L, E>>,
}

/// A sum, and that of the costs.
struct Leaf<L: Layers<Scalar = f32>, E: Loss>(Box<Net<L, E>>, f64);

impl<L: Layers<Scalar = f32>, E: Loss> Sum for Leaf<L, E> {
    fn add(&mut self, later: &Self) {
        self.0.add(&later.0);
        self.1 += later.1;
    }
}

impl<L: Layers<Scalar = f32>, E: Loss> Desk<L, E> {
    pub(super) fn new(shard: usize) -> Self {
        let (sum, tapes) = (Net::<L, E>::boxed(), Net::<L, E>::boxed_tapes());
        Desk { shard, sum, cost: 0.0, tapes, samples: vec![], tree: Tree::new() }
    }

    /// The sums over some samples of the shard, which begins at `start`.
    pub(super) fn sum<S: Source>(
        &mut self,
        net: &Net<L, E>,
        data: &S,
        learns: bool,
        start: usize,
        (of, order, number): Share,
    ) -> Result<(), Error> {
        for first in of.clone().step_by(LEAF) {
            self.samples.clear();
            for k in first..(first + LEAF).min(of.end) {
                let (mut x, mut y) = (InputOf::<Net<L, E>>::ZERO, OutputOf::<Net<L, E>>::ZERO);
                data.read(start + order.get(k), x.flat_mut(), y.flat_mut())?;
                self.samples.push((x, y));
            }
            let Leaf(mut sum, _) = self.tree.spare.pop().unwrap_or_else(|| Leaf(Net::<L, E>::boxed(), 0.0));
            let cost = if learns {
                sum.flat_mut().fill(0.0);
                let number = number.wrapping_add((first - of.start) as u64);
                self.tapes.iter_mut().for_each(|tape| tape.seek(0, number));
                net.accumulate_batch(&self.samples, &mut sum, &mut self.tapes)
            } else {
                self.samples.iter().map(|(x, y)| f64::from(net.loss(x, y))).sum()
            };
            self.tree.push(Leaf(sum, cost));
        }
        match self.tree.end() {
            Some(Leaf(sum, cost)) => {
                let before = std::mem::replace(&mut self.sum, sum);
                self.cost = cost;
                self.tree.spare.push(Leaf(before, 0.0));
            }
            // A shard whose epoch is over before that of a longer one.
            None => {
                self.sum.flat_mut().fill(0.0);
                self.cost = 0.0;
            }
        }
        Ok(())
    }
}
