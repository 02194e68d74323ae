//! Rates that change: a factor for each step or epoch.

mod plateau;
mod switch;

pub use plateau::{Plateau, ReduceOnPlateau};
pub use switch::Switch;

use crate::train::{Progress, power};

/// How the rate changes: a factor of the optimiser's, a function of what was done so far.
///
/// Those here count steps; [`PerEpoch`] makes any of them count epochs. [`WarmUp`] multiplies one with another, and
/// [`Switch`] lets one follow another. The factor is computed in `f64` by `+ − × ÷` only.
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
#[doc(alias("LRScheduler", "lr_scheduler", "LearningRateSchedule"))]
pub trait Schedule: Copy {
    /// The factor of the rate in the next step.
    fn factor(&self, at: &Progress) -> f64;

    /// Called at the end of each epoch with the loss that it is judged by: the validation's, or the epoch's own where
    /// nothing is held out. `at` has the steps and epochs up to this end.
    fn judged(&self, loss: f64, at: &Progress, plateau: &mut Plateau) {
        let _ = (loss, at, plateau);
    }
}

/// The same rate always.
#[doc(alias = "ConstantLR")]
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
#[doc(alias("StepLR", "MultiStepLR", "PiecewiseConstantDecay"))]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepDecay {
    /// How many between two drops; 0 counts as 1.
    #[doc(alias("step_size", "decay_steps"))]
    pub every: u64,
    /// γ.
    #[doc(alias("gamma", "decay_rate"))]
    pub factor: f64,
}

/// `γᵗ`.
///
/// ```
/// use nanoprop::{Exponential, PerEpoch, Progress, Schedule};
///
/// assert_eq!(PerEpoch(Exponential(0.5)).factor(&Progress { epochs: 3, ..Progress::START }), 0.125);
/// ```
#[doc(alias("ExponentialLR", "ExponentialDecay"))]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential(
    /// γ.
    #[doc(alias("gamma", "decay_rate"))]
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
#[doc(alias("CosineAnnealingLR", "CosineDecay"))]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cosine {
    /// T.
    #[doc(alias("T_max", "decay_steps"))]
    pub steps: u64,
    /// The last factor.
    #[doc(alias("eta_min", "min_lr", "alpha"))]
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
#[doc(alias("LinearLR", "warmup", "ChainedScheduler"))]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmUp<S> {
    /// How many steps.
    #[doc(alias("total_iters", "warmup_steps"))]
    pub steps: u64,
    /// The first factor.
    #[doc(alias = "start_factor")]
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
#[doc(alias = "OneCycleLR")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneCycle {
    /// How many steps in all.
    #[doc(alias = "total_steps")]
    pub steps: u64,
    /// The part of them that goes up: 0.3 by default.
    #[doc(alias = "pct_start")]
    pub up: f64,
    /// The first factor: 1/25 by default.
    #[doc(alias = "div_factor")]
    pub start: f64,
    /// The last factor: 1/250000 by default.
    #[doc(alias = "final_div_factor")]
    pub end: f64,
}

impl OneCycle {
    /// PyTorch's, of so many steps.
    pub const fn new(steps: u64) -> OneCycle {
        OneCycle { steps, up: 0.3, start: 1.0 / 25.0, end: 1.0 / 250_000.0 }
    }
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

    fn judged(&self, loss: f64, at: &Progress, plateau: &mut Plateau) {
        self.then.judged(loss, at, plateau);
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

impl<S: Schedule> Schedule for PerEpoch<S> {
    fn factor(&self, at: &Progress) -> f64 {
        self.0.factor(&Progress { steps: at.epochs, ..*at })
    }

    fn judged(&self, loss: f64, at: &Progress, plateau: &mut Plateau) {
        self.0.judged(loss, &Progress { steps: at.epochs, ..*at }, plateau);
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
    use super::half_cosine;

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
