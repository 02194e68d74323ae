//! Rates that change: a factor for each step or epoch.

use crate::train::{Progress, power};

/// How the rate changes: a factor of the optimiser's, a function of what was done so far.
///
/// Those here count steps; [`PerEpoch`] makes any of them count epochs. The factor is computed in `f64` by `+ − × ÷` only.
///
/// # Example
///
/// One of one's own, `1 / √(1 + t/100)`:
///
/// ```
/// use nanoprop::{Progress, Real, Schedule};
///
/// #[derive(Clone, Copy)]
/// struct Root;
///
/// impl Schedule for Root {
///     fn factor(&self, at: &Progress) -> f64 {
///         1.0 / Real::sqrt(1.0 + at.steps as f64 / 100.0)
///     }
/// }
///
/// assert_eq!(Root.factor(&Progress { steps: 300, ..Progress::START }), 0.5);
/// ```
pub trait Schedule: Copy {
    /// The factor of the rate in the next step.
    fn factor(&self, at: &Progress) -> f64;

    /// Hears the loss by which an epoch is judged: the validation's, or the epoch's own where nothing is held out.
    fn judged(&self, loss: f64, plateau: &mut Plateau) {
        let _ = (loss, plateau);
    }
}

/// What [`ReduceOnPlateau`] remembers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plateau {
    /// The factor so far.
    pub factor: f64,
    /// The least loss so far.
    pub best: f64,
    /// How many epochs in a row were not better.
    pub bad: u64,
    /// For how many more epochs nothing is counted.
    pub rest: u64,
}

impl Plateau {
    /// Before the first epoch.
    pub const START: Plateau = Plateau { factor: 1.0, best: f64::INFINITY, bad: 0, rest: 0 };
}

/// The same rate always.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constant;

/// `γ^⌊t / every⌋`: a drop after each so many.
///
/// ```
/// use nanoprop::{Progress, Schedule, StepDecay};
///
/// let schedule = StepDecay { every: 30, factor: 0.5 };
/// assert_eq!(schedule.factor(&Progress { steps: 60, ..Progress::START }), 0.25);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepDecay {
    /// How many between two drops; 0 counts as 1.
    pub every: u64,
    /// γ.
    pub factor: f64,
}

/// `γᵗ`.
///
/// ```
/// use nanoprop::{Exponential, PerEpoch, Progress, Schedule};
///
/// assert_eq!(PerEpoch(Exponential(0.5)).factor(&Progress { epochs: 3, ..Progress::START }), 0.125);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential(
    /// γ.
    pub f64,
);

/// Half a wave of the cosine, from 1 down to the floor: `floor + (1 − floor) (1 + cos(π t/T)) / 2`, and the floor ever
/// after.
///
/// ```
/// use nanoprop::{Cosine, Progress, Schedule};
///
/// let schedule = Cosine { steps: 100, floor: 0.1 };
/// assert_eq!(schedule.factor(&Progress { steps: 50, ..Progress::START }), 0.55);
/// ```
///
/// # Source
///
/// I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, without restarts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cosine {
    /// T.
    pub steps: u64,
    /// The last factor.
    pub floor: f64,
}

/// A straight line from `start` to 1 in the first steps, times another schedule, which starts at once.
///
/// ```
/// use nanoprop::{Constant, Progress, Schedule, WarmUp};
///
/// let schedule = WarmUp { steps: 10, start: 0.0, then: Constant };
/// assert_eq!(schedule.factor(&Progress { steps: 5, ..Progress::START }), 0.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmUp<S> {
    /// How many steps.
    pub steps: u64,
    /// The first factor.
    pub start: f64,
    /// What it is multiplied with.
    pub then: S,
}

