use core::array;
use std::sync::{Mutex, RwLock};

use super::pipeline::{MOST, Pipeline};
use super::tasks;
use crate::network::gradient::BLOCK;

/// Samples in shares of one size, the last perhaps smaller, as many at a time as there are tapes for. No share is in two
/// blocks of a gradient.
#[derive(Clone, Copy)]
pub(super) struct Shares {
    m: usize,
    sets: usize,
    each: usize,
}

impl Shares {
    /// All `m` samples, on so many sets of `most` tapes.
    pub(super) fn of(m: usize, sets: usize, most: usize) -> Shares {
        let sets = sets.clamp(1, tasks());
        let most = 1 << most.clamp(1, BLOCK).ilog2();
        let rounds = m.div_ceil(most * sets);
        Shares { m, sets, each: m.div_ceil(rounds * sets).next_power_of_two().min(most) }
    }

    /// Calls `fill` with each share, its first sample and how many there are, and its tapes; and when they are filled, `add`
    /// with each part, share by share in their order.
    pub(super) fn work<T: Send + Sync, P: Send>(
        self,
        tapes: &mut [T],
        parts: impl IntoIterator<Item = P>,
        fill: impl Fn(usize, usize, &mut T) + Sync,
        add: impl Fn(usize, usize, &RwLock<&mut T>, &mut P) + Sync,
    ) {
        let (mut tapes, mut parts) = (tapes.iter_mut().take(self.sets), parts.into_iter());
        let tapes: [_; MOST] = array::from_fn(|_| tapes.next().map(RwLock::new));
        let parts: [_; MOST] = array::from_fn(|_| parts.next().map(Mutex::new));
        let count = parts.iter().flatten().count();
        let share = |round, set| {
            let first = self.each * (self.sets * round + set);
            (first < self.m).then(|| (first, self.each.min(self.m - first)))
        };
        let rounds = self.m.div_ceil(self.each * self.sets);
        Pipeline::new(rounds, self.sets, count).run(
            &|round, set| {
                if let (Some((first, n)), Some(Ok(mut tapes))) = (share(round, set), of(&tapes, set).map(RwLock::write))
                {
                    fill(first, n, &mut tapes);
                }
            },
            &|round, set, part| {
                if let (Some((first, n)), Some(tapes), Some(Ok(mut part))) =
                    (share(round, set), of(&tapes, set), of(&parts, part).map(Mutex::lock))
                {
                    add(first, n, tapes, &mut part);
                }
            },
        );
    }
}

/// One of a list, if it is that long.
fn of<T>(list: &[Option<T>], at: usize) -> Option<&T> {
    list.get(at)?.as_ref()
}
