use core::marker::PhantomData;

use crate::array::ArrayLike;
use crate::layer::{Cue, InputOf, OutputOf, ScalarOf, Stack, Tape, TapeOf};
use crate::loss::{Loss, Target};
use crate::network::{Layers, Network};

/// An online step in slices: [`descend`](Network::descend) a layer at a time, for a loop that has other things to do.
///
/// A slice is one layer's forward or backward pass; the longest bounds the time between two looks at the world. It is
/// a position and nothing else: sample, network and tape are the caller's, and are to be the same ones until the step
/// is done. The bits are those of `descend`.
///
/// # Memory
///
/// One word; the tape, as for `descend`.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::OnlineStep;
///
/// network! { type Net = 3 => Dense<8, Tanh> => Dense<2>, loss = SquaredError; }
/// let (mut net, mut tape) = (Net::ZERO, Net::TAPE);
/// net.initialize(&Xavier, &mut Pcg32::new(1));
/// let (x, y) = ([0.1, 0.2, 0.3], [1.0, 0.0]);
///
/// let (mut step, mut slices) = (OnlineStep::<Net>::new(), 1);
/// while step.advance(&mut net, &x, &y, 0.5, &mut tape) {
///     slices += 1; // here a loop serves what is due
/// }
/// assert_eq!(slices, OnlineStep::<Net>::SLICES); // two layers, forward and back
///
/// let mut other = Net::ZERO;
/// other.initialize(&Xavier, &mut Pcg32::new(1));
/// other.descend(&x, &y, 0.5, &mut tape);
/// assert_eq!(net.digest(), other.digest());
/// ```
#[derive(Debug)]
pub struct OnlineStep<N> {
    /// The next slice.
    next: usize,
    net: PhantomData<fn(N)>,
}

impl<L: Layers, E: Loss> OnlineStep<Network<L, E>> {
    /// How many slices a step has: two for each layer.
    pub const SLICES: usize = 2 * L::Chain::LAYERS;

    /// A step of which nothing is done.
    pub const fn new() -> Self {
        OnlineStep { next: 0, net: PhantomData }
    }

    /// Does the next slice, and says whether there are more: after the last it is false, and the next call begins a
    /// new step.
    ///
    /// Forward from the first layer to the last, whose slice also has δ of the output   (T 2.4.6); then from the last
    /// to the first, where each takes its step.
    #[inline]
    pub fn advance<X: ArrayLike<InputOf<Network<L, E>>>, Y: Target<OutputOf<Network<L, E>>>>(
        &mut self,
        net: &mut Network<L, E>,
        x: &X,
        y: &Y,
        rate: ScalarOf<Network<L, E>>,
        tape: &mut TapeOf<Network<L, E>>,
    ) -> bool {
        let ((), ()) = (X::FITS, Y::FITS);
        let (layers, slice) = (L::Chain::LAYERS, self.next);
        if slice < layers {
            if slice == 0 {
                tape.cue(Cue::Learn, 0);
            }
            net.record_one(slice, x.view(), tape);
            if slice + 1 == layers {
                Network::<L, E>::delta(y, tape, |_, _, _| ());
            }
        } else {
            net.descend_one(Self::SLICES.saturating_sub(slice + 1), x.view(), tape, rate, None);
        }
        let more = slice + 1 < Self::SLICES;
        self.next = if more { slice + 1 } else { 0 };
        more
    }

    /// Gives up what is done of a step: the next call of [`advance`](OnlineStep::advance) begins a new one.
    ///
    /// True where no layer has changed: the step was still on its way forward.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::OnlineStep;
    ///
    /// type Line = Network<Dense<U1, U1>, SquaredError>;
    /// let (mut net, mut tape, mut step) = (Line::ZERO, Line::TAPE, OnlineStep::new());
    /// step.advance(&mut net, &[1.0], &[1.0], 0.5, &mut tape); // forward
    /// assert!(step.restart()); // another sample is more urgent
    /// assert_eq!(net.parameters(), [0.0, 0.0]);
    /// ```
    pub const fn restart(&mut self) -> bool {
        let unchanged = self.next <= L::Chain::LAYERS;
        self.next = 0;
        unchanged
    }
}

impl<L: Layers, E: Loss> Default for OnlineStep<Network<L, E>> {
    fn default() -> Self {
        Self::new()
    }
}