/// Up to 1 and down again in one cycle, along cosines; 1 is the greatest rate.
///
/// ```
/// use nanoprop::{OneCycle, Progress, Schedule};
///
/// let schedule = OneCycle::new(101);
/// assert_eq!(schedule.factor(&Progress::START), 0.04); // 1/25
/// assert!(schedule.factor(&Progress { steps: 100, ..Progress::START }) < 5e-6);
/// ```
///
/// # Source
///
/// L. Smith, N. Topin, "Super-convergence", 2017, in the form of PyTorch's `OneCycleLR`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneCycle {
    /// How many steps in all.
    pub steps: u64,
    /// The part of them that goes up: 0.3 by default.
    pub up: f64,
    /// The first factor: 1/25 by default.
    pub start: f64,
    /// The last factor: 1/250000 by default.
    pub end: f64,
}

impl OneCycle {
    /// PyTorch's, of so many steps.
    pub const fn new(steps: u64) -> OneCycle {
        OneCycle { steps, up: 0.3, start: 1.0 / 25.0, end: 1.0 / 250_000.0 }
    }
}

/// Lowers the rate when epochs no longer get better.
///
/// ```
/// use nanoprop::{Progress, ReduceOnPlateau, Schedule};
///
/// let schedule = ReduceOnPlateau { patience: 1, ..ReduceOnPlateau::DEFAULT };
/// let mut progress = Progress::START;
/// for loss in [1.0, 0.5, 0.5, 0.5] {
///     schedule.judged(loss, &mut progress.plateau);
/// }
/// assert_eq!(schedule.factor(&progress), 0.1); // two in a row were not better
/// ```
///
/// # Source
///
/// PyTorch's `ReduceLROnPlateau`, relative threshold; of the loss's magnitude, so that a loss may be negative. As there,
/// changes of at most 10⁻⁸ are left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReduceOnPlateau {
    /// What the rate is multiplied with: 0.1 by default.
    pub factor: f64,
    /// How many epochs in a row may be no better: 10 by default.
    pub patience: u64,
    /// The part of the best loss's magnitude by which a better one is less: 10⁻⁴ by default.
    pub threshold: f64,
    /// How many epochs after a change are not counted: 0 by default.
    pub rest: u64,
    /// The least factor in all: 0 by default.
    pub floor: f64,
}

impl ReduceOnPlateau {
    /// PyTorch's.
    pub const DEFAULT: ReduceOnPlateau =
        ReduceOnPlateau { factor: 0.1, patience: 10, threshold: 1e-4, rest: 0, floor: 0.0 };
}

/// A schedule that counts epochs instead of steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PerEpoch<S>(
    /// The schedule.
    pub S,
);

impl Schedule for Constant {
    fn factor(&self, _: &Progress) -> f64 {
        1.0
    }
}

impl Schedule for StepDecay {
    fn factor(&self, at: &Progress) -> f64 {
        power(self.factor, at.steps / self.every.max(1))
    }
}

impl Schedule for Exponential {
    fn factor(&self, at: &Progress) -> f64 {
        power(self.0, at.steps)
    }
}

impl Schedule for Cosine {
    fn factor(&self, at: &Progress) -> f64 {
        wave(1.0, self.floor, part(at.steps as f64, 0.0, self.steps as f64))
    }
}

impl<S: Schedule> Schedule for WarmUp<S> {
    fn factor(&self, at: &Progress) -> f64 {
        let line = self.start + (1.0 - self.start) * part(at.steps as f64, 0.0, self.steps as f64);
        line * self.then.factor(at)
    }

    fn judged(&self, loss: f64, plateau: &mut Plateau) {
        self.then.judged(loss, plateau);
    }
}

impl Schedule for OneCycle {
    fn factor(&self, at: &Progress) -> f64 {
        let (t, top) = (at.steps as f64, self.up * self.steps as f64 - 1.0);
        if t <= top {
            wave(self.start, 1.0, part(t, 0.0, top))
        } else {
            wave(1.0, self.end, part(t, top, self.steps as f64 - 1.0))
        }
    }
}

impl Schedule for ReduceOnPlateau {
    fn factor(&self, at: &Progress) -> f64 {
        at.plateau.factor
    }

