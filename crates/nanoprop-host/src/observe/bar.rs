use indicatif::{ProgressBar, ProgressStyle};
use nanoprop::{Cause, Observer, Progress};

/// A progress bar on the terminal, with the loss as it changes, what is held out, and the time that is left.
///
/// The loss is a running mean over about fifty batches. Where the output is no terminal, nothing is shown.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::TrainingError;
/// use nanoprop_host::observe::Bar;
///
/// type Line = Network<Dense<U1, U1>, SquaredError>;
/// let (mut net, mut training) = (Line::ZERO, Training::<Line, Sgd>::ZERO);
/// let recipe = Recipe { batch: 1, ..Recipe::new(Sgd::new(0.25)) };
/// let samples = vec![([0.0], [1.0]), ([1.0], [3.0])];
/// let mut bar = Bar::new(recipe.epochs, 2, recipe.batch);
/// recipe.train(&mut net, &mut training).observe(&mut bar).run(&samples)?;
/// # Ok::<(), TrainingError>(())
/// ```
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
    epochs: u64,
    loss: f64,
    validation: f64,
}

impl Bar {
    /// For so many epochs of so many samples, in batches.
    pub fn new(epochs: u64, samples: usize, batch: u64) -> Bar {
        let steps = epochs.saturating_mul((samples as u64).div_ceil(batch.max(1)));
        let style = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}  {eta} left");
        let bar = ProgressBar::new(steps).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Bar { bar, epochs, loss: f64::NAN, validation: f64::NAN }
    }

    /// A line above the bar, or on its own where there is no terminal.
    pub fn line(&self, text: &str) {
        self.bar.suspend(|| println!("{text}"));
    }

    fn show(&self, progress: &Progress, epoch: u64) {
        self.bar.set_position(progress.steps);
        let held_out =
            if self.validation.is_nan() { String::new() } else { format!("  held out {:.4}", self.validation) };
        let undone = if progress.rollbacks == 0 { String::new() } else { format!("  undone {}", progress.rollbacks) };
        let epochs = self.epochs;
        self.bar.set_message(format!("epoch {epoch} of {epochs}  loss {:.4}{held_out}{undone}", self.loss));
    }
}

impl Observer for Bar {
    fn batch(&mut self, progress: &Progress) {
        let share = if self.loss.is_finite() { 0.02 } else { 1.0 };
        self.loss = if share == 1.0 { progress.loss } else { self.loss + share * (progress.loss - self.loss) };
        // The terminal is redrawn at most twenty times a second; the text need not be made more often than this.
        if progress.steps.is_multiple_of(16) {
            self.show(progress, progress.epochs + 1);
        }
    }

    fn validation(&mut self, progress: &Progress) {
        self.validation = progress.validation;
    }

    fn epoch(&mut self, progress: &Progress) {
        self.show(progress, progress.epochs);
    }

    fn rollback(&mut self, _: Cause, progress: &Progress) {
        self.show(progress, progress.epochs + 1);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
