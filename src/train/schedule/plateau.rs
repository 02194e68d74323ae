use super::Schedule;
use crate::train::Progress;

/// Lowers the rate when epochs no longer get better.
///
/// ```
/// use nanoprop::{Progress, ReduceOnPlateau, Schedule};
///
/// let schedule = ReduceOnPlateau { patience: 1, ..ReduceOnPlateau::DEFAULT };
/// let mut progress = Progress::START;
/// for loss in [1.0, 0.5, 0.5, 0.5] {
///     let at = progress;
///     schedule.judged(loss, &at, &mut progress.plateau);
/// }
/// assert_eq!(schedule.factor(&progress), 0.1); // two in a row were not better
/// ```
///
/// # Source
///
/// PyTorch's `ReduceLROnPlateau`, relative threshold; of the loss's magnitude, so that a loss may be negative. As there,
/// changes of at most 10⁻⁸ are left out.
#[doc(alias = "ReduceLROnPlateau")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReduceOnPlateau {
    /// What the rate is multiplied with: 0.1 by default.
    pub factor: f64,
    /// How many epochs in a row may be no better: 10 by default.
    pub patience: u64,
    /// The part of the best loss's magnitude by which a better one is less: 10⁻⁴ by default.
    #[doc(alias = "min_delta")]
    pub threshold: f64,
    /// How many epochs after a change are not counted: 0 by default.
    pub cooldown: u64,
    /// The least factor in all: 0 by default.
    #[doc(alias("min_lr", "eta_min"))]
    pub floor: f64,
}

impl ReduceOnPlateau {
    /// PyTorch's.
    pub const DEFAULT: ReduceOnPlateau =
        ReduceOnPlateau { factor: 0.1, patience: 10, threshold: 1e-4, cooldown: 0, floor: 0.0 };
}

/// What [`ReduceOnPlateau`] remembers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plateau {
    /// The factor so far.
    pub factor: f64,
    /// The least loss so far.
    pub best: f64,
    /// How many epochs in a row were not better.
    #[doc(alias = "num_bad_epochs")]
    pub bad_epochs: u64,
    /// For how many more epochs nothing is counted.
    #[doc(alias = "cooldown_counter")]
    pub cooldown: u64,
}

impl Plateau {
    /// Before the first epoch.
    pub const START: Plateau = Plateau { factor: 1.0, best: f64::INFINITY, bad_epochs: 0, cooldown: 0 };
}

impl Schedule for ReduceOnPlateau {
    fn factor(&self, at: &Progress) -> f64 {
        at.plateau.factor
    }

    fn judged(&self, loss: f64, _: &Progress, plateau: &mut Plateau) {
        // From infinity, the best before the first epoch, nothing is taken.
        let margin = if plateau.best.is_finite() { self.threshold * plateau.best.abs() } else { 0.0 };
        if loss < plateau.best - margin {
            plateau.best = loss;
            plateau.bad_epochs = 0;
        } else {
            plateau.bad_epochs += 1;
        }
        if plateau.cooldown > 0 {
            plateau.cooldown -= 1;
            plateau.bad_epochs = 0;
        }
        if plateau.bad_epochs > self.patience {
            let lower = (plateau.factor * self.factor).max(self.floor);
            if plateau.factor - lower > LEAST_CHANGE {
                plateau.factor = lower;
            }
            plateau.cooldown = self.cooldown;
            plateau.bad_epochs = 0;
        }
    }
}

/// A plateau that would lower the factor by no more than this leaves it, as PyTorch's `eps` does with the rate.
const LEAST_CHANGE: f64 = 1e-8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plateau_takes_negative_losses_and_ends() {
        let schedule = ReduceOnPlateau { patience: 0, ..ReduceOnPlateau::DEFAULT };
        let (at, mut plateau) = (Progress::START, Plateau::START);
        for (loss, factor) in [(-10.0, 1.0), (-10.0005, 0.1), (-10.01, 0.1), (-9.0, 0.01)] {
            schedule.judged(loss, &at, &mut plateau);
            assert!((plateau.factor / factor - 1.0).abs() < 1e-12, "{loss}: {plateau:?}");
        }
        (0..200).for_each(|_| schedule.judged(0.0, &at, &mut plateau));
        assert!((plateau.factor / 1e-8 - 1.0).abs() < 1e-12, "{plateau:?}");
    }
}