    fn judged(&self, loss: f64, plateau: &mut Plateau) {
        // From infinity, the best before the first epoch, nothing is taken.
        let margin = if plateau.best.is_finite() { self.threshold * plateau.best.abs() } else { 0.0 };
        if loss < plateau.best - margin {
            plateau.best = loss;
            plateau.bad = 0;
        } else {
            plateau.bad += 1;
        }
        if plateau.rest > 0 {
            plateau.rest -= 1;
            plateau.bad = 0;
        }
        if plateau.bad > self.patience {
            let lower = (plateau.factor * self.factor).max(self.floor);
            if plateau.factor - lower > LEAST_CHANGE {
                plateau.factor = lower;
            }
            plateau.rest = self.rest;
            plateau.bad = 0;
        }
    }
}

/// A plateau that would lower the factor by no more than this leaves it, as PyTorch's `eps` does with the rate.
const LEAST_CHANGE: f64 = 1e-8;

impl<S: Schedule> Schedule for PerEpoch<S> {
    fn factor(&self, at: &Progress) -> f64 {
        self.0.factor(&Progress { steps: at.epochs, ..*at })
    }

    fn judged(&self, loss: f64, plateau: &mut Plateau) {
        self.0.judged(loss, plateau);
    }
}

/// Where `t` is between two others, from 0 to 1; 1 where there is no room between them.
fn part(t: f64, from: f64, to: f64) -> f64 {
    if to > from && t < to { ((t - from) / (to - from)).max(0.0) } else { 1.0 }
}

/// From one value to another along half a wave, as `part` goes from 0 to 1.
fn wave(from: f64, to: f64, part: f64) -> f64 {
    let share = 0.5 * (1.0 + half_cosine(part));
    share * from + (1.0 - share) * to
}

/// `cos πx` for x in [0, 1], within 4·10⁻¹⁶: `1 − 2 sin² (πx/2)` near 0, `sin π(½ − x)` else, and exact at 0, ½ and 1.
fn half_cosine(x: f64) -> f64 {
    match () {
        () if x < 0.25 => 1.0 - 2.0 * sine(0.5 * x) * sine(0.5 * x),
        () if x > 0.75 => -half_cosine(1.0 - x),
        () => sine(0.5 - x),
    }
}

/// `sin πx` for |x| ≤ ¼ by its Taylor series to the 21st power; the first term left out is below 10⁻²⁴.
fn sine(x: f64) -> f64 {
    let y = core::f64::consts::PI * x;
    // y (1 − y²/(2·3) (1 − y²/(4·5) (…))), from the inside.
    let series = (1..=10).rev().fold(1.0, |inner, k| {
        let k = k as f64;
        1.0 - y * y / (2.0 * k * (2.0 * k + 1.0)) * inner
    });
    y * series
}

#[cfg(test)]
mod tests {
    use super::{ReduceOnPlateau, Schedule, half_cosine};
    use crate::train::Progress;

    #[test]
    fn plateau_takes_negative_losses_and_ends() {
        let schedule = ReduceOnPlateau { patience: 0, ..ReduceOnPlateau::DEFAULT };
        let mut plateau = Progress::START.plateau;
        for (loss, factor) in [(-10.0, 1.0), (-10.0005, 0.1), (-10.01, 0.1), (-9.0, 0.01)] {
            schedule.judged(loss, &mut plateau);
            assert!((plateau.factor / factor - 1.0).abs() < 1e-12, "{loss}: {plateau:?}");
        }
        (0..200).for_each(|_| schedule.judged(0.0, &mut plateau));
        assert!((plateau.factor / 1e-8 - 1.0).abs() < 1e-12, "{plateau:?}");
    }

    #[test]
    fn half_cosine_is_close() {
        for n in 0..=100_000 {
            let x = n as f64 / 100_000.0;
            let (found, expected) = (half_cosine(x), (core::f64::consts::PI * x).cos());
            assert!((found - expected).abs() <= 4e-16, "{x}: {found} and not {expected}");
        }
        assert_eq!([half_cosine(0.0), half_cosine(0.5), half_cosine(1.0)], [1.0, 0.0, -1.0]);
    }
}
