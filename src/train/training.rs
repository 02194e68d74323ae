use core::fmt;

use crate::layer::{Blank, Layer, TapeOf};
use crate::train::progress::Position;
use crate::train::{Optimizer, Progress, State};

/// All that training a network `N` with an optimiser `O` takes beside the network: a gradient, the tapes of `B` samples,
/// the optimiser's state, and how far it is.
///
/// Owned by the caller. [`ZERO`](Training::ZERO) is a constant, for a `static`; on the heap it is
/// `Training::boxed()`, of feature `alloc`. The bits do not depend on `B`, the speed does.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use std::sync::Mutex;
///
/// network! { type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy; }
/// static DESK: Mutex<(Digits, Training<Digits, Adam>)> = Mutex::new((Digits::ZERO, Training::ZERO));
/// # let _ = &DESK;
/// ```
pub struct Training<N: Layer, O: Optimizer, const B: usize = 1> {
    pub(crate) grad: N,
    pub(super) tapes: [TapeOf<N>; B],
    pub(crate) state: State<N, O>,
    pub(crate) progress: Progress,
    pub(crate) position: Position,
}

impl<N: Layer, O: Optimizer, const B: usize> Training<N, O, B> {
    /// Before the first step.
    pub const ZERO: Self = Training {
        grad: N::ZERO,
        tapes: Blank::<TapeOf<N>, B>::TAPES,
        state: State::ZERO,
        progress: Progress::START,
        position: Position::START,
    };

    /// How far it is.
    pub const fn progress(&self) -> &Progress {
        &self.progress
    }

    /// What the optimiser remembers.
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = 1 => Dense<1>, loss = SquaredError; }
    /// let (mut net, mut training) = (Net::ZERO, Training::<Net, Adam>::ZERO);
    /// let recipe = Recipe { batch: 1, epochs: 3, ..Recipe::new(Adam::new(0.1)) };
    /// let mut trainer = recipe.train(&mut net, &mut training);
    /// trainer.run(&[([1.0], [2.0])])?;
    /// assert_eq!(trainer.training().progress().epochs, 3);
    /// assert_eq!(training.state().steps(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn state(&self) -> &State<N, O> {
        &self.state
    }

    /// Back to before the first step, to train again.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// type Line = Network<Dense<U1, U1>, SquaredError>;
    /// let (mut net, mut training) = (Line::ZERO, Training::<Line, Sgd>::ZERO);
    /// Recipe::new(Sgd::new(0.1)).train(&mut net, &mut training).run(&[([1.0], [1.0])])?;
    /// assert_eq!(training.progress().epochs, 10);
    /// training.restart();
    /// assert_eq!(training.progress().epochs, 0);
    /// # Ok::<(), nanoprop::TrainingError>(())
    /// ```
    pub fn restart(&mut self) {
        self.state.reset();
        self.progress = Progress::START;
        self.position = Position::START;
    }
}

// A network is `Plain` and a state holds a count and networks: zero bytes are their zeros.
#[cfg(feature = "alloc")]
crate::host::boxed! { [N: Layer, O: Optimizer, const B: usize] Training<N, O, B> {
    grad, state; tapes = Blank::<TapeOf<N>, B>::TAPES, progress = Progress::START, position = Position::START
} }

impl<N: Layer, O: Optimizer, const B: usize> fmt::Debug for Training<N, O, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Training with {:?}: {:?}", self.state, self.progress)
    }
}
