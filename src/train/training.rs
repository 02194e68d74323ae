use core::fmt;

use crate::layer::{Batched, Tapes};
use crate::network::TapesOf;
use crate::train::progress::Position;
use crate::train::{Optimizer, Progress, State};
use crate::width::{U1, Width};

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
pub struct Training<N: Batched, O: Optimizer, B: Width = U1> {
    pub(crate) grad: N,
    pub(super) tapes: TapesOf<N, B>,
    pub(crate) state: State<N, O>,
    pub(crate) progress: Progress,
    pub(crate) position: Position,
}

impl<N: Batched, O: Optimizer, B: Width> Training<N, O, B> {
    /// Before the first step.
    pub const ZERO: Self = Training {
        grad: N::ZERO,
        tapes: <TapesOf<N, B> as Tapes>::BLANK,
        state: State::ZERO,
        progress: Progress::START,
        position: Position::START,
    };

    /// How far it is.
    pub const fn progress(&self) -> &Progress {
        &self.progress
    }

    /// What the optimiser remembers.
    pub const fn state(&self) -> &State<N, O> {
        &self.state
    }

    /// Back to before the first step, to train again.
    pub fn restart(&mut self) {
        self.state.reset();
        self.progress = Progress::START;
        self.position = Position::START;
    }
}

// A network is `Plain` and a state holds a count and networks: zero bytes are their zeros.
#[cfg(feature = "alloc")]
crate::host::boxed! { [N: Batched, O: Optimizer, B: Width] Training<N, O, B> {
    grad, state; tapes = <TapesOf<N, B> as Tapes>::BLANK, progress = Progress::START, position = Position::START
} }

impl<N: Batched, O: Optimizer, B: Width> fmt::Debug for Training<N, O, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Training with {:?}: {:?}", self.state, self.progress)
    }
}
