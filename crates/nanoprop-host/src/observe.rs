//! Observers of a [`Trainer`](nanoprop::train::Trainer): a progress bar, logs, learning curves, a stop.
//!
//! A pair of observers is one, so several watch one training: `.observe(&mut (&mut bar, (&mut log, &mut curve)))`.

#[cfg(feature = "progress")]
mod bar;
#[cfg(feature = "plot")]
mod curve;
mod log;
#[cfg(feature = "plot")]
mod matrix;
#[cfg(feature = "plot")]
mod panel;
#[cfg(feature = "plot")]
mod predictions;
#[cfg(feature = "plot")]
mod scale;
#[cfg(feature = "plot")]
mod style;

#[cfg(feature = "progress")]
pub use bar::Bar;
#[cfg(feature = "plot")]
pub use curve::Curve;
pub use log::{CsvLog, JsonLines};
#[cfg(feature = "plot")]
pub use matrix::{confusion, confusion_of};
#[cfg(feature = "plot")]
pub use panel::{Panel, panels};
#[cfg(feature = "plot")]
pub use predictions::predictions;

use std::sync::atomic::{AtomicBool, Ordering};

use nanoprop::Observer;

/// Stops a training when a flag is set, by a signal or another thread: after the step in work, so that weights are whole.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{End, TrainingError};
/// use nanoprop_host::observe::Until;
/// use std::sync::atomic::AtomicBool;
///
/// static STOP: AtomicBool = AtomicBool::new(true); // as a handler of Ctrl-C does
/// type Line = Network<Dense<U1, U1>, SquaredError>;
/// let (mut net, mut training) = (Line::ZERO, Training::<Line, Sgd>::ZERO);
/// let recipe = Recipe::new(Sgd::new(0.25));
/// let end = recipe.train(&mut net, &mut training).observe(&mut Until(&STOP)).run(&[([1.0], [1.0])])?;
/// assert_eq!(end, End::Stopped);
/// # Ok::<(), TrainingError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Until<'a>(
    /// The flag.
    pub &'a AtomicBool,
);

impl Observer for Until<'_> {
    fn stop(&mut self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
