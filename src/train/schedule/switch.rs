use super::{Plateau, Schedule};
use crate::train::Progress;

/// One schedule up to a step, and from there on another, which counts from 0 again. Both are of the optimiser's own rate:
/// where the second is to go on from where the first ends, the first has to end at its factor.
///
/// For more of them, `then` is another `Switch`, whose `at` counts from this one. For epochs, [`PerEpoch`](super::PerEpoch)
/// goes around the whole: within a `Switch` it counts the epochs of the training.
///
/// Of two [plateaus](super::ReduceOnPlateau), the second would find the factor of the first, since a training remembers
/// one. A plateau sees the losses of the epochs that end while it is in force, so not those of a warm-up before it.
///
/// # Example
///
/// ```
/// use nanoprop::{Constant, Cosine, Exponential, Progress, Schedule, Switch};
///
/// let fine = Switch { first: Cosine { steps: 50, floor: 0.0 }, at: 60, then: Constant };
/// let schedule = Switch { first: Exponential(0.5), at: 10, then: fine };
/// let factor = |steps| schedule.factor(&Progress { steps, ..Progress::START });
/// assert_eq!((factor(3), factor(10), factor(35), factor(69), factor(70)), (0.125, 1.0, 0.5, 0.0, 1.0));
/// ```
///
/// # Source
///
/// PyTorch's `SequentialLR`, whose milestones all count from the start.
#[doc(alias("SequentialLR", "milestones", "Sequential"))]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Switch<A, B> {
    /// The schedule of the steps before.
    pub first: A,
    /// The step from which on the other is in force: how many steps the first one has.
    #[doc(alias = "milestone")]
    pub at: u64,
    /// The schedule from then on.
    pub then: B,
}

impl<A: Schedule, B: Schedule> Schedule for Switch<A, B> {
    fn factor(&self, at: &Progress) -> f64 {
        match at.steps.checked_sub(self.at) {
            None => self.first.factor(at),
            Some(steps) => self.then.factor(&Progress { steps, ..*at }),
        }
    }

    /// To the one that the epoch's last step was of.
    fn judged(&self, loss: f64, at: &Progress, plateau: &mut Plateau) {
        match at.steps.checked_sub(self.at) {
            None | Some(0) => self.first.judged(loss, at, plateau),
            Some(steps) => self.then.judged(loss, &Progress { steps, ..*at }, plateau),
        }
    }
}
