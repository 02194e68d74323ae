use crate::train::{Cause, Progress};

/// Hears what a [`Trainer`](crate::train::Trainer) does. All methods are provided, and do nothing.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Observer, Progress, TrainingError};
///
/// struct Losses(Vec<f64>);
///
/// impl Observer for Losses {
///     fn epoch(&mut self, progress: &Progress) {
///         self.0.push(progress.epoch_loss);
///     }
/// }
///
/// type Line = Network<Dense<U1, U1>, SquaredError>;
/// let samples = [([0.0], [1.0]), ([1.0], [3.0]), ([2.0], [5.0])]; // y = 1 + 2x
///
/// let (mut net, mut training, mut losses) = (Line::ZERO, Training::<_, _>::ZERO, Losses(vec![]));
/// let recipe = Recipe { batch: 3, epochs: 2, ..Recipe::new(Sgd::new(0.25)) };
/// recipe.train(&mut net, &mut training).observe(&mut losses).run(&samples)?;
/// assert_eq!(losses.0, [35.0 / 6.0, 0.9606481194496155]);
/// # Ok::<(), TrainingError>(())
/// ```
#[doc(alias("Callback", "callbacks"))]
pub trait Observer {
    /// A batch is over, its step taken.
    fn batch(&mut self, progress: &Progress) {
        let _ = progress;
    }

    /// An epoch is over, judged by what is held out where there is any.
    fn epoch(&mut self, progress: &Progress) {
        let _ = progress;
    }

    /// The loss of what is held out is known.
    fn validation(&mut self, progress: &Progress) {
        let _ = progress;
    }

    /// A step was undone or left out.
    fn rollback(&mut self, cause: Cause, progress: &Progress) {
        let _ = (cause, progress);
    }

    /// Whether to stop: asked between two steps of [`run`](crate::train::Trainer::run).
    fn stop(&mut self) -> bool {
        false
    }
}

impl Observer for () {}

impl<W: Observer + ?Sized> Observer for &mut W {
    fn batch(&mut self, progress: &Progress) {
        (**self).batch(progress);
    }

    fn epoch(&mut self, progress: &Progress) {
        (**self).epoch(progress);
    }

    fn validation(&mut self, progress: &Progress) {
        (**self).validation(progress);
    }

    fn rollback(&mut self, cause: Cause, progress: &Progress) {
        (**self).rollback(cause, progress);
    }

    fn stop(&mut self) -> bool {
        (**self).stop()
    }
}

/// Two observers, one after the other.
impl<A: Observer, B: Observer> Observer for (A, B) {
    fn batch(&mut self, progress: &Progress) {
        self.0.batch(progress);
        self.1.batch(progress);
    }

    fn epoch(&mut self, progress: &Progress) {
        self.0.epoch(progress);
        self.1.epoch(progress);
    }

    fn validation(&mut self, progress: &Progress) {
        self.0.validation(progress);
        self.1.validation(progress);
    }

    fn rollback(&mut self, cause: Cause, progress: &Progress) {
        self.0.rollback(cause, progress);
        self.1.rollback(cause, progress);
    }

    fn stop(&mut self) -> bool {
        let (a, b) = (self.0.stop(), self.1.stop());
        a || b
    }
}
